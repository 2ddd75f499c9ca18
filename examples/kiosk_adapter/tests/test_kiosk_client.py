"""What the client makes of the shop's answers, and that the shop cannot hold it up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from amazon_orders_kiosk import open_store
from amazon_orders_kiosk.client import Client

from amazon_orders.errors import ConfigError, StoreRejected, StoreUnavailable

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
    made: dict[str, object] = Client(peers[-1].url, KEY, deadline).call("POST", "/orders", body={"name": "Kim"})
    return made


def test_json_is_done(peers: list[Peer]) -> None:
    assert post(peers, answered("201 Created", '{"id": "K1"}')) == {"id": "K1"}
    assert f"Authorization: Bearer {KEY}".encode() in peers[0].request


def test_a_shop_that_ignores_a_filter_is_not_believed(peers: list[Peer]) -> None:
    peers.append(Peer(answered("200 OK", '{"items": [{"reference": "A"}, {"reference": "B"}], "next": null}')))
    found = Client(peers[0].url, KEY, 5).list_by("/orders", "reference", ["A"])
    assert list(found) == [{"reference": "A"}]
    assert b"reference=A" in peers[0].request


def test_a_wrong_key_says_what_to_do_and_keeps_the_key_to_itself(peers: list[Peer]) -> None:
    with pytest.raises(StoreUnavailable, match=r"Make a key .* set it as api_key") as told:
        post(peers, answered("401 No", "{}"))
    assert KEY not in str(told.value)


def test_a_refusal_is_told_with_the_shops_word(peers: list[Peer]) -> None:
    with pytest.raises(StoreRejected, match=r"refused POST /orders \(422, no_product\)"):
        post(peers, answered("422 No", '{"error": "no_product"}'))


def test_a_list_that_turns_in_a_circle_has_an_end(peers: list[Peer]) -> None:
    whole = answered("200 OK", '{"items": [], "next": ""}')
    peers.append(Peer(whole))
    with pytest.raises(StoreUnavailable, match="in a circle"):
        list(Client(peers[0].url, KEY, 5).list("/orders"))


def test_a_page_that_is_no_page_is_no_end_of_the_list(peers: list[Peer]) -> None:
    peers.append(Peer(answered("200 OK", "{}")))
    with pytest.raises(StoreUnavailable, match="GET /orders is no list"):
        list(Client(peers[0].url, KEY, 5).list("/orders"))


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
