"""A SQLAlchemy model becomes a REST resource, by one declaration.

::

    products = Resource(
        Product,
        create=ProductCreate, update=ProductUpdate, read=ProductRead,
        guards=Guards(read=PUBLIC, write=["catalog:write"]),
        filters={"category_id": ["eq", "in"], "price_minor": ["gte", "lte"]},
        sorts=["price_minor", "name", "created_at"],
    )
    router.include_router(products.router)

What it does not cover is an ordinary route beside it, which may use its methods.
"""

from padstone.resource.call import Call, CallDep, ReadCallDep
from padstone.resource.declaration import SHARED, Declaration, Parent
from padstone.resource.errors import DeclarationError, RestoreConflictError
from padstone.resource.filters import Condition, Filter
from padstone.resource.guards import PUBLIC, Guards
from padstone.resource.listing import Listing
from padstone.resource.operations import Operation
from padstone.resource.own import Own
from padstone.resource.parameters import IfMatchDep, IfNoneMatchDep
from padstone.resource.query import ListQuery
from padstone.resource.resource import Resource
from padstone.resource.revisions import Revisions, etag_of
from padstone.resource.served import stable
from padstone.resource.sorting import SortTerm

__all__ = [
    "PUBLIC",
    "SHARED",
    "Call",
    "CallDep",
    "Condition",
    "Declaration",
    "DeclarationError",
    "Filter",
    "Guards",
    "IfMatchDep",
    "IfNoneMatchDep",
    "ListQuery",
    "Listing",
    "Operation",
    "Own",
    "Parent",
    "ReadCallDep",
    "Resource",
    "RestoreConflictError",
    "Revisions",
    "SortTerm",
    "etag_of",
    "stable",
]
