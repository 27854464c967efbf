"""E-mail addresses in the one form in which they are stored and compared."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, TypeAdapter
from pydantic import ValidationError as PydanticValidationError

from padstone.errors import FieldError, ValidationError

__all__ = ["EmailAddress", "normalized"]


def _stored(address: str) -> str:
    # A mailbox with other letters needs servers that all speak SMTPUTF8; who cannot be written to
    # could neither verify the address nor reset a password.
    if not address.rpartition("@")[0].isascii():
        raise ValueError("must have only the letters a to z, digits and signs before the @")
    return address.lower()


EmailAddress = Annotated[EmailStr, AfterValidator(_stored)]
"""An address in a schema: checked by its form only, in small letters."""

_adapter: TypeAdapter[str] = TypeAdapter(EmailAddress)


def normalized(address: str, *, field: str = "email") -> str:
    """``address`` as it is stored. Raises ``ValidationError`` where it is none."""
    try:
        return _adapter.validate_python(address.strip())
    except PydanticValidationError:
        message = "is not an address that can be written to, such as someone@example.com"
        raise ValidationError(errors=[FieldError(field, message)]) from None
