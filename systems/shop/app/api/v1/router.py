"""Every route of version 1."""

from fastapi import APIRouter

from app.api.v1 import cart, categories, orders, products, users
from app.services.users import users as signing_in
from padstone.auth.users import user_routes

__all__ = ["api_router"]

api_router = APIRouter(prefix="/api/v1")
api_router.include_router(user_routes(signing_in))
api_router.include_router(categories.router)
api_router.include_router(products.router)
api_router.include_router(cart.router)
api_router.include_router(orders.router)
api_router.include_router(users.router)
