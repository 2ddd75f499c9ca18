"""Says whose fault it is when a plugin fails: every error leaves with plugin and hook named."""

from __future__ import annotations

import os
from types import TracebackType
from typing import NoReturn

from ..errors import AdapterBug, StoreError


class Blame:
    """One plugin answering one hook. As a context manager it turns what the plugin raises into a `StoreError`."""

    __slots__ = ("folder", "hook", "plugin")

    def __init__(self, hook: str, plugin: str, folder: str = "") -> None:
        self.hook = hook
        self.plugin = plugin
        self.folder = folder
        """Where the plugin's modules lie."""

    def bug(self, what: str) -> NoReturn:
        """Raise the `AdapterBug`."""
        raise AdapterBug(what, hook=self.hook, plugin=self.plugin)

    def name(self, error: StoreError) -> None:
        """Fill in who raised it, where the plugin did not say."""
        error.hook = error.hook or self.hook
        error.plugin = error.plugin or self.plugin

    def where(self, error: BaseException) -> str:
        """The deepest line of the plugin's own, else the deepest; never the error's text: it may hold personal data."""
        own = deepest = ""
        trace = error.__traceback__
        while trace is not None:
            folder, name = os.path.split(trace.tb_frame.f_code.co_filename)
            deepest = f"at {name}:{trace.tb_lineno}"
            own = deepest if folder == self.folder else own
            trace = trace.tb_next
        return own or deepest

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
