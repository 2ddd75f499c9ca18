"""HTTP to a peer that does not behave: every call ends, in time and in one of the known ways."""

from __future__ import annotations

import gzip
import logging
import random
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from amazon_orders.amazon import Transport
from amazon_orders.amazon.transport import Answer
from amazon_orders.errors import AmazonThrottled, AmazonUnavailable, ConfigError
from amazon_orders.wire import body, session
from tests.unit.amazon.wire import Heard, Say, answer, dripping, hanging_up, says, serving

OPERATION = "searchOrders"
SECRET = "Atza|secret"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def sender() -> Iterator[Transport]:
    made = Transport(attempts=1, deadline=5)
    yield made
    made.close()


def get(sender: Transport, url: str, **options: Any) -> Answer:
    return sender.send("GET", url, operation=OPERATION, headers={"x-amz-access-token": SECRET}, **options)


def failure(sender: Transport, url: str, **options: Any) -> AmazonUnavailable:
    with pytest.raises(AmazonUnavailable) as caught:
        get(sender, url, **options)
    assert caught.value.record == OPERATION
    assert SECRET not in str(caught.value)
    assert "fault" in str(caught.value) or "is not running" in str(caught.value)
    # Nothing of the wire's own errors is carried along: they hold addresses, parameters and headers.
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value


def test_an_answer_comes_whole(sender: Transport) -> None:
    with serving(says(answer(200, {"a": 1}, x_amzn_RateLimit_Limit="0.5"))) as peer:
        found = get(sender, peer.url + "/path", params={"q": "a b&c"})
    assert (found.status, found.body, found.request_id) == (200, b'{"a": 1}', "request-1")
    assert found.headers["x-amzn-ratelimit-limit"] == "0.5"
    assert peer.heard[0].line == "GET /path?q=a+b%26c HTTP/1.1"
    assert peer.heard[0].headers["accept-encoding"] == "gzip"
    assert SECRET not in repr(found)


def test_calls_share_a_connection(sender: Transport) -> None:
    with serving(says(answer(200, b"x" * 100_000))) as peer:
        for _ in range(5):
            get(sender, peer.url)
        assert peer.connections == 1


# Time


@pytest.mark.parametrize("at_once", [0, 20, 150], ids=["the status line", "the headers", "the body"])
def test_a_peer_that_drips_is_left_at_the_deadline(at_once: int) -> None:
    sender = Transport(deadline=0.6)
    with serving([dripping(answer(200, b"x" * 5000), at_once=at_once, pause=0.02)]) as peer:
        begun = time.monotonic()
        error = failure(sender, peer.url)
        assert 0.5 < time.monotonic() - begun < 1.5
    assert "did not answer in time" in str(error)
    sender.close()


def test_a_body_without_a_length_that_is_cut_by_the_deadline_is_no_whole_body() -> None:
    sender = Transport(deadline=0.5, attempts=1)
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 5000
    with serving([dripping(endless, at_once=60, pause=0.02)]) as peer:
        assert "in time" in str(failure(sender, peer.url))
    sender.close()


def test_a_peer_that_never_answers_is_left_at_the_deadline() -> None:
    sender = Transport(deadline=0.5)
    silent = threading.Event()
    with serving([lambda *_: silent.wait(5) or None]) as peer:
        begun = time.monotonic()
        failure(sender, peer.url)
        assert time.monotonic() - begun < 1.5
        silent.set()
    sender.close()


def test_a_peer_that_takes_no_connection_is_left_at_the_deadline() -> None:
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(full.getsockname())
    sender = Transport(deadline=0.5)
    begun = time.monotonic()
    failure(sender, f"http://127.0.0.1:{full.getsockname()[1]}")
    assert time.monotonic() - begun < 1.5
    for one in (full, *waiting):
        one.close()
    sender.close()


def test_a_resolver_that_is_silent_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()

    def silent(*_: Any, **__: Any) -> Any:
        asked.set()
        time.sleep(2)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    sender = Transport(deadline=0.4)
    begun = time.monotonic()
    failure(sender, "https://amazon.example")
    assert asked.is_set()
    assert time.monotonic() - begun < 1.2
    sender.close()


