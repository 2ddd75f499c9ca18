"""What an adapter's HTTP makes of a shop's answers: done, refused, unknown; and no shop can hold it up."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pytest

from amazon_orders.adapters import http
from amazon_orders.adapters.http import Refused, ShopApi, address_problem
from amazon_orders.errors import StoreError, StoreRejected, StoreUnavailable
from tests.unit.amazon.wire import Heard, Peer, Say, Script, answer, dripping, hanging_up, says, serving

KEY = "secret-key-7"


class Open(Protocol):
    """A shop with these scripts, and the way to it."""

    def __call__(self, *scripts: Script, **options: Any) -> tuple[Peer, ShopApi]: ...


@pytest.fixture
def opened() -> Iterator[Open]:
    with ExitStack() as stack:

        def make(*scripts: Script, **options: Any) -> tuple[Peer, ShopApi]:
            peer = stack.enter_context(serving(list(scripts)))
            api = ShopApi(f"{peer.url}/api/", {"Authorization": f"Bearer {KEY}"}, **options)
            stack.callback(api.close)
            return peer, api

        yield make


def post(opened: Open, whole: bytes, **options: Any) -> Any:
    _, api = opened(*says(whole), **options)
    return api.call("POST", "/orders", body={"name": "Kim"}, record="303-1")


def test_a_call_says_who_asks_and_what(opened: Open) -> None:
    peer, api = opened(*says(answer(201, {"id": "K1"})))
    body = {"name": "Größe", "total": Decimal("1E+1"), "units": 2}
    assert api.call("POST", "/orders", params={"sku": ["A", "B"], "page": 1}, body=body) == {"id": "K1"}
    (heard,) = peer.heard
    assert heard.line == "POST /api/orders?sku=A&sku=B&page=1 HTTP/1.1"
    assert json.loads(heard.body) == {"name": "Größe", "total": "10", "units": 2}
    assert heard.headers["authorization"] == f"Bearer {KEY}"
    assert heard.headers["content-type"] == heard.headers["accept"] == "application/json"


def test_amounts_are_never_floats(opened: Open) -> None:
    assert post(opened, answer(200, '{"total": 34.99, "units": 3}')) == {"total": Decimal("34.99"), "units": 3}
    with pytest.raises(TypeError, match="set has no JSON"):
        opened(*says(answer()))[1].call("POST", "/orders", body={"ids": {1}})


@pytest.mark.parametrize("status", [400, 404, 409, 418, 422])
def test_a_refusal_is_refused(opened: Open, status: int) -> None:
    with pytest.raises(StoreRejected, match=rf"refused POST /orders \({status}, no_product\)") as told:
        post(opened, answer(status, {"error": "no_product"}))
    assert isinstance(told.value, Refused)
    assert (told.value.status, told.value.word, told.value.record) == (status, "no_product", "303-1")


def test_the_shops_code_is_found_where_it_is(opened: Open) -> None:
    with pytest.raises(Refused, match=r"\(422, OUT_OF_STOCK\)"):
        post(opened, answer(422, {"errors": [{"code": "OUT_OF_STOCK"}]}), word=lambda said: said["errors"][0]["code"])


@pytest.mark.parametrize("said", [{"error": "Kim Canarius"}, {"error": "Kim"}, {"error": ["x"]}, [], None, "Kim"])
def test_what_a_refusal_says_of_a_person_is_left_out(opened: Open, said: Any) -> None:
    with pytest.raises(Refused, match=r"\(422\)") as told:
        post(opened, answer(422, said))
    assert (told.value.word, "Kim" in str(told.value)) == ("", False)


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_let_in_learns_what_to_do_and_the_key_stays_secret(opened: Open, status: int) -> None:
    with pytest.raises(StoreUnavailable, match=r"Nothing was written\. Make a key\.$") as told:
        post(opened, answer(status, {"error": KEY}), access="Make a key.")
    assert KEY not in str(told.value)


@pytest.mark.parametrize("status", [408, 425, 429])
def test_a_shop_that_is_busy_is_asked_again_later(opened: Open, status: int) -> None:
    with pytest.raises(StoreUnavailable, match="Nothing was written"):
        post(opened, answer(status, {"error": "slow_down"}))


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(answer(503), id="the server is broken"),
        pytest.param(answer(200, b"<h1>Welcome</h1>"), id="something else answers"),
        pytest.param(answer(200, []), id="it is no object"),
        pytest.param(answer(200, b""), id="it is nothing"),
        pytest.param(answer(200, b'{"total": NaN}'), id="it is no number"),
        pytest.param(answer(200, b"\xff{}"), id="it is no text"),
        pytest.param(answer(200, b"[" * 100_000), id="it has no bottom"),
    ],
)
def test_everything_else_is_unknown(opened: Open, whole: bytes) -> None:
    with pytest.raises(StoreUnavailable, match="looked up before it is written again") as told:
        post(opened, whole)
    assert told.value.record == "303-1"


@pytest.mark.parametrize("after", [answer(201, b'{"id": "K1"}      ')[:-3], b""])
def test_an_answer_that_breaks_off_is_unknown(opened: Open, after: bytes) -> None:
    """Though what came of it can be read."""
    peer, api = opened(hanging_up(after))
    with pytest.raises(StoreUnavailable, match=r"gave no( whole)? answer to POST /orders"):
        api.call("POST", "/orders", body={})
    assert len(peer.heard) == 1, "it is sent once"


@pytest.mark.parametrize(("body", "found"), [(b"", None), (b"[1]", [1]), (b'"K1"', "K1")])
def test_an_adapter_that_expects_anything_gets_it(opened: Open, body: bytes, found: object) -> None:
    _, api = opened(*says(answer(200, body)))
    assert api.call("DELETE", "/orders/1", kind=None) == found


@pytest.mark.parametrize("status", [301, 302, 307])
def test_the_key_goes_where_it_belongs_and_no_further(opened: Open, status: int) -> None:
    elsewhere, _ = opened(*says(answer()))
    with pytest.raises(StoreUnavailable, match=f"with {status}"):
        post(opened, answer(status, Location=elsewhere.url))
    assert elsewhere.heard == []


def test_a_netrc_file_does_not_answer_for_the_key(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login kim password other")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    peer, api = opened(*says(answer(200, {}, Set_Cookie="session=1")))
    for _ in range(2):
        api.call("GET", "/orders")
    assert [heard.headers["authorization"] for heard in peer.heard] == [f"Bearer {KEY}"] * 2
    assert not any("cookie" in heard.headers for heard in peer.heard)


def test_a_shop_that_drips_is_left_at_the_deadline(opened: Open) -> None:
    _, api = opened(dripping(answer(200, b"{}" + b" " * 100), at_once=60, pause=0.1), deadline=0.4)
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable, match=r"did not answer GET /orders in 0\.4 s"):
        api.call("GET", "/orders")
    assert time.monotonic() - begun < 2
    while any(thread.name == "amazon-orders-shop" for thread in threading.enumerate()):
        assert time.monotonic() - begun < 5, "nobody reads on"
        time.sleep(0.01)


def test_an_answer_without_an_end_is_not_kept(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST", 100_000)
    with pytest.raises(StoreUnavailable, match="no whole answer"):
        post(opened, answer(200, b" " * 200_000 + b"{}"))

    def without_end(_: Heard, say: Say) -> bool:
        say(answer(200, b"", Content_Length="1000000000"))
        while True:
            say(b" " * 10_000)

    _, api = opened(without_end)
    with pytest.raises(StoreUnavailable, match="no whole answer"):
        api.call("GET", "/orders")


def test_what_the_adapter_did_wrong_is_its_own_error(opened: Open) -> None:
    peer, _ = opened(*says(answer()))
    with pytest.raises(UnicodeError):
        ShopApi(peer.url, {"Authorization": "Bearer \N{SNOWMAN}"}).call("GET", "/orders")


def test_an_answer_may_be_packed(opened: Open) -> None:
    packed = gzip.compress(b'{"id": "K1"}' + b" " * 100_000)
    assert post(opened, answer(200, packed, Content_Encoding="gzip")) == {"id": "K1"}
    with pytest.raises(StoreUnavailable, match="no whole answer"):
        post(opened, answer(200, b"{}", Content_Encoding="gzip"))


def test_nobody_there_is_unknown_and_the_address_stays_out(opened: Open) -> None:
    with pytest.raises(StoreUnavailable) as told:
        ShopApi("http://127.0.0.1:9", {}, deadline=5).call("GET", "/orders", params={"email": "kim@example.org"})
    assert "kim" not in str(told.value)


def test_threads_share_it(opened: Open) -> None:
    peer, api = opened(*says(answer(200, {"id": 1})))
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(api.call("GET", "/orders"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [{"id": 1}] * 8 == [{"id": 1}] * len(peer.heard)


def _ask(api: ShopApi, answers: Any) -> None:
    answers.put(api.call("GET", "/orders"))


def test_a_forked_child_speaks_on_a_connection_of_its_own(opened: Open) -> None:
    peer, api = opened(*says(answer(200, {"id": 1})))
    api.call("GET", "/orders")
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()
    child = fork.Process(target=_ask, args=(api, answers))
    child.start()
    child.join(20)
    assert (child.exitcode, answers.get()) == (0, {"id": 1})
    api.call("GET", "/orders")
    assert (len(peer.heard), peer.connections) == (3, 2)


def test_its_name_holds_no_key() -> None:
    assert repr(ShopApi("https://shop.example/api", {"Authorization": KEY})) == "<ShopApi of shop.example>"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://shop.example/api/v1", ""),
        ("http://localhost:8090", ""),
        ("http://[::1]:8090/api", ""),
        ("http://shop.example", "https"),
        ("ftp://shop.example", "address"),
        ("shop.example", "address"),
        ("https://", "address"),
        ("https://shop.example:port", "address"),
        ("https://[::1", "address"),
        ("https://kim:secret@shop.example", "password"),
        ("https://shop.example/api?key=1", "path"),
        (None, "address"),
    ],
)
def test_an_address_is_checked_before_anything_is_asked(url: object, problem: str) -> None:
    said = address_problem(url)
    assert bool(said) == bool(problem)
    assert problem in said
    assert "secret" not in said


def test_what_goes_wrong_is_an_error_of_the_store() -> None:
    assert issubclass(Refused, StoreError)
    assert not Refused.retryable
