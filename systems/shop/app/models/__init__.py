"""The tables of this system."""

from app.models.base import Base
from app.models.cart import CartLine
from app.models.category import Category
from app.models.idempotency import IdempotencyRecord
from app.models.order import Order, OrderLine, OrderStatusChange
from app.models.product import Product
from app.models.stock import PriceChange, StockMovement, StockReason
from app.models.user import LoginAttempt, User, UserSession

__all__ = [
    "Base",
    "CartLine",
    "Category",
    "IdempotencyRecord",
    "LoginAttempt",
    "Order",
    "OrderLine",
    "OrderStatusChange",
    "PriceChange",
    "Product",
    "StockMovement",
    "StockReason",
    "User",
    "UserSession",
]
