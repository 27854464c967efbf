"""A1: the defaults that the seed names."""

from app.core.config import Settings


def test_a1_the_default_port_is_8000() -> None:
    assert Settings.model_fields["PORT"].default == 8000


def test_a1_the_pool_is_5_to_20_by_default() -> None:
    fields = Settings.model_fields
    assert fields["DATABASE_POOL_MIN_SIZE"].default == 5
    assert fields["DATABASE_POOL_SIZE"].default == 20
