from padstone.auth import ApiKeys


def test_constraints_have_names_by_the_convention(keys: ApiKeys) -> None:
    table = keys.model.__table__  # type: ignore[attr-defined]
    assert {str(constraint.name) for constraint in table.constraints} == {
        "ck_api_keys_key_hash_is_sha256",
        "ck_api_keys_name_length",
        "fk_api_keys_account_id_accounts",
        "pk_api_keys",
        "uq_api_keys_key_hash",
    }


def test_every_column_says_what_it_is(keys: ApiKeys) -> None:
    table = keys.model.__table__  # type: ignore[attr-defined]
    shared = {"id", "account_id", "created_at", "updated_at"}
    assert [c.name for c in table.columns if not (c.comment or c.name in shared)] == []
