"""The caller's cart."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, status

from app.api.deps import CartOwner, SettingsDep
from app.schemas.cart import CartLineUpdate, CartRead
from app.services import cart
from padstone.db import ReadSessionDep, SessionDep
from padstone.problems import problem_responses

__all__ = ["router"]

router = APIRouter(prefix="/cart", tags=["cart"])
ProductId = Annotated[UUID, Path(description="Which product.")]


@router.get("", summary="The caller's cart")
async def get_cart(owner: CartOwner, session: ReadSessionDep) -> CartRead:
    """What is in the cart, at the prices and with the stock of this moment."""
    return await cart.read_cart(session, owner.subject)


@router.put(
    "/lines/{product_id}",
    summary="Put a product into the cart",
    responses=problem_responses(409),
)
async def set_cart_line(
    owner: CartOwner,
    product_id: ProductId,
    body: CartLineUpdate,
    session: SessionDep,
    settings: SettingsDep,
) -> CartRead:
    """Makes the cart hold so many of the product, whatever it held before; answers the cart."""
    limit = settings.CART_MAX_LINES
    await cart.set_line(session, owner.subject, product_id, body.quantity, max_lines=limit)
    return await cart.read_cart(session, owner.subject)


@router.delete("/lines/{product_id}", summary="Take a product out of the cart")
async def delete_cart_line(
    owner: CartOwner, product_id: ProductId, session: SessionDep
) -> CartRead:
    """Answers what is left in the cart."""
    await cart.remove_line(session, owner.subject, product_id)
    return await cart.read_cart(session, owner.subject)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT, summary="Empty the cart")
async def clear_cart(owner: CartOwner, session: SessionDep) -> None:
    """Takes everything out of the cart."""
    await cart.clear_cart(session, owner.subject)
