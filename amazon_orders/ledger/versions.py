"""What an intent is to the newest command of its cause: the same, or another version. Nothing here knows a database."""

from __future__ import annotations

from ..model import CommandKind, CommandState
from .commands import Command, Intent

UNSENT = (CommandState.HELD, CommandState.INTENDED)
SENT = (CommandState.SENT, CommandState.ACCEPTED, CommandState.VERIFIED, CommandState.UNKNOWN)
"""What Amazon may have carried out."""


def says_the_same(intent: Intent, last: Command) -> bool:
    """A held command whose content was not known yet is no other one when it becomes known.

    After one that was sent, a held one says something new; one that waits or is skipped does not.
    """
    if last.state in UNSENT and (not last.content or not intent.content):
        return True
    if intent.content:
        return intent.content == last.content
    return intent.state == CommandState.SKIPPED or bool(intent.units)


def number_of(intent: Intent, last: Command | None, numbers: dict[tuple[str, str], int], *, fixed: bool) -> int:
    """The package's number: the same for every version that was sent, else one that no package of the order has.

    `numbers`: the highest so far by connection and order; `fixed`: a version of it was sent.
    """
    if intent.kind != CommandKind.CONFIRM or intent.state == CommandState.SKIPPED:
        return 0
    if last is not None and last.number and (fixed or last.number > intent.after):
        return last.number
    place = (intent.connection, intent.amazon_order_id)
    numbers[place] = max(numbers.get(place, 0), intent.after) + 1
    return numbers[place]
