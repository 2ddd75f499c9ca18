"""An example of an adapter: a shop that is reached over HTTP, in a package of its own."""

from .opening import open_store

__all__ = ["open_store"]
