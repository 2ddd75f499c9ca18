"""Access tokens: one call of Login with Amazon however many ask, and the right one to blame when it says no."""

from __future__ import annotations

import multiprocessing
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from amazon_orders.amazon import LwaCredentials, Transport
from amazon_orders.amazon.auth import Authorisation
from amazon_orders.errors import (
    AmazonAuthError,
    AmazonThrottled,
    AmazonUnavailable,
    Busy,
    ConfigError,
)
from amazon_orders.model import Connection
from tests.unit.amazon.wire import Drawer, Heard, Peer, Say, answer, hanging_up, says, serving

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CREDENTIALS = LwaCredentials("client", "hush-hush")


class Watch:
    """A clock to set."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **parts: float) -> None:
        self.at += timedelta(**parts)


def granted(token: str = "Atza|1", **more: Any) -> bytes:
    return answer(200, {"access_token": token, "token_type": "bearer", "expires_in": 3600} | more)


def refused(error: str, status: int = 400, **more: Any) -> bytes:
    return answer(status, {"error": error, "error_description": "Atzr|refresh is bad", "request_id": "lwa-1"} | more)


@pytest.fixture
def lwa() -> Iterator[Peer]:
    with serving(says(granted())) as peer:
        yield peer


def asking(
    peer: Peer,
    *,
    tokens: Any = None,
    now: Any = lambda: START,
    refresh_token: str | None = "Atzr|refresh",
    credentials: LwaCredentials = CREDENTIALS,
    attempts: int = 4,
) -> Authorisation:
    return Authorisation(
        Connection(name="de", refresh_token=refresh_token, token_endpoint=f"{peer.url}/auth/o2/token"),
        credentials,
        transport=Transport(deadline=5, attempts=attempts, sleep=lambda _: None),
        tokens=tokens if tokens is not None else Drawer(),
        now=now,
    )


def failing(kind: type[BaseException], asker: Authorisation) -> Any:
    with pytest.raises(kind) as caught:
        asker.token()
    told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)) + repr(asker)
    for secret in ("Atzr|refresh", "hush-hush", "Atza|"):
        assert secret not in told
    return caught.value


def test_a_token_is_asked_for_as_login_with_amazon_wants_it(lwa: Peer) -> None:
    assert asking(lwa).token() == "Atza|1"
    (request,) = lwa.heard
    assert request.line == "POST /auth/o2/token HTTP/1.1"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded;charset=UTF-8"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["Atzr|refresh"],
        "client_id": ["client"],
        "client_secret": ["hush-hush"],
    }


def test_the_secret_is_not_in_the_repr() -> None:
    assert "hush-hush" not in repr(CREDENTIALS)


def test_a_token_is_used_until_a_minute_before_its_end(lwa: Peer) -> None:
    watch = Watch()
    asker = asking(lwa, now=watch)
    asker.token()
    watch.forward(minutes=58, seconds=59)
    asker.token()
    assert len(lwa.heard) == 1
    watch.forward(seconds=2)
    asker.token()
    assert len(lwa.heard) == 2


@pytest.mark.parametrize(
    ("said", "good_for"),
    [(600, 540), (86_400, 86_340), ("3600", 3540), (None, 3540), (-1, 3540), (0, 3540), (1e9, 3540), (True, 3540)],
)
def test_a_lifetime_that_makes_no_sense_is_an_hour(lwa: Peer, said: Any, good_for: int) -> None:
    lwa.scripts[:] = says(granted(expires_in=said))
    watch = Watch()
    asker = asking(lwa, now=watch)
    asker.token()
    watch.forward(seconds=good_for - 1)
    asker.token()
    assert len(lwa.heard) == 1
    watch.forward(seconds=2)
    asker.token()
    assert len(lwa.heard) == 2


def test_fifty_threads_at_the_moment_of_expiry_make_one_call(lwa: Peer) -> None:
    def slowly(_: Heard, say: Say) -> None:
        time.sleep(0.2)
        say(granted("Atza|2"))

    watch, tokens = Watch(), Drawer()
    askers = [asking(lwa, tokens=tokens, now=watch) for _ in range(5)]
    askers[0].token()
    watch.forward(hours=1)
    lwa.scripts[:] = [slowly]
    together = threading.Barrier(50)

    def ask(number: int) -> str:
        together.wait()
        return askers[number % 5].token()

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(ask, range(50))) == {"Atza|2"}
    assert len(lwa.heard) == 2


def test_threads_of_one_process_wait_for_each_other_without_the_ledgers_help(lwa: Peer) -> None:
    class Open(Drawer):
        def refreshing(self, key: str) -> AbstractContextManager[None]:
            return nullcontext()

    def slow(_: Heard, say: Say) -> None:
        time.sleep(0.1)
        say(granted())

    lwa.scripts[:] = [slow]
    tokens = Open()
    askers = [asking(lwa, tokens=tokens) for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(lambda asker: asker.token(), askers)) == {"Atza|1"}
    assert len(lwa.heard) == 1


def test_connections_do_not_wait_for_each_other(lwa: Peer) -> None:
    silent = threading.Event()

    def hang(_: Heard, say: Say) -> bool:
        del say
        silent.wait(5)
        return False

    with serving([hang]) as hanging, ThreadPoolExecutor(1) as pool:
        stuck = pool.submit(asking(hanging, attempts=1).token)
        assert asking(lwa).token() == "Atza|1"
        assert not stuck.done()
        silent.set()
        with pytest.raises(AmazonUnavailable):
            stuck.result()


def test_a_kept_token_serves_the_next_process(lwa: Peer) -> None:
    tokens = Drawer()
    asking(lwa, tokens=tokens).token()
    assert asking(lwa, tokens=tokens).token() == "Atza|1"
    assert len(lwa.heard) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"refresh_token": "Atzr|another"},
        {"credentials": LwaCredentials("another", "hush-hush")},
    ],
    ids=["authorised again", "another application"],
)
def test_a_changed_authorisation_is_never_served_the_old_token(lwa: Peer, changed: dict[str, Any]) -> None:
    tokens = Drawer()
    asking(lwa, tokens=tokens).token()
    asking(lwa, tokens=tokens, **changed).token()
    assert len(lwa.heard) == 2


def test_the_key_of_a_kept_token_tells_no_secret(lwa: Peer) -> None:
    tokens = Drawer()
    asking(lwa, tokens=tokens).token()
    (key,) = tokens.kept
    assert key.startswith("de:")
    assert "Atzr" not in key


def test_a_token_that_another_process_fetched_meanwhile_is_taken(lwa: Peer) -> None:
    class Overtaken(Drawer):
        @contextmanager
        def refreshing(self, key: str) -> Iterator[None]:
            self.put(key, "Atza|theirs", START + timedelta(hours=1))
            yield

    assert asking(lwa, tokens=Overtaken()).token() == "Atza|theirs"
    assert lwa.heard == []


def test_another_process_that_never_ends_is_no_reason_to_wait_for_ever(lwa: Peer) -> None:
    class Stuck(Drawer):
        def refreshing(self, key: str) -> AbstractContextManager[None]:
            raise Busy("somebody else is at it")

    assert failing(AmazonUnavailable, asking(lwa, tokens=Stuck())).record == "de"


def test_a_refused_token_is_forgotten_and_a_newer_one_is_not(lwa: Peer) -> None:
    tokens = Drawer()
    asker = asking(lwa, tokens=tokens)
    lwa.scripts[:] = says(granted("Atza|1"), granted("Atza|2"))
    asker.refused(asker.token())
    assert tokens.kept == {}
    assert asker.token() == "Atza|2"
    asker.refused("Atza|1")  # the answer to a slow call comes late
    assert asker.token() == "Atza|2"
    assert len(lwa.heard) == 2


@pytest.mark.parametrize(
    ("error", "status", "advice"),
    [
        ("invalid_grant", 400, "authorise the connection again"),
        ("unauthorized_client", 400, "authorise again with this application"),
        ("invalid_client", 401, "[lwa]"),
        ("invalid_request", 400, "[lwa]"),
        ("unsupported_grant_type", 400, "[lwa]"),
        ("access_denied", 403, "[lwa]"),
    ],
)
def test_a_refusal_is_told_at_once_with_what_to_do(lwa: Peer, error: str, status: int, advice: str) -> None:
    lwa.scripts[:] = says(refused(error, status))
    found = failing(AmazonAuthError, asking(lwa))
    assert len(lwa.heard) == 1
    assert (found.status, found.amazon_code, found.record) == (status, error, "de")
    assert advice in str(found)
    assert not found.retryable


PASSING = {
    "server_error": refused("server_error"),
    "temporarily_unavailable": refused("temporarily_unavailable", 401),
    "500": answer(500, {"error": "invalid_grant"}),
    "503 of a proxy": answer(503, b"<html></html>"),
}


@pytest.mark.parametrize("failure", PASSING.values(), ids=list(PASSING))
def test_what_passes_is_tried_again(lwa: Peer, failure: bytes) -> None:
    lwa.scripts[:] = says(failure, failure, granted())
    assert asking(lwa).token() == "Atza|1"
    assert len(lwa.heard) == 3
    lwa.scripts[:] = says(failure)
    assert failing(AmazonUnavailable, asking(lwa)).retryable


def test_a_connection_that_breaks_is_tried_again(lwa: Peer) -> None:
    lwa.scripts[:] = [hanging_up(b""), *says(granted())]
    assert asking(lwa).token() == "Atza|1"


def test_too_many_token_requests_are_throttling(lwa: Peer) -> None:
    lwa.scripts[:] = says(answer(429, {"error": "slow_down"}))
    assert failing(AmazonThrottled, asking(lwa)).retry_after > 0
    assert len(lwa.heard) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        b"<html></html>",
        b"",
        b"[" * 10**6,
        {"access_token": None},
        {"access_token": 7},
        {"access_token": ""},
        {"access_token": "Atza|a b"},
        {"access_token": "Atza|a\r\nx-evil: 1"},
        {"access_token": "Atza|ë"},
        {"access_token": "Atza|" + "x" * 10_000},
        {"error": {"code": "Atza|secret"}},
        {"error": "Atza|secret words"},
    ],
    ids=lambda body: repr(body)[:40],
)
def test_a_success_without_a_token_is_amazons_failure(lwa: Peer, body: Any) -> None:
    lwa.scripts[:] = says(answer(200, body))
    failing(AmazonUnavailable, asking(lwa))


@pytest.mark.parametrize("refresh_token", [None, ""])
def test_a_connection_without_an_authorisation_asks_nobody(lwa: Peer, refresh_token: str | None) -> None:
    found = failing(AmazonAuthError, asking(lwa, refresh_token=refresh_token))
    assert "amazon-orders connection set de" in str(found)
    assert lwa.heard == []


@pytest.mark.parametrize("credentials", [LwaCredentials("", "x"), LwaCredentials("x", "")], ids=["no id", "no secret"])
def test_an_application_without_credentials_asks_nobody(lwa: Peer, credentials: LwaCredentials) -> None:
    failing(ConfigError, asking(lwa, credentials=credentials))
    assert lwa.heard == []


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_is_not_stuck_on_its_parents_lock(lwa: Peer) -> None:
    """A thread of the parent that asks while the process forks holds a lock that nobody lets go in the child."""
    begun, silent = threading.Event(), threading.Event()

    class Open(Drawer):
        def refreshing(self, key: str) -> AbstractContextManager[None]:
            return nullcontext()

    def hang(_: Heard, say: Say) -> None:
        begun.set()
        silent.wait(10)
        say(granted())

    lwa.scripts[:] = [hang, *says(granted("Atza|child"))]
    asker = asking(lwa, tokens=Open())
    fork = multiprocessing.get_context("fork")
    result = fork.SimpleQueue()

    def in_child() -> None:
        result.put(asker.token())

    with ThreadPoolExecutor(1) as pool:
        asking_too = pool.submit(asker.token)
        assert begun.wait(5)
        child = fork.Process(target=in_child)
        child.start()
        child.join(8)
        stuck = child.is_alive()
        child.kill()
        silent.set()
        assert not stuck
        assert result.get() == "Atza|child"
        assert asking_too.result() == "Atza|1"
