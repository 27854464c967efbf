"""``Idempotency-Key``: a request that is repeated is answered again and carried out once.

::

    class IdempotencyRecord(Identified, IdempotencyRecordColumns, Base):
        __tablename__ = "idempotency_records"

    router = APIRouter(route_class=IdempotentRoute)

    @router.post("/payments", dependencies=[Idempotent(IdempotencyRecord)])
    async def pay(principal: Payer, body: PaymentCreate, session: SessionDep) -> PaymentRead: ...

The answer is stored in the transaction that it tells of, so there is never one without the other.
It is stored as it is: do not mark an operation whose answer shows a secret.
"""

from padstone.idempotency.claims import IdempotencyInFlightError, IdempotencyKeyReusedError
from padstone.idempotency.columns import IdempotencyRecordColumns, purge_expired
from padstone.idempotency.route import Idempotent, IdempotentRoute

__all__ = [
    "IdempotencyInFlightError",
    "IdempotencyKeyReusedError",
    "IdempotencyRecordColumns",
    "Idempotent",
    "IdempotentRoute",
    "purge_expired",
]
