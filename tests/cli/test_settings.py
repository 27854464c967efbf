import json

from .conftest import Tiny


def test_the_table_shows_value_and_source(tiny: Tiny) -> None:
    program = tiny("DatabaseSettings")
    url = "postgresql+asyncpg://someone:canary@db.example:5432/shop"
    ran = program("settings", env={"DATABASE_URL": url, "GREETING": "good day"})
    assert ran.status == 0
    lines = {line.split()[0]: line for line in ran.out.splitlines()}
    assert "environment" in lines["GREETING"]
    assert "good day" in lines["GREETING"]
    assert "What is said first." in lines["GREETING"]
    assert "profile test" in lines["DEBUG"]
    assert "default" in lines["PORT"]
    assert "canary" not in ran.out


def test_json(tiny: Tiny) -> None:
    ran = tiny().inside("settings", "--json")
    rows = {row["name"]: row for row in json.loads(ran.out)}
    assert rows["GREETING"] == {
        "name": "GREETING",
        "value": "hello",
        "source": "default",
        "description": "What is said first.",
    }


def test_what_env_says_is_shown_as_such(tiny: Tiny) -> None:
    program = tiny()
    (program.folder / ".env").write_text("GREETING=from the file\n")
    ran = program.inside("settings", "--json", env={"ENVIRONMENT": "development"})
    rows = {row["name"]: row for row in json.loads(ran.out)}
    assert (rows["GREETING"]["value"], rows["GREETING"]["source"]) == ("from the file", ".env")


def test_a_test_does_not_see_env_and_says_so(tiny: Tiny) -> None:
    program = tiny()
    (program.folder / ".env").write_text("GREETING=from the file\n")
    rows = {row["name"]: row for row in json.loads(program.inside("settings", "--json").out)}
    assert (rows["GREETING"]["value"], rows["GREETING"]["source"]) == ("hello", "default")


def test_the_example_passes_its_own_check_until_it_is_changed(tiny: Tiny) -> None:
    program = tiny("DatabaseSettings")
    example = program.folder / ".env.example"
    missing = program.inside("settings", "--check")
    assert missing.status == 1
    assert "padstone settings --example > .env.example" in missing.err

    written = program.inside("settings", "--example")
    assert "GREETING=hello\n" in written.out
    example.write_text(written.out)
    assert program.inside("settings", "--check").status == 0

    example.write_text(written.out.replace("GREETING=hello", "GREETING=bye"))
    drifted = program.inside("settings", "--check")
    assert drifted.status == 1
    assert "-GREETING=bye" in drifted.err
    assert "+GREETING=hello" in drifted.err
