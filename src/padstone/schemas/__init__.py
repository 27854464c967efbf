"""What clients send and what they are answered, as Pydantic models with the house's rules.

::

    class ProductFields(Body):
        name: Name
        price_minor: Cents
        note: str | None = None

    class ProductCreate(ProductFields):
        \"\"\"A product to be made.\"\"\"

    class ProductUpdate(Patch, ProductFields):
        \"\"\"What is to change of a product.\"\"\"

    class ProductRead(Read):
        id: UUID
        name: str
        price_minor: int
"""

from padstone.schemas.body import Body
from padstone.schemas.documented import documented, name_documented
from padstone.schemas.patch import Patch
from padstone.schemas.read import Read

__all__ = ["Body", "Patch", "Read", "documented", "name_documented"]
