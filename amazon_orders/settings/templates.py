"""What a pattern's match is replaced with: plain text, with groups of the match in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

_KNOWN = r"known are \1 to \9, \g<NAME>, \g<0> for the whole match, and \\ for a backslash"


class TemplateError(ValueError):
    """A replacement that cannot be filled; the text says why."""


@dataclass(frozen=True, slots=True)
class Template:
    """A replacement, taken apart once."""

    pieces: tuple[str | tuple[int | str], ...]
    """Text as it stands, and groups in a tuple of one."""

    @classmethod
    def parse(cls, text: str, *, groups: int, names: Collection[str]) -> Template:
        """Take `text` apart; `TemplateError` where it names what a pattern of that many `groups` does not have."""
        pieces: list[str | tuple[int | str]] = []
        rest = text
        while rest:
            plain, slash, rest = rest.partition("\\")
            if plain:
                pieces.append(plain)
            if not slash:
                break
            sign, rest = rest[:1], rest[1:]
            if sign == "\\":
                pieces.append("\\")
                continue
            if sign == "g" and rest.startswith("<") and ">" in rest:
                name, rest = rest[1:].split(">", 1)
            elif sign in ("1", "2", "3", "4", "5", "6", "7", "8", "9"):
                name = sign
            else:
                raise TemplateError(f"\\{sign} means nothing; {_KNOWN}")
            pieces.append((_group(name, groups, names),))
        return cls(tuple(pieces))

    def fill(self, match: Any) -> str:
        """The text for one match; a group that took no part in it is empty."""
        return "".join(piece if isinstance(piece, str) else match.group(piece[0]) or "" for piece in self.pieces)


def _group(name: str, groups: int, names: Collection[str]) -> int | str:
    if name in names:
        return name
    if name.isascii() and name.isdigit():
        if len(name) <= len(str(groups)) and int(name) <= groups:
            return int(name)
        raise TemplateError(f"the pattern has {groups} group{'' if groups == 1 else 's'}, and no group {name}")
    raise TemplateError(f"the pattern has no group {name!r}; {_KNOWN}")
