"""Nothing personal and no secret ever leaves its place: canaries are sent through everything and looked for everywhere.

The places where they belong are the shop, Amazon, and the one encrypted column of the ledger.
"""

from __future__ import annotations

import io
import json
import logging
import traceback
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from amazon_orders.adapters.sqlite import open_store
from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.cli.root import root
from amazon_orders.cli.session import Session
from amazon_orders.errors import AmazonOrdersError
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.model import Connection, Place
from amazon_orders.sandbox import Fault, Line
from amazon_orders.sandbox.feeds.verdicts import Verdict, xml_report
from tests.story.command_line import SELLER, CommandLine
from tests.story.way_back import depot
from tests.story.world import World, world

CANARIES = {
    "name": "Canary Personname",
    "street": "Canarystreet 17",
    "mail": "canary-mail@marketplace.example",
    "phone": "+49 555 CANARYPHONE",
    "tax id": "DE-CANARYTAXID",
    "gift message": "canary gift message with love",
    "tracking": "CANARYTRACKING0001",
    "refresh token": "Atzr|canary-refresh-token",
    "access token": "Atza|",
    "client secret": "canary-client-secret",
}


def plant(record: dict[str, Any]) -> None:
    """Put a canary wherever Amazon has something personal."""
    record["buyer"] = {
        "buyerName": CANARIES["name"],
        "buyerEmail": CANARIES["mail"],
        "buyerCompanyName": CANARIES["name"],
        "taxClassifications": [{"name": "VATNumber", "value": CANARIES["tax id"]}],
    }
    record["recipient"]["deliveryAddress"] |= {
        "name": CANARIES["name"],
        "addressLine1": CANARIES["street"],
        "phone": CANARIES["phone"],
    }
    for item in record["orderItems"]:
        item.setdefault("product", {}).setdefault("customization", {})
        item.setdefault("fulfillment", {}).setdefault("packing", {})["giftOption"] = {
            "giftMessage": CANARIES["gift message"],
            "giftWrapLevel": "paper",
        }


class Found(AssertionError):
    pass


def look_through(what: str, text: str) -> None:
    """Fail where any canary is in `text`."""
    hits = [name for name, canary in CANARIES.items() if canary.casefold() in text.casefold()]
    if hits:
        at = min(text.casefold().index(CANARIES[name].casefold()) for name in hits)
        raise Found(f"{what} shows {', '.join(hits)}: …{text[max(0, at - 200) : at + 60]}…")


class Listener:
    """Keeps whatever it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    @hookimpl
    def on_order_placed(self, connection: str, amazon_order_id: str, ref: str) -> None:
        self.told.append((connection, amazon_order_id, ref))

    @hookimpl
    def on_order_held(self, connection: str, amazon_order_id: str, reason: str) -> None:
        self.told.append((connection, amazon_order_id, reason))

    @hookimpl
    def on_connection_failed(self, connection: str, error: AmazonOrdersError) -> None:
        self.told.append((connection, error, error.as_dict(), repr(error)))

    @hookimpl
    def on_run_finished(self, report: object) -> None:
        self.told.append((report, getattr(report, "as_dict")()))  # noqa: B009 - a report, whatever it becomes


class Stumbling:
    """A plugin that raises an error with everything it was given, as a careless author would."""

    @hookimpl
    def rule_store_order(self, order: Any, draft: Any, connection: Any) -> None:
        if order.lines[0].seller_sku == "STUMBLE":
            raise ValueError(f"cannot handle {order.recipient.name} {order.recipient.line1} {order.buyer.email}")


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """Everything that any logger says, at DEBUG, with tracebacks."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    everyone = logging.getLogger()
    level = everyone.level
    everyone.setLevel(logging.DEBUG)
    everyone.addHandler(handler)
    logging.getLogger("amazon_orders").setLevel(logging.DEBUG)
    yield stream
    everyone.removeHandler(handler)
    everyone.setLevel(level)
    logging.getLogger("amazon_orders").setLevel(logging.NOTSET)


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[tuple[World, Listener]]:
    """A shop whose every order, secret and token is a canary."""
    listener = Listener()
    with world(tmp_path) as made:
        hooks = Hooks("shop")
        hooks.register(open_store({"path": str(tmp_path / "shop.db")}), "sqlite")
        hooks.register(listener, "listener")
        hooks.register(Stumbling(), "stumbling")
        made.app.close()
        made._stores = {"shop": hooks}
        made.amazon.lwa.client_secret = CANARIES["client secret"]
        made.amazon.lwa.authorise(made.seller.seller_id, CANARIES["refresh token"])
        made.restart()
        made.connect(refresh_token=CANARIES["refresh token"])
        yield made, listener


