"""Checks what plugins answer: the right types, refs that mean something, no order twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from ..errors import AdapterBug, StoreRejected
from ..model import (
    Cancellation,
    Charge,
    LineQuantity,
    Placed,
    Product,
    Refund,
    RefundLine,
    Shipment,
    StockLevel,
    TaxTreatment,
)
from .blame import Blame

T = TypeVar("T")

_LONGEST = 500
"""Characters of an id: indexes of databases hold no more than some thousand bytes."""
_DIGITS = 100
"""Before the point, for a number of units."""
_UNKEPT = re.compile("[\0\ud800-\udfff]")
_UNNAMED = re.compile("[\0-\x1f\x7f\u2028\u2029\ud800-\udfff]")


class Checker(Blame):
    """Checks one plugin's answers to one hook. Values never appear in messages: they may be personal."""

    __slots__ = ()

    def is_a(self, kind: type[T], answer: Any) -> T:
        """`answer`, if it is of `kind`; `True` is no `int` here."""
        if not isinstance(answer, kind) or (kind is int and isinstance(answer, bool)):
            self.expected(_NAMES.get(kind, kind.__name__), answer)
        return answer

    def mapping(self, answer: Any) -> Mapping[Any, Any]:
        """`answer`, if it is a mapping."""
        if not isinstance(answer, Mapping):
            self.expected("a mapping", answer)
        return answer

    def expected(self, what: str, answer: Any) -> NoReturn:
        """Refuse an answer of the wrong type."""
        self.bug(f"answered {_a(answer)}, expected {what}")

    def text(self, value: Any, field: str) -> None:
        """Refuse a reference that is empty or no text: it could not be handed back."""
        if not isinstance(value, str) or not value:
            self.bug(f"{field} has to be text that is not empty, not {_a(value)}")

    def words(self, value: Any, field: str) -> None:
        """Refuse what is no text, or holds what no database keeps."""
        if not isinstance(value, str) or _UNKEPT.search(value):
            self.bug(f"{field} has to be text without halves of characters, not {_a(value)}")

    def plain(self, value: Any, field: str) -> None:
        """Refuse what cannot name a record: it is kept, compared and shown in one line."""
        self.text(value, field)
        if len(value) > _LONGEST or _UNNAMED.search(value):
            self.bug(f"{field} has to be one line of at most {_LONGEST} characters")

    @contextmanager
    def about(self, record: str) -> Iterator[None]:
        """Say which record it is that is wrong."""
        try:
            yield
        except AdapterBug as error:
            error.record = error.record or record
            raise

    def moment(self, value: Any, field: str) -> None:
        """Refuse a time without a zone: it names no moment."""
        if not isinstance(value, datetime) or value.tzinfo is None:
            self.bug(f"{field} has to be an aware datetime, not {_a(value)}")

    def amount(self, value: Any, field: str) -> None:
        """Refuse floats and text where a number of money or units is due; `None` is let through."""
        if value is not None and not isinstance(value, Decimal):
            self.bug(f"{field} has to be a Decimal or None, not {_a(value)}")

    def items(self, answer: Any, check: Callable[[Checker, Any], T]) -> Iterator[T]:
        """The answer's items one by one, each checked."""
        if isinstance(answer, (str, bytes, Mapping)) or not isinstance(answer, Iterable):
            self.expected("items one by one: a list or a generator", answer)
        return self._walk(answer, check)

    def _walk(self, answer: Iterable[Any], check: Callable[[Checker, Any], T]) -> Iterator[T]:
        """One that is wrong keeps none of the others back: it is told of when they are through."""
        wrong: AdapterBug | None = None
        try:
            with self:
                iterator = iter(answer)
            while True:
                with self:
                    try:
                        item = next(iterator)
                    except StopIteration:
                        break
                try:
                    found = check(self, item)
                except AdapterBug as error:
                    wrong = wrong or error
                    continue
                yield found
        finally:
            # A generator may hold a cursor or a connection of the store: do not wait for the garbage collector.
            close = getattr(answer, "close", None)
            if callable(close):
                with self:
                    close()
        if wrong is not None:
            raise wrong

    def orders(self, answer: Any, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Key -> references, each once; only keys that were asked for and that have an order."""
        found: dict[str, tuple[str, ...]] = {}
        asked = set(keys)
        for key, refs in self.mapping(answer).items():
            if isinstance(refs, (str, bytes)) or not isinstance(refs, Sequence):
                self.bug(f"answered {_a(refs)} for a key, expected a list of references, also for one order")
            for ref in refs:
                self.text(ref, "a reference")
            if key in asked and refs:
                found[key] = tuple(dict.fromkeys(refs))
        return found

    def placed(self, answer: Any) -> Placed:
        """One order's outcome."""
        if not isinstance(answer, Placed):
            self.expected("Placed", answer)
        if not answer.ref or answer.ref.__class__ is not str:
            self.text(answer.ref, "Placed.ref")
        if not isinstance(answer.number, str):
            self.bug(f"Placed.number has to be text, not {_a(answer.number)}")
        if not isinstance(answer.total, Decimal):
            self.amount(answer.total, "Placed.total")
        return answer

    def page(self, answer: Any, keys: Iterable[str]) -> dict[str, Placed | StoreRejected]:
        """A page's outcomes. A key that was not asked for, or one reference for two orders, spoils the page."""
        outcomes: dict[str, Placed | StoreRejected] = {}
        asked = set(keys)
        refs: set[str] = set()
        for key, outcome in self.mapping(answer).items():
            if key not in asked:
                self.bug("answered for a key that it was not asked for")
            if isinstance(outcome, Placed):
                if self.placed(outcome).ref in refs:
                    self.bug("answered the same reference for two orders")
                refs.add(outcome.ref)
            elif isinstance(outcome, StoreRejected):
                self.name(outcome)
            else:
                self.bug(f"answered {_a(outcome)} for a key, expected Placed or StoreRejected")
            outcomes[key] = outcome
        return outcomes

    def treatments(self, answer: Any) -> Mapping[str, TaxTreatment]:
        """Tax treatments by order item id."""
        for key, treatment in self.mapping(answer).items():
            self.text(key, "an order item id")
            if not isinstance(treatment, TaxTreatment):
                self.bug(f"answered {_a(treatment)} for a line, expected TaxTreatment")
        return dict(answer)


def product(checker: Checker, item: Any) -> Product:
    """A product with a reference and the value that matched."""
    found = checker.is_a(Product, item)
    checker.text(found.ref, "Product.ref")
    checker.text(found.value, "Product.value")
    return found


def level(checker: Checker, item: Any) -> StockLevel:
    """A stock level in whole or broken units, or untracked."""
    found = checker.is_a(StockLevel, item)
    with checker.about(found.product):
        checker.plain(found.product, "StockLevel.product")
        checker.words(found.value, "StockLevel.value")
        checker.amount(found.available, "StockLevel.available")
        if found.available is not None and not (found.available.is_finite() and found.available.adjusted() < _DIGITS):
            checker.bug("StockLevel.available is no number of units")
    checker.moment(found.updated_at, "StockLevel.updated_at")
    return found


def shipment(checker: Checker, item: Any) -> Shipment:
    """A package with a stable id."""
    found = _event(checker, Shipment, item)
    with checker.about(found.id):
        checker.moment(found.shipped_at, "Shipment.shipped_at")
        for name in ("carrier", "service", "tracking"):
            checker.words(getattr(found, name), f"Shipment.{name}")
        _lines(checker, found.lines, "Shipment.lines")
    return found


def cancellation(checker: Checker, item: Any) -> Cancellation:
    """A cancellation with a stable id."""
    found = _event(checker, Cancellation, item)
    with checker.about(found.id):
        checker.words(found.reason, "Cancellation.reason")
        _lines(checker, found.lines, "Cancellation.lines")
    return found


def refund(checker: Checker, item: Any) -> Refund:
    """A refund with a stable id and a currency."""
    found = _event(checker, Refund, item)
    with checker.about(found.id):
        checker.text(found.currency, "Refund.currency")
        checker.words(found.reason, "Refund.reason")
        rows: Any = found.lines
        if not isinstance(rows, (tuple, list)) or not all(isinstance(row, RefundLine) for row in rows):
            checker.bug("Refund.lines has to hold a RefundLine for each line")
        _lines(checker, [row.line for row in found.lines], "the line of a RefundLine")
        for charge in (*(row.amount for row in found.lines), *([] if found.shipping is None else [found.shipping])):
            _charge(checker, charge)
    return found


def _charge(checker: Checker, charge: Any) -> None:
    if not (isinstance(charge, Charge) and isinstance(charge.gross, Decimal)):
        checker.bug("the gross amount of a RefundLine has to be a Decimal, and so has that of the shipping")
    checker.amount(charge.net, "the net amount of a RefundLine")


def _lines(checker: Checker, lines: Any, field: str) -> None:
    """Refuse lines that name nothing, or no whole units of it."""
    if not isinstance(lines, (tuple, list)) or not all(isinstance(line, LineQuantity) for line in lines):
        checker.bug(f"{field} has to hold a LineQuantity for each line")
    for line in lines:
        checker.words(line.order_item_id, f"order_item_id in {field}")
        checker.words(line.product, f"product in {field}")
        if type(line.quantity) is not int:
            checker.bug(f"quantity in {field} has to be a whole number, not {_a(line.quantity)}")


E = TypeVar("E", Shipment, Cancellation, Refund)


def _event(checker: Checker, kind: type[E], item: Any) -> E:
    found = checker.is_a(kind, item)
    checker.plain(found.id, f"{kind.__name__}.id")
    with checker.about(found.id):
        checker.plain(found.ref, f"{kind.__name__}.ref")
        checker.moment(found.updated_at, f"{kind.__name__}.updated_at")
    return found


def _a(value: Any) -> str:
    """A value's type, as a message says it."""
    return "None" if value is None else f"a value of type {type(value).__name__}"


_NAMES: dict[type[Any], str] = {bool: "True or False", int: "a whole number"}
