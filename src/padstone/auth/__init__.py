"""Who is calling: API keys, and the guards that ask for them.

A system declares its table with ``ApiKeyColumns``, describes it once with ``ApiKeys``, passes that
to ``create_app`` (or opens it by ``open_api_keys``), and guards its routes with ``PrincipalDep`` or
``Requires``. Users who sign in live in ``padstone.auth.users``; the guards take their access tokens
too.
"""

from padstone.auth.api_keys import CHANNEL, KEY_COLUMNS, ApiKeys
from padstone.auth.authenticator import ApiKeyAuthenticator
from padstone.auth.demo import demo_key
from padstone.auth.guards import (
    AuthenticatorDep,
    OptionalPrincipalDep,
    PrincipalDep,
    Requires,
    SubjectDep,
    authenticator_of,
    credential_of,
    principal_of,
    principal_or_nobody,
    require_scopes,
)
from padstone.auth.key_columns import ApiKeyColumns
from padstone.auth.key_format import ApiKeySecret, generate, parse
from padstone.auth.key_routes import key_routes
from padstone.auth.key_service import ApiKeyService, KeyNotRotatableError, NewKey
from padstone.auth.opening import open_api_keys
from padstone.auth.rate_limits import RateLimited, caller_address, count_request, limit_of

__all__ = [
    "CHANNEL",
    "KEY_COLUMNS",
    "ApiKeyAuthenticator",
    "ApiKeyColumns",
    "ApiKeySecret",
    "ApiKeyService",
    "ApiKeys",
    "AuthenticatorDep",
    "KeyNotRotatableError",
    "NewKey",
    "OptionalPrincipalDep",
    "PrincipalDep",
    "RateLimited",
    "Requires",
    "SubjectDep",
    "authenticator_of",
    "caller_address",
    "count_request",
    "credential_of",
    "demo_key",
    "generate",
    "key_routes",
    "limit_of",
    "open_api_keys",
    "parse",
    "principal_of",
    "principal_or_nobody",
    "require_scopes",
]
