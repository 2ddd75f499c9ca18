"""The engine that runs a seller's own patterns: RE2, whose time is linear in the text, never the standard `re`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ..errors import ConfigError
from .templates import Template, TemplateError

LONGEST_PATTERN = 200
"""Characters of a pattern, and of its replacement. Whoever needs more has a table, and tables belong in aliases."""


class Patterns:
    """Replaces what a pattern matches. Fits `rules.PatternEngine` by shape."""

    def sub(self, pattern: str, replacement: str, text: str) -> str:
        """`text` with every match of `pattern` replaced; `\\1` and `\\g<name>` in `replacement` are groups.

        Text that is no valid Unicode matches nothing.
        """
        try:
            return str(_compiled(pattern).sub(_replacer(pattern, replacement), text))
        except UnicodeEncodeError:  # half a character: RE2 reads UTF-8, which has no such thing
            return text


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
        return f"a pattern may have {LONGEST_PATTERN} characters at most; use aliases for a table of SKUs"
    if len(replacement) > LONGEST_PATTERN:
        return f"a replacement may have {LONGEST_PATTERN} characters at most"
    if engine() is None:
        return "patterns need the extra: pip install 'amazon-order-sync[patterns]'; prefix and suffix work without"
    try:
        _compiled(pattern)
    except UnicodeEncodeError:
        return "a pattern is valid Unicode text"
    except _re2_error() as error:
        return f"not a valid RE2 pattern: {_words(error)}"
    try:
        _replacer(pattern, replacement)
    except TemplateError as error:
        return f"not a valid replacement: {error}"
    return None


def _words(error: Exception) -> str:
    """RE2 hands over its message as bytes."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "invalid perl operator" in text or "invalid escape" in text:
        text += " (RE2 has no look-ahead, look-behind or back-reference: their time has no bound)"
    return text


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


@lru_cache(maxsize=256)
def _replacer(pattern: str, replacement: str) -> Callable[[Any], str]:
    """Fills `replacement` for one match. RE2's own templates garble every letter beyond ASCII."""
    compiled = _compiled(pattern)
    return Template.parse(replacement, groups=compiled.groups, names=compiled.groupindex).fill
