"""Orders: a cart becomes one, and it goes from status to status."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.core.order_status import CANCELLABLE, RETURNS_STOCK, OrderStatus, order_machine
from app.models import CartLine, Order, OrderLine, OrderStatusChange, Product, StockReason
from app.services.stock import record_stock, return_stock, take_stock
from padstone.errors import ConflictError, FieldError, NotFoundError

__all__ = [
    "CartEmptyError",
    "CartNotOrderableError",
    "MixedCurrenciesError",
    "OrderNotCancellableError",
    "OrderTotalChangedError",
    "advance_order",
    "cancel_order",
    "get_order",
    "place_order",
]

# Without I, L, O and U, which are misread or make words (Crockford's base 32).
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH = 5


class CartEmptyError(ConflictError):
    code = "cart_empty"
    detail = "There is nothing in the cart. Put a product into it first."


class CartNotOrderableError(ConflictError):
    """``errors`` names each product that cannot be had, and how many there are."""

    code = "cart_not_orderable"
    detail = "Some of what is in the cart cannot be had just now. Nothing was ordered."


class MixedCurrenciesError(ConflictError):
    code = "mixed_currencies"
    detail = "An order has one currency, and the cart has several. Order them one after the other."


class OrderTotalChangedError(ConflictError):
    """The detail says what the cart costs now."""

    code = "order_total_changed"
    detail = "The cart does not cost what was expected. Nothing was ordered."


class OrderNotCancellableError(ConflictError):
    code = "order_not_cancellable"
    detail = "It can be cancelled while it is pending. Ask the shop."


async def place_order(
    session: AsyncSession, user_id: UUID, *, expected_minor: int | None = None
) -> Order:
    """Turns the user's cart into an order, at the prices of this moment, and empties it.

    All of it or nothing: raises ``CartEmptyError``, ``CartNotOrderableError``,
    ``MixedCurrenciesError``, or ``OrderTotalChangedError`` where it does not cost
    ``expected_minor``; the caller then undoes the transaction.
    """
    # Locked, so that the same cart is not ordered twice at the same moment, from two devices.
    found = await session.scalars(
        select(CartLine)
        .where(CartLine.user_id == user_id)
        .order_by(CartLine.product_id)
        .with_for_update()
    )
    lines = {line.product_id: line for line in found}
    if not lines:
        raise CartEmptyError
    quantities = {product_id: line.quantity for product_id, line in lines.items()}
    products, lacking = await take_stock(session, quantities)
    if lacking:
        raise CartNotOrderableError(errors=await _shortages(session, lacking))
    total = sum(product.price_minor * quantities[product.id] for product in products)
    currencies = {product.currency for product in products}
    if len(currencies) > 1:
        raise MixedCurrenciesError
    [currency] = currencies
    if expected_minor not in {None, total}:
        raise OrderTotalChangedError(
            f"The cart costs {total} {currency} now, in minor units. Nothing was ordered."
        )
    order_id = await _insert(session, user_id, total, currency)
    _add_lines(session, order_id, user_id, products, quantities)
    _add_change(session, order_id, None, OrderStatus.PENDING, user_id, None)
    await session.execute(delete(CartLine).where(CartLine.id.in_([x.id for x in lines.values()])))
    return await get_order(session, order_id, user_id=user_id)


async def get_order(
    session: AsyncSession, order_id: UUID, *, user_id: UUID | None, lock: bool = False
) -> Order:
    """The order with its lines and its history; ``NotFoundError`` where it is not the user's.

    ``user_id`` is ``None`` for whoever manages the orders of all.
    """
    query: Select[Order] = (
        select(Order)
        .where(Order.id == order_id)
        .options(selectinload(Order.lines), selectinload(Order.history))
        .execution_options(populate_existing=True)
    )
    if user_id is not None:
        query = query.where(Order.user_id == user_id)
    if lock:
        query = query.with_for_update()
    order = await session.scalar(query)
    if order is None:
        raise NotFoundError
    return order


async def advance_order(
    session: AsyncSession, order_id: UUID, status: OrderStatus, *, by: UUID, note: str | None
) -> Order:
    """Takes any order to ``status``. Raises ``StatusNotReachableError`` where that cannot follow.

    Of several at the same moment one comes first, and the next ones see what it did.
    """
    order = await get_order(session, order_id, user_id=None, lock=True)
    return await _step(session, order, status, by, note)


async def cancel_order(
    session: AsyncSession, order_id: UUID, *, user_id: UUID, note: str | None
) -> Order:
    """Cancels the user's own order while nobody has paid for it, and returns its stock."""
    order = await get_order(session, order_id, user_id=user_id, lock=True)
    if order.status not in CANCELLABLE:
        raise OrderNotCancellableError(
            f"It is {order.status}, and can be cancelled while it is pending. Ask the shop."
        )
    return await _step(session, order, OrderStatus.CANCELLED, user_id, note)


async def _step(
    session: AsyncSession, order: Order, status: OrderStatus, by: UUID, note: str | None
) -> Order:
    present = OrderStatus(order.status)
    order_machine.require(present, status)
    order.status = status
    _add_change(session, order.id, present, status, by, note)
    await session.flush()
    if (present, status) in RETURNS_STOCK:
        quantities = {line.product_id: line.quantity for line in order.lines}
        await return_stock(session, order.id, by, quantities)
    return await get_order(session, order.id, user_id=None)


async def _shortages(session: AsyncSession, product_ids: Sequence[UUID]) -> list[FieldError]:
    products = await session.scalars(
        select(Product)
        .where(Product.id.in_(product_ids))
        .order_by(Product.name)
        .execution_options(include_deleted=True, populate_existing=True)
    )
    return [
        FieldError(
            f"lines.{product.id}",
            f"{product.name} is no longer sold; take it out of the cart"
            if product.deleted_at is not None
            else f"of {product.name} there are {product.stock}; lower the quantity",
            "unavailable" if product.deleted_at is not None else "not_enough_stock",
        )
        for product in products
    ]


async def _insert(session: AsyncSession, user_id: UUID, total: int, currency: str) -> UUID:
    # Thirty million numbers a day: that one is taken is rare, and three in a row are a defect.
    for _ in range(3):
        values = {
            "user_id": user_id,
            "number": _new_number(),
            "status": order_machine.initial,
            "total_minor": total,
            "currency": currency,
        }
        new = insert(Order).values(values).on_conflict_do_nothing(index_elements=[Order.number])
        order_id: UUID | None = await session.scalar(new.returning(Order.id))
        if order_id is not None:
            return order_id
    raise RuntimeError("No free order number was found in three attempts.")


def _new_number() -> str:
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_NUMBER_LENGTH))
    return f"{datetime.now(UTC):%y%m%d}-{body}"


def _add_lines(
    session: AsyncSession,
    order_id: UUID,
    user_id: UUID,
    products: Sequence[Product],
    quantities: dict[UUID, int],
) -> None:
    for product in products:
        quantity = quantities[product.id]
        session.add(
            OrderLine(
                order_id=order_id,
                product_id=product.id,
                sku=product.sku,
                name=product.name,
                quantity=quantity,
                unit_price_minor=product.price_minor,
                line_total_minor=product.price_minor * quantity,
            )
        )
        record_stock(
            session, product, -quantity, StockReason.SALE, user_id=user_id, order_id=order_id
        )


def _add_change(
    session: AsyncSession,
    order_id: UUID,
    present: OrderStatus | None,
    status: OrderStatus,
    by: UUID,
    note: str | None,
) -> None:
    session.add(
        OrderStatusChange(
            order_id=order_id, from_status=present, to_status=status, user_id=by, note=note
        )
    )
