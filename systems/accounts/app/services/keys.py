"""API keys: whose they are, and when they count."""

from datetime import timedelta

from app.core.config import settings
from app.core.security import DEFAULT_SCOPES, Scope
from app.models import Account, AccountStatus, ApiKey
from app.services.accounts import find_or_create_account
from padstone.auth import ApiKeys

__all__ = ["api_keys"]

api_keys = ApiKeys(
    model=ApiKey,
    owner=Account,
    owner_column="account_id",
    is_active=Account.status == AccountStatus.ACTIVE,
    scopes=Scope,
    default_scopes=DEFAULT_SCOPES,
    owner_for_email=find_or_create_account,
    max_overlap=timedelta(seconds=settings.KEY_ROTATION_OVERLAP_SECONDS),
)
