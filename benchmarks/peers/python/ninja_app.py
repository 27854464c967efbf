"""django-ninja on Django's ORM, as the documentation of both shows it, under gunicorn's threads.

It has none of our features.
"""

import hashlib
import os
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ninja_settings")
django.setup()

from django.core.wsgi import get_wsgi_application
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path
from ninja import Field, NinjaAPI
from ninja.errors import HttpError
from ninja.security import HttpBearer

from ninja_models import Account, ApiKey, Product, Resume, User
from schemas import (
    ProductPage,
    ProductRead,
    ResumeCreate,
    ResumeRead,
    ResumeUpdate,
    ValidatedAccount,
)
from statements import cursor_of, read_cursor
from tokens import user_of

api = NinjaAPI()


class UserBearer(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user_id = user_of(token)
        if user_id is None:
            return None
        return User.objects.filter(id=user_id, suspended_at=None, deleted_at=None).first()


class KeyBearer(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> Account | None:
        key_hash = hashlib.sha256(token.encode()).digest()
        key = ApiKey.objects.select_related("account").filter(key_hash=key_hash).first()
        if key is None or key.revoked_at:
            return None
        if key.expires_at and key.expires_at <= datetime.now(UTC):
            return None
        account = key.account
        return account if account.status == "active" and not account.deleted_at else None


@api.get("/health/live")
def live(request: HttpRequest) -> dict[str, str]:
    return {"status": "alive"}


@api.get("/api/v1/products/{uuid:product_id}", response=ProductRead)
def get_product(request: HttpRequest, product_id: UUID) -> Product:
    living = Product.objects.select_related("category").filter(archived_at=None)
    return get_object_or_404(living, id=product_id)


@api.get("/api/v1/products", response=ProductPage)
def list_products(
    request: HttpRequest, cursor: str | None = None, limit: Annotated[int, Field(ge=1, le=100)] = 20
) -> dict[str, Any]:
    living = Product.objects.select_related("category").filter(archived_at=None)
    if cursor is not None:
        try:
            created_at, row_id = read_cursor(cursor)
        except ValueError:
            raise HttpError(422, "Not a cursor") from None
        living = living.filter(
            Q(created_at__lt=created_at) | Q(created_at=created_at, id__lt=row_id)
        )
    found = list(living.order_by("-created_at", "-id")[: limit + 1])
    page = found[:limit]
    next_cursor = cursor_of(page[-1].created_at, page[-1].id) if len(found) > limit else None
    return {"items": page, "next_cursor": next_cursor, "limit": limit}


def _own(request: HttpRequest, resume_id: UUID) -> Resume:
    return get_object_or_404(Resume, id=resume_id, user=request.auth, deleted_at=None)


@api.get("/api/v1/resumes/{uuid:resume_id}", response=ResumeRead, auth=UserBearer())
def get_resume(request: HttpRequest, resume_id: UUID) -> Resume:
    return _own(request, resume_id)


@api.post("/api/v1/resumes", response={201: ResumeRead}, auth=UserBearer())
def create_resume(request: HttpRequest, body: ResumeCreate) -> tuple[int, Resume]:
    return 201, Resume.objects.create(**body.model_dump(), user=request.auth)


@api.patch("/api/v1/resumes/{uuid:resume_id}", response=ResumeRead, auth=UserBearer())
def update_resume(request: HttpRequest, resume_id: UUID, body: ResumeUpdate) -> Resume:
    resume = _own(request, resume_id)
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(resume, name, value)
    resume.save()
    return resume


@api.post("/api/v1/auth/validate", response=ValidatedAccount, auth=KeyBearer())
def validate(request: HttpRequest) -> dict[str, Any]:
    account = request.auth
    return {
        "account_id": account.id,
        "email": account.email,
        "credits_balance_micros": account.credits_balance_micros,
    }


urlpatterns = [path("", api.urls)]
application = get_wsgi_application()
