"""A request, an answer, and the ways in which Amazon words a refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What came in, from whichever door: in process, WSGI or socket."""

    method: str
    host: str
    """Without port, lower case."""
    path: str
    """Still percent-encoded: a SKU may hold a slash."""
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By lower-case name."""
    body: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Response:
    """What goes out, and how it is damaged on its way."""

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    delay: float = 0.0
    """Seconds before the first byte."""
    drip: tuple[int, float] | None = None
    """`(bytes, seconds)`: so many bytes, then a pause of so many seconds."""
    cut: bool = False
    """Half of the body, then the connection ends, although Content-Length promised all of it."""
    reset: bool = False
    """No answer: the connection is reset."""


class Refused(Exception):
    """A handler ends here with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def dump(document: Any) -> bytes:
    """JSON as it goes over the wire."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def errors(status: int, code: str, message: str, details: str | None = "", kind: str = "") -> Response:
    """Amazon's error envelope. `details=None` leaves the field out; `kind` is the x-amzn-ErrorType."""
    error = {"code": code, "message": message}
    if details is not None:
        error["details"] = details
    headers = {"x-amzn-ErrorType": kind} if kind else {}
    return Response(status, dump({"errors": [error]}), headers=headers)


def invalid_input(details: str | None = "Invalid Input") -> Refused:
    """400, the only code that Amazon's own examples of the Orders API show."""
    return Refused(errors(400, "InvalidInput", "Invalid Input", details, "InvalidInputException"))


def refused(message: str, details: str = "") -> Refused:
    """400 whose message itself says what is wrong, as the operations that write word it."""
    return Refused(errors(400, "InvalidInput", message, details, "InvalidInputException"))


def unauthorized(details: str) -> Refused:
    """403 for a token that is missing, expired, of another region, or not allowed to ask this."""
    message = "Access to requested resource is denied."
    return Refused(errors(403, "Unauthorized", message, details, "AccessDeniedException"))


def not_found(details: str = "") -> Refused:
    """404."""
    return Refused(errors(404, "NotFound", "The requested resource doesn't exist.", details, "NotFoundException"))


def quota_exceeded() -> Response:
    """429, to the letter; it never carries the rate."""
    message = "You exceeded your quota for the requested resource."
    return errors(429, "QuotaExceeded", message, "", "TooManyRequestsException")


def internal_failure() -> Response:
    """500."""
    message = "We encountered an internal error. Please try again."
    return errors(500, "InternalFailure", message, "", "InternalFailureException")


def service_unavailable() -> Response:
    """503 in JSON."""
    return errors(503, "ServiceUnavailable", "Service is temporarily unavailable.", "", "ServiceUnavailableException")


def html_page(status: int) -> Response:
    """A page of the load balancer in place of an answer of the API."""
    title = "Service Unavailable" if status == 503 else "Amazon"
    page = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>Please try again later.</p></body></html>"
    )
    return Response(status, page.encode(), HTML)
