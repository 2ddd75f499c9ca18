"""The three ways in answer alike; the socket is plain, fast HTTP/1.1."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest

from amazon_orders.sandbox import DATA_SETS, Clock, Fault, Seller, SimulatedAmazon
from amazon_orders.sandbox.clock import from_ms, iso, parse_iso, to_ms
from amazon_orders.sandbox.messages import Request
from tests.contract.wsgi_client import call
from tests.unit.sandbox.application import ORDERS, Application

SINCE = {"lastUpdatedAfter": "2026-11-01T00:00:00Z", "includedData": ",".join(DATA_SETS)}


@pytest.fixture
def url(amazon: SimulatedAmazon) -> Iterator[str]:
    with amazon.serve() as url:
        yield url


def test_every_door_shows_the_same(app: Application, amazon: SimulatedAmazon, seller: Seller, url: str) -> None:
    seller.generate(150)
    in_process = app.get(ORDERS, **SINCE)
    over_http = Application(amazon, seller, url, f"{url}/auth/o2/token").get(ORDERS, **SINCE)
    by_wsgi = call(amazon.wsgi, ORDERS, query=dict(SINCE), headers=app.headers)
    assert in_process.content == over_http.content == by_wsgi.body
    names = {"content-type", "content-length", "date", "x-amzn-requestid", "x-amzn-ratelimit-limit"}
    for headers in (in_process.headers, over_http.headers, by_wsgi.headers):
        assert {name.lower() for name in headers} == names


def test_login_and_operations_live_on_their_own_hosts(app: Application) -> None:
    app.log_in()
    for url in ("https://sellingpartnerapi-eu.amazon.com/auth/o2/token", f"https://api.amazon.com{ORDERS}"):
        method = app.session.post if "token" in url else app.session.get
        assert method(url, headers=app.headers, params=SINCE).status_code in (403, 404)


def test_a_connection_is_used_again(amazon: SimulatedAmazon, seller: Seller, url: str) -> None:
    app = Application(amazon, seller, url, f"{url}/auth/o2/token")
    app.log_in()
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port or 0, timeout=5)
    path = f"{ORDERS}?lastUpdatedAfter=2026-11-01T00:00:00Z"
    used = set()
    for _ in range(3):
        connection.request("GET", path, headers=app.headers)
        response = connection.getresponse()
        assert (response.status, response.version) == (200, 11)
        json.loads(response.read())
        used.add(connection.sock.getsockname())
    connection.close()
    assert len(used) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET / SPDY/3\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_not_http_gets_a_page_of_html(url: str, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=5) as peer:
        peer.sendall(raw)
        answer = b""
        # Left-over input makes the kernel reset the connection after the answer.
        while b"</html>" not in answer and (piece := peer.recv(65536)):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"text/html" in answer


def test_a_reset_is_a_reset_and_no_orderly_end(amazon: SimulatedAmazon, url: str) -> None:
    amazon.faults.add(Fault(kind="reset"))
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=5) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            peer.recv(1)


def test_it_listens_on_loopback_and_gives_its_port_back(amazon: SimulatedAmazon) -> None:
    with amazon.serve() as url:
        port = urlsplit(url).port or 0
        assert url == f"http://127.0.0.1:{port}"
        idle = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        idle.request("GET", "/")
        idle.getresponse().read()
    # The server hangs up on a client that keeps its connection open, and does not wait for it.
    assert idle.sock.recv(1) == b""
    idle.close()
    with amazon.serve(port) as again:
        assert again == url


def test_a_taken_port_is_an_error(amazon: SimulatedAmazon, url: str) -> None:
    with pytest.raises(OSError, match="in use"), amazon.serve(urlsplit(url).port or 0):
        pass


def test_a_page_of_100_costs_less_than_two_milliseconds(
    amazon: SimulatedAmazon, seller: Seller, app: Application
) -> None:
    seller.generate(5000)
    amazon.warm()
    app.log_in()
    headers = dict(app.headers)
    query = "&".join(f"{name}={value}" for name, value in SINCE.items())

    def read_all() -> tuple[int, float]:
        pages, token, start = 0, "", time.thread_time()
        while True:
            request = Request("GET", "127.0.0.1", ORDERS, query + token, headers)
            body = amazon.answer(request).body
            pages += 1
            tail = body[-400:].decode()
            if '"nextToken":"' not in tail:
                return pages, time.thread_time() - start
            token = "&paginationToken=" + tail.split('"nextToken":"')[1].split('"')[0]

    # The best of three: the machine may be busy, the code is the same.
    runs = [read_all() for _ in range(3)]
    assert {pages for pages, _ in runs} == {50}
    assert min(seconds for _, seconds in runs) / 50 < 0.002


def test_beyond_what_is_kept_serialised_orders_are_shown_just_the_same(
    app: Application, amazon: SimulatedAmazon, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller.generate(30)
    kept = app.get(ORDERS, **SINCE).content
    monkeypatch.setattr("amazon_orders.sandbox.shelf._CACHED_ORDERS", 10)
    for record in seller.shelf:
        record.seen_as.clear()
    amazon.warm()
    assert app.get(ORDERS, **SINCE).content == kept
    assert not any(record.seen_as for record in seller.shelf)


def test_many_may_ask_at_once(amazon: SimulatedAmazon, seller: Seller, url: str) -> None:
    ids = seller.generate(300)
    found: list[list[str]] = []

    def read() -> None:
        app = Application(amazon, seller, url, f"{url}/auth/o2/token")
        with app.session:
            found.append(app.found_ids(maxResultsPerPage="50"))

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert [sorted(shown) for shown in found] == [sorted(ids)] * 8


def test_the_date_is_that_of_the_clock(app: Application, clock: Clock) -> None:
    clock.advance(timedelta(days=3))
    assert parsedate_to_datetime(app.search().headers["Date"]) == clock.now()


def test_every_answer_has_a_request_id_of_its_own(app: Application) -> None:
    answers = [app.search(), app.search(includedData="X"), app.get("/nowhere"), app.lwa()]
    assert len({answer.headers["x-amzn-RequestId"] for answer in answers}) == 4


def test_calls_are_on_record_until_forgotten(app: Application, amazon: SimulatedAmazon, seller: Seller) -> None:
    order_id = seller.place("MUG-WHITE")
    app.search(includedData="BUYER")
    app.order(order_id, "TAX")
    app.get("/nowhere")
    assert amazon.calls.by_operation == {"token": 1, "searchOrders": 1, "getOrder": 1, "/nowhere": 1}
    assert amazon.calls.count("searchOrders") == 1
    assert amazon.calls.of("getOrder")[0].params == {"orderId": order_id, "includedData": "TAX"}
    assert [made.status for made in amazon.calls] == [200, 200, 200, 404]
    assert amazon.calls[1].seller_id == seller.seller_id
    amazon.reset_calls()
    assert len(amazon.calls) == 0


class TestTheClock:
    def test_it_stands_until_it_is_moved(self, clock: Clock) -> None:
        start = clock.now()
        time.sleep(0.01)
        assert clock.now() == start
        clock.advance(1.5)
        clock.advance(seconds=timedelta(minutes=1))
        clock.sleep(2)
        assert clock.now() - start == timedelta(seconds=63.5)

    def test_it_never_goes_back(self, clock: Clock) -> None:
        with pytest.raises(ValueError, match="backwards"):
            clock.advance(-1)

    def test_it_needs_a_zone(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            Clock(start=datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None))

    def test_the_real_one_follows_the_wall(self) -> None:
        clock = Clock.real()
        before, shown, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
        assert before <= shown <= after
        clock.advance(3600)
        assert clock.now() - datetime.now(UTC) > timedelta(minutes=59)

    @pytest.mark.parametrize("text", ["2026-11-20T12:00:00Z", "2026-11-20T12:00:00.007Z", "1970-01-01T00:00:00Z"])
    def test_times_survive_their_text(self, text: str) -> None:
        ms = parse_iso(text)
        assert ms is not None
        assert iso(ms) == text
        assert to_ms(from_ms(ms)) == ms
