"""What can be done with a resource."""

from enum import StrEnum
from typing import ClassVar

__all__ = ["Operation"]


class Operation(StrEnum):
    """One operation of a resource. ``ALL`` is the set of them."""

    LIST = "list"
    CREATE = "create"
    GET = "get"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"
    BULK_CREATE = "bulk_create"
    BULK_UPDATE = "bulk_update"
    IMPORT = "import"
    EXPORT = "export"

    ALL: ClassVar[frozenset["Operation"]]
    READS: ClassVar[frozenset["Operation"]]
    SINGLE: ClassVar[frozenset["Operation"]]

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self in Operation.READS


Operation.ALL = frozenset(Operation)
Operation.READS = frozenset({Operation.LIST, Operation.GET, Operation.EXPORT})
# What a resource has unless it says otherwise, as far as its model and schemas allow.
Operation.SINGLE = Operation.ALL - {
    Operation.BULK_CREATE,
    Operation.BULK_UPDATE,
    Operation.IMPORT,
    Operation.EXPORT,
}
