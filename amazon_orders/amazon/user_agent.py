"""The `user-agent` header as the Selling Partner API demands it: application, version, language."""

from __future__ import annotations

import platform

from .. import __version__


def user_agent(
    application: str = "amazon-order-sync",
    version: str = __version__,
    language: str = f"Python/{platform.python_version()}",
    where: str = f"{platform.system()}/{platform.release()}",
) -> str:
    """`AppId/AppVersion (Language=Python/3.12; Platform=…)`, with the characters escaped that Amazon names.

    Parts that are too long are cut, so that the whole stays within what Amazon takes.
    """
    return (
        f"{_escaped(application, '/', 80)}/{_escaped(version, '(', 40)} "
        f"(Language={_escaped(language, ');', 40)}; Platform={_escaped(where, ');', 60)})"
    )


def _escaped(text: str, special: str, longest: int) -> str:
    """Escaping may double the length."""
    plain = "".join(character if " " <= character <= "~" else "?" for character in text[:longest])
    for character in "\\" + special:
        plain = plain.replace(character, "\\" + character)
    return plain
