"""The envelope of an XML feed, opened without trust: no document type, no entities of its own, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from amazon_orders.sandbox.clock import parse_iso
from amazon_orders.sandbox.feeds.verdicts import FatalFeedError, RefusedMessageError

MAX_MESSAGES = 25_000
UNREADABLE = "5001"
WRONG_MERCHANT = "5002"
WRONG_TYPE = "5003"
TOO_MANY = "5004"
MALFORMED = "99001"
"""Codes of the kind that Amazon's reports have; only their presence is meant to be read."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of an envelope, with the one element that it is about."""

    id: int
    content: Element


def open_envelope(body: bytes, merchant: str, message_type: str) -> list[Message]:
    """The messages of a feed; `FatalFeedError` where it cannot be read, is of another merchant, or too large."""
    root = parse(body)
    if root.tag != "AmazonEnvelope":
        raise FatalFeedError(UNREADABLE, "XML Parsing Fatal Error: the root element is not AmazonEnvelope.")
    if (root.findtext("Header/MerchantIdentifier") or "").strip() != merchant:
        raise FatalFeedError(WRONG_MERCHANT, "The merchant identifier is not the one of the account.")
    if (root.findtext("MessageType") or "").strip() != message_type:
        raise FatalFeedError(WRONG_TYPE, f"The message type of this feed must be {message_type}.")
    rows = root.findall("Message")
    if not rows:
        raise FatalFeedError(UNREADABLE, "The feed holds no message.")
    if len(rows) > MAX_MESSAGES:
        raise FatalFeedError(TOO_MANY, f"The feed holds more than {MAX_MESSAGES} messages.")
    messages = [_message(row, message_type) for row in rows]
    if len({message.id for message in messages}) < len(messages):
        raise FatalFeedError(UNREADABLE, "A MessageID appears twice.")
    return messages


def parse(body: bytes) -> Element:
    """The tree of an XML document that may not declare anything."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise FatalFeedError(UNREADABLE, f"XML Parsing Fatal Error at line {error.lineno}.") from None
    return builder.close()


def _refuse(*_: object) -> None:
    raise FatalFeedError(UNREADABLE, "XML Parsing Fatal Error: a document type is not allowed.")


def _message(row: Element, message_type: str) -> Message:
    number = (row.findtext("MessageID") or "").strip()
    content = row.find(message_type)
    if not (number.isascii() and number.isdigit() and int(number) > 0) or content is None:
        raise FatalFeedError(UNREADABLE, f"A message needs a positive MessageID and one {message_type}.")
    return Message(int(number), content)


def text(at: Element, path: str) -> str:
    """The text below an element, trimmed; empty where there is none."""
    return (at.findtext(path) or "").strip()


def needed(at: Element, path: str) -> str:
    """The same, refused where it is empty."""
    found = text(at, path)
    if not found:
        raise RefusedMessageError(MALFORMED, f"{path} is required.")
    return found


def chosen(at: Element, path: str, values: frozenset[str]) -> str:
    """A required text that is one of these values."""
    found = needed(at, path)
    if found not in values:
        raise RefusedMessageError(MALFORMED, f"{path} has a value that is not allowed.")
    return found


def count(at: Element, path: str) -> int | None:
    """A positive whole number; None where there is no such element."""
    if at.find(path) is None:
        return None
    found = text(at, path)
    if not (found.isascii() and found.isdigit() and int(found) > 0):
        raise RefusedMessageError(MALFORMED, f"{path} must be a positive whole number.")
    return int(found)


def moment_ms(at: Element, path: str) -> int:
    """A required time with a zone, in milliseconds."""
    found = parse_iso(needed(at, path))
    if found is None:
        raise RefusedMessageError(MALFORMED, f"{path} must be a date and time.")
    return found


def only(at: Element, names: frozenset[str]) -> None:
    """Refuse an element that the schema does not have."""
    for name in _tags(at):
        if name not in names:
            raise RefusedMessageError(MALFORMED, f"{at.tag} has no element {name}.")


def _tags(at: Element) -> Iterator[str]:
    return (child.tag for child in at)
