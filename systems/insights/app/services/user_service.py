"""Users, as admins keep them: there is always an admin who can."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import select

from app.core.exceptions import LastAdminError
from app.core.security import Role
from app.models import User
from app.schemas.user import UserInvite
from padstone.auth.users import UserAdministration

__all__ = [
    "change_role",
    "delete_user",
    "invite_user",
    "reinstate_user",
    "restore_user",
    "suspend_user",
]


async def invite_user(administration: UserAdministration, body: UserInvite) -> User:
    """A new user, who is mailed a link to choose a password by.

    Raises ``EmailTakenError`` for the address of a living user.
    """
    user: User = await administration.invite(body.email, role=body.role)
    user.full_name = body.full_name
    await administration.session.flush()
    return user


async def change_role(administration: UserAdministration, user_id: UUID, role: Role) -> User:
    """Gives the user another role, which counts from the next request on.

    API keys that the user has made lose what the role does not allow.
    """

    async def change(user: User) -> None:
        await administration.set_role(user, role)

    return await _keeping_an_admin(administration, user_id, change, stays=role == Role.ADMIN)


async def suspend_user(administration: UserAdministration, user_id: UUID) -> User:
    """Refuses the user and the user's keys from now on, and ends every session."""
    return await _keeping_an_admin(administration, user_id, administration.suspend)


async def delete_user(administration: UserAdministration, user_id: UUID) -> None:
    """Deletes the user softly: nothing of theirs can be reached, and the address is free."""
    await _keeping_an_admin(administration, user_id, administration.delete)


async def reinstate_user(administration: UserAdministration, user_id: UUID) -> User:
    """Lets a suspended user sign in again."""
    user: User = await administration.by_id(user_id)
    await administration.restore(user)
    return user


async def restore_user(administration: UserAdministration, user_id: UUID) -> User:
    """The deleted user, with all that was theirs. ``EmailTakenError`` where the address is not."""
    user: User = await administration.undelete(user_id)
    return user


async def _keeping_an_admin(
    administration: UserAdministration,
    user_id: UUID,
    change: Callable[[User], Awaitable[None]],
    *,
    stays: bool = False,
) -> User:
    """Carries ``change`` out, unless it would take the last admin who can sign in.

    All admins are locked first, in a fixed order: two who demote each other take turns, and the
    second one sees what the first has done.
    """
    admins = await administration.session.scalars(
        select(User.id)
        .where(User.role == Role.ADMIN, User.suspended_at.is_(None))
        .order_by(User.id)
        .with_for_update()
    )
    left = set(admins)
    user: User = await administration.by_id(user_id)
    if not stays and left == {user_id}:
        raise LastAdminError
    await change(user)
    return user
