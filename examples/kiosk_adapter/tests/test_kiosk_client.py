"""What the client makes of a shop's answers: done, refused, unknown; and that no shop can hold it up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from amazon_orders_kiosk import open_store
from amazon_orders_kiosk.client import Client

from amazon_orders.errors import ConfigError, StoreError, StoreRejected, StoreUnavailable

KEY = "secret-key-7"


class Peer:
    """Takes one request and answers these bytes, with a pause before each."""

    def __init__(self, answer: bytes, pause: float = 0.0) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/api/v1"
        self.request = b""
        self._answer, self._pause = answer, pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        peer, _ = self._server.accept()
        with peer:
            # A request with a body is over with its JSON, one without with its headers.
            while not self.request.endswith((b"}", b"\r\n\r\n") if self.request[:3] == b"GET" else b"}"):
                some = peer.recv(65536)
                if not some:
                    return
                self.request += some
            for at in range(len(self._answer)):
                if self._over.wait(self._pause):
                    return
                peer.sendall(self._answer[at : at + 1])

    def nobody(self) -> None:
        """Nobody else will come."""
        socket.create_connection(self._server.getsockname()).close()
        self._thread.join(5)

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)
        self._server.close()


@pytest.fixture
def peers() -> Iterator[list[Peer]]:
    made: list[Peer] = []
    yield made
    for peer in made:
        peer.close()


def answered(status: str, body: str, *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", body]).encode()


def post(peers: list[Peer], answer: bytes, pause: float = 0.0, deadline: float = 5) -> dict[str, object]:
    peers.append(Peer(answer, pause))
    return Client(peers[-1].url, KEY, deadline).call("POST", "/orders", body={"name": "Kim"})


def test_json_is_done(peers: list[Peer]) -> None:
    assert post(peers, answered("201 Created", '{"id": "K1"}')) == {"id": "K1"}
    assert f"Authorization: Bearer {KEY}".encode() in peers[0].request


@pytest.mark.parametrize("status", ["400 No", "404 No", "409 No", "422 No"])
def test_a_refusal_is_refused(peers: list[Peer], status: str) -> None:
    with pytest.raises(StoreRejected, match=r"refused POST /orders \(4.., no_product\)"):
        post(peers, answered(status, '{"error": "no_product"}'))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(answered("503 No", "{}"), id="the server is broken"),
        pytest.param(answered("200 OK", "<h1>Welcome</h1>"), id="something else answers"),
        pytest.param(answered("200 OK", "[]"), id="it is no object"),
        pytest.param(answered("302 Go", "{}", "Location: http://127.0.0.1:1/"), id="it sends us away"),
        pytest.param(answered("429 Wait", "{}"), id="it is busy"),
        pytest.param(answered("201 Created", '{"id": "K1"}')[:-4], id="it breaks off"),
        pytest.param(b"", id="it hangs up"),
    ],
)
def test_everything_else_is_unknown(peers: list[Peer], answer: bytes) -> None:
    with pytest.raises(StoreUnavailable):
        post(peers, answer)


def test_the_key_goes_where_it_belongs_and_no_further(peers: list[Peer]) -> None:
    elsewhere = Peer(answered("200 OK", "{}"))
    peers.append(elsewhere)
    with pytest.raises(StoreUnavailable, match="with 307"):
        post(peers, answered("307 Go", "{}", f"Location: {elsewhere.url}"))
    elsewhere.nobody()
    assert elsewhere.request == b""


def test_a_shop_that_ignores_a_filter_is_not_believed(peers: list[Peer]) -> None:
    peers.append(Peer(answered("200 OK", '{"items": [{"reference": "A"}, {"reference": "B"}], "next": null}')))
    found = Client(peers[0].url, KEY, 5).list_by("/orders", "reference", ["A"])
    assert list(found) == [{"reference": "A"}]
    assert b"reference=A" in peers[0].request


def test_a_wrong_key_says_what_to_do_and_keeps_the_key_to_itself(peers: list[Peer]) -> None:
    with pytest.raises(StoreUnavailable, match=r"Make a key .* set it as api_key") as told:
        post(peers, answered("401 No", "{}"))
    assert KEY not in str(told.value)


@pytest.mark.parametrize("error", ['{"error": "Kim Canarius"}', '{"error": ["x"]}', "[]", "Kim"])
def test_what_a_refusal_says_of_a_person_is_left_out(peers: list[Peer], error: str) -> None:
    with pytest.raises(StoreError) as told:
        post(peers, answered("422 No", error))
    assert "(422)" in str(told.value)


def test_a_shop_that_drips_is_left_at_the_deadline(peers: list[Peer]) -> None:
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable, match=r"did not answer POST /orders in 0\.4 s"):
        post(peers, answered("200 OK", "{}"), pause=0.1, deadline=0.4)
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("setting", "value"),
    [("url", "shop.example"), ("url", "http://shop.example"), ("api_key", ""), ("deadline", 0), ("path", "x")],
)
def test_settings_are_checked_before_anything_is_asked(setting: str, value: object) -> None:
    with pytest.raises(ConfigError) as told:
        open_store({"url": "https://shop.example", "api_key": KEY, setting: value})
    assert [*told.value.problems] == [setting]
    assert KEY not in str(told.value)
