"""The routes by which people register, sign in and look after themselves."""

from fastapi import APIRouter

from padstone.auth.users.columns import UserColumns
from padstone.auth.users.entry_routes import entry_routes, register_route
from padstone.auth.users.own_routes import me_route, own_routes
from padstone.auth.users.pages import page_routes
from padstone.auth.users.schemas import UserRead, UserRegister
from padstone.auth.users.users import Users

__all__ = ["user_routes"]


def user_routes(
    users: Users,
    *,
    register: type[UserRegister] | None = UserRegister,
    read: type[UserRead] = UserRead,
) -> APIRouter:
    """All routes under ``/auth``, for a system to include where it likes.

    ``register`` may have fields of the system's own; each is written to the column of its name, so
    ``ValueError`` for one that is no column, or that a person must not choose, such as the role.
    With ``None`` nobody registers: users are those whom an administrator invites. ``read`` is how
    ``/auth/me`` shows a user. None of the routes may be given an ``Idempotency-Key`` store, since
    that would keep secrets.
    """
    router = APIRouter(prefix="/auth", tags=["auth"])
    if register is not None:
        _refuse_wrong_fields(users, register)
        router.include_router(register_route(register))
    for part in (entry_routes, page_routes, me_route(read), own_routes):
        router.include_router(part)
    return router


def _refuse_wrong_fields(users: Users, register: type[UserRegister]) -> None:
    own = set(register.model_fields) - set(UserRegister.model_fields)
    columns = set(users.model.__table__.columns.keys())
    reserved = {name for name in vars(UserColumns) if not name.startswith("_")} | {
        "id",
        "created_at",
        "updated_at",
        "revision",
        "deleted_at",
    }
    if wrong := (own - columns) | (own & reserved):
        raise ValueError(
            f"{register.__name__} has fields that are no columns which a person may choose: "
            f"{', '.join(sorted(wrong))}"
        )
