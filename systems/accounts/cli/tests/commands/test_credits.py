from running import Command, Server


def test_the_balance(logged_in: Command) -> None:
    ran = logged_in("credits")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "balance  12.50 (12,500,000 micros)\nheld     0.25 (250,000 micros)\n"


def test_the_balance_for_programs(logged_in: Command) -> None:
    assert logged_in("credits", "--json").json == {
        "balance_micros": 12_500_000,
        "held_micros": 250_000,
        "balance": "12.50",
        "held": "0.25",
    }


def test_json_of_the_group_is_not_silently_lost(logged_in: Command) -> None:
    ran = logged_in("credits", "--json", "entries")
    assert ran.status == 2
    assert ran.err == "error: Write --json behind entries.\n"


def test_entries_are_a_table(logged_in: Command) -> None:
    ran = logged_in("credits", "entries", "--limit", "4")
    assert ran.status == 0
    assert ran.out.splitlines() == [
        "date              kind     amount  change  balance after",
        "2026-11-20 08:30  grant     12.50  +12.50          12.50",
        "2026-11-20 07:30  hold       0.25   -0.25      12.250001",
        "2026-11-20 06:30  capture    0.25    0.00          12.50",
        "2026-11-20 05:30  release    0.25   +0.25          12.50",
    ]
    assert ran.err == "There are older ones: --all, or a larger --limit, shows them.\n"


def test_twenty_are_shown_where_nobody_says_how_many(logged_in: Command) -> None:
    assert len(logged_in("credits", "entries").out.splitlines()) == 21


def test_all_are_all(logged_in: Command) -> None:
    ran = logged_in("credits", "entries", "--all")
    assert len(ran.out.splitlines()) == 251
    assert ran.err == ""
    assert logged_in("credits", "entries", "--limit", "250").err == ""


def test_entries_for_programs(logged_in: Command) -> None:
    ran = logged_in("credits", "entries", "--limit", "2", "--json")
    assert [entry["kind"] for entry in ran.json] == ["grant", "hold"]
    assert ran.json[0]["amount_micros"] == 12_500_000


def test_no_entries(logged_in: Command, server: Server) -> None:
    server.answer(200, {"items": [], "next_cursor": None})
    ran = logged_in("credits", "entries")
    assert (ran.status, ran.out, ran.err) == (0, "", "There are no entries yet.\n")
    server.answer(200, {"items": [], "next_cursor": None})
    assert logged_in("credits", "entries", "--json").json == []


def test_a_limit_and_all_contradict_each_other(logged_in: Command) -> None:
    ran = logged_in("credits", "entries", "--all", "--limit", "3")
    assert ran.status == 2
    assert "contradict" in ran.err
