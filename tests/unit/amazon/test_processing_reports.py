"""What Amazon says about a feed is believed only as far as it is whole."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from amazon_orders.amazon import FeedResult, ProcessingReport, listings_report, processing_report
from amazon_orders.errors import PayloadError

RESULT = """<Result><MessageID>{number}</MessageID><ResultCode>{code}</ResultCode>
<ResultMessageCode>18028</ResultMessageCode><ResultDescription>The order  is
already shipped.</ResultDescription>
<AdditionalInfo><SKU>SKU-1</SKU><AmazonOrderID>303-1234567-1234567</AmazonOrderID>
<AmazonOrderItemCode>79039765272157</AmazonOrderItemCode></AdditionalInfo></Result>"""


def report(*rows: str, processed: int = 3, successful: int = 2, error: int = 1, status: str = "Complete") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">
<Header><DocumentVersion>1.02</DocumentVersion><MerchantIdentifier>A1</MerchantIdentifier></Header>
<MessageType>ProcessingReport</MessageType><Message><MessageID>1</MessageID><ProcessingReport>
<DocumentTransactionID>53347018456</DocumentTransactionID><StatusCode>{status}</StatusCode>
<ProcessingSummary><MessagesProcessed>{processed}</MessagesProcessed>
<MessagesSuccessful>{successful}</MessagesSuccessful><MessagesWithError>{error}</MessagesWithError>
<MessagesWithWarning>1</MessagesWithWarning></ProcessingSummary>{"".join(rows)}
</ProcessingReport></Message></AmazonEnvelope>""".encode()


def row(number: int, code: str = "Error") -> str:
    return RESULT.format(number=number, code=code)


def test_a_message_without_a_row_was_carried_out() -> None:
    found = processing_report(report(row(2), row(3, "Warning")))
    refused = FeedResult(
        message_id=2,
        error=True,
        code="18028",
        text="The order is already shipped.",
        sku="SKU-1",
        amazon_order_id="303-1234567-1234567",
        order_item_id="79039765272157",
    )
    assert (found.processed, found.successful, found.with_error, found.with_warning) == (3, 2, 1, 1)
    assert found.results[0] == refused
    assert found.complete
    assert [found.result(1), found.result(2)] == [None, refused]
    warned = found.result(3)
    assert warned is not None
    assert not warned.error


def test_a_report_that_stands_alone_is_read_as_well() -> None:
    alone = report(row(2)).split(b"<MessageID>1</MessageID>")[1].split(b"</Message>")[0]
    assert processing_report(alone) == processing_report(report(row(2)))


def test_the_worst_of_a_message_counts() -> None:
    for rows in ((row(2), row(2, "Warning")), (row(2, "Warning"), row(2))):
        worst = processing_report(report(*rows)).result(2)
        assert worst is not None
        assert worst.error


@pytest.mark.parametrize(
    ("said", "complete"),
    [
        (report(row(2)), True),
        (report(processed=3, successful=3, error=0), True),
        (report(), False),
        (report(row(2), error=2), False),
        (report(row(2), row(2), error=2), False),
        (report(row(2, "Warning")), False),
        (report(row(2), status="Processing"), False),
        (report(row(2), status=""), False),
        (report(row(0), processed=3, successful=0, error=3), True),
        (report(row(0), processed=3, successful=1, error=2), False),
        (report(row(0)), False),
    ],
)
def test_a_report_that_counts_more_failures_than_it_names_is_not_complete(said: bytes, complete: bool) -> None:
    assert processing_report(said).complete is complete


def test_a_fault_of_the_whole_feed_is_one_of_each_message() -> None:
    found = processing_report(report(row(0), processed=0, successful=0, error=1))
    assert found.complete
    told = found.result(17)
    assert told is not None
    assert (told.error, told.message_id) == (True, 0)


def test_a_word_that_nobody_knows_is_an_error() -> None:
    (found,) = processing_report(report(row(2, "Fatal"))).results
    assert found.error


