"""Writing files into a folder: nothing there is touched, and what was begun is taken away again on a failure."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ConfigError


@contextmanager
def undone_on_error() -> Iterator[list[Path]]:
    """A list for files and folders as they are made; they go again, the last one first, where something fails."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


@contextmanager
def as_config_error(folder: Path) -> Iterator[None]:
    """A disk that refuses is a `ConfigError` that names the file."""
    try:
        yield
    except OSError as error:
        from ..settings import in_words

        raise ConfigError(
            f"The folder {folder} cannot be used.",
            problems={str(error.filename or folder): in_words(error)},
            record=str(folder),
        ) from error
