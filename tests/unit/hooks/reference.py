"""Writes the reference in docs/hooks.md from the specifications: `python -m tests.unit.hooks.reference`.

With `--signatures` it freezes the signatures anew too. Do that only to add a hook: others hold on to those there are.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amazon_orders.hooks.specs import MODULES, SPECS

PAGE = Path(__file__).parents[3] / "docs" / "hooks.md"
SIGNATURES = Path(__file__).with_name("signatures.txt")
MARK = "<!-- Everything below is written by python -m tests.unit.hooks.reference from the specifications. -->\n"
SECTIONS = ("Answered by", "Arguments", "Returns", "Raises", "Example", "Since")


class ShapeError(AssertionError):
    """A docstring that is not in the one shape; the text says how."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """A docstring taken apart."""

    sentence: str
    answered_by: str
    arguments: dict[str, str]
    returns: str
    raises: dict[str, str]
    example: str
    since: str


def signature(name: str) -> str:
    """A hook on one line, as it is frozen."""
    return f"{name}{inspect.signature(SPECS[name])}".replace("'", "")


def describe(function: Callable[..., Any]) -> Described:
    """Take the docstring apart, or say what is wrong with it."""
    text = inspect.getdoc(function) or ""
    sentence, *rest = re.split(rf"^({'|'.join(SECTIONS)}):", text, flags=re.MULTILINE)
    titles, bodies = tuple(rest[::2]), rest[1::2]
    if titles != SECTIONS:
        raise ShapeError(f"has the sections {titles}, not {SECTIONS}")
    if "\n" in sentence.strip() or not sentence.strip().endswith("."):
        raise ShapeError("begins with one sentence on one line")
    body = dict(zip(titles, (inspect.cleandoc(each) for each in bodies), strict=True))
    if empty := [title for title in SECTIONS if not body[title]]:
        raise ShapeError(f"says nothing under {empty}")
    if not re.fullmatch(r"\d+\.\d+", body["Since"]):
        raise ShapeError("names the version that brought it, such as 0.1")
    return Described(
        sentence=sentence.strip(),
        answered_by=_joined(body["Answered by"]),
        arguments=_entries(body["Arguments"]),
        returns=_joined(body["Returns"]),
        raises=_entries(body["Raises"]),
        example=body["Example"],
        since=body["Since"],
    )


def _entries(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith(" "):
            name = next(reversed(found))
            found[name] += " " + line.strip()
        else:
            name, colon, what = line.partition(": ")
            if not colon or not what:
                raise ShapeError(f"has the entry {line!r}, which is not `name: what it is`")
            found[name] = what.strip()
    return found


def _joined(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines())


def render() -> str:
    """The reference, as Markdown."""
    parts = [MARK, "\n## Reference\n"]
    for module in MODULES:
        subject = module.__name__.rpartition(".")[2]
        names = [name for name, function in SPECS.items() if function.__module__ == module.__name__]
        parts.append(f"\n### About {subject}\n\n{(module.__doc__ or '').strip()}\n")
        for name in names:
            described = describe(SPECS[name])
            arguments = "\n".join(f"- `{key}`: {what}" for key, what in described.arguments.items())
            raises = "\n".join(f"- `{key}`: {what}" for key, what in described.raises.items())
            parts.append(
                f"\n#### {name}\n\n{described.sentence}\n\n```text\n{signature(name)}\n```\n\n"
                f"**Answered by** {described.answered_by}\n\n**Arguments**\n\n{arguments}\n\n"
                f"**Returns** {described.returns}\n\n**Raises**\n\n{raises}\n\n"
                f"```python\n{described.example}\n```\n\nSince {described.since}.\n"
            )
    return "".join(parts)


def page() -> str:
    """The page as it should be: the guide as it is, the reference from the specifications."""
    return PAGE.read_text(encoding="utf-8").partition(MARK)[0] + render()


def frozen() -> str:
    """The signatures, one a line."""
    return "".join(f"{signature(name)}\n" for name in SPECS)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    if "--signatures" in sys.argv[1:]:
        SIGNATURES.write_text(frozen(), encoding="utf-8")
