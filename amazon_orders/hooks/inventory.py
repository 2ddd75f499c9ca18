"""Which plugin answers which hook, in which order, and from which package it comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from types import ModuleType
from typing import Any

from .. import __version__
from .registry import Registry

OWN, DISTRIBUTION = "amazon_orders", "amazon-order-sync"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answering:
    """One plugin at one hook."""

    store: str
    hook: str
    plugin: str
    order: int
    """1 is asked first. Of `store_*` and `rule_*` hooks the first answer counts; listeners are all told."""
    package: str
    """The distribution it was installed with; empty for an object that a program handed over."""
    version: str

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "store": self.store,
            "hook": self.hook,
            "plugin": self.plugin,
            "order": self.order,
            "package": self.package,
            "version": self.version,
        }


def inventory(hooks: Registry) -> Iterator[Answering]:
    """Every hook that somebody answers, in the order of the specifications."""
    homes = packages_distributions()
    order: dict[str, int] = {}
    for hook, plugin, found in hooks.answering():
        order[hook] = order.get(hook, 0) + 1
        package, number = _home(found, homes)
        yield Answering(store=hooks.name, hook=hook, plugin=plugin, order=order[hook], package=package, version=number)


def _home(plugin: object, homes: Any) -> tuple[str, str]:
    module = plugin.__name__ if isinstance(plugin, ModuleType) else type(plugin).__module__
    top = module.partition(".")[0]
    if top == OWN:
        return DISTRIBUTION, __version__
    for name in homes.get(top, ()):
        try:
            return name, version(name)
        except PackageNotFoundError:
            continue
    return "", ""
