"""Calls that cost: reserved before, settled after, whatever the caller does meanwhile.

A system declares a table with ``MeteredCallColumns`` and gives ``create_app`` a ``Meter`` over it
and its ledger. A call is then made in three steps::

    async with meter.session() as session:  # 1. a short transaction
        most = most_usage(request, output_limit=4096)
        reserved = await meter.reserve(
            session, account_id, model=request.model, price=price, most=most
        )
    pump = meter.pump(reserved, router.stream(request), prompt_tokens=…)  # 2. nobody's request
    async with aclosing(pump.read()) as chunks:  # 3. as far as somebody reads
        async for chunk in chunks:
            ...

No connection to the database is held while a model answers. What a call used is settled when the
provider has said it; what is left by a process that died is settled by the others.
"""

from padstone.extras import extra

with extra("llm"):
    from padstone.metering.columns import CallStatus, MeteredCallColumns
    from padstone.metering.dependencies import MeterDep, meter_of
    from padstone.metering.errors import CallEndedError, TooManyCallsError
    from padstone.metering.meter import Meter, Reservation, Settled
    from padstone.metering.opened import OpenedMeter
    from padstone.metering.price import Price
    from padstone.metering.pump import Bounds, Pump
    from padstone.metering.tally import Tally, most_usage, prompt_characters

__all__ = [
    "Bounds",
    "CallEndedError",
    "CallStatus",
    "Meter",
    "MeterDep",
    "MeteredCallColumns",
    "OpenedMeter",
    "Price",
    "Pump",
    "Reservation",
    "Settled",
    "Tally",
    "TooManyCallsError",
    "meter_of",
    "most_usage",
    "prompt_characters",
]
