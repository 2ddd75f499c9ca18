"""What was sent to Amazon of one order, as text: where each command stands, since when, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import CommandKind, CommandState, Reason
from .connection_text import clean_lines
from .output import clean, show, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model import OrderDetail

_NAMES = {
    CommandKind.CANCEL: "cancellation",
    CommandKind.CANCEL_UNITS: "cancellation of units",
}
_NEED_A_PERSON = (CommandState.HELD, CommandState.REFUSED, CommandState.UNKNOWN)


def show_commands(order: OrderDetail) -> None:
    """Each command in words; nothing where there is none."""
    if not order.commands:
        return
    show("\nSent to Amazon (UTC)")
    names = [_name(command) for command in order.commands]
    widest = max(len(name) for name in names)
    indent = " " * (widest + 4)
    for name, command in zip(names, order.commands, strict=True):
        text = clean(_standing(command, order.trace))
        show(wrapped(text, indent, f"  {name:<{widest}}  "))
        if what_to_do := _advice(command):
            show(wrapped(clean_lines(what_to_do), indent, f"{indent}What to do: "))


def _name(command: Mapping[str, str]) -> str:
    """`package 1`, `refund 1`, `cancellation`."""
    kind = CommandKind(command["kind"])
    return clean(_NAMES.get(kind, _subject(command["detail"])))


def _subject(detail: str) -> str:
    return detail.partition(": ")[0]


def _standing(command: Mapping[str, str], trace: Iterable[Mapping[str, str]]) -> str:
    """`confirmed at Amazon 2026-11-26 12:10, seen there 12:15`, or why that is not so."""
    at, detail = _minute(command["at"]), command["detail"].partition(": ")[2]
    told = _told_at(command, trace)
    match CommandState(command["state"]):
        case CommandState.HELD:
            return f"waits since {at}: {_because(command, detail)}"
        case CommandState.INTENDED:
            return "goes to Amazon with the next sync"
        case CommandState.SENT:
            return f"sent {at}; Amazon's answer is not here yet"
        case CommandState.ACCEPTED if command["kind"] == CommandKind.REFUND:
            return f"taken by Amazon {at}, which shows no more of a refund"
        case CommandState.ACCEPTED:
            return f"{_verb(command)} at Amazon {told or at}, not seen there yet"
        case CommandState.VERIFIED:
            seen = at[11:] if told[:10] == at[:10] else at
            return f"{_verb(command)} at Amazon {told}, seen there {seen}" if told else f"seen at Amazon {at}"
        case CommandState.REFUSED:
            return f"refused {at}: {detail or 'Amazon names no reason'}"
        case CommandState.UNKNOWN:
            asked = "" if command.get("reason") else " Amazon is asked what it has before it is sent again."
            return f"sent, and it is not known whether Amazon has it, since {at}: {detail.rstrip('.')}.{asked}"
        case CommandState.SKIPPED:
            return f"nothing to send: {_because(command, detail)}"


def _verb(command: Mapping[str, str]) -> str:
    return "confirmed" if command["kind"] == CommandKind.CONFIRM else "cancelled"


def _told_at(command: Mapping[str, str], trace: Iterable[Mapping[str, str]]) -> str:
    """When Amazon took the command, to the minute; empty where that is not on record."""
    subject = _subject(command["detail"])
    times = [
        step["at"]
        for step in trace
        if step["rule"] == command["kind"]
        and step["outcome"] == CommandState.ACCEPTED
        and _subject(step["detail"]) == subject
        and step["at"] <= command["at"]
    ]
    return _minute(max(times)) if times else ""


def _because(command: Mapping[str, str], detail: str) -> str:
    title = _text(command)[0]
    return f"{title} {detail}".strip() if title else detail or "no reason is on record"


def _advice(command: Mapping[str, str]) -> str:
    """What a person can do; empty where the command needs none."""
    return _text(command)[1] if command["state"] in _NEED_A_PERSON else ""


def _text(command: Mapping[str, str]) -> tuple[str, str]:
    from ..rules import REASON_TEXT

    reason = command.get("reason", "")
    return REASON_TEXT[Reason[reason]] if reason in Reason.__members__ else ("", "")


def _minute(at: str) -> str:
    return at.replace("T", " ")[:16]
