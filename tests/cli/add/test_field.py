"""What one field is in the table, in the schemas and in the test."""

import pytest

from padstone.cli.add.grammar import parse


@pytest.mark.parametrize(
    ("text", "column", "body", "read"),
    [
        (
            "title:str",
            "title: Mapped[str]",
            'title: Annotated[str, Field(min_length=1, max_length=200, examples=["Some title"])]',
            "title: str",
        ),
        (
            "stock:int:default=3",
            "stock: Mapped[int] = mapped_column(default=3)",
            "stock: int = 3",
            "stock: int",
        ),
        (
            "price:decimal=10,2:optional",
            "price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))",
            "price: Annotated[Decimal, Field(max_digits=10, decimal_places=2)] | None = None",
            "price: Decimal | None",
        ),
        (
            "due:date:index",
            "due: Mapped[date] = mapped_column(index=True)",
            "due: date",
            "due: date",
        ),
        (
            "status:enum=draft,done:default=draft",
            'status: Mapped[str] = mapped_column(default="draft")',
            "status: ItemStatus = ItemStatus.DRAFT",
            "status: ItemStatus",
        ),
        (
            "note:references",
            'note_id: Mapped[UUID] = mapped_column(ForeignKey("notes.id"), index=True)',
            "note_id: UUID",
            "note_id: UUID",
        ),
        (
            "note:references:optional",
            (
                'note_id: Mapped[UUID | None] = mapped_column(ForeignKey("notes.id", '
                'ondelete="SET NULL"), index=True)'
            ),
            "note_id: UUID | None = None",
            "note_id: UUID | None",
        ),
    ],
)
def test_what_a_field_is_in_each_file(text: str, column: str, body: str, read: str) -> None:
    field = parse(text)
    assert (field.column("notes"), field.body("Item"), field.read("Item")) == (column, body, read)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("unit_price:decimal=10,2", ('"1.00"', '"2.00"')),
        ("size:decimal=3,0", ('"1"', '"2"')),
        ("short_title:str", ('"Some short title"', '"Another short title"')),
        ("code:str=4", ('"Some"', '"Anot"')),
        ("status:enum=draft,done", ('"draft"', '"done"')),
        ("extra:json", ('{"key": "value"}', '{"key": "other"}')),
    ],
)
def test_the_values_that_a_test_sends(text: str, values: tuple[str, str]) -> None:
    field = parse(text)
    assert (field.example(), field.example(1)) == values