def live_through_everything(
    shop: World, faults: Sequence[str] = ("cut_json", "empty_200", "403", "429")
) -> dict[str, str]:
    """Orders that end in every way, faults of every kind; the ids by how they end."""
    seller, ids = shop.seller, {}
    shop.add_product("STUMBLE")
    ids["placed"] = seller.place(Line(sku="MUG-WHITE", quantity=2, item="25.00", shipping="4.99"))
    ids["pending"] = seller.place("MUG-WHITE", pending=True)
    ids["held"] = seller.place("NO-SUCH-THING")
    ids["plugin fails"] = seller.place("STUMBLE")
    ids["unreadable"] = seller.place("MUG-WHITE")
    ids["without an id"] = seller.place("MUG-WHITE")
    ids["cancelled later"] = seller.place("CAP-BLACK")
    ids["shipped later"] = seller.place("CAP-BLACK")
    ids["address changes"] = seller.place("CAP-BLACK")
    for order_id in ids.values():
        with seller.change(order_id) as record:
            plant(record)
    seller.spoil(ids["unreadable"], lambda record: record["proceeds"]["grandTotal"].update(amount=CANARIES["street"]))
    seller.spoil(ids["without an id"], lambda record: record.pop("orderId"))
    shop.clock.advance(300)
    shop.sync()
    seller.cancel(ids["cancelled later"])
    seller.ship(ids["shipped later"], tracking=CANARIES["tracking"])
    with seller.change(ids["address changes"]) as record:
        record["recipient"]["deliveryAddress"]["addressLine1"] = CANARIES["street"] + " b"
    shop.clock.advance(300)
    shop.sync()
    for kind in faults:
        shop.amazon.faults.add(Fault(operation="searchOrders", kind=kind, times=4))
        shop.sync()
        shop.amazon.faults.clear()
        shop.clock.advance(4000)
    return ids


def send_everything_back(shop: World) -> list[str]:
    """Parcels, cancellations and refunds that end in every way, each with a canary in it; the orders."""
    seller, clock = shop.seller, shop.clock
    orders = [seller.place(("MUG-WHITE", 2)) for _ in range(7)]
    for order in orders:
        with seller.change(order) as record:
            plant(record)
    clock.advance(300)
    shop.sync()
    sent, refused, lost, held, by_feed, gone, paid = orders
    refs = {row[0]: str(row[1]) for row in shop.look("SELECT external_id, id FROM orders")}
    warehouse = Shop.open(shop.shop_file)
    for order in (sent, refused, lost, paid):
        warehouse.ship(refs[order], None, "DHL", "", CANARIES["tracking"], clock.now())
    for order in (held, by_feed):
        warehouse.ship(refs[order], None, "Other", "", "", clock.now())
    warehouse.cancel(refs[gone], None, "out of stock")
    seller.ship(refused, tracking="1")
    shop.amazon.faults.add(Fault(kind="lost_answer", operation="confirmShipment", nth=3))
    clock.advance(300)
    shop.sync(only=["shipments", "cancellations"])
    shop.app.connections.set("de", {"untracked": "feed"})
    clock.advance(300)
    shop.sync()
    (item,) = (row["orderItemId"] for row in seller.order(paid)["orderItems"])
    warehouse.refund(refs[paid], {item: 1}, "5.00", "dent")
    warehouse.close()
    for _ in range(5):
        clock.advance(420)
        shop.sync()
    return orders


