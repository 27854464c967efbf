import json

from .conftest import Tiny

ROUTE = """\
from fastapi import APIRouter
from padstone import create_app

from app.core.config import settings

router = APIRouter()


@router.get("/zebras/{name}")
async def zebra(name: str) -> str:
    return name


app = create_app(settings, title="Tiny Zoë", version="1.2.3", routers=[router])
"""


def test_the_document_is_printed_in_a_stable_order(tiny: Tiny) -> None:
    ran = tiny(files={"app/main.py": ROUTE})("openapi")
    assert ran.status == 0
    document = json.loads(ran.out)
    assert document["info"]["title"] == "Tiny Zoë"
    assert "/zebras/{name}" in document["paths"]
    assert ran.out == json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_a_written_file_passes_its_check_until_the_code_changes(tiny: Tiny) -> None:
    program = tiny(files={"app/main.py": ROUTE})
    assert program.inside("openapi", "--output", "openapi.json") == program.inside(
        "openapi", "--check", "openapi.json"
    )
    main = program.folder / "app" / "main.py"
    # Of another length: Python takes a file of the same second and size for the one it compiled.
    main.write_text(ROUTE.replace("zebras", "donkeys"))
    ran = program.inside("openapi", "--check", "openapi.json")
    assert ran.status == 1
    assert "padstone openapi --output openapi.json" in ran.err
    assert "donkeys" in ran.err


def test_writing_and_checking_at_once_is_refused(tiny: Tiny) -> None:
    ran = tiny().inside("openapi", "--output", "a", "--check", "a")
    assert ran.status == 2
