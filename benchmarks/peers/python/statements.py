"""The SQL of those peers that write their own."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

_PRODUCT = """
SELECT p.id, p.sku, p.slug, p.name, p.brand, p.description, c.id, c.slug, c.name, p.price_minor,
    p.currency, p.stock, p.revision, p.created_at, p.updated_at, p.deleted_at
FROM products p LEFT JOIN categories c ON c.id = p.category_id AND c.deleted_at IS NULL
WHERE p.deleted_at IS NULL
"""
PRODUCT = _PRODUCT + "AND p.id = $1"
PRODUCTS = _PRODUCT + "ORDER BY p.created_at DESC, p.id DESC LIMIT $1"
PRODUCTS_AFTER = (
    _PRODUCT + "AND (p.created_at, p.id) < ($2, $3) ORDER BY p.created_at DESC, p.id DESC LIMIT $1"
)

_RESUME = """id, created_at, updated_at, title, full_name, label, email, phone, url, summary, city,
    region, country_code, profiles"""
RESUME = f"""
SELECT {_RESUME} FROM master_resumes WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL
"""
NEW_RESUME = f"""
INSERT INTO master_resumes (id, user_id, title, full_name, label, summary, city, country_code,
    profiles, other_sections)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{{}}') RETURNING {_RESUME}
"""

ACCOUNT_OF_KEY = """
SELECT a.id, a.email, a.credits_balance_micros
FROM api_keys k JOIN accounts a ON a.id = k.account_id
WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
    AND a.status = 'active' AND a.deleted_at IS NULL
"""


def change_resume(fields: tuple[str, ...]) -> str:
    """For these columns, whose names are the schema's and never the client's."""
    changes = ", ".join(f"{name} = ${place}" for place, name in enumerate(fields, 3))
    return f"""
    UPDATE master_resumes SET {changes} WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL
    RETURNING {_RESUME}
    """


def cursor_of(created_at: datetime, row_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{created_at.isoformat()}|{row_id}".encode()).decode()


def read_cursor(text: str) -> tuple[datetime, UUID]:
    """Raises ``ValueError`` for what is none."""
    try:
        created_at, _, row_id = base64.urlsafe_b64decode(text).decode().partition("|")
    except binascii.Error as error:
        raise ValueError("not a cursor") from error
    return datetime.fromisoformat(created_at), UUID(row_id)