def test_the_way_back_shows_none_anywhere(planted: tuple[World, Listener], log: io.StringIO) -> None:
    shop, listener = planted
    orders = send_everything_back(shop)
    states = [command["state"] for order in orders for command in shop.app.orders.get(order).commands]
    assert {"verified", "refused", "accepted"} <= set(states), "every way must be gone for the search to mean anything"
    tracked = {
        package["trackingNumber"] for order in orders for package in shop.seller.order(order).get("packages", [])
    }
    assert CANARIES["tracking"] in tracked
    said = log.getvalue()
    assert "confirmShipment answered" in said
    assert "createFeed answered" in said
    look_through("the log", said)
    for order in orders:
        detail = shop.app.orders.explain(order)
        look_through("an order", json.dumps(detail.as_dict()) + repr(detail))
    look_through("a report", json.dumps(shop.sync().as_dict()))
    look_through("a plan", json.dumps(shop.sync(dry_run=True).as_dict()))
    look_through("the inbox", "".join(json.dumps(entry.as_dict()) for entry in shop.app.orders.inbox()))
    look_through("the runs", json.dumps(shop.app.runs.list(), default=str))
    look_through("health", json.dumps(shop.app.health().as_dict()))
    look_through("events", repr(listener.told))
    shop.app.close()
    for path in shop.folder.iterdir():
        if path.name.startswith("ledger.db"):
            look_through(path.name, path.read_bytes().decode("latin-1"))


def test_what_amazon_repeats_of_a_parcel_in_its_reports_is_left_out(tmp_path: Path, log: io.StringIO) -> None:
    with depot(tmp_path, settings={"untracked": "feed"}) as yard:
        order = yard.placed(("MUG-WHITE", 2))
        (item,) = yard.items(order)
        yard.ship(order, {item: 1}, tracking="")
        yard.settle(3)
        yard.ship(order, {item: 1}, tracking=CANARIES["tracking"])
        yard.run()
        feed = yard.seller.feeds()[-1]
        assert CANARIES["tracking"].encode() in feed.content, "by feed, as the order's first parcel"
        yard.clock.advance(300)
        yard.seller.settle()
        text = f"The tracking number {CANARIES['tracking']} is not one of the carrier's."
        report = xml_report(feed.id, 1, [Verdict(message_id=1, code="18028", text=text)])
        feed.report = yard.seller.store_document("text/xml; charset=UTF-8", report)
        with yard.seller.change(order, silently=True) as record:
            record["packages"] = record["packages"][:1]
        yard.settle(2)
        assert ("confirm", "refused") in yard.commands(order)
        shown = json.dumps(yard.app.orders.explain(order).as_dict())
        assert "is not one of the carrier's" in shown
        look_through("the order", shown)
        look_through("the log", log.getvalue())


def test_the_canaries_reach_the_shop_so_that_the_search_means_something(planted: tuple[World, Listener]) -> None:
    shop, _ = planted
    ids = live_through_everything(shop)
    assert ids["placed"] in shop.shop_orders()
    raw = shop.app.ledger.orders.snapshot("de", ids["placed"])
    assert raw is not None
    text = raw.decode()
    for name in ("name", "street", "mail", "phone", "tax id", "gift message"):
        assert CANARIES[name] in text, name
    shipped = shop.app.ledger.orders.snapshot("de", ids["shipped later"])
    assert shipped is not None
    assert CANARIES["tracking"] in shipped.decode()
    assert {row.status for row in shop.app.orders.list()} >= {"placed", "pending", "held", "failed"}
    key = shop.app.client(shop.app.connections.get("de")).authorisation_key
    kept = shop.app.ledger.tokens.get(key)
    assert kept is not None
    assert kept[0].startswith(CANARIES["access token"])
    with pytest.raises(Found):
        look_through("the search itself", text)


def test_logs_at_debug_show_none(planted: tuple[World, Listener], log: io.StringIO) -> None:
    shop, _ = planted
    live_through_everything(shop, ("html_503", "cut_json", "empty_200", "reset", "403", "429"))
    shop.app.connections.test("de")
    shop.app.doctor()
    shop.seller.revoke()
    shop.sync()
    said = log.getvalue()
    assert "searchOrders answered" in said, "the log must be on for the search to mean anything"
    look_through("the log", said)


