"""A small shop with a REST API, standing in for yours: it behaves as real ones do.

It takes an order twice, computes tax from its own rates, ignores filters that it does not know, and moves stock when a
draft becomes an order. `python kiosk.py --port 8090 --api-key KEY` runs it; what it knows is gone at the end.
"""

from __future__ import annotations

import argparse
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

Json = dict[str, Any]
PAGE = 40


class Kiosk:
    """The shop itself. `lock` is held while anything is read or changed."""

    def __init__(self, products: Iterable[tuple[str, int | None]] = ()) -> None:
        self.lock = threading.RLock()
        self.taxes = {"standard": "0.19", "reduced": "0.07", "ten": "0.10", "none": "0"}
        self.products: dict[str, Json] = {}
        self.orders: dict[str, Json] = {}
        self.number = 0
        self.surcharge = Decimal(0)
        self.shipments: list[Json] = []
        self.cancellations: list[Json] = []
        self.refunds: list[Json] = []
        for sku, stock in products:
            self.sell(sku, stock)

    def sell(self, sku: str, stock: int | None) -> str:
        """Put a product into the shop. Its id."""
        ref = f"p{len(self.products) + 1}"
        self.products[ref] = {"id": ref, "sku": sku, "title": sku.title(), "stock": stock, "changed_at": now()}
        return ref

    def create(self, told: Mapping[str, Any]) -> Json:
        """A draft. 422 for a product or a tax class that the shop does not have."""
        lines = [self._line(number, line, told["currency"]) for number, line in enumerate(told["lines"], 1)]
        self.number += 1
        ref = f"K{self.number}"
        self.orders[ref] = {
            "id": ref, "number": f"2026-{1000 + self.number}", "reference": told["reference"], "status": "draft",
            "currency": told["currency"], "ordered_at": told["ordered_at"], "created_at": now(), "changed_at": now(),
            "takes_stock": told.get("takes_stock", True), "shipping_method": told.get("shipping_method", ""),
            "note": told.get("note", ""), "address": told.get("address"), "meta": dict(told.get("meta", {})),
            "lines": lines, "total": str(_total(lines) + self.surcharge),
        }  # fmt: skip
        return self.orders[ref]

    def _line(self, number: int, told: Mapping[str, Any], currency: str) -> Json:
        if told["tax_class"] not in self.taxes or told.get("product", "p1") not in self.products:
            refuse(422, "unknown_product" if told["tax_class"] in self.taxes else "unknown_tax_class")
        cent = Decimal(1) if currency == "JPY" else Decimal("0.01")
        net = Decimal(told["net"])
        tax = (net * Decimal(self.taxes[told["tax_class"]])).quantize(cent, ROUND_HALF_UP)
        return {
            "id": f"l{number}", "kind": told["kind"], "product": told.get("product", ""), "title": told["title"],
            "quantity": told["quantity"], "net": str(net), "tax_class": told["tax_class"], "tax": str(tax),
            "reference": told.get("reference", ""), "shipped": 0,
        }  # fmt: skip

    def change(self, ref: str, told: Mapping[str, Any]) -> Json:
        """Status, note, address, and `meta`, which is merged."""
        order = self.order(ref)
        status = told.get("status", order["status"])
        if order["status"] in ("cancelled", "completed") and status != order["status"]:
            refuse(409, "is_over")
        if order["status"] == "draft" != status:
            self._move(order, -1)
        order["meta"].update(told.get("meta", {}))
        order.update({name: told[name] for name in ("status", "note", "address") if name in told})
        order["changed_at"] = now()
        return order

    def delete(self, ref: str) -> Json:
        """Drafts alone."""
        if self.order(ref)["status"] != "draft":
            refuse(409, "is_no_draft")
        return self.orders.pop(ref)

    def ship(self, ref: str, lines: Mapping[str, int] | None, **parcel: str) -> Json:
        """Line id -> units, or all that is left."""
        order = self.order(ref)
        taken = self._taken(order, lines)
        for line, units in taken:
            line["shipped"] += units
        if not _left(order):
            order.update(status="completed", changed_at=now())
        event = _event("s", self.shipments, order, taken) | {"created_at": now(), "reference": "", **parcel}
        self.shipments.append(event)
        return event

    def cancel(self, ref: str, lines: Mapping[str, int] | None, reason: str) -> Json:
        """Line id -> units, or the order, which must not have left."""
        order = self.order(ref)
        if order["status"] == "cancelled" or (not lines and any(line["shipped"] for line in order["lines"])):
            refuse(409, "is_over")
        taken = self._taken(order, lines)
        for line, units in taken:
            self._put_back(order, line["product"], units)
            if lines:
                line["net"] = str(Decimal(line["net"]) * (line["quantity"] - units) / line["quantity"])
                line["quantity"] -= units
        if not lines:
            order.update(status="cancelled", changed_at=now())
        event = _event("c", self.cancellations, order, taken if lines else []) | {"reason": reason}
        self.cancellations.append(event)
        return event

    def refund(self, ref: str, lines: Mapping[str, int] | None, amount: Decimal) -> Json:
        """For line id -> units, or for shipping."""
        order = self.order(ref)
        event = _event("r", self.refunds, order, self._taken(order, lines) if lines else [])
        event |= {"reason": "goodwill", "currency": order["currency"], "shipping": "0" if lines else str(amount)}
        for number, line in enumerate(event["lines"]):
            line["amount"] = str(amount) if number == 0 else "0"
        self.refunds.append(event)
        return event

    def count(self, product: str, units: int | None) -> None:
        """Count the shelf anew."""
        self.products[product].update(stock=units, changed_at=now())

    def order(self, ref: str) -> Json:
        if ref not in self.orders:
            refuse(404, "unknown_order")
        return self.orders[ref]

    def shown(self, order: Json) -> Json:
        return order | {"shipments": [parcel for parcel in self.shipments if parcel["order"] == order["id"]]}

    def _move(self, order: Json, sign: int) -> None:
        for line in order["lines"]:
            if line["product"]:
                self._put_back(order, line["product"], sign * line["quantity"])

    def _put_back(self, order: Json, product: str, units: int) -> None:
        stock = self.products[product]["stock"]
        if order["takes_stock"] and stock is not None:
            self.count(product, stock + units)

    def _taken(self, order: Json, lines: Mapping[str, int] | None) -> list[tuple[Json, int]]:
        left = _left(order)
        if any(units > left.get(line, 0) for line, units in (lines or {}).items()):
            refuse(409, "too_many_units")
        by_id = {line["id"]: line for line in order["lines"]}
        return [(by_id[line], units) for line, units in (lines or left).items()]


