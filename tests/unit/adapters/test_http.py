"""What an adapter's HTTP makes of a shop's answers: done, refused, unknown; and no shop can hold it up."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pytest

from amazon_orders.adapters.http import Refused, ShopApi, Unanswered, address_problem
from amazon_orders.errors import ConfigError, StoreRejected, StoreUnavailable
from amazon_orders.wire import body
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
    body = {"name": "Größe", "total": Decimal("1E+1"), "units": 2, "sizes": (Decimal("1.5"), None)}
    assert api.call("POST", "/orders", params={"sku": ["A", "B"], "page": 1}, body=body) == {"id": "K1"}
    (heard,) = peer.heard
    assert heard.line == "POST /api/orders?sku=A&sku=B&page=1 HTTP/1.1"
    assert json.loads(heard.body) == {"name": "Größe", "total": "10", "units": 2, "sizes": ["1.5", None]}
    assert heard.headers["authorization"] == f"Bearer {KEY}"
    assert heard.headers["user-agent"] == "amazon-order-sync"
    assert heard.headers["content-type"] == heard.headers["accept"] == "application/json"


def test_amounts_are_never_floats(opened: Open) -> None:
    assert post(opened, answer(200, '{"total": 34.99, "units": 3}')) == {"total": Decimal("34.99"), "units": 3}
    peer, api = opened(*says(answer()))
    for wrong in ({"total": 34.99}, [{"totals": (Decimal(1), 0.1)}], {"ids": {1}}):
        with pytest.raises(TypeError):
            api.call("POST", "/orders", body=wrong)
    assert peer.heard == []


@pytest.mark.parametrize("status", [400, 404, 409, 418, 422])
def test_a_refusal_is_refused(opened: Open, status: int) -> None:
    with pytest.raises(StoreRejected, match=rf"refused POST /orders \({status}, no_product\)") as told:
        post(opened, answer(status, {"error": "no_product"}))
    assert isinstance(told.value, Refused)
    assert (told.value.status, told.value.word, told.value.record) == (status, "no_product", "303-1")


def test_the_shops_code_is_found_where_it_is(opened: Open) -> None:
    with pytest.raises(Refused, match=r"\(422, OUT_OF_STOCK\)"):
        post(opened, answer(422, {"errors": [{"code": "OUT_OF_STOCK"}]}), word=lambda said: said["errors"][0]["code"])


@pytest.mark.parametrize(
    "said", [{"error": "Kim Canarius"}, {"error": "Kim"}, {"error": "0151-12"}, {"error": [1]}, [], None]
)
def test_what_a_refusal_says_of_a_person_is_left_out(opened: Open, said: Any) -> None:
    for word in (lambda found: found["error"], lambda found: next(iter(found["errors"]))):
        with pytest.raises(Refused) as told:
            post(opened, answer(422, said), word=word)
        assert (told.value.word, str(told.value)) == ("", "The shop refused POST /orders (422).")


@pytest.mark.parametrize("status", [401, 403, 407])
def test_who_is_not_let_in_learns_what_to_do_and_the_key_stays_secret(opened: Open, status: int) -> None:
    with pytest.raises(StoreUnavailable, match=r"Nothing was written\. Make a key\.$") as told:
        post(opened, answer(status, {"error": KEY}), access="Make a key.")
    assert KEY not in str(told.value)
    assert isinstance(told.value, Unanswered)
    assert told.value.status == status


@pytest.mark.parametrize("status", [408, 423, 425, 429])
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
        pytest.param(answer(200, b'{"total": 1e999999999}'), id="it is a number that nobody can keep"),
        pytest.param(answer(200, b'{"total": 1e99999999999999999999}'), id="it is a number that nobody can read"),
        pytest.param(answer(200, b"\xff{}"), id="it is no text"),
        pytest.param(answer(200, b"[" * 100_000), id="it has no bottom"),
    ],
)
def test_everything_else_is_unknown(opened: Open, whole: bytes) -> None:
    with pytest.raises(StoreUnavailable, match="looked up before it is written again") as told:
        post(opened, whole)
    assert told.value.record == "303-1"


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_page_of_somebody_else_is_no_refusal(opened: Open, status: int) -> None:
    """It would hold each order for a person where an address is wrong, or the shop is behind a wall for a while."""
    with pytest.raises(StoreUnavailable, match="Something else than the shop's API answered POST /orders") as told:
        post(opened, answer(status, b"<h1>nginx</h1>"))
    assert isinstance(told.value, Unanswered)
    assert told.value.status == status


@pytest.mark.parametrize("after", [answer(201, b'{"id": "K1"}      ')[:-3], b""])
def test_an_answer_that_breaks_off_is_unknown(opened: Open, after: bytes) -> None:
    """Though what came of it can be read."""
    peer, api = opened(hanging_up(after))
    with pytest.raises(StoreUnavailable, match=r"gave no( whole)? answer to POST /orders .* looked up") as told:
        api.call("POST", "/orders", body={}, record="303-1")
    assert told.value.record == "303-1"
    assert len(peer.heard) == 1, "it is sent once"


@pytest.mark.parametrize(("body", "found"), [(b"", None), (b"[1]", [1]), (b'"K1"', "K1")])
def test_an_adapter_that_expects_anything_gets_it(opened: Open, body: bytes, found: object) -> None:
    _, api = opened(*says(answer(200, body)))
    assert api.call("DELETE", "/orders/1", kind=None) == found


def test_nothing_at_all_is_what_the_shop_says_and_not_what_is_missing(opened: Open) -> None:
    _, api = opened(hanging_up(b"HTTP/1.1 200 So\r\n\r\n"))
    with pytest.raises(StoreUnavailable, match="not with the JSON"):
        api.call("DELETE", "/orders/1", kind=None)
    _, api = opened(*says(b"HTTP/1.1 204 So\r\n\r\n"))
    assert api.call("DELETE", "/orders/1", kind=None) is None


def test_what_the_shop_says_beside_its_json_can_be_had(opened: Open) -> None:
    _, api = opened(*says(answer(200, [1], X_Pages="3")))
    said = api.ask("GET", "/orders", kind=list)
    assert (said.status, said.headers["x-pages"], said.json) == (200, "3", [1])
    assert repr(said) == "Answer(status=200)"


def test_a_call_has_headers_and_forms_of_its_own_and_a_key_may_change(opened: Open) -> None:
    peer, _ = opened(*says(answer()))
    keys = iter(("first", "second"))
    api = ShopApi(peer.url, lambda: {"Authorization": next(keys)})
    for number in range(2):
        api.call("POST", "/token", form={"grant_type": "refresh"}, headers={"Idempotency-Key": f"303-{number}"})
    heard = [(each.headers["authorization"], each.headers["idempotency-key"], each.body) for each in peer.heard]
    assert heard == [("first", "303-0", b"grant_type=refresh"), ("second", "303-1", b"grant_type=refresh")]
    assert peer.heard[0].headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("status", [301, 302, 307])
def test_the_key_goes_where_it_belongs_and_no_further(opened: Open, status: int) -> None:
    elsewhere, _ = opened(*says(answer()))
    with pytest.raises(StoreUnavailable, match=f"with {status}"):
        post(opened, answer(status, Location=elsewhere.url))
    assert elsewhere.heard == []


def test_nothing_around_changes_where_the_key_goes(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login kim password other")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    elsewhere, _ = opened(*says(answer()))
    monkeypatch.setenv("http_proxy", elsewhere.url)
    peer, api = opened(*says(answer()))
    api.call("GET", "/orders")
    assert peer.heard[0].headers["authorization"] == f"Bearer {KEY}"
    assert elsewhere.heard == []


def test_no_cookie_is_kept(opened: Open) -> None:
    peer, api = opened(*says(answer(200, {}, Set_Cookie="session=1")))
    for _ in range(2):
        api.call("GET", "/orders")
    assert [heard.headers.get("cookie") for heard in peer.heard] == [None, None]


def test_a_call_that_was_given_up_is_not_sent_later(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look into the shop meanwhile finds nothing, and the order is placed again."""
    look_up = socket.getaddrinfo

    def slowly(*arguments: Any, **more: Any) -> Any:
        time.sleep(0.5)
        return look_up(*arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    peer, api = opened(*says(answer()), deadline=0.2)
    with pytest.raises(StoreUnavailable, match="Nothing was sent"):
        api.call("POST", "/orders", body={})
    time.sleep(0.6)
    assert (peer.heard, peer.connections) == ([], 0)


def test_a_shop_that_drips_is_left_at_the_deadline(opened: Open) -> None:
    whole = answer(200, b"{}" + b" " * 100)
    _, api = opened(dripping(whole, at_once=60, pause=0.1), deadline=0.4)
    before, begun = set(threading.enumerate()), time.monotonic()
    with pytest.raises(StoreUnavailable, match=r"did not answer GET /orders in 0\.4 s"):
        api.call("GET", "/orders")
    assert time.monotonic() - begun < 2
    ours = {thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("amazon-orders")}
    assert ours <= {"amazon-orders-deadlines"}, "one clock for all calls, and nobody who reads on"


def test_an_answer_without_an_end_is_not_kept(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "LARGEST_BODY", 100_000)
    with pytest.raises(StoreUnavailable, match="no whole answer"):
        post(opened, answer(200, b" " * 200_000 + b"{}"))

    def without_end(_: Heard, say: Say) -> bool:
        say(answer(200, b"", Content_Length="1000000000"))
        while True:
            say(b" " * 10_000)

    _, api = opened(without_end)
    with pytest.raises(StoreUnavailable, match="no whole answer"):
        api.call("GET", "/orders")


@pytest.mark.parametrize("value", [f"Bearer {KEY}\n", f"Bearer {KEY} ", f"{KEY}\N{SNOWMAN}", "", f"{KEY}\r\nX: 1"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_told(opened: Open, value: str) -> None:
    peer, api = opened(*says(answer()))
    with pytest.raises(ConfigError) as told:
        ShopApi(peer.url, {"Authorization": value})
    assert [*told.value.problems] == ["Authorization"]
    assert KEY not in str(told.value)
    with pytest.raises(ConfigError):
        api.call("GET", "/orders", headers={"Idempotency-Key": value})
    assert peer.heard == []


@pytest.mark.parametrize(
    "path", ["orders", "", "@evil.example/o", "/orders?a=1", "/orders#1", "/a/../b", "/a b", "/\n"]
)
def test_a_path_goes_where_it_says(opened: Open, path: str) -> None:
    peer, api = opened(*says(answer()))
    with pytest.raises(ValueError, match="path has to begin with a slash"):
        api.call("GET", path)
    assert peer.heard == []


@pytest.mark.parametrize(
    ("url", "deadline"), [("shop.example", 30), ("https://shop.example", 0.01), ("https://a.b", 1e9)]
)
def test_what_cannot_be_is_refused_at_once(url: str, deadline: float) -> None:
    with pytest.raises(ValueError, match="has to be"):
        ShopApi(url, {}, deadline=deadline)


def test_an_answer_may_be_packed(opened: Open) -> None:
    packed = gzip.compress(b'{"id": "K1"}' + b" " * 100_000)
    assert post(opened, answer(200, packed, Content_Encoding="gzip")) == {"id": "K1"}
    with pytest.raises(StoreUnavailable, match="no whole answer"):
        post(opened, answer(200, b"{}", Content_Encoding="gzip"))


def test_nobody_there_is_told_and_what_was_asked_stays_out() -> None:
    with pytest.raises(StoreUnavailable, match="Nothing was sent") as told:
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


def test_a_call_after_the_end_begins_anew(opened: Open) -> None:
    peer, api = opened(*says(answer(200, {"id": 1})))
    for _ in range(2):
        api.call("GET", "/orders")
    assert peer.connections == 1
    api.close()
    assert api.call("GET", "/orders") == {"id": 1}
    assert peer.connections == 2


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
        ("https://shop.example/api?", "path"),
        ("https://shop.example/api#", "path"),
        ("https://sho p.example", "address"),
        ("https://*.example", "address"),
        ("https://shop.example\n", "address"),
        (None, "address"),
    ],
)
def test_an_address_is_checked_before_anything_is_asked(url: object, problem: str) -> None:
    said = address_problem(url)
    assert bool(said) == bool(problem)
    assert problem in said
    assert "secret" not in said
