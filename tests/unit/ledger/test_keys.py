"""The key lies outside the ledger; a wrong, missing or broken one is noticed when the ledger is opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from amazon_orders.errors import LedgerError
from amazon_orders.model import Connection

from .made import KEY, NOON, ORDER, OTHER_KEY, Open, an_order

RAW = b'{"buyer":{"buyerName":"canary of a buyer"}}'


class TestKeys:
    @pytest.mark.parametrize("key", [KEY, KEY.encode(), f" {KEY}\n", f"{KEY},{OTHER_KEY}", f"{OTHER_KEY}\n{KEY}\n"])
    def test_every_key_that_is_given_opens(self, open_ledger: Open, key: str | bytes) -> None:
        open_ledger(key=KEY).orders.record([an_order(raw=RAW)])
        ledger = open_ledger(key=key)
        assert not ledger.key_problem
        assert ledger.orders.snapshot("de", ORDER) == RAW

    def test_the_first_key_seals(self, open_ledger: Open) -> None:
        open_ledger(key=KEY)
        open_ledger(key=f"{OTHER_KEY},{KEY}").orders.record([an_order(raw=RAW)])
        with pytest.raises(LedgerError, match=f"order {ORDER} cannot be read"):
            open_ledger(key=KEY).orders.snapshot("de", ORDER)

    @pytest.mark.parametrize(
        ("key", "says"),
        [
            pytest.param("short", "Key 1 .* is not a key", id="too short"),
            pytest.param(f"{KEY},%%%", "Key 2 .* is not a key", id="the second is none"),
            pytest.param("ü" * 44, "Key 1 .* is not a key", id="not base64"),
            pytest.param(b"\xff" * 44, "Key 1 .* is not a key", id="bytes that are no text"),
            pytest.param("", "is empty", id="an empty file"),
            pytest.param(" \n", "is empty", id="a file of blanks"),
        ],
    )
    def test_what_is_no_key_is_refused_without_being_shown(
        self, open_ledger: Open, key: str | bytes, says: str
    ) -> None:
        with pytest.raises(LedgerError, match=says) as caught:
            open_ledger(key=key)
        assert KEY not in str(caught.value)

    @pytest.mark.parametrize(
        ("key", "says"),
        [
            pytest.param(OTHER_KEY, "not the one that the ledger .* was written with", id="another key"),
            pytest.param(None, "was written with a key, and none was given", id="no key"),
        ],
    )
    def test_with_the_wrong_key_orders_are_listed_and_nothing_is_sealed_or_opened(
        self, open_ledger: Open, key: str | None, says: str
    ) -> None:
        first = open_ledger(key=KEY)
        first.connections.add(Connection(name="de", refresh_token="env:SOMETHING"))
        first.orders.record([an_order(raw=RAW)])
        ledger = open_ledger(key=key)
        assert not ledger.can_keep_personal_data
        assert [row.amazon_order_id for row in ledger.orders.list()] == [ORDER]
        for ask in (
            lambda: ledger.connections.secret("de"),  # so that no run begins
            lambda: ledger.orders.snapshot("de", ORDER),
        ):
            with pytest.raises(LedgerError, match=says):
                ask()

    def test_with_another_key_nothing_is_written_that_the_right_one_could_not_read(self, open_ledger: Open) -> None:
        open_ledger(key=KEY)
        ledger = open_ledger(key=OTHER_KEY)
        with pytest.raises(LedgerError, match="not the one"):
            ledger.orders.record([an_order(raw=RAW)])
        with pytest.raises(LedgerError, match="not the one"):
            ledger.tokens.put("de", "Atza|x", NOON)
        assert ledger.orders.detail(ORDER) is None

    def test_a_ledger_that_began_without_a_key_takes_one_later(self, open_ledger: Open) -> None:
        open_ledger(key=None).orders.record([an_order(raw=RAW)])
        ledger = open_ledger(key=KEY)
        assert ledger.can_keep_personal_data
        assert open_ledger(key=OTHER_KEY).key_problem

    def test_no_file_of_the_ledger_shows_a_buyer(self, open_ledger: Open, url: str) -> None:
        open_ledger().orders.record([an_order(raw=RAW)])
        if url.startswith("sqlite"):
            path = Path(make_url(url).database or "")
            assert all(b"canary" not in file.read_bytes() for file in path.parent.iterdir())

    def test_a_damaged_snapshot_is_an_error_that_names_the_order(self, open_ledger: Open) -> None:
        ledger = open_ledger()
        ledger.orders.record([an_order(raw=RAW)])
        with ledger._database.writing() as work:
            work.connection.exec_driver_sql("UPDATE ao_orders SET token = substr(token, 1, 40)")
            work.wrote = True
        with pytest.raises(LedgerError, match=f"order {ORDER} cannot be read") as caught:
            ledger.orders.snapshot("de", ORDER)
        assert caught.value.record == f"order {ORDER}"
