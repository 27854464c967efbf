"""Stock and prices: every change leaves a row that says what, why and by whom."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import PriceChange, Product, StockMovement, StockReason
from padstone.errors import ConflictError, NotFoundError

__all__ = [
    "OutOfStockError",
    "adjust_stock",
    "record_price",
    "record_stock",
    "return_stock",
    "take_stock",
]


class OutOfStockError(ConflictError):
    code = "stock_negative"
    detail = "There is less in stock than would be taken away."


def record_stock(
    session: AsyncSession,
    product: Product,
    delta: int,
    reason: StockReason,
    *,
    user_id: UUID | None,
    order_id: UUID | None = None,
    note: str | None = None,
) -> None:
    """Adds the movement that has led to ``product.stock``; none where nothing moved."""
    if delta:
        session.add(
            StockMovement(
                product_id=product.id,
                delta=delta,
                stock_after=product.stock,
                reason=reason,
                note=note,
                order_id=order_id,
                user_id=user_id,
            )
        )


def record_price(
    session: AsyncSession,
    product_id: UUID,
    price_minor: int,
    currency: str,
    *,
    user_id: UUID | None,
) -> None:
    """Adds the price of a product from now on."""
    session.add(
        PriceChange(
            product_id=product_id, price_minor=price_minor, currency=currency, user_id=user_id
        )
    )


async def adjust_stock(
    session: AsyncSession,
    product_id: UUID,
    *,
    delta: int | None = None,
    counted: int | None = None,
    reason: StockReason,
    user_id: UUID,
    note: str | None = None,
) -> Product:
    """Adds ``delta`` to the stock, or sets it to what was ``counted``.

    Raises ``OutOfStockError`` where it would be negative. Archived products have a stock too.
    """
    product = await session.scalar(
        select(Product)
        .where(Product.id == product_id)
        .with_for_update()
        .execution_options(include_deleted=True, populate_existing=True)
    )
    if product is None:
        raise NotFoundError
    after = counted if counted is not None else product.stock + (delta or 0)
    if after < 0:
        raise OutOfStockError(f"There are {product.stock} in stock, so that is the most to take.")
    moved, product.stock = after - product.stock, after
    record_stock(session, product, moved, reason, user_id=user_id, note=note)
    await session.flush()
    return product


async def take_stock(
    session: AsyncSession, quantities: Mapping[UUID, int]
) -> tuple[list[Product], list[UUID]]:
    """Takes the quantities from the stock; the products, and the ids of those that lack it.

    One conditional UPDATE for each product decides, under the lock of its row: whoever comes second
    sees what is left. The products are taken in the order of their ids, so that two orders never
    wait for each other in a circle. Where one lacks it, the caller undoes the transaction.
    """
    taken, lacking = [], []
    for product_id in sorted(quantities):
        quantity = quantities[product_id]
        product = await session.scalar(
            update(Product)
            .where(Product.id == product_id, Product.stock >= quantity)
            .values(stock=Product.stock - quantity)
            .returning(Product)
            .execution_options(populate_existing=True)
        )
        if product is None:
            lacking.append(product_id)
        else:
            taken.append(product)
    return taken, lacking


async def return_stock(
    session: AsyncSession, order_id: UUID, user_id: UUID, quantities: Mapping[UUID, int]
) -> None:
    """Puts back what an order had taken, of archived products too."""
    for product_id in sorted(quantities):
        product = await session.scalar(
            update(Product)
            .where(Product.id == product_id)
            .values(stock=Product.stock + quantities[product_id])
            .returning(Product)
            .execution_options(include_deleted=True, populate_existing=True)
        )
        if product is None:
            raise NotFoundError  # no product is ever removed
        reason, moved = StockReason.CANCELLATION, quantities[product_id]
        record_stock(session, product, moved, reason, user_id=user_id, order_id=order_id)
    await session.flush()
