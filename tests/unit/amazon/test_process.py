"""What the client does to a whole process: certificates read once, connections after a fork, memory, no orjson."""

from __future__ import annotations

import gzip
import multiprocessing
import ssl
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import certifi
import pytest

from amazon_orders.amazon import INCLUDED, OrderPage, Transport
from amazon_orders.errors import AmazonUnavailable
from amazon_orders.wire import body, session
from tests.unit.amazon.documents import bare, full
from tests.unit.amazon.test_pages import page, tight
from tests.unit.amazon.test_transport import certificate, get
from tests.unit.amazon.wire import answer, dripping, hanging_up, says, serving


def test_the_authorities_are_read_once_for_many_transports_and_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading them takes some 20 ms each time, which is more than a page of orders."""
    public, tls = certificate(tmp_path, "localhost")
    monkeypatch.setattr(session, "_context", None)
    monkeypatch.setattr(certifi, "where", lambda: str(public))
    read: list[Any] = []
    real = ssl.SSLContext.load_verify_locations

    def counted(self: ssl.SSLContext, *args: Any, **kwargs: Any) -> None:
        read.append(args)
        real(self, *args, **kwargs)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counted)
    ending = hanging_up(answer(200, b"safe", Connection="close"))
    with serving([ending], tls=tls) as peer:
        for _ in range(3):
            sender = Transport(attempts=1, deadline=5)
            assert get(sender, peer.url).body == b"safe"
            assert get(sender, peer.url).body == b"safe"
            sender.close()
        assert peer.connections == 6
    assert len(read) == 1


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_does_not_speak_on_its_parents_connections() -> None:
    sender = Transport(attempts=1, deadline=5)
    fork = multiprocessing.get_context("fork")
    with serving(says(answer(200, b"same"))) as peer:
        assert get(sender, peer.url).body == b"same"
        result = fork.SimpleQueue()

        def in_child() -> None:
            result.put([get(sender, peer.url).body for _ in range(2)])

        children = [fork.Process(target=in_child) for _ in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join(10)
            assert child.exitcode == 0
        assert [result.get(), result.get()] == [[b"same", b"same"]] * 2
        assert peer.connections == 3  # one each
        assert get(sender, peer.url).body == b"same"
        assert peer.connections == 3
    sender.close()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_has_deadlines_of_its_own() -> None:
    """The thread that cuts connections is not forked."""
    sender = Transport(attempts=1, deadline=0.5)
    fork = multiprocessing.get_context("fork")
    with serving(says(answer(200, b"quick"))) as peer:
        get(sender, peer.url)
        peer.scripts[:] = [dripping(answer(200, b"x" * 5000), at_once=20, pause=0.1)]
        result = fork.SimpleQueue()

        def in_child() -> None:
            try:
                get(sender, peer.url)
            except AmazonUnavailable as error:
                result.put(str(error))

        child = fork.Process(target=in_child)
        child.start()
        child.join(3)
        child.kill()
        assert child.exitcode == 0
        assert "did not answer in time" in result.get()
    sender.close()


def test_many_threads_share_one_transport() -> None:
    sender = Transport(attempts=1, deadline=10)
    with serving(says(answer(200, b"x" * 50_000))) as peer, ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: len(get(sender, peer.url).body), range(200)))
        assert found == [50_000] * 200
        assert peer.connections <= 16
    sender.close()


def test_a_bomb_is_never_unpacked_beyond_the_cap() -> None:
    """A quarter of a mebibyte on the wire that would be 256 MiB in memory."""
    bomb = gzip.compress(bytes(256 * 1024 * 1024), 9)
    assert len(bomb) < 300_000
    sender = Transport(attempts=1, deadline=20)
    tracemalloc.start()
    try:
        with serving(says(answer(200, bomb, Content_Encoding="gzip"))) as peer, pytest.raises(AmazonUnavailable):
            get(sender, peer.url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * body.LARGEST_BODY
    sender.close()


WITHOUT = """
import sys
sys.modules["orjson"] = None
from amazon_orders.amazon import INCLUDED, OrderPage, parsing
assert parsing.parse_fast is parsing._by_the_standard_library
page = OrderPage(sys.stdin.buffer.read(), INCLUDED)
page.digests()
print(*[record.digest.hex() for record in page.records(())])
"""


@pytest.mark.parametrize(
    "sent",
    [
        page(*map(tight, [full("303-1"), bare("303-2"), full("303-3")])),
        page(tight(full("303-1")), tight(bare("303-2")).replace('"AMAZON"', r'"\ud83d half an emoji"')),
        page(tight(bare("303-1")), tight(bare("303-2")).replace(":1,", ":123456789012345678901234567890,")),
    ],
    ids=["plain", "half a character", "a number that needs many bits"],
)
def test_a_record_has_the_same_digest_without_orjson(sent: bytes) -> None:
    pytest.importorskip("orjson")
    opened = OrderPage(sent, INCLUDED)
    opened.digests()
    here = [record.digest.hex() for record in opened.records(frozenset())]
    done = subprocess.run([sys.executable, "-c", WITHOUT], input=sent, capture_output=True, check=True)
    assert done.stdout.decode().split() == here
