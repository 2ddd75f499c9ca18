"""What Amazon says of a feed's messages, and the report that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape


class FatalFeedError(Exception):
    """The feed is not read any further; no message of it was carried out."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class RefusedMessageError(Exception):
    """One message is not carried out."""

    def __init__(self, code: str, text: str, *, order_id: str = "", item: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.order_id = order_id
        self.item = item


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One line of a report."""

    message_id: int
    code: str
    text: str
    severity: str = "Error"
    """`Error` or `Warning`."""
    order_id: str = ""
    item: str = ""
    sku: str = ""
    attribute: str = ""

    @classmethod
    def of(cls, message_id: int, refusal: RefusedMessageError) -> Verdict:
        """The line that a refusal becomes."""
        return cls(
            message_id=message_id,
            code=refusal.code,
            text=refusal.text,
            order_id=refusal.order_id,
            item=refusal.item,
        )


def xml_report(document_id: str, processed: int, verdicts: Sequence[Verdict]) -> bytes:
    """The processing report of an XML feed: counts, and a result for each message that has something against it."""
    wrong = len({verdict.message_id for verdict in verdicts if verdict.severity == "Error"})
    warned = len({verdict.message_id for verdict in verdicts if verdict.severity == "Warning"})
    rows = "".join(_result(verdict) for verdict in verdicts)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">
<Header><DocumentVersion>1.02</DocumentVersion></Header>
<MessageType>ProcessingReport</MessageType>
<Message><MessageID>1</MessageID>
<ProcessingReport>
<DocumentTransactionID>{escape(document_id)}</DocumentTransactionID>
<StatusCode>Complete</StatusCode>
<ProcessingSummary>
<MessagesProcessed>{processed}</MessagesProcessed>
<MessagesSuccessful>{max(processed - wrong, 0)}</MessagesSuccessful>
<MessagesWithError>{wrong}</MessagesWithError>
<MessagesWithWarning>{warned}</MessagesWithWarning>
</ProcessingSummary>
{rows}</ProcessingReport>
</Message>
</AmazonEnvelope>
""".encode()


def _result(verdict: Verdict) -> str:
    more = "".join(
        f"<{name}>{escape(value)}</{name}>"
        for name, value in (
            ("SKU", verdict.sku),
            ("AmazonOrderID", verdict.order_id),
            ("AmazonOrderItemCode", verdict.item),
        )
        if value
    )
    return (
        f"<Result><MessageID>{verdict.message_id}</MessageID><ResultCode>{verdict.severity}</ResultCode>"
        f"<ResultMessageCode>{verdict.code}</ResultMessageCode>"
        f"<ResultDescription>{escape(verdict.text)}</ResultDescription>"
        + (f"<AdditionalInfo>{more}</AdditionalInfo>" if more else "")
        + "</Result>\n"
    )
