"""Documents lie in Amazon's storage and nowhere else; what comes from there is unpacked with suspicion."""

from __future__ import annotations

import gzip
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from amazon_orders.amazon import XML_TYPE, AmazonClient, FeedDocument, LwaCredentials, Transport, storage
from amazon_orders.errors import AmazonUnavailable, PayloadError
from amazon_orders.model import TOKEN_ENDPOINT, Connection
from tests.unit.amazon.desk import NOW, SIGNED, client_of, path_of
from tests.unit.amazon.wire import Counter, Drawer, Peer, answer, hanging_up, says, serving

DOCUMENTS = "/feeds/2021-06-30/documents"
BUCKET = "https://tortuga-prod-eu.s3-eu-west-1.amazonaws.com"


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving(says(answer())) as there:
        yield there


@pytest.fixture
def far() -> AmazonClient:
    """A client of the real addresses, whose calls the test answers."""
    responses.post(TOKEN_ENDPOINT, json={"access_token": "Atza|1", "token_type": "bearer", "expires_in": 3600})
    return AmazonClient(
        Connection(name="de", seller_id="A1", region="eu", refresh_token="Atzr|1"),
        LwaCredentials("client", "secret"),
        transport=Transport(attempts=2, sleep=lambda _: None, now=lambda: NOW),
        buckets=Counter(),
        tokens=Drawer(),
        now=lambda: NOW,
    )


# Putting


def test_content_is_put_where_the_address_says_and_nothing_else_is_told(peer: Peer) -> None:
    client = client_of(peer, answer())
    peer.scripts[:] = says(answer(200, b""))
    client.feeds.upload(FeedDocument("doc-1", peer.url + SIGNED), b"<x>\xc3\xab</x>", XML_TYPE)
    (heard,) = peer.heard
    assert heard.line == f"PUT {SIGNED} HTTP/1.1"
    assert heard.body == b"<x>\xc3\xab</x>"
    assert heard.headers["content-type"] == XML_TYPE
    assert heard.headers["user-agent"].startswith("amazon-order-sync/")
    assert not {"authorization", "x-amz-access-token", "cookie", "content-encoding"} & set(heard.headers)
    assert client.calls == {}


def test_content_whose_answer_is_lost_is_put_again(peer: Peer) -> None:
    client = client_of(peer, answer())
    peer.scripts[:] = [hanging_up(b""), *says(answer(503, b"<Error/>"), answer(200, b""))]
    client.feeds.upload(FeedDocument("doc-1", peer.url + SIGNED), b"x" * 3_000_000, XML_TYPE)
    assert [len(heard.body) for heard in peer.heard] == [3_000_000] * 3


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_address_that_expired_is_told_without_itself(peer: Peer, status: int) -> None:
    refused = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    client = client_of(peer, answer())
    peer.scripts[:] = says(answer(status, refused, Content_Type="application/xml"))
    with pytest.raises(AmazonUnavailable) as caught:
        client.feeds.upload(FeedDocument("doc-1", peer.url + SIGNED), b"x", XML_TYPE)
    assert (caught.value.status, caught.value.amazon_code, caught.value.record) == (status, "AccessDenied", "doc-1")
    assert not caught.value.outcome_unknown
    assert "secret-signature" not in "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))


# Where

ELSEWHERE = [
    "http://tortuga.s3.amazonaws.com/x",
    "https://evil.example/x",
    "https://amazonaws.com.evil.example/x",
    "https://evilamazonaws.com/x",
    "https://s3.amazonaws.com@evil.example/x",
    "https://user:secret@s3.amazonaws.com/x",
    "https://evil.example\\@s3.amazonaws.com/x",
    "https://evil.example/#.s3.amazonaws.com/x",
    "https://evil.example?.amazonaws.com/x",
    "https://s3.amazonaws.com:8080/x",
    "https://s3.amazonaws.com",
    "https://s3.amazonaws.com/x y",
    "https://s3.amazonaws.com/\r\nHost: evil.example",
    "https://s3.amazonaws.com/\n",
    "https://169.254.169.254/latest/meta-data",
    "https://d34o8swod1owfl.cloudfront.net/Feed_101__POST_PRODUCT_DATA_.xml",
    "ftp://s3.amazonaws.com/x",
    "file:///etc/passwd",
    "//s3.amazonaws.com/x",
    "",
]
HERE = ["http://127.0.0.1:9/x", "http://localhost/x", "https://localhost:8080/x", "http://[::1]:9/x"]


@pytest.mark.parametrize("url", [*ELSEWHERE, *HERE])
@responses.activate
def test_no_document_is_put_or_fetched_elsewhere(url: str, far: AmazonClient) -> None:
    responses.get(f"https://sellingpartnerapi-eu.amazon.com{DOCUMENTS}/doc-1", json={"url": url or "x"})
    with pytest.raises(PayloadError) as caught:
        far.feeds.upload(FeedDocument("doc-1", url), b"secret", XML_TYPE)
    with pytest.raises(PayloadError):
        far.feeds.result("doc-1")
    assert caught.value.record == "doc-1"
    assert not url or url not in str(caught.value)
    asked = {call.request.url.split("/")[2] for call in responses.calls if call.request.url}
    assert asked <= {"api.amazon.com", "sellingpartnerapi-eu.amazon.com"}


