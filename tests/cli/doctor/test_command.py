from ..conftest import Program  # noqa: TID252  # the folder above is no package


def test_the_process_prints_a_table(migrated: Program) -> None:
    ran = migrated("doctor", env={"PORT": 0})
    assert ran.status == 0, ran.err
    assert "✓  migrations" in ran.out
    plain = migrated("doctor", env={"PORT": 0, "PYTHONIOENCODING": "ascii:replace"})
    assert "ok  migrations" in plain.out
    assert "✓" not in plain.out


def test_what_is_wrong_is_an_exit_status(program: Program) -> None:
    (program.folder / ".padstone").write_text("a file where a folder should be")
    ran = program.inside("doctor")
    assert ran.status == 1
    assert "✗  service folder" in ran.out
