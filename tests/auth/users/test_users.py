import pytest

from .conftest import Settings, describe, make_application


def test_roles_have_scopes() -> None:
    users = describe()
    assert users.roles["buyer"] == {"things:read"}
    assert users.scopes == {"things:read", "things:write"}


def test_who_registers_gets_a_role_that_exists() -> None:
    with pytest.raises(ValueError, match="'king' is none of the roles"):
        describe(default_role="king")


@pytest.mark.parametrize("verified", [True, False])
def test_the_condition_names_all_that_counts(verified: bool) -> None:  # noqa: FBT001
    condition = str(describe(require_verified=verified).is_active)
    assert "suspended_at IS NULL" in condition
    assert "deleted_at IS NULL" in condition
    assert ("email_verified_at IS NOT NULL" in condition) is verified


def test_building_an_application_opens_nothing() -> None:
    make_application(Settings())
