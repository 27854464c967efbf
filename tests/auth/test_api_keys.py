from typing import Any

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
