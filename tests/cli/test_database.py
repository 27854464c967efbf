from .conftest import Program, Tiny


def test_a_system_without_a_database_says_so(tiny: Tiny) -> None:
    main = (
        "from padstone import create_app\n"
        "from app.core.config import settings\n"
        "async def seed(seeding): ...\n"
        "app = create_app(settings, title='T', version='1', routers=[], seed=seed)\n"
    )
    ran = tiny(files={"app/main.py": main}).inside("seed")
    assert ran.status == 2
    assert "This system has no database" in ran.err


def test_a_database_that_is_not_there_is_named(keyed: Program) -> None:
    given = {
        "DATABASE_URL": "postgresql://u:canary@127.0.0.1:1/shop",
        "DATABASE_STARTUP_TIMEOUT_SECONDS": "0.1",
    }
    ran = keyed.inside("seed", env=given)
    assert ran.status == 1
    assert "PostgreSQL at 127.0.0.1:1 did not answer within 0.1 s" in ran.err
    assert "canary" not in ran.err
