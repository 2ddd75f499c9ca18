"""Documents behind pre-signed addresses: where feeds are put and reports are fetched.

The addresses are secrets that expire after five minutes. They come from Amazon and are followed to its storage only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import AmazonUnavailable, PayloadError
from ..wire import UnreadableBodyError, unpacked
from .transport import Answer, Transport
from .user_agent import user_agent

LARGEST_DOCUMENT = 256 * 1024 * 1024
"""Bytes, unpacked. A listings report has some 300 to 2,000 for each SKU."""
HIGHEST_RATIO = 200
"""Bytes unpacked for one packed: reports stay under 50, a bomb has a thousand."""
_SMALL = 1024 * 1024
"""What is no larger than this may be packed as tightly as it likes."""
_SLICE = 64 * 1024

_AMAZON = re.compile(r"https://(?:[a-z0-9-]+\.)+amazonaws\.com(?::443)?/[!-~]*", re.IGNORECASE)
_HERE = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?/[!-~]*", re.IGNORECASE)
_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")


class Storage:
    """Puts and gets documents, without any authorisation but the address's own."""

    def __init__(self, transport: Transport, *, on_this_machine: bool) -> None:
        """`on_this_machine`: Amazon is a simulated one, whose storage may be here as well."""
        self._transport = transport
        self._here = on_this_machine
        self._agent = user_agent()

    def put(self, url: str, body: bytes, content_type: str, *, record: str) -> None:
        """Store a document. Repeated where an answer is lost: the same bytes at the same address are the same."""
        self._check(url, record)
        headers = {"content-type": content_type, "user-agent": self._agent}
        _stored(self._transport.send("PUT", url, operation="upload", headers=headers, body=body), record)

    def get(self, url: str, packing: str, *, record: str) -> tuple[bytes, str]:
        """A document and its content type. `packing`: `GZIP`, or empty.

        `PayloadError` where it leads away from Amazon, is damaged, or unpacks to far more than it should be.
        """
        self._check(url, record)
        if packing not in ("", "GZIP"):
            raise PayloadError(record, {"compressionAlgorithm": "is none that the library knows"}, retryable=False)
        headers = {"accept-encoding": "identity", "user-agent": self._agent}
        answer = self._transport.send("GET", url, operation="download", headers=headers)
        _stored(answer, record)
        body = _whole(answer.body, record) if packing else answer.body
        return body, answer.headers.get("content-type", "")

    def _check(self, url: str, record: str) -> None:
        if not _AMAZON.fullmatch(url) and not (self._here and _HERE.fullmatch(url)):
            raise PayloadError(record, {"url": "leads to a place that is not Amazon's storage"})


def _stored(answer: Answer, record: str) -> None:
    if 200 <= answer.status < 300:
        return
    code = _CODE.search(answer.body[:4096])
    raise AmazonUnavailable(
        f"Amazon's storage refuses the document {record}. Its address may have expired: begin again with a new one.",
        status=answer.status,
        code=code[1].decode() if code else "",
        request_id=answer.request_id,
        record=record,
    )


def _whole(packed: bytes, record: str) -> bytes:
    """The document unpacked, given up as soon as it is too large."""
    body = bytearray()
    try:
        for piece in unpacked(_slices(packed)):
            body += piece
            if len(body) > LARGEST_DOCUMENT or len(body) > max(_SMALL, HIGHEST_RATIO * len(packed)):
                raise PayloadError(record, {"document": "unpacks to far more than a report holds"}, retryable=False)
    except UnreadableBodyError as error:
        raise PayloadError(record, {"document": f"cannot be unpacked: {error}"}) from None
    if not packed:
        raise PayloadError(record, {"document": "cannot be unpacked: empty"})
    return bytes(body)


def _slices(packed: bytes) -> Iterator[bytes]:
    # In small pieces, since what is not unpacked yet is copied with every step.
    for start in range(0, len(packed), _SLICE):
        yield packed[start : start + _SLICE]
