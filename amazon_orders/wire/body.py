"""The body of an answer: whole, unpacked, and never larger than the cap, not even for the moment it is unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

from .watchdog import Deadline

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes, unpacked. A page of 100 orders is well under one mebibyte."""
_CHUNK = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class UnreadableBodyError(OSError):
    """The body is cut off, damaged, packed in a way that was not asked for, or too large."""


def read_body(raw: Any, deadline: Deadline) -> bytes:
    """The body of a urllib3 response, read as it comes, so that a peer that drips cannot outlive the deadline.

    `UnreadableBodyError` or an error of urllib3 where it is not whole.
    """
    packing = raw.headers.get("content-encoding", "").strip().lower()
    pieces = _pieces(raw, deadline)
    # Unpacked here and not by urllib3, some versions of which unpack whatever arrived in one go.
    if packing in ("gzip", "x-gzip"):
        pieces = unpacked(pieces)
    elif packing not in ("", "identity"):
        raise UnreadableBodyError("packed in a way that was not asked for")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > LARGEST_BODY:
            raise UnreadableBodyError(f"more than {LARGEST_BODY} bytes")
    return bytes(body)


def _pieces(raw: Any, deadline: Deadline) -> Iterator[bytes]:
    read: Callable[..., bytes] = raw.read1
    while piece := read(_CHUNK, decode_content=False):
        if deadline.left <= 0:
            break
        yield piece
    # A connection that was cut looks like the end of a body that does not tell its length.
    if deadline.over or deadline.left <= 0:
        raise UnreadableBodyError("not finished in time")


def unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = None
    try:
        for piece in pieces:
            while piece:
                if unpacker is None or unpacker.eof:
                    unpacker = zlib.decompressobj(_GZIP)  # gzip may be several members, one after the other
                yield unpacker.decompress(piece, _CHUNK)
                piece = unpacker.unused_data or unpacker.unconsumed_tail
        while unpacker is not None and not unpacker.eof:
            rest = unpacker.decompress(b"", _CHUNK)
            if not rest:
                raise UnreadableBodyError("cut off")
            yield rest
    except zlib.error:
        raise UnreadableBodyError("damaged") from None