def test_reports_traces_events_and_run_records_show_none(planted: tuple[World, Listener]) -> None:
    shop, listener = planted
    ids = live_through_everything(shop)
    app = shop.app
    look_through("a report", json.dumps(shop.sync().as_dict()) + repr(shop.sync()))
    look_through("a plan", json.dumps(shop.sync(dry_run=True).as_dict()))
    for row in app.orders.list():
        detail = app.orders.explain(row.amazon_order_id)
        look_through("an order", json.dumps(detail.as_dict()) + repr(detail) + repr(row))
    assert ids["held"] in {row.amazon_order_id for row in app.orders.list(status="held")}
    look_through("the inbox", "".join(json.dumps(entry.as_dict()) + repr(entry) for entry in app.orders.inbox()))
    look_through("the runs", json.dumps(app.runs.list(), default=str))
    look_through("health", json.dumps(app.health().as_dict()) + repr(app.health()))
    look_through("doctor", json.dumps(app.doctor().as_dict()) + repr(app.doctor()))
    look_through("the proof", json.dumps(app.purge(prove=True).as_dict()))
    look_through("the history", repr(app.connections.history("de")) + repr(app.connections.list()))
    shop.seller.revoke()
    app.ledger.tokens.forget(app.client(app.connections.get("de")).authorisation_key)
    shop.sync()
    assert any("AmazonAuthError" in repr(told) for told in listener.told)
    look_through("events", repr(listener.told))


def test_what_can_be_printed_by_accident_masks_itself(planted: tuple[World, Listener]) -> None:
    shop, _ = planted
    ids = live_through_everything(shop)
    app = shop.app
    from amazon_orders.amazon import INCLUDED, raw_order
    from amazon_orders.rules import Facts, place

    raw = app.ledger.orders.snapshot("de", ids["shipped later"])
    assert raw is not None
    record = raw_order(raw, INCLUDED)
    order = record.order()
    connection = app.connections.get("de")
    client = app.client(connection)
    products = list(app.hooks("shop").store_find_products("sku", ["CAP-BLACK"]))
    decision = place(order, connection, Facts(found={"CAP-BLACK": products}))
    assert isinstance(decision, Place)
    assert decision.order.recipient is not None
    with_secret = Connection(name="x", refresh_token=CANARIES["refresh token"])
    printed = [record, order, decision, decision.order, order.recipient, order.buyer, order.packages, order.lines,
               client, app.credentials(), with_secret, app.config, app, app.ledger, app.transport]  # fmt: skip
    for value in printed:
        look_through(f"repr of {type(value).__name__}", f"{value!r} {value!s} {[value]!r}")


def test_exceptions_and_their_tracebacks_show_none(planted: tuple[World, Listener]) -> None:
    shop, _ = planted
    live_through_everything(shop)
    caught: list[BaseException] = []
    for kind in ("html_503", "empty_200", "403", "429"):
        shop.amazon.faults.add(Fault(operation="*", kind=kind, times=None))
        client = shop.app.client(shop.app.connections.get("de"))
        for call in (client.get_marketplace_participations, lambda: client.get_order("306-0000042-0000001")):  # noqa: B023
            try:
                call()
            except AmazonOrdersError as refused:
                caught.append(refused)
        shop.amazon.faults.clear()
        shop.clock.advance(100_000)
    shop.seller.revoke()
    shop.app.ledger.tokens.forget(shop.app.client(shop.app.connections.get("de")).authorisation_key)
    try:
        shop.app.client(shop.app.connections.get("de")).get_marketplace_participations()
    except AmazonOrdersError as refused:
        caught.append(refused)
    assert len(caught) > 6
    for error in caught:
        look_through(f"a {type(error).__name__}", f"{error} {error!r} {error.__dict__}")
        look_through("a traceback", "".join(traceback.format_exception(error)))


