"""The engine that runs a seller's own patterns: RE2, whose time is linear in the text, never the standard `re`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..errors import ConfigError

LONGEST_PATTERN = 200
"""Characters. A pattern that needs more is a table, and belongs in aliases."""


class Patterns:
    """Replaces what a pattern matches. Fits `rules.PatternEngine` by shape."""

    def sub(self, pattern: str, replacement: str, text: str) -> str:
        """`text` with every match of `pattern` replaced; `\\1` in `replacement` is the first group."""
        return str(_compiled(pattern).sub(replacement, text))


def engine() -> Patterns | None:
    """The engine, or `None` where google-re2 is not installed."""
    try:
        import re2  # noqa: F401 - an extra: imported when a pattern is used
    except ImportError:
        return None
    return Patterns()


def problem(pattern: str, replacement: str = "") -> str | None:
    """What is wrong with a pattern, in words, or `None`."""
    if len(pattern) > LONGEST_PATTERN:
        return f"a pattern may have {LONGEST_PATTERN} characters at most"
    if engine() is None:
        return "patterns need the extra: pip install 'amazon-order-sync[patterns]'; prefix and suffix work without"
    try:
        _compiled(pattern).sub(replacement, "")
    except _re2_error() as error:
        return f"not a valid RE2 pattern or replacement: {error}"
    return None


def _re2_error() -> type[Exception]:
    import re2

    error: type[Exception] = re2.error
    return error


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    try:
        import re2
    except ImportError as error:
        raise ConfigError(
            "A pattern in sku_crop needs the extra: pip install 'amazon-order-sync[patterns]'."
        ) from error
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
