import json

from .conftest import Tiny

MAIN = """\
from fastapi import APIRouter
from sqlalchemy.orm import DeclarativeBase, Mapped
from padstone import create_app
from padstone.models import Identified, TableBase, new_metadata
from padstone.resource import PUBLIC, Guards, Resource
from padstone.schemas import Body, Patch, Read

from app.core.config import settings


class Base(TableBase, DeclarativeBase):
    metadata = new_metadata()


class Zebra(Identified, Base):
    __tablename__ = "zebras"

    name: Mapped[str]


class ZebraRead(Read):
    name: str


class ZebraBody(Body):
    name: str


class Zebras(Resource[Zebra]):
    async def after_create(self, call, row):
        pass


zebras = Zebras(Zebra, read=ZebraRead, create=ZebraBody, guards=Guards(read=PUBLIC, write=[]))
router = APIRouter()


@router.get("/donkeys")
async def donkeys() -> str:
    return "grey"


router.include_router(zebras.router)
app = create_app(settings, title="Tiny", version="1", routers=[router])
"""


def test_each_route_has_its_lane_and_its_reason(tiny: Tiny) -> None:
    program = tiny(files={"app/main.py": MAIN})
    ran = program("routes", "--json")
    assert ran.status == 0
    found = {(row["method"], row["path"]): row for row in json.loads(ran.out)}
    assert found["GET", "/zebras"] == {
        "method": "GET",
        "path": "/zebras",
        "name": "list_zebras",
        "lane": "express",
        "reason": None,
    }
    assert found["POST", "/zebras"]["reason"] == "it has `after_create` of its own"
    assert found["DELETE", "/zebras/{zebra_id}"]["lane"] == "session"
    assert found["GET", "/donkeys"]["reason"] == "a route of its own"


def test_people_see_a_table_of_the_lane_that_they_ask_for(tiny: Tiny) -> None:
    program = tiny(files={"app/main.py": MAIN})
    ran = program("routes", "--express")
    assert ran.status == 0
    assert [line.split()[:4] for line in ran.out.splitlines()[1:] if line.strip("─ ")] == [
        ["GET", "/zebras", "list_zebras", "express"],
        ["GET", "/zebras/{zebra_id}", "get_zebra", "express"],
    ]
    assert "donkeys" in program.inside("routes", "--session").out
