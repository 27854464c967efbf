"""What every answer carries, unless it says otherwise itself."""

from hypothesis import given
from hypothesis import strategies as st

from padstone.middleware import security_headers
from padstone.middleware.constant_headers import ConstantHeaders

CONSTANT = security_headers(deployed=True)
names = st.sampled_from([name for name, _ in CONSTANT]) | st.sampled_from([b"etag", b"x-mark"])
spelt = names | names.map(bytes.title)


@given(
    own=st.lists(st.tuples(spelt, st.just(b"own")), max_size=4),
    later=st.dictionaries(names.map(bytes.decode), st.just("later"), max_size=2),
)
def test_what_an_answer_has_by_itself_is_not_said_twice(
    own: list[tuple[bytes, bytes]], later: dict[str, str]
) -> None:
    found = ConstantHeaders(CONSTANT).complete({"state": {"response_headers": later}}, iter(own))
    present = {name.lower() for name, _ in own}
    more = [*((name.encode(), value.encode()) for name, value in later.items()), *CONSTANT]
    assert found == own + [pair for pair in more if pair[0] not in present]
