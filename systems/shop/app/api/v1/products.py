"""Products: the catalogue for everybody, and its upkeep for managers."""

from collections.abc import AsyncIterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, StringConstraints
from sqlalchemy import Select

from app.api.deps import CatalogueManager, manages
from app.core.config import Settings
from app.core.security import Scope
from app.models import PriceChange, Product, StockMovement, StockReason
from app.schemas.product import (
    PriceChangeRead,
    ProductCreate,
    ProductRead,
    ProductRow,
    ProductUpdate,
    StockAdjustment,
    StockLevel,
    StockMovementRead,
)
from app.services.catalogue_import import CatalogueImport
from app.services.category_tree import is_called, subtree
from app.services.products import (
    change_product,
    prepare_product,
    record_new_product,
    require_shelf,
)
from app.services.stock import adjust_stock
from padstone.db import SessionDep
from padstone.errors import NotFoundError
from padstone.problems import problem_responses
from padstone.resource import (
    PUBLIC,
    Call,
    Condition,
    Guards,
    Operation,
    Parent,
    Resource,
    stable,
)
from padstone.transfer import Row, RowModel, Tally, TransferMode, TransferReport, import_rows

__all__ = ["products", "router"]

MAX_REPORTED = 10_000  # rows that the report of an import spells out

# A slug or an id: what may stand in an address, and nothing else.
Called = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z0-9-]+$")]


class Products(Resource[Product]):
    """Products: archived ones are for managers."""

    @stable
    def visible(self, statement: Select[Product], call: Call) -> Select[Product]:
        if manages(call.principal, Scope.CATALOG_WRITE):
            return statement.execution_options(include_deleted=True)
        return statement

    async def before_create(self, call: Call, row: Product, body: BaseModel) -> None:
        assert isinstance(body, ProductCreate)  # noqa: S101  # the declaration says so
        assert isinstance(call.settings, Settings)  # noqa: S101  # there is one class of them
        currency = body.currency or call.settings.CURRENCY
        await prepare_product(call.session, row, slug=body.slug, currency=currency)

    async def after_create(self, call: Call, row: Product) -> None:
        record_new_product(call.session, row, StockReason.INITIAL, user_id=call.subject)

    async def before_update(self, call: Call, row: Product, changes: dict[str, Any]) -> None:
        await change_product(call.session, row, changes, user_id=call.subject)

    async def before_delete(self, call: Call, row: Product) -> None:  # noqa: ARG002  # the hook's
        if row.deleted_at is not None:
            raise NotFoundError("There is no such product.")

    async def after_restore(self, call: Call, row: Product) -> None:
        await require_shelf(call.session, row)

    async def import_rows(
        self,
        call: Call,
        rows: AsyncIterable[Row],
        mode: TransferMode = TransferMode.ALL_OR_NOTHING,
    ) -> TransferReport:
        """Makes products, and changes those whose SKU is known; what a row leaves out stays."""
        assert isinstance(call.settings, Settings)  # noqa: S101  # there is one class of them
        work = CatalogueImport(call.session, call.subject, call.settings.CURRENCY)
        tally = Tally(mode, most=MAX_REPORTED, every_row=True)
        # Batches so large that nearly every file is one: its products are locked in one order.
        return await import_rows(
            call.session, rows, RowModel(ProductRow), work.write, tally=tally, batch_size=2_000
        )


products = Products(
    Product,
    create=ProductCreate,
    update=ProductUpdate,
    read=ProductRead,
    guards=Guards(read=PUBLIC, write=[Scope.CATALOG_WRITE]),
    filters={
        "category": Condition(
            Called,
            lambda name: Product.category_id.in_(subtree(is_called(name))),
            "Only those in the category with this slug or id, or below it.",
        ),
        "in_stock": Condition(
            bool,
            lambda wanted: (Product.stock > 0) == wanted,
            "Only those that can be had now (true) or cannot (false).",
        ),
        "archived": Condition(
            bool,
            lambda wanted: Product.deleted_at.is_not(None) == wanted,
            "Only those that are archived (true) or are not (false); for managers.",
        ),
        "price_minor": ["gte", "lte"],
        "currency": ["eq"],
        "brand": ["eq", "in"],
        "sku": ["eq", "in"],
    },
    sorts=["price_minor", "name", "created_at"],
    search="search_vector",
    get_by="slug",
    operations={
        Operation.LIST,
        Operation.GET,
        Operation.CREATE,
        Operation.UPDATE,
        Operation.DELETE,
        Operation.RESTORE,
        Operation.IMPORT,
    },
    import_row=ProductRow,
)

stock_movements = Resource(
    StockMovement,
    read=StockMovementRead,
    parent=Parent(products, "product_id"),
    path="/stock-movements",
    guards=Guards(read=[Scope.CATALOG_WRITE]),
    filters={"reason": ["eq", "in"], "created_at": ["gte", "lt"]},
    operations={Operation.LIST},
)

price_changes = Resource(
    PriceChange,
    read=PriceChangeRead,
    parent=Parent(products, "product_id"),
    path="/price-changes",
    guards=Guards(read=[Scope.CATALOG_WRITE]),
    operations={Operation.LIST},
)

router = APIRouter()
ProductId = Annotated[UUID, Path(description="Which product.")]


@router.post(
    "/products/{product_id}/stock",
    tags=["products"],
    summary="Change the stock of a product",
    responses=problem_responses(409),
)
async def adjust_product_stock(
    manager: CatalogueManager, product_id: ProductId, body: StockAdjustment, session: SessionDep
) -> StockLevel:
    """Adds a delivery, takes away a loss, or sets what was counted; the reason is kept."""
    product = await adjust_stock(
        session,
        product_id,
        delta=body.delta,
        counted=body.counted,
        reason=StockReason(body.reason),
        user_id=manager.subject,
        note=body.note,
    )
    return StockLevel(product_id=product.id, stock=product.stock)


router.include_router(products.router)
router.include_router(stock_movements.router)
router.include_router(price_changes.router)
