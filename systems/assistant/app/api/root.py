"""The address that people try first."""

from fastapi import APIRouter, Request, Response

from padstone.app import docs_page

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/")
async def show_documentation(request: Request) -> Response:
    """The interactive documentation, as at ``/docs``."""
    return docs_page(request)