def test_amazons_words_are_cut() -> None:
    long = report(row(2).replace("already shipped", "Atza|" + "x" * 100 + " word" * 1000))
    (found,) = processing_report(long).results
    assert len(found.text) <= 300
    assert "xxxx" not in found.text


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>"""


@pytest.mark.parametrize(
    "body",
    [BOMB, OUTSIDE, report().replace(b"?>", b'?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', 1)],
    ids=["a bomb", "a file of ours", "a document type"],
)
def test_what_xml_should_not_do_is_refused_for_good(body: bytes) -> None:
    with pytest.raises(PayloadError) as caught:
        processing_report(body)
    assert not caught.value.retryable
    assert "root:" not in str(caught.value)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_report_that_is_cut_says_nothing(share: float) -> None:
    whole = report(*(row(number) for number in range(1, 20)), error=19)
    with pytest.raises(PayloadError):
        processing_report(whole[: int(len(whole) * share)])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html><body>Service Unavailable</body></html>",
        b"<html><br></html>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="klingon"?><x/>',
        b"<ProcessingReport/>",
        b"<ProcessingReport><StatusCode>Complete</StatusCode></ProcessingReport>",
        report().replace(b"<MessagesProcessed>3<", b"<MessagesProcessed>many<"),
        report().replace(b"<MessagesWithError>1<", b"<MessagesWithError>-1<"),
        report().replace(b"<MessagesSuccessful>2</MessagesSuccessful>", b""),
        report(row(2).replace("<MessageID>2<", "<MessageID>two<")),
        b"<x>" * 200_000,
        b"<x>" * 100_000 + b"</x>" * 100_000,
    ],
    ids=lambda body: repr(body[:30]),
)
def test_what_is_no_report_is_refused(body: bytes) -> None:
    with pytest.raises(PayloadError):
        processing_report(body)


def test_a_report_of_ten_thousand_messages_is_read_at_once() -> None:
    body = report(*(row(number) for number in range(1, 10_001)), processed=10_000, successful=0, error=10_000)
    begun = time.monotonic()
    found = processing_report(body)
    assert all(found.result(number) is not None for number in range(1, 10_001))
    assert time.monotonic() - begun < 5


# Listings


def said(issues: list[Any], **summary: Any) -> bytes:
    counts = {"errors": 1, "warnings": 0, "messagesProcessed": 3, "messagesAccepted": 2, "messagesInvalid": 1}
    header = {"sellerId": "A1", "version": "2.0", "feedId": "1"}
    return json.dumps({"header": header, "issues": issues, "summary": counts | summary}).encode()


REFUSED = {"messageId": 2, "sku": "SKU-2", "code": "90220", "severity": "ERROR", "message": "'size' is required."}


def test_the_report_about_listings_is_read_alike() -> None:
    warned = REFUSED | {"messageId": 3, "severity": "WARNING"}
    found = listings_report(said([warned, REFUSED, REFUSED | {"code": "2"}], warnings=4))
    assert (found.processed, found.successful, found.with_error, found.with_warning) == (3, 2, 1, 4)
    refused = FeedResult(message_id=2, error=True, code="90220", text="'size' is required.", sku="SKU-2")
    assert [found.result(1), found.result(2)] == [None, refused]
    assert found.complete


@pytest.mark.parametrize(
    ("body", "complete"),
    [
        (said([], messagesAccepted=3, messagesInvalid=0), True),
        (said([]), False),
        (said([REFUSED], messagesInvalid=2), False),
        (said([{"severity": "ERROR", "message": "Bad header"}], messagesAccepted=0, messagesInvalid=3), True),
    ],
)
def test_a_report_about_listings_may_say_less_than_it_counts(body: bytes, complete: bool) -> None:
    assert listings_report(body).complete is complete


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<html>Service Unavailable</html>",
        b"[" * 1_000_000,
        said([REFUSED])[:-20],
        said(["x"]),
        said([], messagesProcessed="many"),
        said([], messagesInvalid=None),
        said([REFUSED | {"messageId": -1}]),
        said([REFUSED | {"messageId": True}]),
        json.dumps({"summary": {}, "issues": {}}).encode(),
    ],
    ids=lambda body: repr(body[:30]),
)
def test_what_is_no_report_about_listings_is_refused(body: bytes) -> None:
    with pytest.raises(PayloadError):
        listings_report(body)


def test_nothing_of_a_report_is_shown_by_chance() -> None:
    row = FeedResult(message_id=1, error=True, text="Muster")
    shown = repr(ProcessingReport(processed=1, successful=0, with_error=1, with_warning=0, results=(row,)))
    assert "Muster" not in shown
