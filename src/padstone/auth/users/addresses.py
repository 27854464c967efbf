"""E-mail addresses in the one form in which they are stored and compared."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, TypeAdapter
from pydantic import ValidationError as PydanticValidationError

from padstone.errors import FieldError, ValidationError

__all__ = ["EmailAddress", "normalized"]


def _lower(address: str) -> str:
    return address.lower()


EmailAddress = Annotated[EmailStr, AfterValidator(_lower)]
"""An address in a schema: checked by its form only, in small letters."""

_adapter: TypeAdapter[str] = TypeAdapter(EmailAddress)


def normalized(address: str, *, field: str = "email") -> str:
    """``address`` as it is stored. Raises ``ValidationError`` where it is none."""
    try:
        return _adapter.validate_python(address.strip())
    except PydanticValidationError:
        message = "is not an e-mail address, such as someone@example.com"
        raise ValidationError(errors=[FieldError(field, message)]) from None