class Careless:
    """A shop whose adapter dies with the buyer's name in its own exception."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @hookimpl
    def store_find_products(self, attribute: str, values: Any) -> Any:
        return self._inner.store_find_products(attribute, values)

    @hookimpl
    def store_find_orders(self, keys: Any, since: datetime) -> Any:
        return self._inner.store_find_orders(keys, since)

    @hookimpl
    def store_place_order(self, order: Any, key: str) -> Any:
        raise KeyError(f"{order.recipient!s}, {order.recipient.name}, {order.recipient.line1}, {order.buyer.email}")

    @hookimpl
    def store_cancel_order(self, ref: str, reason: str, key: str) -> bool:
        return False

    @hookimpl
    def store_list_stock(self, since: Any, attribute: str) -> Any:
        return ()

    @hookimpl
    def store_list_shipments(self, since: datetime) -> Any:
        return ()


def test_an_adapter_that_dies_with_a_name_in_its_error_does_not_carry_it_into_the_ledger(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        hooks = Hooks("shop")
        hooks.register(Careless(open_store({"path": str(tmp_path / "shop.db")})), "careless")
        shop.app.close()
        shop._stores = {"shop": hooks}
        shop.restart()
        shop.connect()
        order_id = shop.seller.place("MUG-WHITE")
        with shop.seller.change(order_id) as record:
            plant(record)
        shop.clock.advance(300)
        report = shop.sync()
        look_through("the report", json.dumps(report.as_dict()))
        order = shop.app.orders.explain(order_id)
        assert order.order.status == "failed"
        assert "KeyError" in json.dumps(order.as_dict())
        look_through("the order", json.dumps(order.as_dict()))


def test_the_ledgers_files_hold_them_as_ciphertext_alone(planted: tuple[World, Listener]) -> None:
    shop, _ = planted
    live_through_everything(shop)
    files = [path for path in shop.folder.iterdir() if path.name.startswith("ledger.db")]
    assert files
    for path in files:
        look_through(path.name, path.read_bytes().decode("latin-1"))
    shop.app.close()
    look_through("ledger.db, closed", (shop.folder / "ledger.db").read_bytes().decode("latin-1"))


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.amazon.lwa.client_secret = CANARIES["client secret"]
    made.open_shop()
    made.amazon.lwa.authorise(SELLER, CANARIES["refresh token"])
    made.connect()
    made.must("connection", "set", "de", "--refresh-token-file", "-", stdin=CANARIES["refresh token"])
    return made


def test_every_verb_prints_none_as_text_as_json_and_with_v(line: CommandLine) -> None:
    placed, held = line.seller.place("MUG-WHITE"), line.seller.place("NO-SUCH-THING")
    for order_id in (placed, held):
        with line.seller.change(order_id) as record:
            plant(record)
    line.clock.advance(300)
    verbs = [
        ["sync", "--dry-run"], ["sync"], ["orders", "list"], ["orders", "list", "--status", "attention"],
        ["orders", "show", placed], ["orders", "explain", placed], ["orders", "explain", held],
        ["orders", "retry", held], ["connection", "show", "de"], ["connection", "list"],
        ["connection", "history", "de"],
        ["connection", "test", "de"], ["sku", "test", "de", "MUG-WHITE"], ["health"], ["doctor"], ["plugins"],
        ["purge", "--prove"], ["ledger", "status"], ["keys", "rotate"], ["keys", "drop"],
        ["connection", "authorise", "de", "--redirect-uri", "https://shop.example/x"],
        ["connection", "authorise", "de", "--code", "x", "--state", CANARIES["refresh token"][:4]],
    ]  # fmt: skip
    for words in verbs:
        for extra in ([], ["--json"], ["-v"], ["--json", "-v"]):
            session = Session(adapter=line.session.adapter, now=line.session.now, sleep=line.session.sleep)
            result = CliRunner().invoke(root, ["--config", str(line.config), *words, *extra], obj=session)
            look_through(" ".join([*words, *extra]), result.output + result.stderr)
    assert "placed" in line.must("orders", "list").stdout
    line.seller.revoke()
    line.amazon.lwa.forget_access_tokens()
    for extra in ([], ["-v"], ["--json"]):
        result = line.run("sync", *extra)
        assert result.exit_code == 4
        look_through("a refused sync", result.output + result.stderr)


def test_a_fault_of_the_program_shows_where_and_not_what(line: CommandLine) -> None:
    def broken() -> datetime:
        raise RuntimeError(" ".join(CANARIES.values()))

    session = Session(adapter=line.session.adapter, now=broken, sleep=line.session.sleep)
    for extra in ([], ["-v"], ["--json"]):
        result = CliRunner().invoke(root, ["--config", str(line.config), "sync", *extra], obj=session)
        assert result.exit_code == 1
        assert "RuntimeError" in result.stderr
        look_through("a bug", result.output + result.stderr)