def application(kiosk: Kiosk, api_key: str) -> Flask:
    """The shop's API."""
    app = Flask("kiosk")
    faults: list[Json] = []

    def listed(items: Iterable[Json], *filters: str) -> Response:
        """A page of what the known filters let through; whatever else was asked is ignored without a word."""
        since = datetime.fromisoformat(request.args.get("changed_since", "2000-01-01T00:00:00+00:00"))
        found = [item for item in items if datetime.fromisoformat(item["changed_at"]) >= since]
        for name in filters:
            if wanted := request.args.getlist(name):
                found = [item for item in found if item[name] in wanted]
        start = int(request.args.get("cursor") or 0)
        more = str(start + PAGE) if len(found) > start + PAGE else None
        return jsonify(items=found[start : start + PAGE], next=more)

    def route(rule: str, method: str, answer: Callable[..., Any]) -> None:
        def locked(**path: str) -> Response:
            with kiosk.lock:
                found = answer(**path)
                return found if isinstance(found, Response) else jsonify(found)

        app.add_url_rule(f"/api/v1{rule}", f"{method} {rule}", locked, methods=[method])

    def units() -> dict[str, int]:
        return {line["line"]: line["quantity"] for line in request.json.get("lines", ())}

    route("/taxes", "GET", lambda: kiosk.taxes)
    route("/products", "GET", lambda: listed(kiosk.products.values(), "sku"))
    route("/orders", "GET", lambda: listed(map(kiosk.shown, kiosk.orders.values()), "reference", "status"))
    route("/orders", "POST", lambda: kiosk.shown(kiosk.create(request.json)))
    route("/orders/<ref>", "GET", lambda ref: kiosk.shown(kiosk.order(ref)))
    route("/orders/<ref>", "PATCH", lambda ref: kiosk.shown(kiosk.change(ref, request.json)))
    route("/orders/<ref>", "DELETE", lambda ref: kiosk.delete(ref))
    route(
        "/orders/<ref>/shipments",
        "POST",
        lambda ref: kiosk.ship(
            ref,
            units(),
            **{name: request.json.get(name, "") for name in ("carrier", "service", "tracking", "reference")},
        ),
    )
    route("/orders/<ref>/cancellations", "POST", lambda ref: kiosk.cancel(ref, units(), request.json["reason"]))
    route("/shipments", "GET", lambda: listed(kiosk.shipments))
    route("/cancellations", "GET", lambda: listed(kiosk.cancellations))
    route("/refunds", "GET", lambda: listed(kiosk.refunds))

    @app.post("/faults")
    def plan() -> Json:
        """Trouble for the tests: `{"kind": "drop"|"lose"|"late", "methods", "after", "times"}`.

        `drop`: the line goes dead before anything is done; `lose`: after it was done; `late`: it is done 3 s later.
        `after` requests go well first.
        """
        faults[:] = request.json
        return {}

    def strikes(kind: str) -> bool:
        for fault in faults:
            if fault["kind"] == kind and request.method in fault["methods"]:
                fault["after"] -= 1
                fault["times"] -= fault["after"] < 0
                return bool(fault["after"] < 0 <= fault["times"])
        return False

    @app.before_request
    def admit() -> None:
        if request.path == "/faults":
            return
        if strikes("drop"):
            hang_up()
            abort(503)
        if strikes("late"):
            time.sleep(3)
        if not secrets.compare_digest(request.headers.get("Authorization", ""), f"Bearer {api_key}"):
            refuse(401, "unknown_key")

    @app.after_request
    def lose(response: Response) -> Response:
        if strikes("lose"):
            hang_up()
        return response

    @app.errorhandler(HTTPException)
    def plainly(error: HTTPException) -> Response:
        return error.response or Response(error.description, error.code or 500)  # type: ignore[return-value]

    return app


