"""What is answered."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Read"]


class Read(BaseModel):
    """What is answered: it reads the attributes of rows, and only those that it names."""

    model_config = ConfigDict(from_attributes=True)
