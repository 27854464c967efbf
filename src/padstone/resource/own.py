"""The row of whoever is calling: the account behind a key, the user behind a token."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from padstone.auth import Requires
from padstone.db import ReadSessionDep
from padstone.errors import NotFoundError
from padstone.principal import Principal
from padstone.resource.columns import mapper_of
from padstone.resource.loading import loaders
from padstone.resource.parameters import typed
from padstone.resource.served import mark

__all__ = ["Own"]


class Own:
    """``model``'s row of the caller, as ``read`` shows it, at one path.

    ::

        account = Own(Account, read=AccountRead, path="/account", name="read_account",
                      summary="The caller's account", scopes=["account:read"])
        router.include_router(account.router)

    The row's id is the caller's subject. Answers 401 to strangers, 403 where a scope is missing,
    404 where the row is gone. ``method`` is ``POST`` where another API wants it so.
    """

    def __init__(  # noqa: PLR0913  # each parameter is a line of the declaration
        self,
        model: type[Any],
        *,
        read: type[BaseModel],
        path: str,
        name: str,
        summary: str,
        description: str = "",
        method: str = "GET",
        scopes: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> None:
        self.model = model
        self.read = read
        self.scopes = tuple(map(str, scopes))
        (key,) = mapper_of(model).primary_key
        self.key = getattr(model, mapper_of(model).get_property_by_column(key).key)
        self.router = APIRouter(tags=list(tags))
        endpoint = self._endpoint()
        mark(endpoint, self)
        self.router.add_api_route(
            path,
            endpoint,
            methods=[method],
            name=name,
            summary=summary,
            description=description,
            response_model=read,
        )

    def _endpoint(self) -> Any:
        options = loaders(self.model, self.read)

        async def show(principal: Principal, session: ReadSessionDep) -> Any:
            found = select(self.model).where(self.key == principal.subject).options(*options)
            row = await session.scalar(found)
            if row is None:
                raise NotFoundError
            return row

        return typed(show, principal=Annotated[Principal, Requires(*self.scopes)])
