"""Carts: what a user is about to buy, at the prices and with the stock of this moment."""

from collections import Counter
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import CartLine, Product
from app.schemas.cart import Availability, CartLineRead, CartRead
from app.schemas.money import Amount
from padstone.errors import ConflictError, NotFoundError

__all__ = ["CartFullError", "clear_cart", "read_cart", "remove_line", "set_line"]


class CartFullError(ConflictError):
    code = "cart_full"
    detail = "This cart holds as many different products as it may. Take one out first."


async def read_cart(session: AsyncSession, user_id: UUID) -> CartRead:
    """The user's cart, and whether it could be ordered now."""
    found = await session.execute(
        select(CartLine.quantity, Product)
        .join(Product, Product.id == CartLine.product_id)
        .where(CartLine.user_id == user_id)
        .order_by(CartLine.created_at, CartLine.id)
        # What is no longer sold is still in the cart, and is told.
        .execution_options(include_deleted=True)
    )
    lines = [_line(product, quantity) for quantity, product in found]
    sums: Counter[str] = Counter()
    for line in lines:
        if line.availability == "available":
            sums[line.currency] += line.line_total_minor
    return CartRead(
        lines=lines,
        totals=[Amount(amount_minor=sums[code], currency=code) for code in sorted(sums)],
        can_be_ordered=len(sums) == 1 and all(one.availability == "available" for one in lines),
    )


async def set_line(
    session: AsyncSession, user_id: UUID, product_id: UUID, quantity: int, *, max_lines: int
) -> None:
    """Makes the cart hold ``quantity`` of the product, whatever it held before.

    More than there is in stock is taken: the cart then tells so, and stock may come. Raises
    ``NotFoundError`` for a product that is not sold, ``CartFullError`` beyond ``max_lines``.
    """
    if await session.scalar(select(Product.id).where(Product.id == product_id)) is None:
        raise NotFoundError
    others = await session.scalar(
        select(func.count())
        .select_from(CartLine)
        .where(CartLine.user_id == user_id, CartLine.product_id != product_id)
    )
    if (others or 0) >= max_lines:
        raise CartFullError
    new = insert(CartLine).values(user_id=user_id, product_id=product_id, quantity=quantity)
    await session.execute(
        new.on_conflict_do_update(
            index_elements=["user_id", "product_id"], set_={"quantity": new.excluded.quantity}
        )
    )


async def remove_line(session: AsyncSession, user_id: UUID, product_id: UUID) -> None:
    """Takes a product out of the cart. ``NotFoundError`` where it is not in it."""
    removed = await session.scalar(
        delete(CartLine)
        .where(CartLine.user_id == user_id, CartLine.product_id == product_id)
        .returning(CartLine.id)
    )
    if removed is None:
        raise NotFoundError


async def clear_cart(session: AsyncSession, user_id: UUID) -> None:
    """Takes everything out of the cart."""
    await session.execute(delete(CartLine).where(CartLine.user_id == user_id))


def _line(product: Product, quantity: int) -> CartLineRead:
    return CartLineRead(
        product_id=product.id,
        slug=product.slug,
        sku=product.sku,
        name=product.name,
        quantity=quantity,
        unit_price_minor=product.price_minor,
        currency=product.currency,
        line_total_minor=product.price_minor * quantity,
        availability=_availability(product, quantity),
        in_stock=0 if product.deleted_at is not None else product.stock,
    )


def _availability(product: Product, quantity: int) -> Availability:
    if product.deleted_at is not None:
        return "unavailable"
    return "available" if product.stock >= quantity else "not_enough_stock"
