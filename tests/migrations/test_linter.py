"""What would block or break a running system is found, and a waiver needs a reason."""

from pathlib import Path

import pytest

from padstone.migrations import Finding, MigrationError, lint
from padstone.settings import DatabaseSettings

from .conftest import TinySystem

CREATE = """\
op.create_table("items", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Text))
op.create_index("ix_items_a", "items", ["a"])
triggers.create_touch("items")
"""


@pytest.fixture
def created(system: TinySystem) -> DatabaseSettings:
    """A system whose first revision creates a table with its index and its trigger."""
    system.revise("aaa", CREATE, 'op.drop_table("items")')
    return system.settings()


def rules(settings: DatabaseSettings) -> list[str]:
    return [finding.rule for finding in lint(settings)]


def test_a_new_table_harms_nobody(created: DatabaseSettings) -> None:
    assert lint(created) == []


@pytest.mark.parametrize(
    ("rule", "upgrade"),
    [
        ("require-concurrent-index-creation", 'op.create_index("ix_b", "items", ["b"])'),
        (
            "adding-required-field",
            'op.add_column("items", sa.Column("b", sa.Text, nullable=False))',
        ),
        ("ban-drop-column", 'op.drop_column("items", "a")'),
        ("changing-column-type", 'op.alter_column("items", "a", type_=sa.Integer)'),
        ("adding-not-nullable-field", 'op.alter_column("items", "a", nullable=False)'),
        ("renaming-column", 'op.alter_column("items", "a", new_column_name="b")'),
        (
            "constraint-missing-not-valid",
            'op.create_check_constraint("ck", "items", "a is not null")',
        ),
    ],
)
def test_what_hurts_is_found(
    system: TinySystem, created: DatabaseSettings, rule: str, upgrade: str
) -> None:
    path = system.revise("bbb", upgrade, after="aaa")
    found = lint(created)
    assert [finding.rule for finding in found] == [rule]
    assert found[0].path == path
    assert '"items"' in found[0].statement.replace("items", '"items"')
    assert str(found[0]).startswith(f"{path}: {rule}: ")


def test_what_is_done_beside_the_traffic_is_fine(
    system: TinySystem, created: DatabaseSettings
) -> None:
    system.revise(
        "bbb",
        """\
        with op.get_context().autocommit_block():
            op.create_index("ix_b", "items", ["b"], postgresql_concurrently=True)
        """,
        after="aaa",
    )
    system.revise("ccc", 'op.add_column("items", sa.Column("b", sa.Text))', after="bbb")
    assert lint(created) == []


def waive(path: Path, comment: str) -> None:
    path.write_text(path.read_text().replace("def upgrade", f"{comment}\ndef upgrade"))


def test_a_waiver_with_a_reason_is_honoured(system: TinySystem, created: DatabaseSettings) -> None:
    path = system.revise("bbb", 'op.drop_column("items", "a")', after="aaa")
    waive(path, "# lint: allow ban-drop-column: nothing has read it since 0.3")
    assert rules(created) == []


def test_a_waiver_without_a_reason_is_a_finding(
    system: TinySystem, created: DatabaseSettings
) -> None:
    path = system.revise("bbb", 'op.drop_column("items", "a")', after="aaa")
    waive(path, "# lint: allow ban-drop-column")
    assert rules(created) == ["ban-drop-column"]
    assert "without a reason: # lint: allow ban-drop-column: why" in str(lint(created)[0])


def test_a_waiver_of_nothing_is_a_finding(system: TinySystem, created: DatabaseSettings) -> None:
    path = system.revise("bbb", after="aaa")
    waive(path, "# lint: allow ban-drop-column: it was here once")
    assert rules(created) == ["ban-drop-column"]
    assert "remove the comment" in lint(created)[0].message


def test_a_waiver_holds_for_its_own_revision(system: TinySystem, created: DatabaseSettings) -> None:
    path = system.revise("bbb", 'op.drop_column("items", "a")', after="aaa")
    waive(path, "# lint: allow ban-drop-column: nobody reads it")
    system.revise("ccc", 'op.drop_column("items", "id")', after="bbb")
    assert rules(created) == ["ban-drop-column"]


def test_without_squawk_the_error_says_how_to_get_it(
    created: DatabaseSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MigrationError, match="pip install squawk-cli"):
        lint(created)
    broken = tmp_path / "squawk"
    broken.write_text("#!/bin/sh\necho 'no such option' >&2\nexit 2\n")
    broken.chmod(0o755)
    with pytest.raises(MigrationError, match=r"squawk failed on .*: no such option"):
        lint(created)


def test_a_finding_without_a_statement_is_one_line() -> None:
    assert str(Finding(Path("a.py"), "rule", "hurts")) == "a.py: rule: hurts"
