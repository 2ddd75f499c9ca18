"""Says whose fault it is when a plugin fails: every error leaves with plugin and hook named."""

from __future__ import annotations

from types import TracebackType
from typing import NoReturn

from ..errors import AdapterBug, StoreError


class Blame:
    """One plugin answering one hook. As a context manager it turns what the plugin raises into a `StoreError`."""

    __slots__ = ("files", "hook", "plugin")

    def __init__(self, hook: str, plugin: str, files: frozenset[str] = frozenset()) -> None:
        self.hook = hook
        self.plugin = plugin
        self.files = files
        """Where the plugin's functions are written."""

    def bug(self, what: str) -> NoReturn:
        """Raise the `AdapterBug`."""
        raise AdapterBug(what, hook=self.hook, plugin=self.plugin)

    def name(self, error: StoreError) -> None:
        """Fill in who raised it, where the plugin did not say."""
        error.hook = error.hook or self.hook
        error.plugin = error.plugin or self.plugin

    def where(self, error: BaseException) -> str:
        """The deepest line of the plugin's own; never the error's text, which may hold personal data."""
        place = "outside its own files"
        trace = error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file in self.files:
                place = f"at {file.rpartition('/')[2]}:{trace.tb_lineno}"
            trace = trace.tb_next
        return place

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, StoreError):
            self.name(error)
        elif isinstance(error, Exception):
            raise AdapterBug(
                f"raised {type(error).__name__} {self.where(error)}; a plugin raises StoreRejected or "
                "StoreUnavailable, anything else is a mistake that its author has to mend",
                hook=self.hook,
                plugin=self.plugin,
            ) from error