def test_the_deadline_covers_all_attempts_together() -> None:
    sender = Transport(deadline=1.0, attempts=50, jitter=_Never())

    def slow(_: Heard, say: Say) -> None:
        time.sleep(0.15)
        say(answer(503))

    with serving([slow]) as peer:
        begun = time.monotonic()
        failure(sender, peer.url)
        assert time.monotonic() - begun < 1.5
        assert 3 <= len(peer.heard) <= 7
    sender.close()


def test_a_call_that_ends_in_time_is_not_cut_later(sender: Transport) -> None:
    short = Transport(deadline=0.3, attempts=1)
    with serving(says(answer(200, b"x" * 10))) as peer:
        get(short, peer.url)
        time.sleep(0.5)
        assert get(short, peer.url).body == b"x" * 10
        assert peer.connections == 1
    short.close()


# Size and packing


def test_a_packed_body_is_unpacked(sender: Transport) -> None:
    text = b'{"orders":[]}' * 10_000
    packed = gzip.compress(text)
    with serving(says(answer(200, packed, Content_Encoding="gzip"))) as peer:
        assert get(sender, peer.url).body == text
    halves = gzip.compress(text[:500]) + gzip.compress(text[500:])
    with serving(says(answer(200, halves, Content_Encoding="GZIP"))) as peer:
        assert get(sender, peer.url).body == text


@pytest.mark.parametrize(
    ("packed", "packing"),
    [
        (gzip.compress(b"x" * 9000)[:-12], "gzip"),
        (gzip.compress(b"x" * 9000)[:8], "gzip"),
        (b"no gzip at all", "gzip"),
        (zlib.compress(b"x"), "deflate"),
        (b"x", "br"),
        (b"x", "gzip, gzip"),
    ],
    ids=["cut", "cut in its head", "none", "deflate", "brotli", "packed twice"],
)
def test_a_body_that_cannot_be_unpacked_is_no_answer(sender: Transport, packed: bytes, packing: str) -> None:
    with serving(says(answer(200, packed, Content_Encoding=packing))) as peer:
        failure(sender, peer.url)


def test_an_empty_body_is_an_empty_body(sender: Transport) -> None:
    with serving(says(answer(200, b""), answer(200, b"", Content_Encoding="gzip"))) as peer:
        assert get(sender, peer.url).body == b""
        assert get(sender, peer.url).body == b""


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed a thousand times"])
def test_a_body_that_is_too_large_is_refused(sender: Transport, packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "LARGEST_BODY", 2_000_000)
    huge = bytes(2_000_001)
    sent = answer(200, gzip.compress(huge), Content_Encoding="gzip") if packed else answer(200, huge)
    with serving(says(sent)) as peer:
        failure(sender, peer.url)
    fits = answer(200, bytes(2_000_000))
    with serving(says(fits)) as peer:
        assert len(get(sender, peer.url).body) == 2_000_000


def test_an_endless_body_is_read_no_further_than_the_cap(sender: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "LARGEST_BODY", 3_000_000)
    sent = 0

    def endless(_: Heard, say: Say) -> bool:
        nonlocal sent
        say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            say(b"10000\r\n" + bytes(65536) + b"\r\n")
            sent += 65536

    with serving([endless]) as peer:
        failure(sender, peer.url)
    assert sent < 20_000_000  # what lies in the buffers of the wire is beyond the cap


def test_the_cap_is_far_above_a_page() -> None:
    assert body.LARGEST_BODY == 64 * 1024 * 1024


# Broken answers


reset = hanging_up(b"")
BROKEN = {
    "hangs up": reset,
    "hangs up in the body": hanging_up(answer(200, b"x" * 100)[:-50]),
    "hangs up in the status line": hanging_up(b"HTTP/1"),
    "speaks something else": hanging_up(b"SSH-2.0-OpenSSH\r\n"),
    "sends a header without end": hanging_up(b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000),
    "sends headers without end": hanging_up(b"HTTP/1.1 200 OK\r\n" + b"A: x\r\n" * 1000 + b"\r\n"),
    "lies about its chunks": hanging_up(answer(200, b"zz\r\n", Transfer_Encoding="chunked")),
}


