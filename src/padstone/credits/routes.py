"""Routes for credits of users: what there is, what became of it, and more of it.

A system whose accounts are its users includes them where it likes::

    api_router.include_router(
        credit_routes(ledger, read=Requires("credits:read"), grant=Requires("users:manage"))
    )
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, status
from sqlalchemy import select

from padstone.credits.ledger import Ledger
from padstone.credits.schemas import Balance, EntryRead, GrantCreate
from padstone.db import ReadSessionDep, SessionDep
from padstone.errors import NotFoundError
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate
from padstone.principal import Principal
from padstone.problems import problem_responses

__all__ = ["credit_routes"]

_GRANT = "grant:"  # a namespace of their own, since a system enters other movements by keys too


def credit_routes(ledger: Ledger[Any, Any], *, read: Any, grant: Any) -> APIRouter:
    """``GET /credits``, ``GET /credits/entries``, and ``POST /users/{user_id}/credits`` for admins.

    ``read`` and ``grant`` are the guards, such as ``Requires("credits:read")``.
    """
    router = APIRouter()
    _reading(router, ledger, read)
    _granting(router, ledger, grant)
    return router


def _reading(router: APIRouter, ledger: Ledger[Any, Any], read: Any) -> None:
    account, entry = ledger.account_model, ledger.entry_model

    @router.get("/credits", tags=["credits"], summary="What may be spent")
    async def get_credits(
        principal: Annotated[Principal, read], session: ReadSessionDep
    ) -> Balance:
        """The balance, from which open holds are subtracted, and what they set aside."""
        balance = await session.scalar(
            select(account.credits_balance_micros).where(account.id == principal.subject)
        )
        if balance is None:
            raise NotFoundError
        held = await ledger.held_micros(session, principal.subject)
        return Balance(balance_micros=balance, held_micros=held)

    @router.get("/credits/entries", tags=["credits"], summary="List the movements of your credits")
    async def list_credit_entries(
        principal: Annotated[Principal, read],
        session: ReadSessionDep,
        params: CursorDep,
        signer: CursorSignerDep,
    ) -> Page[EntryRead]:
        """The newest first. None is ever changed or removed."""
        rows, next_cursor = await paginate(
            session,
            select(entry).where(entry.account_id == principal.subject),
            order_by=[(entry.sequence, "desc")],
            params=params,
            signer=signer,
            scope=("credit entries", principal.subject),
        )
        return Page[EntryRead].by_cursor(rows, next_cursor, params)


def _granting(router: APIRouter, ledger: Ledger[Any, Any], grant: Any) -> None:
    @router.post(
        "/users/{user_id}/credits",
        tags=["users"],
        status_code=status.HTTP_201_CREATED,
        summary="Grant a user credits",
        responses=problem_responses(409),
    )
    async def grant_credits(
        _admin: Annotated[Principal, grant],
        user_id: Annotated[UUID, Path(description="Which user.")],
        body: GrantCreate,
        session: SessionDep,
    ) -> EntryRead:
        """For what they have paid. The same key answers with the first grant again."""
        made = await ledger.grant(
            session,
            user_id,
            body.amount_micros,
            key=f"{_GRANT}{body.key}",
            reference=body.reference,
        )
        return EntryRead.model_validate(made)
