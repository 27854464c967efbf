"""Orders: placed and followed by buyers, advanced by managers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response, status
from sqlalchemy import Select

from app.api.deps import IdempotencyDep, OrderManager, OrderPlacer, OrderReader, manages
from app.core.security import Scope
from app.models import Order
from app.schemas.order import OrderAdvance, OrderCancel, OrderCreate, OrderDetail, OrderRead
from app.services import orders as service
from padstone.db import ReadSessionDep, SessionDep
from padstone.idempotency import IdempotentRoute
from padstone.problems import problem_responses
from padstone.resource import Call, Guards, Operation, Resource, stable

__all__ = ["orders", "router"]


class Orders(Resource[Order]):
    """Orders: a buyer's own, and all of them for whoever manages them."""

    @stable
    def visible(self, statement: Select[Order], call: Call) -> Select[Order]:
        if manages(call.principal, Scope.ORDERS_MANAGE):
            return statement
        return statement.where(Order.user_id == call.subject)


orders = Orders(
    Order,
    read=OrderRead,
    guards=Guards(read=[Scope.ORDERS_READ]),
    filters={
        "status": ["eq", "in"],
        "number": ["eq"],
        "user_id": ["eq"],
        "created_at": ["gte", "lt"],
        "total_minor": ["gte", "lte"],
    },
    sorts=["created_at", "total_minor"],
    # One order shows more than the list does: the route is below.
    operations={Operation.LIST},
)

router = APIRouter(route_class=IdempotentRoute)
OrderId = Annotated[UUID, Path(description="Which order.")]
_NOTHING = OrderCreate()
_NO_NOTE = OrderCancel()


@router.post(
    "/orders",
    tags=["orders"],
    status_code=status.HTTP_201_CREATED,
    response_model=OrderDetail,
    summary="Order what is in the cart",
    dependencies=[IdempotencyDep],
    responses=problem_responses(409),
)
async def create_order(
    buyer: OrderPlacer, session: SessionDep, response: Response, body: OrderCreate = _NOTHING
) -> Order:
    """Turns the cart into an order: all of it, at the prices of this moment, or nothing.

    Send an `Idempotency-Key`, and repeat the request with it when you do not know whether it
    arrived: there is one order.
    """
    order = await service.place_order(
        session, buyer.subject, expected_minor=body.expected_total_minor
    )
    response.headers["Location"] = f"/api/v1/orders/{order.id}"
    return order


@router.get(
    "/orders/{order_id}", tags=["orders"], response_model=OrderDetail, summary="Show an order"
)
async def get_order(reader: OrderReader, order_id: OrderId, session: ReadSessionDep) -> Order:
    """What was bought, for how much, and what became of it."""
    is_manager = manages(reader, Scope.ORDERS_MANAGE)
    owner = None if is_manager else reader.subject
    return await service.get_order(session, order_id, user_id=owner)


@router.post(
    "/orders/{order_id}/cancel",
    tags=["orders"],
    response_model=OrderDetail,
    summary="Cancel an order of one's own",
    responses=problem_responses(409),
)
async def cancel_order(
    buyer: OrderPlacer, order_id: OrderId, session: SessionDep, body: OrderCancel = _NO_NOTE
) -> Order:
    """Calls the order off while nobody has paid for it; its goods go back into stock."""
    return await service.cancel_order(session, order_id, user_id=buyer.subject, note=body.note)


@router.post(
    "/orders/{order_id}/status",
    tags=["orders"],
    response_model=OrderDetail,
    summary="Take an order to its next status",
    responses=problem_responses(409),
)
async def advance_order(
    manager: OrderManager, order_id: OrderId, body: OrderAdvance, session: SessionDep
) -> Order:
    """Pending orders are paid or cancelled; paid ones are shipped, then delivered.

    What is paid may be refunded. What was not shipped goes back into stock.
    """
    return await service.advance_order(
        session, order_id, body.status, by=manager.subject, note=body.note
    )


router.include_router(orders.router)