@pytest.mark.parametrize("script", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_answer_is_tried_again_and_then_told(script: Any) -> None:
    pauses: list[float] = []
    sender = Transport(attempts=3, deadline=5, sleep=pauses.append)
    with serving([script]) as peer:
        error = failure(sender, peer.url + "/?secret=" + SECRET)
        assert len(peer.heard) == 3
    assert len(pauses) == 2
    assert error.status is None
    with serving([script, *says(answer(200, b"at last"))]) as peer:
        assert get(sender, peer.url).body == b"at last"
    sender.close()


def test_nobody_there_is_no_answer(sender: Transport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    error = failure(sender, f"http://127.0.0.1:{port}", params={"q": "secret"})
    assert error.status is None
    told = str(error)
    assert f"The simulated Amazon at http://127.0.0.1:{port} is not running" in told
    assert f"amazon-orders sandbox serve --port {port}" in told
    assert "fault" not in told, "neither Amazon nor the network is to blame"
    assert "secret" not in told


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_a_server_error_is_tried_again_and_then_told_with_its_request_id(status: int) -> None:
    pauses: list[float] = []
    sender = Transport(attempts=4, deadline=5, sleep=pauses.append, jitter=random.Random(1))
    page = answer(status, b"<html>Zo\xc3\xab Muster</html>", Content_Type="text/html")
    with serving(says(page)) as peer:
        error = failure(sender, peer.url)
        assert len(peer.heard) == 4
    assert (error.status, error.request_id) == (status, "request-1")
    assert str(error).startswith("[request-1]")
    assert "Muster" not in str(error)
    assert all(0 <= pause <= 0.5 * 2**number for number, pause in enumerate(pauses))
    assert len(pauses) == 3
    sender.close()


def test_the_pauses_are_drawn_from_the_whole_span() -> None:
    """Full jitter: a thousand workers that fail together do not come back together."""
    pauses: list[float] = []
    sender = Transport(attempts=4, deadline=60, sleep=pauses.append, jitter=random.Random(7))
    with serving(says(answer(500))) as peer:
        for _ in range(40):
            failure(sender, peer.url)
    first, third = pauses[0::3], pauses[2::3]
    assert min(first) < 0.1
    assert max(first) > 0.4
    assert max(third) > 1.6
    assert len(set(pauses)) == len(pauses)
    sender.close()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 429])
def test_a_refusal_is_an_answer_and_is_not_tried_again(status: int) -> None:
    sender = Transport(attempts=4, deadline=5, sleep=lambda _: None)
    with serving(says(answer(status))) as peer:
        assert get(sender, peer.url).status == status
        assert len(peer.heard) == 1
    sender.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    sender = Transport(attempts=2, deadline=5, sleep=lambda _: None)
    with serving(says(answer(200, b"stolen"))) as elsewhere:
        with serving(says(answer(status, b"x", Location=elsewhere.url))) as peer:
            assert "redirect" in str(failure(sender, peer.url))
        assert elsewhere.heard == []
    sender.close()


def test_the_body_of_a_redirect_is_read_no_further_than_any_other(
    sender: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "LARGEST_BODY", 1_000_000)
    sent = 0

    def endless(_: Heard, say: Say) -> bool:
        nonlocal sent
        say(b"HTTP/1.1 302 Found\r\nLocation: https://example.com/\r\nTransfer-Encoding: chunked\r\n\r\n")
        while sent < 50_000_000:
            say(b"10000\r\n" + bytes(65536) + b"\r\n")
            sent += 65536
        say(b"0\r\n\r\n")
        return False

    with serving([endless]) as peer:
        failure(sender, peer.url)
    assert sent < 20_000_000


def test_a_retry_may_be_refused() -> None:
    sender = Transport(attempts=4, deadline=5, sleep=lambda _: None)

    def refuse() -> None:
        raise AmazonThrottled("no token is left", retry_after=9)

    with serving(says(answer(503))) as peer:
        with pytest.raises(AmazonThrottled):
            get(sender, peer.url, before_retry=refuse)
        assert len(peer.heard) == 1
    sender.close()


def test_what_must_not_be_repeated_is_sent_once() -> None:
    sender = Transport(attempts=4, deadline=5, sleep=lambda _: None)
    with serving([reset]) as peer:
        failure(sender, peer.url, repeatable=False)
        assert len(peer.heard) == 1
    sender.close()