def hang_up() -> None:
    """End the connection without an answer."""
    with suppress(OSError):
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


def refuse(status: int, word: str) -> None:
    answer = jsonify(error=word)
    answer.status_code = status
    abort(answer)


def now() -> str:
    return datetime.now(UTC).isoformat()


def _total(lines: Iterable[Json]) -> Decimal:
    return sum((Decimal(line["net"]) + Decimal(line["tax"]) for line in lines), Decimal("0.00"))


def _left(order: Json) -> dict[str, int]:
    left = {line["id"]: line["quantity"] - line["shipped"] for line in order["lines"] if line["product"]}
    return {line: units for line, units in left.items() if units}


def _event(prefix: str, before: list[Json], order: Json, taken: Iterable[tuple[Json, int]]) -> Json:
    lines = [
        {"line": line["id"], "product": line["product"], "reference": line["reference"], "quantity": units}
        for line, units in taken
    ]
    return {"id": f"{prefix}{len(before) + 1}", "order": order["id"], "lines": lines, "changed_at": now()}


if __name__ == "__main__":
    from werkzeug.serving import make_server

    parser = argparse.ArgumentParser(description="A small shop with a REST API.")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--sell", nargs="*", default=["MUG-WHITE", "TEE-BLACK-L"], help="SKUs, 100 units of each")
    options = parser.parse_args()
    shop = Kiosk((sku, 100) for sku in options.sell)
    server = make_server("127.0.0.1", options.port, application(shop, options.api_key), threaded=True)
    print(f"The kiosk is open at http://127.0.0.1:{server.server_port}/api/v1", flush=True)
    server.serve_forever()
