"""The guide's operations run in the lanes that it prints."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped

from padstone.express import lanes_of
from padstone.models import Identified, TableBase, new_metadata
from padstone.schemas import Body, Read

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "lanes.md").read_text()


class Base(TableBase, DeclarativeBase):
    metadata = new_metadata()


class Item(Identified, Base):
    __tablename__ = "items"

    title: Mapped[str]


class User(Identified, Base):
    __tablename__ = "users"

    name: Mapped[str]


class ItemRead(Read):
    id: UUID
    title: str


class ItemBody(Body):
    title: str


class UserRead(Read):
    name: str


def module(monkeypatch: Any, name: str, **names: Any) -> None:
    made = ModuleType(name)
    vars(made).update(names)
    monkeypatch.setitem(sys.modules, name, made)


def test_each_operation_is_in_the_lane_that_is_printed(monkeypatch: Any) -> None:
    module(monkeypatch, "app")
    module(monkeypatch, "app.models", Item=Item, User=User)
    module(monkeypatch, "app.schemas", ItemBody=ItemBody, ItemRead=ItemRead, UserRead=UserRead)
    names: dict[str, Any] = {}
    [source] = re.findall(r"```python file=api.py\n(.*?)```", GUIDE, re.DOTALL)
    exec(compile(source, "api.py", "exec"), names)  # noqa: S102  # it is what is tested
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(names["router"])
    found = {
        (method, lane.context.path): (
            lane.context.name,
            "session" if lane.plan is None else "express",
            lane.reason,
        )
        for lane in lanes_of(app)
        for method in lane.context.methods or ()
    }
    [printed] = re.findall(r"```routes\n(.*?)```", GUIDE, re.DOTALL)
    for line in printed.splitlines():
        method, path, name, lane, *reason = re.split(r"  +", line)
        assert found[method, path] == (name, lane, "".join(reason))
