"""Field types mean the same in bodies, paths, queries and the document that describes them."""

import re
from typing import Annotated, Any
from uuid import UUID

import httpx2
import pytest
from fastapi import Body, FastAPI, Query
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from padstone.ids import encode_public_id
from padstone.types import Cents, Micros, PublicId

AccountId = Annotated[UUID, PublicId("acct")]
EXAMPLE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
PUBLIC = encode_public_id("acct", EXAMPLE)
ids = TypeAdapter(AccountId)


class Move(BaseModel):
    source: AccountId
    target: AccountId | None = None


def test_inside_it_is_a_uuid_and_outside_it_is_the_public_form() -> None:
    move = Move.model_validate_json(f'{{"source": "{PUBLIC}"}}')
    assert move.source == EXAMPLE
    assert type(move.source) is UUID
    assert move.model_dump(mode="json") == {"source": PUBLIC, "target": None}
    assert move.model_dump_json() == f'{{"source":"{PUBLIC}","target":null}}'


def test_a_row_of_the_database_is_read_as_it_is() -> None:
    assert Move(source=EXAMPLE).source == EXAMPLE


@pytest.mark.parametrize("value", [str(EXAMPLE), EXAMPLE.int, 1, 1.5, True, [], {}, b"x", ""])
def test_anything_else_is_refused_without_being_repeated(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        ids.validate_python(value)
    [found] = caught.value.errors(include_input=False, include_url=False)
    assert found["msg"].startswith("Value error, expected an id of the form acct_")


@pytest.mark.parametrize("prefix", ["acct", "api_key", "x2"])
def test_the_pattern_in_the_document_is_what_is_accepted(prefix: str) -> None:
    adapter = TypeAdapter(Annotated[UUID, PublicId(prefix)])
    schema = adapter.json_schema()
    assert schema["type"] == "string"
    # The document's dialect anchors `$` at the end of the text; Python's would allow a line end.
    pattern = re.compile(schema["pattern"].removesuffix("$") + r"\Z")
    assert all(pattern.match(example) for example in schema["examples"])

    bodies = st.text(st.sampled_from("01789abkzABKZilouILOU_-\n\u212a"), min_size=24, max_size=28)
    legal = st.text(
        st.sampled_from("0123456789abcdefghjkmnpqrstvwxyzABKZ"), min_size=26, max_size=26
    )
    heads = st.sampled_from([f"{prefix}_", f"{prefix.upper()}_", "axb_", "_", ""])

    @given(heads, bodies | legal)
    def check(head: str, body: str) -> None:
        try:
            adapter.validate_python(head + body)
        except ValidationError:
            accepted = False
        else:
            accepted = True
        assert accepted == bool(pattern.match(head + body))

    check()


@pytest.mark.parametrize("prefix", ["", "Acct", "a.b", "a-b", "1a", "_a", "ä", "a\n", "a b"])
def test_a_prefix_that_would_need_escaping_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="no prefix for ids"):
        PublicId(prefix)


def test_reading_and_writing_are_described_alike() -> None:
    assert ids.json_schema(mode="validation") == ids.json_schema(mode="serialization")


app = FastAPI()


@app.patch("/accounts/{account_id}")
async def patch(
    account_id: AccountId,
    seen: Annotated[list[AccountId], Query()],
    target: Annotated[AccountId, Body(embed=True)],
) -> list[AccountId]:
    assert all(type(one) is UUID for one in (account_id, *seen, target))
    return [account_id, *seen, target]


async def test_path_query_and_body_take_it() -> None:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        good = await client.patch(
            f"/accounts/{PUBLIC}", params={"seen": [PUBLIC, PUBLIC]}, json={"target": PUBLIC}
        )
        assert good.status_code == 200
        assert good.json() == [PUBLIC] * 4
        bad = await client.patch(
            f"/accounts/{EXAMPLE}", params={"seen": "x"}, json={"target": None}
        )
    assert bad.status_code == 422
    assert [tuple(found["loc"]) for found in bad.json()["detail"]] == [
        ("path", "account_id"),
        ("query", "seen", 0),
        ("body", "target"),
    ]


def test_each_place_has_the_pattern_in_the_document() -> None:
    operation = app.openapi()["paths"]["/accounts/{account_id}"]["patch"]
    path, query = operation["parameters"]
    pattern = ids.json_schema()["pattern"]
    assert path["schema"]["pattern"] == pattern
    assert query["schema"]["items"]["pattern"] == pattern
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["items"]["pattern"] == pattern


@pytest.mark.parametrize("money", [TypeAdapter(Micros), TypeAdapter(Cents)])
def test_money_is_whole_and_fits_a_bigint(money: TypeAdapter[int]) -> None:
    most = 2**63 - 1
    for value in (0, 1, -1, most, -most):
        assert money.validate_json(str(value)) == value
    for text in (str(most + 1), str(-most - 1), "1.5", "1.0", '"1"', "true", "null", "1e400"):
        with pytest.raises(ValidationError):
            money.validate_json(text)
