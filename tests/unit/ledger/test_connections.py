"""Connections: settings with their history, and one secret that only goes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from amazon_orders.errors import ConfigError, LedgerError
from amazon_orders.ledger import Cursor, Ledger
from amazon_orders.model import Alias, Connection, CropStep

from .made import NOON, ORDER, OTHER_KEY, Clock, Open, an_order, held

SECRET = "Atzr|canary-of-a-refresh-token"
DE = Connection(
    name="de",
    active=True,
    seller_id="A1",
    region="eu",
    marketplaces=("DE", "FR"),
    store="shop",
    refresh_token=SECRET,
    sku_crop=(CropStep(suffix="-DE"), CropStep(pattern="(.*)-x", replacement="$1")),
    shipping_methods={"EXPEDITED": "express"},
    sync_from=NOON - timedelta(days=3),
    stock_cap=7,
)


class TestConnections:
    def test_a_connection_comes_back_as_it_was_added_but_for_its_secret(self, ledger: Ledger) -> None:
        ledger.connections.add(DE)
        assert ledger.connections.get("de") == replace(DE, refresh_token=None, added_at=NOON)
        assert ledger.connections.list() == [ledger.connections.get("de")]
        assert ledger.connections.secret("de") == SECRET

    def test_without_a_start_it_begins_when_it_was_added(self, ledger: Ledger) -> None:
        ledger.connections.add(Connection(name="new"))
        assert ledger.connections.get("new").sync_from == NOON

    def test_a_name_is_given_once(self, ledger: Ledger) -> None:
        ledger.connections.add(DE)
        with pytest.raises(ConfigError, match="already a connection de"):
            ledger.connections.add(replace(DE, seller_id="A2"))
        assert ledger.connections.get("de").seller_id == "A1"

    def test_a_name_that_is_not_there_is_named(self, ledger: Ledger) -> None:
        for ask in (
            lambda: ledger.connections.get("xx"),
            lambda: ledger.connections.secret("xx"),
            lambda: ledger.connections.remove("xx"),
            lambda: ledger.connections.update(Connection(name="xx")),
        ):
            with pytest.raises(ConfigError, match="xx is not known"):
                ask()

    def test_a_change_is_kept_with_its_time_old_and_new(self, ledger: Ledger, clock: Clock) -> None:
        ledger.connections.add(DE)
        clock.forward(3600)
        changed = replace(ledger.connections.get("de"), stock_cap=None, default_shipping_method="standard")
        changes = ledger.connections.update(changed)
        assert [change.as_dict() for change in changes] == [
            {"at": "2026-11-23T13:00:00+00:00", "field": "default_shipping_method", "old": "", "new": "standard"},
            {"at": "2026-11-23T13:00:00+00:00", "field": "stock_cap", "old": 7, "new": None},
        ]
        assert ledger.connections.history("de")[-2:] == changes
        assert ledger.connections.get("de") == replace(changed, added_at=NOON)
        assert ledger.connections.secret("de") == SECRET

    def test_the_first_entries_of_the_history_are_what_it_was_added_with(self, ledger: Ledger) -> None:
        ledger.connections.add(DE)
        first = {change.field: change.new for change in ledger.connections.history("de")}
        assert first["marketplaces"] == ["DE", "FR"]
        assert first["sku_crop"] == [{"suffix": "-DE"}, {"pattern": "(.*)-x", "replacement": "$1"}]
        assert "untracked" not in first

    def test_nothing_is_written_where_nothing_changed(self, ledger: Ledger) -> None:
        ledger.connections.add(DE)
        before = ledger.commits
        assert ledger.connections.update(ledger.connections.get("de")) == []
        assert ledger.commits == before

    def test_a_changed_rule_lets_held_orders_be_tried_again(self, ledger: Ledger, clock: Clock) -> None:
        ledger.connections.add(DE)
        ledger.orders.record([held()])
        assert ledger.orders.known("de", [held().digest])
        ledger.connections.update(replace(ledger.connections.get("de"), unknown_sku="placeholder"))
        assert ledger.orders.due("de", clock(), 10) == [ORDER]

    def test_a_removed_connection_is_forgotten_and_its_orders_and_claims_are_not(self, ledger: Ledger) -> None:
        ledger.connections.add(DE)
        ledger.cursors.save(Cursor(connection="de", flow="orders"))
        ledger.listings.set_alias("de", Alias(seller_sku="A", product="p"))
        ledger.claims.take("shop", "de", {ORDER: ORDER}, 1)
        ledger.orders.record([an_order()])
        ledger.connections.remove("de")
        assert ledger.connections.list() == []
        assert ledger.cursors.get("de", "orders") is None
        assert ledger.listings.aliases("de") == {}
        assert ledger.orders.detail(ORDER) is not None
        ledger.connections.add(replace(DE, refresh_token=None))
        assert ledger.connections.secret("de") is None
        assert not ledger.claims.take("shop", "de", {ORDER: ORDER}, 2)[ORDER].new
        assert ("connection", "de", None) in [(c.field, c.old, c.new) for c in ledger.connections.history("de")]


class TestDue:
    def test_an_active_connection_is_due_when_the_first_of_its_flows_is(self, ledger: Ledger, clock: Clock) -> None:
        for name, active in (("late", True), ("later", True), ("never ran", True), ("off", False)):
            ledger.connections.add(Connection(name=name, active=active))
        for name, flow, minutes in (("late", "orders", 5), ("late", "stock", 60), ("later", "orders", 10)):
            due = NOON + timedelta(minutes=minutes)
            ledger.cursors.save(Cursor(connection=name, flow=flow, next_due=due))
        assert ledger.connections.due() == ["never ran"]
        assert ledger.connections.next_due("late") == NOON + timedelta(minutes=5)
        assert ledger.connections.next_due("never ran") is None
        clock.forward(600)
        assert ledger.connections.due() == ["never ran", "late", "later"]

    def test_a_connection_that_somebody_works_on_is_not_due(self, ledger: Ledger, clock: Clock) -> None:
        ledger.connections.add(Connection(name="de", active=True))
        lease = ledger.leases.acquire("de")
        assert ledger.connections.due() == []
        ledger.leases.release(lease)
        assert ledger.connections.due() == ["de"]
        ledger.leases.acquire("de")
        clock.forward(61)
        assert ledger.connections.due() == ["de"]


class TestSecrets:
    def test_no_output_of_the_ledger_shows_the_secret(self, ledger: Ledger, url: str) -> None:
        ledger.connections.add(DE)
        ledger.connections.update(replace(ledger.connections.get("de"), refresh_token=SECRET + "2"))
        shown = [repr(ledger.connections.get("de")), repr(ledger.connections.list()), repr(DE)]
        shown += [repr(change.as_dict()) for change in ledger.connections.history("de")]
        assert not [text for text in shown if "canary" in text]
        if url.startswith("sqlite"):
            path = Path(make_url(url).database or "")
            assert all(b"canary" not in file.read_bytes() for file in path.parent.iterdir())

    def test_a_new_secret_shows_in_the_history_as_stars(self, ledger: Ledger) -> None:
        ledger.connections.add(replace(DE, refresh_token=None))
        ledger.connections.update(replace(ledger.connections.get("de"), refresh_token="a"))
        ledger.connections.update(replace(ledger.connections.get("de"), refresh_token="b"))
        assert [(c.new) for c in ledger.connections.history("de") if c.field == "refresh_token"] == ["***", "***"]
        assert ledger.connections.secret("de") == "b"
        assert ledger.connections.secret_at("de") == NOON

    def test_without_a_key_a_secret_is_refused_and_nothing_is_kept(self, open_ledger: Open) -> None:
        ledger = open_ledger(key=None)
        with pytest.raises(ConfigError, match="env:NAME") as caught:
            ledger.connections.add(DE)
        assert "refresh_token" in caught.value.problems
        assert ledger.connections.list() == []

    def test_a_reference_to_the_environment_needs_no_key_and_is_read_when_it_is_used(
        self, open_ledger: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ledger = open_ledger(key=None)
        ledger.connections.add(replace(DE, refresh_token="env:DE_TOKEN"))
        with pytest.raises(ConfigError, match="DE_TOKEN is not set") as caught:
            ledger.connections.secret("de")
        assert caught.value.record == "de"
        monkeypatch.setenv("DE_TOKEN", SECRET)
        assert ledger.connections.secret("de") == SECRET

    def test_a_reference_takes_the_place_of_a_token_and_back(
        self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DE_TOKEN", "from outside")
        ledger.connections.add(DE)
        ledger.connections.update(replace(DE, refresh_token="env:DE_TOKEN"))
        assert ledger.connections.secret("de") == "from outside"
        ledger.connections.update(replace(DE, refresh_token="kept"))
        assert ledger.connections.secret("de") == "kept"

    def test_with_a_wrong_key_connections_are_listed_and_secrets_are_not_read(self, open_ledger: Open) -> None:
        open_ledger().connections.add(DE)
        ledger = open_ledger(key=OTHER_KEY)
        assert [connection.name for connection in ledger.connections.list()] == ["de"]
        with pytest.raises(LedgerError, match="not the one"):
            ledger.connections.secret("de")
