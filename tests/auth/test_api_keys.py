from typing import Any

import pytest

from padstone.auth import ApiKeys


def rebuilt(keys: ApiKeys, **options: Any) -> ApiKeys:
    return ApiKeys(
        model=keys.model,
        owner=keys.owner,
        owner_column="account_id",
        is_active=keys.owner.status == "active",
        scopes=["a", "b"],
        **options,
    )


def test_a_key_has_all_scopes_unless_the_system_says_otherwise(keys: ApiKeys) -> None:
    assert rebuilt(keys).default_scopes == {"a", "b"}
    assert rebuilt(keys, default_scopes=["a"]).default_scopes == {"a"}


def test_the_lookup_leaves_out_what_does_not_count(keys: ApiKeys) -> None:
    condition = str(keys.lookup).partition("WHERE")[2]
    for part in ("key_hash", "revoked_at IS NULL", "expires_at", "status", "deleted_at IS NULL"):
        assert part in condition


def test_a_key_may_what_its_owners_role_may(keys: ApiKeys) -> None:
    roles = {"reader": ["a"], "writer": ["a", "b"], "retired": ["a", "gone"]}
    owned = rebuilt(keys, role=keys.owner.role, roles=roles)
    assert owned.allowed(["a", "b"], "writer") == {"a", "b"}
    assert owned.allowed(["a", "b"], "reader") == {"a"}
    assert owned.allowed(["b"], "reader") == set()
    assert owned.allowed(["a", "gone"], "retired") == {"a"}
    assert owned.allowed(["a", "b"], "unheard of") == set()
    assert "role" in str(owned.lookup)


def test_without_roles_a_key_may_what_it_says(keys: ApiKeys) -> None:
    assert rebuilt(keys).allowed(["a", "gone"], None) == {"a"}


def test_a_role_needs_to_be_known_for_what_it_may(keys: ApiKeys) -> None:
    with pytest.raises(ValueError, match="together"):
        rebuilt(keys, roles={"reader": ["a"]})
    with pytest.raises(ValueError, match="together"):
        rebuilt(keys, role=keys.owner.role)
