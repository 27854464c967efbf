"""What an order can be, and what may become of it."""

from enum import StrEnum

from padstone.statuses import StatusMachine

__all__ = ["CANCELLABLE", "RETURNS_STOCK", "OrderStatus", "order_machine"]


class OrderStatus(StrEnum):
    """An order waits for its money, is sent, arrives; or it comes to nothing."""

    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


order_machine = StatusMachine(
    OrderStatus.PENDING,
    {
        OrderStatus.PENDING: [OrderStatus.PAID, OrderStatus.CANCELLED],
        OrderStatus.PAID: [OrderStatus.SHIPPED, OrderStatus.REFUNDED],
        OrderStatus.SHIPPED: [OrderStatus.DELIVERED, OrderStatus.REFUNDED],
        OrderStatus.DELIVERED: [OrderStatus.REFUNDED],
        OrderStatus.CANCELLED: [],
        OrderStatus.REFUNDED: [],
    },
)

# Before it is shipped, an order's goods are still on the shelf. What comes back later is looked at
# by a person, who then corrects the stock.
RETURNS_STOCK = frozenset(
    {
        (OrderStatus.PENDING, OrderStatus.CANCELLED),
        (OrderStatus.PAID, OrderStatus.REFUNDED),
    }
)

# When the buyer may still call it off; afterwards it takes a manager.
CANCELLABLE = frozenset({OrderStatus.PENDING})