def test_what_must_not_be_repeated_is_tried_again_where_nothing_of_it_was_sent() -> None:
    pauses: list[float] = []
    sender = Transport(attempts=3, deadline=5, sleep=pauses.append)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    error = failure(sender, f"http://127.0.0.1:{port}", repeatable=False)
    assert (error.outcome_unknown, len(pauses)) == (False, 2)
    sender.close()


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("lost", [*BROKEN.values(), *says(answer(503), answer(302))], ids=[*BROKEN, "503", "302"])
def test_only_what_must_not_be_repeated_has_an_unknown_outcome(lost: Any, repeatable: bool) -> None:
    sender = Transport(attempts=2, deadline=5, sleep=lambda _: None)
    with serving([lost]) as peer:
        assert failure(sender, peer.url, repeatable=repeatable).outcome_unknown is not repeatable
        assert len(peer.heard) == (2 if repeatable else 1)
    sender.close()


def test_a_kept_connection_that_is_gone_leaves_the_outcome_open() -> None:
    sender = Transport(attempts=3, deadline=5, sleep=lambda _: None)
    with serving([*says(answer(200)), reset]) as peer:
        get(sender, peer.url)
        assert failure(sender, peer.url, repeatable=False).outcome_unknown
        assert (len(peer.heard), peer.connections) == (2, 1)
    sender.close()


@responses.activate
def test_of_somebody_elses_connection_nothing_is_known(sender: Transport) -> None:
    responses.get("https://amazon.example/", body=requests.ConnectionError("refused, perhaps"))
    assert failure(sender, "https://amazon.example/", repeatable=False).outcome_unknown


@pytest.mark.parametrize("safe", [False, True], ids=["plain", "over TLS"])
@pytest.mark.parametrize("kept", [False, True], ids=["a new connection", "a kept one"])
def test_a_peer_that_reads_no_further_is_left_at_the_deadline(
    kept: bool, safe: bool, tmp_path: Path, fresh_tls: ssl.SSLContext
) -> None:
    public, tls = certificate(tmp_path, "localhost")
    fresh_tls.load_verify_locations(public)
    sender, over = Transport(attempts=1, deadline=0.8), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            accepted, _ = listener.accept()
            with suppress(OSError), tls.wrap_socket(accepted, server_side=True) if safe else accepted as connection:
                if kept:
                    connection.recv(65536)
                    connection.sendall(answer(200))
                while not over.wait(0.02):
                    connection.recv(16384)  # as much at a time as puts the time-out of a socket off

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"{'https://localhost' if safe else 'http://127.0.0.1'}:{listener.getsockname()[1]}"
        if kept:
            get(sender, url)
        begun = time.monotonic()
        with pytest.raises(AmazonUnavailable) as caught:
            sender.send("PUT", url, operation="upload", body=bytes(30_000_000), repeatable=False)
        assert time.monotonic() - begun < 2
        assert caught.value.outcome_unknown
        over.set()
        thread.join(2)
    sender.close()


# Where it goes


@pytest.mark.parametrize(
    "url",
    [
        "http://sellingpartnerapi-eu.amazon.com/",
        "http://10.0.0.1/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://user@example.com:80/?127.0.0.1",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "//127.0.0.1/",
        "",
    ],
)
def test_plain_http_goes_no_further_than_this_machine(sender: Transport, url: str) -> None:
    with pytest.raises(ConfigError):
        get(sender, url)


