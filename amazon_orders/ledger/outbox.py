"""The outbox: one row for each command to Amazon about an order, and every step it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from ..model import CommandKind, CommandState
from . import schema
from .command_rows import NEW, READ, amounts_text, command_of, new_row, units_text
from .commands import Command, Intent
from .database import Database
from .statements import Lookup, Statement
from .text import clean, maybe, written
from .transaction import Work
from .vault import Vault
from .versions import SENT, UNSENT, number_of, says_the_same

_t = schema.commands
_s = schema.command_steps
_OF = Lookup(
    lambda ids: (
        select(*READ)
        .where(_t.c.connection == bindparam("name"), _t.c.amazon_order_id.in_(ids))
        .order_by(_t.c.amazon_order_id, _t.c.id)
    ),
    ("name",),
)
_CLOSED = (CommandState.VERIFIED, CommandState.REFUSED, CommandState.SKIPPED)
_OPEN = (
    select(*READ)
    .where(
        _t.c.connection == bindparam("name"),
        _t.c.kind == bindparam("kind_"),
        _t.c.state.not_in([str(state) for state in _CLOSED]),
    )
    .order_by(_t.c.id)
)
_UNKEPT = select(_t.c.id).where(
    _t.c.connection == bindparam("name"),
    _t.c.state.not_in([str(state) for state in _CLOSED]),
    _t.c.payload.is_(None),
)
_IN_FEED = (
    select(*READ).where(_t.c.connection == bindparam("name"), _t.c.feed == bindparam("feed_")).order_by(_t.c.message)
)
_ONE = select(*READ).where(_t.c.id == bindparam("which"))
_PAYLOAD = select(_t.c.payload).where(_t.c.id == bindparam("which"))
_HIGHEST: Any = select(func.max(_t.c.number)).where(
    _t.c.connection == bindparam("name"), _t.c.amazon_order_id == bindparam("order"), _t.c.kind == CommandKind.CONFIRM
)
_INSERT = Statement(lambda insert: insert(_t).values({name: bindparam(name) for name in NEW}), NEW)
_KEY = ("connection", "kind", "amazon_order_id", "cause", "version")
_STEP = Statement(
    lambda insert: insert(_s).from_select(
        ("command", "at", "state", "detail"),
        select(_t.c.id, bindparam("at_"), bindparam("state_"), bindparam("detail_")).where(
            *[_t.c[name] == bindparam(name) for name in _KEY]
        ),
    ),
    ("at_", "state_", "detail_", *_KEY),
)


class Outbox:
    """Commands by connection and order. The same command is never written twice, another one never over it."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._now = now

    # What is there.

    def of(self, connection: str, ids: Collection[str]) -> dict[str, list[Command]]:
        """Every command of some orders, oldest first."""
        found: dict[str, list[Command]] = defaultdict(list)
        if ids:
            with self._database.reading() as work:
                for row in work.look_up(_OF, (connection,), ids):
                    command = command_of(row)
                    found[command.amazon_order_id].append(command)
        return found

    def open(self, connection: str, kind: CommandKind) -> list[Command]:
        """Commands of one kind that are held, to be sent, or not proved yet, oldest first."""
        with self._database.reading() as work:
            return [command_of(row) for row in work.all(_OPEN, {"name": connection, "kind_": kind})]

    def in_feed(self, connection: str, feed: int) -> list[Command]:
        """The commands of one feed, by message."""
        with self._database.reading() as work:
            return [command_of(row) for row in work.all(_IN_FEED, {"name": connection, "feed_": feed})]

    def unkept(self, connection: str) -> set[int]:
        """Ids of commands that are not ended and of which nothing is kept."""
        with self._database.reading() as work:
            rows: Any = work.all(_UNKEPT, {"name": connection})
            return {row[0] for row in rows}

    def payload(self, command: Command) -> bytes | None:
        """What was kept with the command, decrypted; `None` where nothing is kept."""
        with self._database.reading() as work:
            row = work.one(_PAYLOAD, {"which": command.id})
        if row is None or row.payload is None:
            return None
        return self._vault.open(row.payload, f"command {command.kind} of order {command.amazon_order_id}")

    # What is written.

    def intend(self, intents: Sequence[Intent]) -> list[Intent]:
        """Write what the rules decided; the intents that said something new.

        An intent that says what the newest command of its cause says changes nothing but the reason of a held one. One
        that says something else replaces a command that was not sent, and follows one that was, under the same number.
        One that says again what was sent before leaves nothing to send.
        """
        if not intents:
            return []
        fresh: list[Intent] = []
        with self._database.writing() as work:
            known: dict[tuple[str, ...], Command] = {}
            sent: dict[tuple[str, ...], str] = {}
            numbers: dict[tuple[str, str], int] = {}
            fixed: set[tuple[str, ...]] = set()
            for connection, ids in _orders(intents).items():
                for commands in self.of(connection, ids).values():
                    for command in commands:
                        known[command.key[:4]] = command
                        if command.state in SENT:
                            sent[command.key[:4]] = command.content
                        if command.sent_at is not None and command.state != CommandState.REFUSED:
                            fixed.add(command.key[:4])
                        place = (connection, command.amazon_order_id)
                        numbers[place] = max(numbers.get(place, 0), command.number)
            rows, steps = [], []
            for intent in intents:
                last = known.get(intent.key)
                if last is not None and intent.content and intent.content == sent.get(intent.key):
                    self._as_before(work, intent, last)
                    continue
                if last is not None and says_the_same(intent, last):
                    self._touch(work, intent, last, renumber=intent.key not in fixed and last.number <= intent.after)
                    if (intent.state, intent.reason) != (last.state, last.reason) and last.state in UNSENT:
                        fresh.append(intent)
                    continue
                fresh.append(intent)
                version = 1 if last is None else last.version + 1
                if last is not None and last.state in UNSENT:
                    self._move(work, last, CommandState.SKIPPED, detail="replaced by a newer one")
                number = number_of(intent, last, numbers, fixed=intent.key in fixed)
                payload = None if intent.state in _CLOSED else self._sealed(intent)
                rows.append(new_row(intent, version, number, self._now(), payload))
                steps.append((written(self._now()), str(intent.state), clean(intent.detail), *intent.key, version))
            work.many(_INSERT, rows)
            work.many(_STEP, steps)
        return fresh

    def move(self, command: Command, state: CommandState, **what: Any) -> bool:
        """A command's next step, if it still stands where `command` says; `what` are columns of its row.

        Whatever ends a command erases what was kept with it.
        """
        with self._database.writing() as work:
            return self._move(work, command, state, **what)

    def moved(self, command: Command, state: CommandState, **what: Any) -> Command | None:
        """As `move`; the command as it is then, or `None` where it had moved on before."""
        if not self.move(command, state, **what):
            return None
        with self._database.reading() as work:
            row: Any = work.one(_ONE, {"which": command.id})
        return command_of(row)

    def move_all(self, moves: Iterable[tuple[Command, CommandState, dict[str, Any]]]) -> None:
        """Several in one transaction."""
        with self._database.writing() as work:
            for command, state, what in moves:
                self._move(work, command, state, **what)

    def _move(self, work: Work, command: Command, state: CommandState, *, detail: str = "", **what: Any) -> bool:
        at = self._now()
        values: dict[str, Any] = {
            name: maybe(value) if isinstance(value, datetime) else value for name, value in what.items()
        }
        values |= {"state": str(state), "detail": clean(detail), "changed_at": written(at)}
        if "next_due" not in what:
            values["next_due"] = None
        if state in _CLOSED:
            values["payload"] = None
        changed = work.run(update(_t).where(_t.c.id == command.id, _t.c.state == str(command.state)).values(values))
        if changed:
            work.write(_STEP, (written(at), str(state), clean(detail), *command.key))
        return bool(changed)

    def _as_before(self, work: Work, intent: Intent, last: Command) -> None:
        """What was sent before is said again: whatever waited to replace it has nothing to send."""
        if last.state in UNSENT:
            detail = "as it was sent before"
            self._move(work, last, CommandState.SKIPPED, detail=detail, updated_at=intent.updated_at)
        else:
            self._touch(work, intent, last)

    def _touch(self, work: Work, intent: Intent, last: Command, *, renumber: bool = False) -> None:
        """The same once more: another reason of a held one, a later time of the store's record, its payload.

        `renumber`: a package that was never sent has a number that another one has at Amazon by now.
        """
        moved = last.state in UNSENT and (intent.state, intent.reason) != (last.state, last.reason)
        renumber = intent.kind == CommandKind.CONFIRM and last.state in UNSENT and (renumber or not last.number)
        same = not moved and not renumber and intent.updated_at == last.updated_at and intent.detail == last.detail
        if same and not self._forgot(work, last):
            return
        values: dict[str, Any] = {"updated_at": written(intent.updated_at)}
        if last.state in UNSENT:
            values |= {
                "state": str(intent.state), "reason": intent.reason, "detail": clean(intent.detail),
                "content": intent.content, "road": intent.road, "units": units_text(intent),
                "amounts": amounts_text(intent),
            }  # fmt: skip
            if moved:
                values["changed_at"] = written(self._now())
            if intent.state in _CLOSED:
                values["payload"] = None
            elif intent.payload is not None:
                values["payload"] = self._sealed(intent)
            if renumber:
                row: Any = work.one(_HIGHEST, {"name": intent.connection, "order": intent.amazon_order_id})
                values["number"] = max(row[0] or 0, intent.after) + 1
        work.run(update(_t).where(_t.c.id == last.id).values(values))
        if moved:
            work.write(_STEP, (written(self._now()), str(intent.state), clean(intent.detail), *last.key))

    def _forgot(self, work: Work, command: Command) -> bool:
        """Whether nothing is kept of a command that waits, and could be by now."""
        row: Any = work.one(_PAYLOAD, {"which": command.id}) if command.state in UNSENT else None
        return row is not None and row.payload is None and self._vault.has_key

    def _sealed(self, intent: Intent) -> bytes | None:
        if intent.payload is None or not self._vault.has_key:
            return None
        return self._vault.seal(intent.payload)


def _orders(intents: Iterable[Intent]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for intent in intents:
        found[intent.connection].add(intent.amazon_order_id)
    return found
