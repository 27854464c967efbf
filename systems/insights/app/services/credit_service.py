"""Credits: what analyses may cost, and what they did. Without prices, nothing costs anything."""

from app.models import CreditEntry, CreditHold, User
from padstone.credits import Ledger

__all__ = ["ledger"]

ledger = Ledger(account=User, entry=CreditEntry, hold=CreditHold)
