"""Configurations: what counts for whoever is calling, and for admins what counts for everybody."""

from typing import Annotated

from fastapi import APIRouter, Path, status

from app.api.deps import ConfigurationManager, ConfigurationReader, ConfigurationWriter
from app.core.configuration_keys import ConfigurationName
from app.schemas.configuration import ConfigurationList, ConfigurationRead, ConfigurationSet
from app.services import configuration_service as service
from padstone.cache import CacheDep
from padstone.db import ReadSessionDep, SessionDep
from padstone.problems import problem_responses

__all__ = ["router"]

router = APIRouter(tags=["configurations"])
Key = Annotated[
    str,
    Path(
        max_length=100,
        pattern=r"^[a-z_]+(\.[a-z_]+)*$",
        description="One of the keys that the list shows.",
        examples=[ConfigurationName.LANGUAGE.value],
    ),
]


@router.get("/configurations", summary="What is configured for whoever is calling")
async def list_configurations(
    caller: ConfigurationReader, session: ReadSessionDep, cache: CacheDep
) -> ConfigurationList:
    """Every key: your own value counts, else the system's, else the default."""
    return ConfigurationList(items=await service.cached(cache, session, caller.subject))


@router.get("/configurations/{key}", summary="The value that counts for whoever is calling")
async def get_configuration(
    caller: ConfigurationReader, key: Key, session: ReadSessionDep
) -> ConfigurationRead:
    """And where it comes from."""
    return await service.effective_one(session, caller.subject, service.find_key(key))


@router.put(
    "/configurations/{key}",
    summary="Set a value of your own",
    responses=problem_responses(409),
)
async def set_configuration(
    caller: ConfigurationWriter,
    key: Key,
    body: ConfigurationSet,
    session: SessionDep,
    cache: CacheDep,
) -> ConfigurationRead:
    """It counts for you alone, in place of the system's."""
    found = service.find_key(key)
    owner = caller.subject
    await service.set_value(session, found, body.value, owner=owner, set_by=owner)
    service.drop_cached(cache, session, owner)
    return await service.effective_one(session, owner, found)


@router.delete(
    "/configurations/{key}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Take your own value away",
    responses=problem_responses(409),
)
async def delete_configuration(
    caller: ConfigurationWriter, key: Key, session: SessionDep, cache: CacheDep
) -> None:
    """The system's value counts again."""
    await service.remove_value(session, service.find_key(key), caller.subject)
    service.drop_cached(cache, session, caller.subject)


@router.get("/system-configurations", summary="What is configured for everybody")
async def list_system_configurations(
    _admin: ConfigurationManager, session: ReadSessionDep, cache: CacheDep
) -> ConfigurationList:
    """Every key, without anybody's own values."""
    return ConfigurationList(items=await service.cached(cache, session, None))


@router.put("/system-configurations/{key}", summary="Set a value for everybody")
async def set_system_configuration(
    admin: ConfigurationManager,
    key: Key,
    body: ConfigurationSet,
    session: SessionDep,
    cache: CacheDep,
) -> ConfigurationRead:
    """It counts for all who have no value of their own."""
    found = service.find_key(key)
    await service.set_value(session, found, body.value, owner=None, set_by=admin.subject)
    service.drop_cached(cache, session, None)
    return await service.effective_one(session, None, found)


@router.delete(
    "/system-configurations/{key}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Take the value for everybody away",
)
async def delete_system_configuration(
    _admin: ConfigurationManager, key: Key, session: SessionDep, cache: CacheDep
) -> None:
    """The default counts again."""
    await service.remove_value(session, service.find_key(key), None)
    service.drop_cached(cache, session, None)
