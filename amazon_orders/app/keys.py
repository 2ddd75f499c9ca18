"""`App.keys`: a new encryption key in front, everything sealed with it, the old one dropped."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from ..settings import KEY_VARIABLE
from ..settings.key_file import new_key, read_keys, write_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from .app import App

_LEASE = "keys"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyReport:
    """What was done to the keys."""

    keys: int
    """How many there are now."""
    secrets: int = 0
    access_tokens: int = 0
    orders: int = 0
    commands: int = 0
    """Sealed anew, or forgotten with `restart`."""
    unreadable: int = 0
    """What no key opens; it stays as it is."""
    resumed: bool = False
    """Whether an earlier rotation, which was stopped half-way, was brought to its end."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "keys": self.keys,
            "secrets": self.secrets,
            "access_tokens": self.access_tokens,
            "orders": self.orders,
            "commands": self.commands,
            "unreadable": self.unreadable,
            "resumed": self.resumed,
        }


class Keys:
    """The keys of the ledger. One process at a time; the others raise `Busy`."""

    def __init__(self, app: App) -> None:
        self._app = app

    def rotate(self) -> KeyReport:
        """Put a new key in front and seal everything with it. The old key stays behind it until `drop`.

        Stopped half-way, nothing is lost: both keys are in the file, and the next call goes on. With
        `AMAZON_ORDERS_KEY` the new key is put in front by hand, before this is called.
        """
        with self._alone() as renew:
            resumed = self._app.ledger.keys.unfinished
            path = self._path()
            if not resumed:
                if path is None:
                    raise ConfigError(
                        "There is no new key to change to.",
                        problems={KEY_VARIABLE: "put a new key in front of the old one, with a comma between them"},
                        record=KEY_VARIABLE,
                    )
                write_keys(path, [new_key(), *read_keys(path)])
                self._app.close()  # what comes next opens the ledger with both
            return _report(self._app.ledger.keys.renew(renew), keys=self._count(), resumed=resumed)

    def drop(self) -> KeyReport:
        """Take the old keys out of the file, once everything is sealed with the newest."""
        with self._alone() as renew:
            path = self._path()
            if path is None:
                raise ConfigError(
                    "The keys come from the environment.",
                    problems={KEY_VARIABLE: "take the old key out there, after `keys rotate` is done"},
                    record=KEY_VARIABLE,
                )
            counts = self._app.ledger.keys.renew(renew)  # another process may have written with the old one since
            if counts["unreadable"]:
                raise ConfigError(
                    f"{counts['unreadable']} entries of the ledger open with none of the keys. No key was dropped.",
                    problems={"ledger.key_file": "put the missing key back, as a further line"},
                    record="ledger.key_file",
                )
            write_keys(path, read_keys(path)[:1])
            self._app.close()
            return _report(counts, keys=1)

    def restart(self) -> KeyReport:
        """The key is lost: forget all that it sealed, and begin with the one in the file, made if there is none."""
        path = self._path()
        if path is not None and not path.exists():
            self._app.ledger  # noqa: B018 - a ledger that has no key yet is refused here, and no file is made
            write_keys(path, [new_key()])
            self._app.close()
        with self._alone():
            if not self._app.ledger.key_problem:
                raise ConfigError(
                    "The key is the ledger's, so nothing was forgotten.",
                    problems={"ledger.key_file": "to change it, use `keys rotate`"},
                    record="ledger.key_file",
                )
            return _report(self._app.ledger.keys.start_anew(), keys=self._count())

    def _path(self) -> Path | None:
        """The key file; `None` where the keys come from the environment. `ConfigError`: there are none at all."""
        if os.environ.get(KEY_VARIABLE):
            return None
        if not self._app.config.key_file:
            raise ConfigError(
                "There is no key to work with: the ledger keeps no secret and no personal data.",
                problems={"ledger.key_file": "is not set"},
                record="ledger.key_file",
            )
        return Path(self._app.config.key_file)

    def _count(self) -> int:
        return len((self._app.config.key() or "").replace(",", "\n").split())

    @contextmanager
    def _alone(self) -> Iterator[Callable[[], None]]:
        """Hold the keys; what is yielded renews that, and is called after every step."""
        lease = self._app.ledger.leases.acquire(_LEASE)

        def renew() -> None:
            nonlocal lease
            if (lease.until - self._app.now()).total_seconds() < lease.seconds * 2 / 3:
                lease = self._app.ledger.leases.renew(lease)

        try:
            yield renew
        finally:
            self._app.ledger.leases.release(lease)


def _report(counts: Mapping[str, int], *, keys: int, resumed: bool = False) -> KeyReport:
    return KeyReport(
        keys=keys,
        secrets=counts["secrets"],
        access_tokens=counts["access_tokens"],
        orders=counts["orders"],
        commands=counts["commands"],
        unreadable=counts.get("unreadable", 0),
        resumed=resumed,
    )
