"""The `user-agent` header as the Selling Partner API demands it: application, version, language."""

from __future__ import annotations

import platform

from .. import __version__

LONGEST = 500
"""Characters; Amazon refuses more."""


def user_agent(application: str = "amazon-order-sync", version: str = __version__) -> str:
    """`AppId/AppVersion (Language=Python/3.12; Platform=…)`, with the characters escaped that Amazon names."""
    language = f"Python/{platform.python_version()}"
    where = f"{platform.system()}/{platform.release()}"
    text = (
        f"{_escaped(application, '/')}/{_escaped(version, '(')} "
        f"(Language={_escaped(language, ');')}; Platform={_escaped(where, ');')})"
    )
    return text if len(text) <= LONGEST else f"amazon-order-sync/{version} (Language={_escaped(language, ');')})"


def _escaped(text: str, special: str) -> str:
    for character in "\\" + special:
        text = text.replace(character, "\\" + character)
    return "".join(character if " " <= character <= "~" else "?" for character in text)