def test_the_environment_reroutes_nothing(sender: Transport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login thief password thief\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with serving(says(answer(200, b"rerouted"))) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("no_proxy", "")
        with serving(says(answer(200, b"straight"))) as peer:
            assert get(sender, peer.url).body == b"straight"
            assert "authorization" not in peer.heard[0].headers
        assert proxy.heard == []


def test_a_cookie_is_not_kept(sender: Transport) -> None:
    with serving(says(answer(200, Set_Cookie="session=1; Path=/"))) as peer:
        get(sender, peer.url)
        get(sender, peer.url)
        assert "cookie" not in peer.heard[1].headers


# TLS


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate that signs itself, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "public.pem", folder / "private.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return public, server


@pytest.fixture
def fresh_tls(monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The process's context, made anew so that no other test is touched."""
    monkeypatch.setattr(session, "_context", None)
    return session._tls()


def test_a_certificate_that_nobody_vouches_for_is_refused(
    sender: Transport, tmp_path: Path, fresh_tls: ssl.SSLContext
) -> None:
    del fresh_tls
    _, tls = certificate(tmp_path, "localhost")
    with serving(says(answer()), tls=tls) as peer:
        assert not failure(sender, peer.url, repeatable=False).outcome_unknown  # nothing was sent
        assert peer.heard == []


def test_a_certificate_of_another_host_is_refused(tmp_path: Path, fresh_tls: ssl.SSLContext) -> None:
    public, tls = certificate(tmp_path, "elsewhere.example")
    fresh_tls.load_verify_locations(public)
    sender = Transport(attempts=1, deadline=5)
    with serving(says(answer()), tls=tls) as peer:
        failure(sender, peer.url)
        assert peer.heard == []
    sender.close()


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_no_variable_makes_a_certificate_good(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_tls: ssl.SSLContext
) -> None:
    del fresh_tls
    public, tls = certificate(tmp_path, "localhost")
    monkeypatch.setenv(variable, str(public))
    sender = Transport(attempts=1, deadline=5)
    with serving(says(answer()), tls=tls) as peer:
        failure(sender, peer.url)
        assert peer.heard == []
    sender.close()


def test_over_tls_as_well_a_peer_that_drips_is_left(tmp_path: Path, fresh_tls: ssl.SSLContext) -> None:
    public, tls = certificate(tmp_path, "localhost")
    fresh_tls.load_verify_locations(public)
    sender = Transport(attempts=1, deadline=0.8)
    with serving(says(answer(200, b"safe")), tls=tls) as peer:
        assert get(sender, peer.url).body == b"safe"
    with serving([dripping(answer(200, b"x" * 5000), at_once=20, pause=0.02)], tls=tls) as peer:
        begun = time.monotonic()
        failure(sender, peer.url)
        assert time.monotonic() - begun < 1.8
    with serving(says(answer())) as plain:  # answers the handshake with nothing that is one
        begun = time.monotonic()
        failure(sender, plain.url.replace("http://127.0.0.1", "https://localhost"))
        assert time.monotonic() - begun < 1.8
    sender.close()


def test_there_is_one_tls_context_in_the_process(fresh_tls: ssl.SSLContext) -> None:
    contexts = {id(session._tls()) for _ in range(3)}
    assert contexts == {id(fresh_tls)}
    assert fresh_tls.verify_mode is ssl.CERT_REQUIRED
    assert fresh_tls.check_hostname
    assert fresh_tls.minimum_version >= ssl.TLSVersion.TLSv1_2


# Clock and log


@pytest.mark.parametrize("minutes", [-15, 0, 15])
def test_amazons_clock_is_known_after_its_first_answer(minutes: int) -> None:
    sender = Transport(attempts=1, now=lambda: NOW)
    assert sender.amazon_now() == NOW
    there = NOW + timedelta(minutes=minutes)
    with serving(says(answer(Date=there.strftime("%a, %d %b %Y %H:%M:%S GMT")))) as peer:
        get(sender, peer.url)
    assert sender.amazon_now() == sender.amazon_now_at_least() == there
    sender.close()


@pytest.mark.parametrize("date", ["", "soon", "Fri, 20 Nov 2026", "Fri, 99 Nov 2026 12:00:00 GMT", "0"])
def test_a_date_that_is_none_changes_nothing(date: str) -> None:
    sender = Transport(attempts=1, now=lambda: NOW)
    with serving(says(answer(Date=date))) as peer:
        get(sender, peer.url)
    assert sender.amazon_now() == NOW
    sender.close()


def test_the_log_has_operation_status_and_request_id_and_nothing_else(
    sender: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(says(answer(200, {"buyerName": "Muster"}))) as peer, caplog.at_level(logging.DEBUG):
        get(sender, peer.url + "/?paginationToken=private", params={"q": "private"})
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("amazon_orders")]
    assert len(ours) == 1
    assert ours[0].startswith("searchOrders answered 200 in ")
    assert ours[0].endswith("request id request-1")
    assert SECRET not in caplog.text
    assert "Muster" not in caplog.text


@pytest.mark.parametrize("said", ["x" * 500, "a\tb", "\x1b[31m", "é"])
def test_a_request_id_that_could_spoil_a_log_is_left_out(sender: Transport, said: str) -> None:
    whole = answer(200).replace(b"request-1", said.encode("latin-1"))
    with serving(says(whole)) as peer:
        assert get(sender, peer.url).request_id == ""


class _Never(random.Random):
    """Draws no pause."""

    def uniform(self, a: float, b: float) -> float:
        del a, b
        return 0.0
