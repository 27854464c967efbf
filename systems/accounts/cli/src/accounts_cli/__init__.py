"""The command line of the accounts API. It speaks HTTP and shares no code with the server."""

__all__ = ["__version__"]

__version__ = "0.1.0"
