"""Access tokens: shared by all workers, encrypted, and fetched anew by one of them at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from amazon_orders.errors import Busy, LedgerError
from amazon_orders.ledger import Ledger, tokens

from .made import KEY, NOON, Clock, Open, Trouble, trouble

TOKEN = "Atza|canary-of-an-access-token"
LATER = NOON + timedelta(hours=1)


class TestTokens:
    def test_a_token_is_there_for_every_worker_and_after_a_restart(self, open_ledger: Open) -> None:
        open_ledger().tokens.put("de", TOKEN, LATER)
        assert open_ledger().tokens.get("de") == (TOKEN, LATER)

    def test_a_newer_token_replaces_the_older_one(self, ledger: Ledger) -> None:
        ledger.tokens.put("de", "old", NOON)
        ledger.tokens.put("de", TOKEN, LATER)
        assert ledger.tokens.get("de") == (TOKEN, LATER)

    def test_a_token_that_was_forgotten_is_gone(self, open_ledger: Open) -> None:
        ledger = open_ledger()
        ledger.tokens.put("de", TOKEN, LATER)
        ledger.tokens.forget("de")
        assert ledger.tokens.get("de") is None
        assert open_ledger().tokens.get("de") is None

    def test_without_a_key_a_token_lives_in_memory_alone(self, open_ledger: Open) -> None:
        ledger = open_ledger(key=None)
        ledger.tokens.put("de", TOKEN, LATER)
        assert ledger.tokens.get("de") == (TOKEN, LATER)
        assert open_ledger(key=None).tokens.get("de") is None
        ledger.tokens.forget("de")
        assert ledger.tokens.get("de") is None

    def test_no_file_of_the_ledger_shows_a_token(self, ledger: Ledger, url: str) -> None:
        ledger.tokens.put("de", TOKEN, LATER)
        if not url.startswith("sqlite"):
            return
        path = Path(make_url(url).database or "")
        assert all(TOKEN.encode() not in file.read_bytes() for file in path.parent.iterdir())


FETCH = """
import sys, time
from datetime import UTC, datetime, timedelta
from amazon_orders.ledger import Ledger
ledger = Ledger.open(sys.argv[1], key=sys.argv[2], now=lambda: datetime.now(UTC))
with ledger.tokens.refreshing("de"):
    if ledger.tokens.get("de") is None:
        print("fetched")
        time.sleep(0.2)
        ledger.tokens.put("de", "token", datetime.now(UTC) + timedelta(hours=1))
"""


class TestRefreshing:
    def test_of_four_processes_one_fetches_and_the_others_find_its_token(self, ledger: Ledger, url: str) -> None:
        workers = [
            subprocess.Popen([sys.executable, "-c", FETCH, url, KEY], stdout=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        outputs = [worker.communicate()[0] for worker in workers]
        assert [worker.returncode for worker in workers] == [0] * 4
        assert sorted(outputs) == ["", "", "", "fetched\n"]

    def test_who_waits_goes_on_as_soon_as_the_other_is_done(self, open_ledger: Open) -> None:
        one, two = open_ledger(), open_ledger()
        order = []
        inside = threading.Event()

        def first() -> None:
            with one.tokens.refreshing("de"):
                inside.set()
                time.sleep(0.15)
                order.append("first is done")

        thread = threading.Thread(target=first)
        thread.start()
        inside.wait()
        with two.tokens.refreshing("de"):
            order.append("second is in")
        thread.join()
        assert order == ["first is done", "second is in"]

    def test_the_wait_ends_with_an_error_that_names_the_other(
        self, open_ledger: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tokens, "WAIT_SECONDS", 0.2)
        one, two = open_ledger(), open_ledger()
        with (
            one.tokens.refreshing("de"),
            pytest.raises(Busy, match="token de is being worked on by process"),
            two.tokens.refreshing("de"),
        ):
            pytest.fail("two at once")

    def test_other_keys_do_not_wait(self, open_ledger: Open) -> None:
        one, two = open_ledger(), open_ledger()
        with one.tokens.refreshing("de"), two.tokens.refreshing("fr"):
            pass

    def test_a_failed_fetch_lets_the_next_one_try(self, ledger: Ledger) -> None:
        with pytest.raises(Trouble), ledger.tokens.refreshing("de"), trouble():
            pass
        with ledger.tokens.refreshing("de"):
            pass

    def test_a_refresher_that_hangs_is_overtaken_after_its_time(self, open_ledger: Open, clock: Clock) -> None:
        one, two = open_ledger(), open_ledger()
        with one.tokens.refreshing("de"):
            clock.forward(tokens.REFRESH_SECONDS)
            with two.tokens.refreshing("de"):
                pass

    def test_nobody_writes_to_the_ledger_while_a_token_is_fetched(self, open_ledger: Open) -> None:
        one, two = open_ledger(), open_ledger()
        with one.tokens.refreshing("de"):
            two.facts.saw_tax("de", "DE")  # would wait for the lock if a transaction were open
        with (
            pytest.raises(LedgerError, match="inside a transaction"),
            one.transaction(),
            one.tokens.refreshing("de"),
        ):
            pytest.fail("fetched inside a transaction")
