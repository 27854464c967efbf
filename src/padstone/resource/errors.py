"""What is wrong with a declaration, and what its operations refuse beyond the common errors."""

from collections.abc import Sequence

from padstone.errors import ConflictError, ValidationError

__all__ = ["DeclarationError", "RestoreConflictError", "RowsRefusedError"]


class DeclarationError(TypeError):
    """A resource that cannot be declared so: each problem with its argument and its mend."""

    def __init__(self, resource: str, problems: Sequence[str]) -> None:
        listed = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"Resource {resource!r} cannot be declared so:{listed}")
        self.problems = tuple(problems)


class RestoreConflictError(ConflictError):
    code = "restore_conflict"
    detail = "Another resource has taken a value that must be unique; change that one first."


class RowsRefusedError(ValidationError):
    code = "rows_refused"
    detail = "Some rows have errors, so none was written."
