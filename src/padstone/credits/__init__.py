"""Prepaid credits: an append-only ledger with holds, whose balance is never negative.

A system declares three tables with the mix-ins, builds one ``Ledger`` of them, and runs ``sweep``
every minute or so. In the migration that creates the entries' table it calls
``create_append_only``.
"""

from padstone.credits.append_only import (
    append_only_sql,
    create_append_only,
    drop_append_only,
    permit_erasure,
)
from padstone.credits.audit import Discrepancy, audit
from padstone.credits.columns import (
    CreditAccountColumns,
    CreditEntryColumns,
    CreditHoldColumns,
    EntryKind,
    HoldStatus,
)
from padstone.credits.errors import (
    AmountExceededError,
    BalanceTooLargeError,
    HoldClosedError,
    InsufficientCreditsError,
    LedgerKeyReusedError,
)
from padstone.credits.ledger import Ledger
from padstone.credits.routes import credit_routes
from padstone.credits.sweep import Swept, sweep

__all__ = [
    "AmountExceededError",
    "BalanceTooLargeError",
    "CreditAccountColumns",
    "CreditEntryColumns",
    "CreditHoldColumns",
    "Discrepancy",
    "EntryKind",
    "HoldClosedError",
    "HoldStatus",
    "InsufficientCreditsError",
    "Ledger",
    "LedgerKeyReusedError",
    "Swept",
    "append_only_sql",
    "audit",
    "create_append_only",
    "credit_routes",
    "drop_append_only",
    "permit_erasure",
    "sweep",
]