@pytest.mark.parametrize("url", [*ELSEWHERE, "http://127.0.0.1.evil.example/x", "http://127.0.0.1:9@evil.example/x"])
def test_a_simulated_amazon_leads_nobody_away_either(peer: Peer, url: str) -> None:
    client = client_of(peer, answer())
    with pytest.raises(PayloadError):
        client.feeds.upload(FeedDocument("doc-1", url), b"secret", XML_TYPE)
    assert peer.heard == []


@responses.activate
def test_amazons_storage_is_used_with_the_address_as_it_is(far: AmazonClient) -> None:
    responses.put(BUCKET + SIGNED, body=b"")
    far.feeds.upload(FeedDocument("doc-1", BUCKET + SIGNED), b"content", XML_TYPE)
    assert responses.calls[-1].request.url == BUCKET + SIGNED
    assert "x-amz-access-token" not in responses.calls[-1].request.headers


@pytest.mark.parametrize("method", ["put", "get"])
def test_a_redirect_of_the_storage_is_not_followed(peer: Peer, method: str) -> None:
    with serving(says(answer(200, b"stolen"))) as elsewhere:
        led = answer(307, b"", Location=elsewhere.url + "/x")
        client = client_of(peer, answer(200, {"url": f"{peer.url}/x"}), led)
        if method == "put":
            peer.scripts[:] = says(led)
        calls: dict[str, Any] = {
            "get": lambda: client.feeds.result("doc-1"),
            "put": lambda: client.feeds.upload(FeedDocument("doc-1", f"{peer.url}/x"), b"content", XML_TYPE),
        }
        with pytest.raises(AmazonUnavailable):
            calls[method]()
        assert elsewhere.heard == []


# Fetching


def fetched(peer: Peer, stored: Any, **document: Any) -> bytes:
    client = client_of(peer, answer(200, {"feedDocumentId": "doc/2", "url": f"{peer.url}/r?X=1"} | document), stored)
    return client.feeds.result("doc/2")


def test_a_report_is_fetched_as_it_is(peer: Peer) -> None:
    assert fetched(peer, answer(200, b"\x00report\xff")) == b"\x00report\xff"
    assert path_of(peer.heard[1]) == f"{DOCUMENTS}/doc%2F2"
    assert peer.heard[2].line == "GET /r?X=1 HTTP/1.1"
    assert peer.heard[2].headers["accept-encoding"] == "identity"
    assert not {"authorization", "x-amz-access-token"} & set(peer.heard[2].headers)


def test_a_packed_report_is_unpacked_and_an_unpacked_one_left_alone(peer: Peer) -> None:
    packed = gzip.compress(b"report" * 1000)
    assert fetched(peer, answer(200, packed), compressionAlgorithm="GZIP") == b"report" * 1000
    halves = gzip.compress(b"one ") + gzip.compress(b"two")
    assert fetched(peer, answer(200, halves), compressionAlgorithm="GZIP") == b"one two"
    assert fetched(peer, answer(200, packed)) == packed  # a document may be a packed file


@pytest.mark.parametrize(
    ("stored", "algorithm"),
    [
        pytest.param(gzip.compress(b"report" * 1000)[:-9], "GZIP", id="cut"),
        pytest.param(gzip.compress(b"report")[:5], "GZIP", id="cut in its head"),
        pytest.param(b"report", "GZIP", id="not packed"),
        pytest.param(gzip.compress(b"report") + b"rest", "GZIP", id="with something behind it"),
        pytest.param(b"", "GZIP", id="empty"),
        pytest.param(b"report", "ZSTD", id="packed otherwise"),
        pytest.param(b"report", 7, id="packed by a number"),
    ],
)
def test_a_report_that_cannot_be_unpacked_is_a_broken_document(peer: Peer, stored: bytes, algorithm: Any) -> None:
    with pytest.raises(PayloadError) as caught:
        fetched(peer, answer(200, stored), compressionAlgorithm=algorithm)
    assert caught.value.record == "doc/2"


def test_a_bomb_is_given_up_long_before_it_is_unpacked(peer: Peer) -> None:
    bomb = gzip.compress(bytes(100_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(PayloadError) as caught:
        fetched(peer, answer(200, bomb), compressionAlgorithm="GZIP")
    assert not caught.value.retryable


def test_a_report_that_is_too_large_is_given_up(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "LARGEST_DOCUMENT", 500_000)
    monkeypatch.setattr(storage, "HIGHEST_RATIO", 10**6)
    with pytest.raises(PayloadError):
        fetched(peer, answer(200, gzip.compress(bytes(500_001))), compressionAlgorithm="GZIP")
    assert len(fetched(peer, answer(200, gzip.compress(bytes(500_000))), compressionAlgorithm="GZIP")) == 500_000


def test_a_small_report_may_be_as_regular_as_it_likes(peer: Peer) -> None:
    report = b"<Result/>" * 100_000
    assert fetched(peer, answer(200, gzip.compress(report)), compressionAlgorithm="GZIP") == report


@pytest.mark.parametrize("said", [{}, {"url": None}, {"url": 7}], ids=str)
def test_a_report_without_an_address_is_amazons_failure(peer: Peer, said: Any) -> None:
    with pytest.raises(AmazonUnavailable):
        client_of(peer, answer(200, said)).feeds.result("doc-2")
