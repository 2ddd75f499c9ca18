"""Refiners and listeners: who is asked, in which order, and what happens when one of them fails."""

from __future__ import annotations

import logging
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders import Hooks, hookimpl
from amazon_orders.errors import AdapterBug, AmazonUnavailable
from amazon_orders.model import Connection, OrderLine, Report
from tests.unit.hooks.stores import NOW, Complete, answering

LINE = OrderLine(order_item_id="1", seller_sku="MUG_2")
SECRET = Connection(name="de", refresh_token="Atzr|secret")


class Refiner:
    """Answers with its own name, or not at all, and keeps what it was given."""

    def __init__(self, answer: str | None) -> None:
        self.answer = answer
        self.connections: list[Connection] = []

    @hookimpl
    def rule_resolve_sku(self, connection: Connection) -> str | None:
        self.connections.append(connection)
        return self.answer


def hooks_with(**plugins: object) -> Hooks:
    hooks = Hooks("shop")
    hooks.register(Complete(), "complete")
    for name, plugin in plugins.items():
        hooks.register(plugin, name)
    hooks.check()
    return hooks


def test_a_rule_that_nobody_refines_has_no_answer() -> None:
    hooks = hooks_with()
    assert not hooks.implemented("rule_resolve_sku")
    assert hooks.rule_resolve_sku(LINE, SECRET) is None


def test_silence_leaves_the_rule_to_the_next_plugin() -> None:
    answer = hooks_with(first=Refiner("FIRST"), silent=Refiner(None)).rule_resolve_sku(LINE, SECRET)
    assert answer is not None
    assert (answer.value, answer.plugin) == ("FIRST", "first")


def test_all_silent_leaves_the_built_in_rule() -> None:
    assert hooks_with(one=Refiner(None), two=Refiner(None)).rule_resolve_sku(LINE, SECRET) is None


def test_the_plugin_registered_last_is_asked_first_and_alone_if_it_answers() -> None:
    first, last = Refiner("FIRST"), Refiner("LAST")
    answer = hooks_with(first=first, last=last).rule_resolve_sku(LINE, SECRET)
    assert answer is not None
    assert (answer.value, answer.plugin) == ("LAST", "last")
    assert not first.connections


def test_tryfirst_is_respected() -> None:
    eager = type("Eager", (), {"rule_resolve_sku": hookimpl(tryfirst=True)(lambda self: "EAGER")})()
    answer = hooks_with(eager=eager, last=Refiner("LAST")).rule_resolve_sku(LINE, SECRET)
    assert answer is not None
    assert answer.plugin == "eager"


def test_a_plugin_never_sees_the_secret() -> None:
    refiner = Refiner(None)
    hooks_with(refiner=refiner).rule_resolve_sku(LINE, SECRET)
    assert [connection.refresh_token for connection in refiner.connections] == [None]
    assert refiner.connections[0].name == "de"


def test_a_refiner_that_fails_is_named_and_not_passed_over() -> None:
    def fail() -> Any:
        raise ZeroDivisionError

    hooks = hooks_with(good=Refiner("GOOD"), bad=answering("rule_resolve_sku", fail))
    with pytest.raises(AdapterBug, match=r"bad\.rule_resolve_sku: raised ZeroDivisionError"):
        hooks.rule_resolve_sku(LINE, SECRET)


class Listener:
    """Keeps what it hears, or fails."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        self.heard: list[str] = []

    @hookimpl
    def on_order_placed(self, amazon_order_id: str) -> None:
        if self.error:
            raise self.error
        self.heard.append(amazon_order_id)


@pytest.mark.parametrize("order", [("good", "bad"), ("bad", "good")], ids=["bad told first", "bad told last"])
def test_a_listener_that_fails_is_logged_by_name_and_stops_nothing(
    order: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    plugins = {"good": Listener(), "bad": Listener(ValueError("Erika Mustermann"))}
    hooks = hooks_with(**{name: plugins[name] for name in order})
    with caplog.at_level(logging.DEBUG):
        hooks.on_order_placed("de", "303-1", "17")
    assert plugins["good"].heard == ["303-1"]
    assert "bad.on_order_placed raised ValueError at test_plugins.py" in caplog.text
    assert "Erika" not in caplog.text


def test_ctrl_c_in_a_listener_ends_the_run() -> None:
    with pytest.raises(KeyboardInterrupt):
        hooks_with(bad=Listener(KeyboardInterrupt())).on_order_placed("de", "303-1", "17")


EVENTS: dict[str, dict[str, Any]] = {
    "on_order_placed": {"connection": "de", "amazon_order_id": "303-1", "ref": "17"},
    "on_order_changed": {"connection": "de", "amazon_order_id": "303-1", "ref": "17", "kind": "put_on_hold"},
    "on_order_cancelled": {"connection": "de", "amazon_order_id": "303-1", "ref": "17", "reason": "x"},
    "on_order_held": {"connection": "de", "amazon_order_id": "303-1", "reason": "UNKNOWN_SKU"},
    "on_shipment_confirmed": {
        "connection": "de",
        "amazon_order_id": "303-1",
        "ref": "17",
        "package_reference_id": "1",
    },
    "on_refund_sent": {
        "connection": "de",
        "amazon_order_id": "303-1",
        "ref": "17",
        "amount": Decimal("1.00"),
        "currency": "EUR",
    },
    "on_stock_published": {"connection": "de", "quantities": {"MUG": 3}},
    "on_order_at_risk": {
        "connection": "de",
        "amazon_order_id": "303-1",
        "ref": "",
        "ship_by": NOW,
        "reason": "FAILING",
    },
    "on_connection_failed": {"connection": "de", "error": AmazonUnavailable("no answer")},
    "on_run_finished": {"report": Report()},
}


@pytest.mark.parametrize("event", EVENTS)
def test_every_argument_of_an_event_arrives_under_its_name(event: str) -> None:
    heard: list[dict[str, Any]] = []
    names = ", ".join(EVENTS[event])
    scope: dict[str, Any] = {"heard": heard, "hookimpl": hookimpl}
    exec(f"@hookimpl\ndef {event}(self, {names}):\n    heard.append({{k: v for k, v in locals().items()}})", scope)
    listener = type("Listener", (), {event: scope[event]})()
    hooks = hooks_with(listener=listener)
    getattr(hooks, event)(*EVENTS[event].values())
    assert [{name: value for name, value in each.items() if name != "self"} for each in heard] == [EVENTS[event]]


def test_closing_the_hooks_closes_the_adapter() -> None:
    class Closing(Complete):
        closed = False

        def close(self) -> None:
            self.closed = True

    adapter = Closing()
    hooks = Hooks()
    hooks.close()
    hooks.register(adapter)
    hooks.close()
    assert adapter.closed
    assert hooks.adapter is adapter


def test_marking_methods_does_not_load_the_model() -> None:
    script = "import sys; from amazon_orders.hooks import hookimpl; print('amazon_orders.model' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
