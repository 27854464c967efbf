"""What completions cost, and who pays."""

from datetime import timedelta

from app.core.config import Settings
from app.core.prices import price_of
from app.models import MeteredCall
from app.services.credits import ledger
from padstone.errors import UnavailableError
from padstone.metering import Meter, Price

__all__ = ["UnpricedModelError", "meter", "model_price"]

# An answer takes PROVIDER_TIMEOUT_SECONDS at most, so nobody's credits are held for longer.
meter = Meter(ledger, MeteredCall, lifetime=timedelta(hours=1))


class UnpricedModelError(UnavailableError):
    code = "model_not_priced"
    detail = "This model cannot be used: it has no price here."


def model_price(settings: Settings, model: str) -> Price:
    """What ``model`` costs. Raises ``UnpricedModelError``."""
    found = price_of(settings.PRICES, model)
    if found is None:
        raise UnpricedModelError
    return Price(*found)
