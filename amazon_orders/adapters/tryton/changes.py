"""What Amazon changes about sales that are there: as far as Tryton can, each once for ever under its key.

The key is kept in a note on the sale, written last: a change that was cut off is made again, and each is such that
making it twice ends as making it once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...errors import StoreRejected
from ...model import ChangeAddress, OrderChange, PutOnHold, ShippedByAmazon, TakeOffHold
from . import customers, parcels
from .house import House
from .sales import CANCELLED, HELD, Sale, Sales, stock_warnings
from .wire import Refused, Wire

EXCEPTIONS = {
    "shipment": ("sale.handle.shipment.exception", "moves"),
    "invoice": ("sale.handle.invoice.exception", "invoices"),
}


class Changes:
    """Changes sales of the web shop."""

    def __init__(self, wire: Wire, house: House, sales: Sales) -> None:
        self._wire = wire
        self._house = house
        self._sales = sales
        self._kinds: dict[type, Callable[[Sale, Any, str], bool]] = {
            PutOnHold: self._put_on_hold,
            TakeOffHold: self._take_off_hold,
            ChangeAddress: self._address,
            ShippedByAmazon: self._shipped,
        }

    def cancel(self, ref: str, reason: str, key: str) -> bool:
        """Cancel the sale, its shipments and its invoice; `False` once a parcel left or the invoice was posted."""
        sale = self._sales.of(ref)
        if sale.state == "cancelled" or sale.said(CANCELLED) is not None or self._done(sale, key):
            return True
        return self._once(sale, key, reason, lambda: self._cancel(sale, reason))

    def change(self, ref: str, wanted: OrderChange, key: str) -> bool:
        """Make the change; `False` where it is too late or Tryton has no way."""
        sale = self._sales.of(ref)
        make = self._kinds.get(type(wanted))  # a later version may add kinds
        if make is None:
            return False
        if self._done(sale, key):
            return True
        return self._once(sale, key, type(wanted).__name__, lambda: make(sale, wanted, key))

    def _cancel(self, sale: Sale, reason: str) -> bool:
        rows = self._wire.call("account.invoice", "read", list(sale.invoices), ["state"]) if sale.invoices else []
        if any(row["state"] in ("posted", "paid") for row in rows):
            return False
        # Last, for a user in the group Stock Cancellation may cancel what has left.
        states = parcels.states(self._wire, sale.shipments)
        if any(state in parcels.GONE for state in states.values()):
            return False
        if sale.state in ("draft", "quotation"):
            return self._cancel_draft(sale)
        # The invoice first: its button is the one that a user may not be allowed to press.
        if invoices := [row["id"] for row in rows if row["state"] != "cancelled"]:
            self._wire.call("account.invoice", "cancel", invoices)
        self._shipments("cancel", states, *parcels.NEXT)
        if any(state != "cancelled" for state in self._states(sale).values()):
            return False
        for what in EXCEPTIONS:
            self._ignore(sale, what)
        (now,) = self._sales.now([sale.id])
        self._comment(sale.id, now.without(HELD), CANCELLED + " ".join(reason.split()))
        return True

    def _cancel_draft(self, sale: Sale) -> bool:
        try:
            self._wire.call("sale.sale", "cancel", [sale.id])
        except Refused:
            (now,) = self._sales.now([sale.id])
            if now.state == sale.state:
                raise
        else:
            (now,) = self._sales.now([sale.id])
        return now.state == "cancelled"  # else staff was faster

    def _ignore(self, sale: Sale, what: str) -> None:
        """Tell Tryton that what was cancelled is not to be made anew, as its staff would."""
        (row,) = self._wire.call("sale.sale", "read", [sale.id], [f"{what}_state"])
        if row[f"{what}_state"] != "exception":
            return
        wizard, things = EXCEPTIONS[what]
        about: dict[str, Any] = {
            "active_id": sale.id,
            "active_ids": [sale.id],
            "active_model": "sale.sale",
            "action_id": None,
        }
        session, start, _ = self._wire.call(wizard, "create", kind="wizard")
        view = self._wire.call(wizard, "execute", session, {}, start, kind="wizard", **about)["view"]
        cancelled = view["defaults"][f"domain_{things}"]
        form = {f"domain_{things}": cancelled, f"ignore_{things}": cancelled, f"recreate_{things}": []}
        self._wire.call(wizard, "execute", session, {view["state"]: form}, "handle", kind="wizard", **about)
        self._wire.call(wizard, "delete", session, kind="wizard")

    def _put_on_hold(self, sale: Sale, wanted: PutOnHold, _: str) -> bool:
        """Shipments go back to draft, which nobody picks; a quotation is nothing that leaves."""
        if sale.state in ("cancelled", "done") or sale.said(CANCELLED) is not None:
            return False
        states = {number: state for number, state in self._states(sale).items() if state != "cancelled"}
        if any(state not in ("draft", "waiting", "assigned") for state in states.values()):
            return False
        if sale.state == "processing" and not states:
            return False
        self._shipments("wait", states, "assigned")
        self._shipments("draft", states, "waiting", "assigned")
        now = self._states(sale)
        if any(state not in ("draft", "cancelled") for state in now.values()):  # staff was faster
            mine = {number: state for number, state in now.items() if states.get(number, "draft") != "draft"}
            self._shipments("wait", mine, "draft")
            return False
        self._comment(sale.id, sale.without(HELD), HELD + " ".join(wanted.reason.split()))
        return True

    def _take_off_hold(self, sale: Sale, _: TakeOffHold, __: str) -> bool:
        if sale.state in ("draft", "cancelled") or sale.said(CANCELLED) is not None:
            return False
        self._comment(sale.id, sale.without(HELD))
        if sale.state == "quotation":
            self._confirm(sale)
        self._shipments("wait", self._states(sale), "draft")
        return True

    def _address(self, sale: Sale, wanted: ChangeAddress, _: str) -> bool:
        """The party is the order's own, so its address is changed where it stands, for sale and shipments at once."""
        gone = any(state in ("packed", *parcels.GONE) for state in self._states(sale).values())
        if gone or sale.state in ("cancelled", "done") or sale.address is None:
            return False
        values = customers.address(self._house, wanted.recipient)
        self._wire.call("party.address", "write", [sale.address], values)
        return True

    def _shipped(self, sale: Sale, wanted: ShippedByAmazon, key: str) -> bool:
        """All that is left is sent out. A part of it is not: Tryton would have to be told which boxes."""
        if sale.state in ("draft", "cancelled") or sale.said(CANCELLED) is not None:
            return False
        if not sale.ships or self._was_sent(sale, key):
            return True
        if sale.state == "quotation":
            self._comment(sale.id, sale.without(HELD))
            self._confirm(sale)
            (sale,) = self._sales.now([sale.id])
        left = [number for number, state in parcels.states(self._wire, sale.shipments).items() if state in parcels.NEXT]
        if wanted.lines and dict(wanted.lines) != self._units(left):
            return False
        if not left:
            return True
        details = parcels.details(wanted.tracking, key, self._house.modules)
        self._wire.call(parcels.MODEL, "write", left, details)
        parcels.send(self._wire, left)
        return True

    def _was_sent(self, sale: Sale, key: str) -> bool:
        """Whether an attempt under this key sent it all and was cut off then."""
        fields = ["reference", "state"]
        rows = self._wire.call(parcels.MODEL, "read", list(sale.shipments), fields) if sale.shipments else []
        mine = [row["state"] for row in rows if row["reference"] == key]
        return bool(mine) and all(state in parcels.GONE for state in mine)

    def _confirm(self, sale: Sale) -> None:
        self._wire.call("sale.sale", "confirm", [sale.id], warnings=stock_warnings(sale.lines))
        (now,) = self._sales.now([sale.id])
        if now.state == "confirmed":
            self._wire.call("sale.sale", "process", [sale.id])

    def _states(self, sale: Sale) -> dict[int, str]:
        (now,) = self._sales.now([sale.id])
        return parcels.states(self._wire, now.shipments)

    def _shipments(self, button: str, states: dict[int, str], *among: str) -> None:
        """Press it for those that were in such states; whether it still fitted is for the caller to look at."""
        group = {number: state for number, state in states.items() if state in among}
        try:
            if group:
                parcels.click(self._wire, button, list(group))
        except Refused:
            if parcels.states(self._wire, list(group)) == group:
                raise

    def _units(self, shipments: list[int]) -> dict[str, int]:
        """Order item id -> units of what is in shipments."""
        rows = self._wire.call(
            parcels.MODEL, "read", shipments, ["outgoing_moves.origin", "outgoing_moves.internal_quantity"]
        )
        moves = [move for row in rows for move in row["outgoing_moves."]]
        items = parcels.items(self._wire, [move["origin"] for move in moves])
        units: dict[str, int] = {}
        for move in moves:
            item = items.get(move["origin"] or "", "")
            units[item] = units.get(item, 0) + round(move["internal_quantity"])
        return units

    def _comment(self, sale: int, comment: str, line: str = "") -> None:
        values = {"comment": customers.sendable(f"{comment}\n{line}".strip())}
        self._wire.call("sale.sale", "write", [sale], values)

    def _once(self, sale: Sale, key: str, what: str, make: Callable[[], bool]) -> bool:
        try:
            if not make():
                return False
        except Refused as refused:
            raise StoreRejected(
                f"Tryton refuses {refused.model}.{refused.method} for sale {sale.number or sale.id}; do it by hand",
                record=sale.key,
            ) from None
        note = {"resource": f"sale.sale,{sale.id}", "message": f"{key}\n{what}"}
        self._wire.call("ir.note", "create", [note])
        return True

    def _done(self, sale: Sale, key: str) -> bool:
        notes = self._wire.find("ir.note", [("resource", "=", f"sale.sale,{sale.id}")], ["message"])
        return any((note["message"] or "").partition("\n")[0] == key for note in notes)
