"""The key file: one key a line, the newest first, readable by its owner alone, replaced as a whole or not at all."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigError
from .toml_file import in_words


def new_key() -> str:
    """A key for Fernet: 32 random bytes, https://github.com/fernet/spec."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def read_keys(path: Path) -> list[str]:
    """The keys in the file, the newest first."""
    return path.read_text(encoding="ascii").replace(",", "\n").split()


def write_keys(path: Path, keys: Sequence[str]) -> None:
    """Replace the file. Whoever reads it meanwhile, and whoever finds it after a crash, has the old or the new one."""
    path = path.resolve()  # where it is a link, what it leads to is replaced
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, "".join(f"{key}\n" for key in keys).encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise ConfigError(
            "The key file cannot be written, so nothing was changed.",
            problems={"ledger.key_file": f"{path}: {in_words(error)}"},
            record="ledger.key_file",
        ) from error


def too_open(path: Path) -> bool:
    """Whether others than the owner may read the file."""
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
