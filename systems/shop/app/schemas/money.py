"""Money over the wire: whole numbers of a currency's minor unit, and never a fraction."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.core.currencies import CURRENCIES
from padstone.schemas import Read

__all__ = ["Amount", "Currency", "Price"]

# Low enough for the largest order: a full cart of the largest quantities fits into 64 bits.
MAX_PRICE_MINOR = 10**11


def _known(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError("must be the code of a currency of ISO 4217, such as EUR")
    return code


Currency = Annotated[
    str,
    AfterValidator(_known),
    Field(
        description="ISO 4217.",
        examples=["EUR"],
        json_schema_extra={"enum": sorted(CURRENCIES)},
    ),
]

Price = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_PRICE_MINOR,
        description="In minor units of the currency: 1999 EUR is 19.99 €.",
        examples=[1999],
    ),
]


class Amount(Read):
    """An amount of money."""

    amount_minor: int = Field(description="In minor units of the currency.", examples=[1999])
    currency: str = Field(description="ISO 4217.", examples=["EUR"])
