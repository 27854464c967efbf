"""Users: what the library's sign-in needs to know of them, and their roles."""

from uuid import UUID

from sqlalchemy import select

from app.core.security import ROLES, Role
from app.models import LoginAttempt, User, UserSession
from padstone.auth.users import UserAdministration, Users
from padstone.errors import ConflictError

__all__ = ["LastAdminError", "change_role", "users"]

users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles=ROLES,
    default_role=Role.BUYER,
)


class LastAdminError(ConflictError):
    code = "last_admin"
    detail = "This is the only admin. Make another user an admin first."


async def change_role(administration: UserAdministration, user_id: UUID, role: Role) -> User:
    """Gives the user another role, which counts from the next request on.

    Raises ``LastAdminError`` where nobody would be left who can change roles.
    """
    session = administration.session
    # All admins are locked, in a fixed order: two who demote each other take turns, and the second
    # one sees what the first has done.
    admins = await session.scalars(
        select(User.id).where(User.role == Role.ADMIN).order_by(User.id).with_for_update()
    )
    others = set(admins) - {user_id}
    user: User = await administration.by_id(user_id)
    if user.role == Role.ADMIN and role != Role.ADMIN and not others:
        raise LastAdminError
    await administration.set_role(user, role)
    return user
