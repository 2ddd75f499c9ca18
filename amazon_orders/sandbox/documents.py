"""Documents behind pre-signed addresses: Amazon's storage, where feeds are put and reports are fetched.

It is another server than the API and speaks another language: no token, no JSON, refusals in XML.
"""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote

from amazon_orders.sandbox.clock import Clock, from_ms, to_ms
from amazon_orders.sandbox.marketplaces import HOSTS
from amazon_orders.sandbox.messages import Request, Response

ADDRESS_LIFE = 300
"""Seconds."""
STORAGE: dict[str, str] = {
    "na": "tortuga-prod-na.s3-external-1.amazonaws.com",
    "eu": "tortuga-prod-eu.s3-eu-west-1.amazonaws.com",
    "fe": "tortuga-prod-fe.s3-us-west-2.amazonaws.com",
}
"""The hosts of the storage, by region, where the API was called under Amazon's own names."""
_PREFIX = "/NinetyDays/"


@dataclass(slots=True)
class Document:
    """One document; `body` is None until it is uploaded."""

    id: str
    seller_id: str
    content_type: str
    body: bytes | None = field(default=None, repr=False)
    packing: str = ""
    """`GZIP` where the stored bytes are packed."""


@dataclass(frozen=True, slots=True)
class _Address:
    document: Document
    method: Literal["PUT", "GET"]
    expires_ms: int


class Documents:
    """Every document, and the addresses that were given out for them."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._random = random.Random(f"{seed}:documents")
        self._documents: dict[str, Document] = {}
        self._addresses: dict[str, _Address] = {}

    def create(self, seller_id: str, region: str, content_type: str) -> Document:
        """A document to be uploaded."""
        digits = f"{self._random.getrandbits(128):032x}"
        uuid = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        document = Document(f"amzn1.tortuga.4.{region}.{uuid}.T{digits[:12].upper()}", seller_id, content_type)
        self._documents[document.id] = document
        return document

    def store(self, seller_id: str, region: str, content_type: str, body: bytes, *, packed: bool) -> Document:
        """A document that Amazon wrote."""
        document = self.create(seller_id, region, content_type)
        document.body = gzip.compress(body, mtime=0) if packed else body
        document.packing = "GZIP" if packed else ""
        return document

    def of(self, document_id: str, seller_id: str) -> Document | None:
        """A seller's document."""
        document = self._documents.get(document_id)
        return document if document is not None and document.seller_id == seller_id else None

    def address(self, document: Document, method: Literal["PUT", "GET"], request: Request, region: str) -> str:
        """A new address of a document, good for five minutes, on the server that the request came to."""
        now_ms = to_ms(self._clock.now())
        signature = f"{self._random.getrandbits(256):064x}"
        self._addresses[signature] = _Address(document, method, now_ms + ADDRESS_LIFE * 1000)
        origin = f"https://{STORAGE[region]}" if request.host in HOSTS else f"http://{request.headers['host']}"
        signed = "content-type%3Bhost" if method == "PUT" else "host"
        return (
            f"{origin}{_PREFIX}{quote(document.id)}?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            f"&X-Amz-Date={from_ms(now_ms):%Y%m%dT%H%M%SZ}&X-Amz-SignedHeaders={signed}"
            f"&X-Amz-Expires={ADDRESS_LIFE}&X-Amz-Signature={signature}"
        )

    def answer(self, request: Request) -> Response:
        """A PUT or GET at an address that was given out."""
        if any(name == "authorization" for name in request.headers):
            return _refusal(400, "InvalidArgument", "Only one auth mechanism allowed")
        if any(name.startswith("x-amz-") for name in request.headers):
            return _refusal(403, "AccessDenied", "There were headers present in the request which were not signed")
        address = self._addresses.get(dict(parse_qsl(request.query)).get("X-Amz-Signature", ""))
        if address is None or (address.method, address.document.id) != (request.method, document_id(request)):
            return _wrong_signature()
        if to_ms(self._clock.now()) >= address.expires_ms:
            return _refusal(403, "AccessDenied", "Request has expired")
        document = address.document
        if request.method == "PUT":
            if request.headers.get("content-type", "") != document.content_type:
                return _wrong_signature()  # the content type is part of what was signed
            document.body = request.body
            return Response(200, b"", "application/xml")
        if document.body is None:
            return _refusal(404, "NoSuchKey", "The specified key does not exist.")
        return Response(200, document.body, document.content_type)


def is_storage(request: Request, loopback: frozenset[str]) -> bool:
    """Whether a request goes to the storage and not to the API."""
    return request.host in STORAGE.values() or (request.host in loopback and request.path.startswith(_PREFIX))


def document_id(request: Request) -> str:
    """The document that a request to the storage names."""
    return unquote(request.path.removeprefix(_PREFIX))


def _wrong_signature() -> Response:
    return _refusal(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method.",
    )


def _refusal(status: int, code: str, message: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(status, body.encode(), "application/xml")
