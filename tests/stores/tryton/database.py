"""Tryton in this process, on a copy of the template."""

from __future__ import annotations

import getpass
import os
import shutil
import sqlite3
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from .template import TEXTS_AND_VIEWS, template

USER = "admin"


T = TypeVar("T")


class Database:
    """A file that is brought back to its first state, or to another that many tests begin with."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._first = template()
        self._kept: dict[str, tuple[Path, Any]] = {}
        shutil.copy(self._first, file)
        self._watch = sqlite3.connect(file)

    def reset(self) -> None:
        """Nothing has been sold yet. Who opened a store before opens it anew."""
        self._be_as(self._first)

    def with_(self, name: str, make: Callable[[], T]) -> T:
        """The state that `make` leaves behind, and what it returned. It is asked once, for Tryton takes its time."""
        if name in self._kept:
            file, made = self._kept[name]
            self._be_as(file)
        else:
            file, made = self.file.with_suffix(f".{len(self._kept)}"), make()
            copy(self.file, file)
            self._kept[name] = (file, made)
        return cast(T, made)

    @property
    def version(self) -> int:
        """Another number after each transaction that wrote."""
        (number,) = self._watch.execute("PRAGMA data_version").fetchone()
        return int(number)

    def close(self) -> None:
        self._watch.close()

    def _be_as(self, state: Path) -> None:
        copy(state, self.file)


class InProcess(Database):
    """The database in this process. Tryton is imported when it is made, and no earlier."""

    def __init__(self, folder: Path) -> None:
        self.name = "shop"
        self.user = USER
        super().__init__(folder / f"{self.name}.sqlite")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Tryton's own, while it is imported and its classes are made
            finders = list(sys.meta_path)
            from trytond import config, status
            from trytond.pool import Pool

            sys.meta_path[:] = finders  # it would give requests another name
            status._PID = os.getpid()  # or a thread would wait for somebody to ask how Tryton is: other tests fork
            config.set("database", "path", str(folder))
            self._load_once(Pool)
            from proteus.config import TrytondConfig

            self.config = TrytondConfig(self.name, self.user)

    def _load_once(self, pool: Any) -> None:
        """Who opens a store makes the classes of all modules anew, for a second; here the modules never change."""
        load = pool.init
        loaded: set[str] = set()

        def init(self: Any, *args: Any, **kwargs: Any) -> None:
            if self.database_name not in loaded:
                load(self, *args, **kwargs)
                loaded.add(self.database_name)

        pool.init = init
        pool.start()
        pool.start = classmethod(lambda cls: None)

    def _be_as(self, state: Path) -> None:
        from trytond.cache import Cache

        super()._be_as(state)
        for name, cache in Cache._instances.items():
            if not name.startswith(TEXTS_AND_VIEWS):
                cache._clear(self.name)


def copy(source: Path, target: Path) -> None:
    """Bring a database that is open elsewhere to the state of another."""
    with closing(sqlite3.connect(source)) as first, closing(sqlite3.connect(target)) as now:
        first.backup(now)


_types: list[dict[Any, Any]] = []
"""Tryton's ways for `sqlite3` to write and to read a type, from the time when it is imported."""


@contextmanager
def as_tryton_wants() -> Iterator[None]:
    """How `sqlite3` writes and reads a type is one for the process, and so is its time zone: Django's are others."""
    ways = (sqlite3.adapters, sqlite3.converters)
    before = [dict(way) for way in ways]
    zone = os.environ.get("TZ")
    _set(ways, _types)
    _be_in("UTC")
    try:
        yield
    finally:
        _be_in(zone)
        if "trytond.backend.sqlite.database" in sys.modules:
            _types[:] = [dict(way) for way in ways]
        _set(ways, before)


def _be_in(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()


def _set(ways: tuple[dict[Any, Any], ...], types: list[dict[Any, Any]]) -> None:
    for way, chosen in zip(ways, types, strict=False):
        way.clear()
        way.update(chosen)


@contextmanager
def left_alone() -> Iterator[None]:
    """What Tryton and proteus set in the process is taken back, as far as it can be."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("TRYTOND_")]:
        del os.environ[name]  # a developer's own Tryton is none of the tests'
    try:
        getpass.getuser()
    except (KeyError, OSError):
        os.environ["LOGNAME"] = "tryton"  # Tryton asks for it when it is imported
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        time.tzset()
