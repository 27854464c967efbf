"""Why a provider gave no answer, or only a part of one.

Nothing here repeats what the provider said: its words may hold a key, a prompt or an address.
"""

from padstone.errors import BadRequestError, NotFoundError, UnavailableError

__all__ = [
    "ContextTooLongError",
    "ModelNotFoundError",
    "ProviderBrokenError",
    "ProviderRefusedError",
    "ProviderTimeoutError",
    "ProviderUnavailableError",
]


class ModelNotFoundError(NotFoundError):
    code = "model_not_found"
    detail = "There is no such model here."


class ProviderRefusedError(BadRequestError):
    """The request is at fault, so another provider would refuse it too."""

    code = "provider_refused"
    detail = "The model's provider refused this request. Change it before you send it again."


class ContextTooLongError(ProviderRefusedError):
    code = "context_length_exceeded"
    detail = "The messages are longer than this model can read. Shorten them."


class ProviderUnavailableError(UnavailableError):
    """The provider cannot serve now, or does not know us; another one might.

    ``asked_pause`` is how long the provider itself asked to be left alone, in seconds.
    """

    asked_pause: float | None = None

    code = "provider_unavailable"
    detail = "The model's provider does not answer. Try again shortly."


class ProviderTimeoutError(ProviderUnavailableError):
    code = "provider_timeout"
    detail = "The model's provider took too long. Try again shortly."


class ProviderBrokenError(ProviderUnavailableError):
    """What came is no answer: it was cut off, is too long, or is not in the agreed form."""

    code = "provider_broken"
    detail = "The model's provider sent an answer that cannot be used. Try again shortly."
