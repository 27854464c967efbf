import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, select

from padstone.models import Notify, columns_read, needs_notify, notify_arguments


@pytest.fixture
def people() -> Table:
    return Table(
        "people",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("role", String),
        Column("gone", String),
        Column("name", String),
    )


def test_what_is_said_twice_adds_up(people: Table) -> None:
    assert notify_arguments(people) == []
    needs_notify(people, "b", "id", on=["role"])
    needs_notify(people, "b", "id", on=["gone", "role"])
    needs_notify(people, "a", "id", on={"role"})
    assert notify_arguments(people) == [
        Notify("a", "id", ("role",)),
        Notify("b", "id", ("gone", "role")),
    ]


def test_a_channel_hears_one_column(people: Table) -> None:
    needs_notify(people, "a", "id", on=["role"])
    with pytest.raises(ValueError, match="a hears the id of people, not its name"):
        needs_notify(people, "a", "name", on=["role"])


def test_what_a_look_up_reads_of_a_table(people: Table) -> None:
    others = Table("others", people.metadata, Column("x", Integer), Column("y", Integer))
    lookup = (
        select(people.c.id, people.c.role, others.c.y)
        .join(others, others.c.x == people.c.id)
        .where(people.c.gone.is_(None))
    )
    assert columns_read(lookup, people) == {"role", "gone"}
    assert columns_read(lookup, others) == {"x", "y"}
