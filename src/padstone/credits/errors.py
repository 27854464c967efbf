"""Why the ledger refuses."""

from padstone.errors import ConflictError, PaymentRequiredError

__all__ = [
    "AmountExceededError",
    "BalanceTooLargeError",
    "HoldClosedError",
    "InsufficientCreditsError",
    "LedgerKeyReusedError",
]


class InsufficientCreditsError(PaymentRequiredError):
    code = "insufficient_credits"
    detail = "The account has not enough credits for this."


class LedgerKeyReusedError(ConflictError):
    code = "ledger_key_reused"
    detail = "This key belongs to another movement of credits."


class HoldClosedError(ConflictError):
    code = "hold_closed"
    detail = "The hold is captured or released already."


class AmountExceededError(ConflictError):
    code = "amount_exceeded"
    detail = "The amount is larger than what is left to capture or refund."


class BalanceTooLargeError(ConflictError):
    code = "balance_too_large"
    detail = "The account cannot hold so many credits."
