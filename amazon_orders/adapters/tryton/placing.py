"""Writes orders, each once under its key.

Over XML-RPC every call is a transaction of its own, so there is no undoing a whole. The steps are ordered so that the
process may end between any two of them:

1. the party, its code the key: unique in Tryton, so a second attempt finds it;
2. the sale with all its lines, one call, a draft with `web_id` = key: unique in a web shop, so there is never a second;
3. a rounding line where Tryton's total misses Amazon's by a rounding; refused, and both deleted, where it misses more;
4. the quotation, its total looked at again (modules of the shop may add to it), what was reserved for it is given back,
   then `reference` = key: it is right;
5. confirmed, and so processed: shipments and invoices come to be. One on hold stays a quotation;
6. what had left before is sent out.

A sale that has not come to its end is no placed one: `store_find_orders` does not tell it, and the library places it
again under its key. What is not processed yet then goes back to draft and is written anew, for the order may have
changed. Who finds that another process is placing the same order just now leaves it alone and says that the outcome is
unknown.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...errors import StoreRejected, StoreUnavailable
from ...model import Placed, StockAdjustment, StoreOrder
from . import customers, parcels
from .drafts import Drafts, problem, rounding_line, tax_at_amazon, tolerance
from .house import House
from .options import Options
from .sales import LEFT, Sales, stock_warnings
from .taxes import Taxes
from .turns import Turns
from .wire import Refused, Warned, Wire
from .works import Work, among, foreign

AT_ONCE = 20
"""Orders in one call: more are not faster, and a call has to end within its deadline."""


class Placing:
    """Places pages of orders. `release` takes back what unpaid orders had reserved."""

    def __init__(
        self, wire: Wire, options: Options, house: House, release: Callable[[Mapping[str, StockAdjustment]], None]
    ) -> None:
        self.wire = wire
        self.options = options
        self.house = house
        self.sales = Sales(wire, house)
        self._taxes = Taxes(wire, house)
        self._drafts = Drafts(options, house, self._taxes)
        self._release = release
        self._turns = Turns()

    def place(self, orders: Mapping[str, StoreOrder]) -> dict[str, Placed | StoreRejected]:
        """Place what is not there yet. What another process is placing just now is left out."""
        outcomes: dict[str, Placed | StoreRejected] = {}
        keys = list(orders)
        for start in range(0, len(keys), AT_ONCE):
            part = {key: orders[key] for key in keys[start : start + AT_ONCE]}
            with self._turns.of(part):
                outcomes |= self._place(part)
        return outcomes

    def _place(self, orders: Mapping[str, StoreOrder]) -> dict[str, Placed | StoreRejected]:
        known = self.sales.under(orders)
        works = [Work(key=key, order=order, sale=known.get(key)) for key, order in orders.items()]
        for work, why in self._problems([work for work in works if work.is_open]):
            self._refuse(work, why)
        new = [work for work in works if work.is_open and work.sale is None]
        self._each(among(works, "quotation", "confirmed"), self._unmark)
        self._click(among(works, "cancelled", "quotation", "confirmed"), "draft")
        self._each(among(works, "draft"), self._rewrite)
        self._each(new, self._begin)
        self._each(among(works, "draft"), self._settle)
        self._click(among(works, "draft"), "quote")
        self._each([work for work in among(works, "quotation") if not work.there.checked], self._check)
        self._click([work for work in among(works, "quotation") if not work.there.held], "confirm")
        self._click(among(works, "confirmed"), "process")  # what a worker of Tryton's would do later
        self._each(among(works, "processing"), self._send)
        return {work.key: work.refusal or work.there.answer() for work in works if work.is_known}

    def _unmark(self, works: list[Work]) -> None:
        """Before they go back to draft: a draft that is marked counts as placed."""
        ids = [work.there.id for work in works]
        self.wire.call("sale.sale", "write", ids, {"reference": None})
        self._read(works, ids)

    def _rewrite(self, works: list[Work]) -> None:
        """Write drafts of attempts that were cut off anew: the order may have changed since."""
        changes: list[Any] = []
        for work, values in zip(works, self._values(works), strict=True):
            values["lines"] = [("delete", list(work.there.lines)), *values["lines"]]
            changes += [[work.there.id], values]
        self.wire.call("sale.sale", "write", *changes)
        self._read(works, [work.there.id for work in works])

    def _begin(self, works: list[Work]) -> None:
        """The party and the draft."""
        values = self._values(works)
        try:
            ids = self.wire.call("sale.sale", "create", values)
        except Refused:
            if len(works) > 1:
                raise
            (work,) = works
            work.sale = self.sales.under([work.key]).get(work.key)
            if work.sale is None:
                raise
            work.elsewhere = not work.sale.placed
            return
        self._read(works, ids)

    def _values(self, works: list[Work]) -> list[dict[str, Any]]:
        """The values of the sales, whose parties are there then."""
        for work in works:
            if work.order.recipient and work.order.recipient.country:
                self.house.countries.find(work.order.recipient.country)
            self.house.currencies.find(work.order.currency)
        self._parties(works)
        rows = self.wire.call("party.party", "read", [work.party for work in works], ["addresses"])
        address = {row["id"]: row["addresses"][0] for row in rows}
        return [self._drafts.values(work.key, work.order, work.party, address[work.party]) for work in works]

    def _parties(self, works: list[Work]) -> None:
        values = [customers.party(self.house, work.key, work.order) for work in works]
        try:
            ids = self.wire.call("party.party", "create", values)
        except Refused:
            if len(works) > 1:
                raise
            # Left by an attempt that was cut off.
            rows = self.wire.find("party.party", [("code", "=", works[0].key)], ["addresses", "contact_mechanisms"])
            if not rows:
                raise
            ids = [rows[0]["id"]]
            self.wire.call("party.party", "write", ids, customers.again(values[0], rows[0]))
        for work, number in zip(works, ids, strict=True):
            work.party = number

    def _settle(self, works: list[Work]) -> None:
        """Bring totals to Amazon's, by a rounding line where that is all that is missing."""
        missing = {}
        for work in works:
            sale, order = work.there, work.order
            if sale.total == order.total:
                continue
            if abs(order.total - sale.total) > tolerance(self.options, self.house, order):
                self._taxes.forget()
                self._refuse(work, foreign(work))
                continue
            missing[sale.id] = {"lines": [("create", [rounding_line(order.total - sale.total)])]}
        if missing:
            self.wire.call("sale.sale", "write", *(part for number, new in missing.items() for part in ([number], new)))

    def _check(self, works: list[Work]) -> None:
        """Mark those whose total is still right, now that Tryton has added to them whatever it does."""
        right = []
        for work in works:
            sale, order = work.there, work.order
            if sale.total == order.total:
                right.append(work)
            else:
                self._taxes.forget()
                self._refuse(work, foreign(work))
        if right:
            # What was reserved while they were not paid. Each sale takes its own units next; most refusals are past.
            if moves := {key: move for work in right for key, move in work.order.releases.items()}:
                self._release(moves)
            marks = {work.there.id: self._mark(work) for work in right}
            self.wire.call("sale.sale", "write", *(part for number, new in marks.items() for part in ([number], new)))
            self._read(right, marks)

    def _mark(self, work: Work) -> dict[str, Any]:
        sale, told = work.there, tax_at_amazon(work.order)
        if told is None or abs(told - sale.tax) <= tolerance(self.options, self.house, work.order):
            return {"reference": work.key}
        remark = f"Tax at Amazon: {told} {work.order.currency}, here {sale.tax}"
        return {"reference": work.key, "comment": f"{sale.comment}\n{remark}".strip()}

    def _send(self, works: list[Work]) -> None:
        """What had left before it was placed."""
        for work in works:
            sale = work.there
            if sale.said(LEFT) is None or not sale.ships:
                continue
            try:
                self.wire.call(parcels.MODEL, "write", list(sale.shipments), parcels.details("", work.key, frozenset()))
                parcels.send(self.wire, sale.shipments)
            except Refused as refused:
                raise StoreUnavailable(
                    f"Tryton refuses {refused.model}.{refused.method}: the order has left already, and its sale "
                    f"{sale.number} is there to be sent; send it out in Tryton by hand",
                    record=work.key,
                ) from None
        self._read(works, [work.there.id for work in works])

    def _click(self, works: list[Work], button: str) -> None:
        def press(group: list[Work]) -> None:
            before = {work.there.id: work.there.state for work in group}
            lines = [line for work in group for line in work.there.lines]
            try:
                self.wire.call("sale.sale", button, list(before), warnings=stock_warnings(lines))
            except Refused:
                if len(group) > 1:
                    raise
                self._read(group, before)
                if group[0].there.state == before[group[0].there.id]:
                    raise
                return  # another worker has pressed it
            self._read(group, before)

        self._each(works, press)

    def _each(self, works: list[Work], step: Callable[[list[Work]], None]) -> None:
        """Do a step for all; where Tryton refuses that, for each alone, and the one whose fault it is is refused."""
        if not works:
            return
        try:
            step(works)
        except (Refused, StoreRejected) as refused:
            if len(works) > 1:
                for work in works:
                    if work.is_open:
                        self._each([work], step)
                return
            (work,) = works
            if isinstance(refused, StoreRejected):
                self._refuse(work, refused.message)
            else:
                kind = "wants a confirmation of" if isinstance(refused, Warned) else "refuses"
                words = customers.discreet(refused.words, work.order)
                self._refuse(work, f"Tryton {kind} {refused.model}.{refused.method}: {words}")

    def _refuse(self, work: Work, why: str) -> None:
        """Undo what was written, so that nothing is left; then it is refused."""
        try:
            if work.sale is not None:
                if work.sale.state != "draft":
                    self.wire.call("sale.sale", "draft", [work.sale.id])
                self.wire.call("sale.sale", "delete", [work.sale.id])
                work.sale = None
        except Refused as refused:
            raise StoreUnavailable(
                f"{why}. It cannot be undone, Tryton refuses {refused.model}.{refused.method}: delete the sale there",
                record=work.key,
            ) from None
        rows = self.wire.find("party.party", [("code", "=", work.key)], ["id"])
        if rows:
            with contextlib.suppress(Refused):  # something of the shop's own holds on to it
                self.wire.call("party.party", "delete", [rows[0]["id"]])
        work.refusal = StoreRejected(why, record=work.key)

    def _read(self, works: list[Work], ids: Iterable[int]) -> None:
        """Look again; `ids` are the sales of `works`, in their order."""
        numbers = list(ids)
        now = {sale.id: sale for sale in self.sales.now(numbers)}
        for work, number in zip(works, numbers, strict=True):
            work.sale = now[number]

    def _problems(self, works: list[Work]) -> list[tuple[Work, str]]:
        """What can be seen to be wrong before anything is written."""
        products = self._sold({line.product for work in works for line in work.order.lines})
        return [(work, why) for work in works if (why := problem(work.order, products))]

    def _sold(self, refs: Iterable[str]) -> set[str]:
        """Those that are products for sale."""
        numbers = [int(ref) for ref in refs if ref.isascii() and ref.isdecimal() and len(ref) < 10]
        domain = [("id", "in", numbers), ("salable", "=", True)]
        return {str(row["id"]) for row in self.wire.find("product.product", domain, ["id"])} if numbers else set()
