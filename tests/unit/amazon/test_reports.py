"""Reports: asked for once, fetched in their own character set, and the report of all listings read by its header."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amazon_orders.amazon import ALL_LISTINGS, ReportJob, merchant_listings
from amazon_orders.errors import AmazonUnavailable, PayloadError
from amazon_orders.model import MerchantListing
from tests.unit.amazon.desk import GERMANY, body_of, client_of, path_of
from tests.unit.amazon.wire import Counter, Peer, answer, hanging_up, says, serving

REPORTS = "/reports/2021-06-30/reports"
DOCUMENTS = "/reports/2021-06-30/documents"
# As sellers of the marketplaces publish them: all columns, the short form of some European ones, and Japan's.
WHOLE = """item-name item-description listing-id seller-sku price quantity open-date image-url item-is-marketplace
product-id-type zshop-shipping-fee item-note item-condition zshop-category1 zshop-browse-path zshop-storefront-feature
asin1 asin2 asin3 will-ship-internationally expedited-shipping zshop-boldface product-id bid-for-featured-placement
add-delete pending-quantity fulfillment-channel merchant-shipping-group status"""
SHORT = """item-name listing-id seller-sku price quantity open-date product-id-type item-note item-condition
will-ship-internationally expedited-shipping product-id pending-quantity fulfillment-channel merchant-shipping-group
status"""
JAPAN = """商品名 出品ID 出品者SKU 価格 数量 出品日 商品IDタイプ コンディション説明 コンディション 国外へ配送可
迅速な配送
商品ID 在庫数 フルフィルメント・チャンネル merchant-shipping-group ステータス"""


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving(says(answer())) as there:
        yield there


def rows(header: str, *values: dict[str, str], end: str = "\n") -> str:
    """A report with these columns."""
    columns = header.split()
    lines = ["\t".join(columns), *("\t".join(row.get(name, "") for name in columns) for row in values)]
    return end.join(lines) + end


def one(**changes: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    values = {"item-name": "Koffer", "seller-sku": "SKU-1", "quantity": "7", "asin1": "B071VG5N9D"}
    return values | {"fulfillment-channel": "DEFAULT", "status": "Active"} | named


FIRST = MerchantListing("SKU-1", "B071VG5N9D", 7, "merchant", "Active")


# Asking


def test_a_report_is_asked_for(peer: Peer) -> None:
    client = client_of(peer, answer(202, {"reportId": "ID323"}))
    assert client.reports.create(ALL_LISTINGS, (GERMANY,)) == "ID323"
    assert (peer.heard[-1].line, body_of(peer.heard[-1])) == (
        f"POST {REPORTS} HTTP/1.1",
        {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [GERMANY]},
    )


@pytest.mark.parametrize("count", [0, 26])
def test_a_report_for_too_many_marketplaces_is_not_asked_for(peer: Peer, count: int) -> None:
    with pytest.raises(ValueError, match="25"):
        client_of(peer).reports.create(ALL_LISTINGS, ("M",) * count)
    assert peer.heard == []


@pytest.mark.parametrize(
    "script",
    [
        hanging_up(b""),
        *says(answer(500), answer(202, b"{}"), answer(200, b"<html></html>"), answer(202, {"reportId": 7})),
    ],
    ids=["reset", "a failure", "nothing", "a page", "an id that is none"],
)
def test_a_report_is_asked_for_once(peer: Peer, script: Any) -> None:
    client = client_of(peer, script, answer(202, {"reportId": "2"}))
    with pytest.raises(AmazonUnavailable) as caught:
        client.reports.create(ALL_LISTINGS, (GERMANY,))
    assert caught.value.outcome_unknown
    assert client.calls == {"createReport": 1}


def test_a_report_tells_how_far_it_is(peer: Peer) -> None:
    waiting = {"reportId": "1", "processingStatus": "IN_QUEUE"}
    done = {"reportId": "1", "processingStatus": "DONE", "reportDocumentId": "doc-1"}
    client = client_of(
        peer, answer(200, waiting), answer(200, done), answer(200, waiting | {"processingStatus": "NEW"})
    )
    first, second, third = (client.reports.get("1/2") for _ in range(3))
    assert path_of(peer.heard[-1]) == f"{REPORTS}/1%2F2"
    assert (first, second) == (
        ReportJob(id="1", status="IN_QUEUE"),
        ReportJob(id="1", status="DONE", document_id="doc-1"),
    )
    assert [first.over, second.over, third.over] == [False, True, False]


@pytest.mark.parametrize("said", [{}, {"reportId": "1"}, {"processingStatus": "DONE"}, [], None], ids=str)
def test_a_report_that_says_nothing_is_amazons_failure(peer: Peer, said: Any) -> None:
    with pytest.raises(AmazonUnavailable):
        client_of(peer, answer(200, said)).reports.get("1")


def test_every_call_takes_a_token_under_its_plan(peer: Peer) -> None:
    buckets = Counter()
    client = client_of(
        peer,
        answer(202, {"reportId": "1"}),
        answer(200, {"reportId": "1", "processingStatus": "DONE"}),
        answer(200, {"url": f"{peer.url}/x"}),
        answer(200, b"text"),
        buckets=buckets,
    )
    client.reports.create(ALL_LISTINGS, (GERMANY,))
    client.reports.get("1")
    client.reports.document("doc-1")
    assert [row[1:] for row in buckets.taken] == [
        ("createReport", 0.0167, 15),
        ("getReport", 2, 15),
        ("getReportDocument", 0.0167, 15),
    ]


# The document


def fetched(peer: Peer, body: bytes, kind: str, **document: Any) -> str:
    told = answer(200, {"reportDocumentId": "d/1", "url": f"{peer.url}/r?X=1"} | document)
    return client_of(peer, told, answer(200, body, Content_Type=kind)).reports.document("d/1")


@pytest.mark.parametrize(
    ("encoding", "kind", "text"),
    [
        ("utf-8", "text/plain;charset=UTF-8", "Größe 大 €"),
        ("utf-8-sig", "text/plain; charset=utf-8", "Größe 大 €"),
        ("cp1252", "text/plain;charset=Cp1252", "Größe € „x“"),
        ("cp1252", "text/plain; charset=windows-1252", "Größe €"),
        ("latin-1", 'text/plain; charset="ISO-8859-1"', "Größe"),
        ("cp932", "text/plain; charset=Shift_JIS", "商品名 ①髙"),
        ("cp932", "text/plain;charset=Windows-31J", "商品名 ～"),
        ("utf-8", "text/plain", "Größe 大"),
        ("utf-8-sig", "", "Größe 大"),
        ("cp1252", "text/plain", "Größe €"),
        ("utf-8", "text/plain; charset=klingon", "Größe 大"),
        ("utf-8", "text/plain; charset=zip", "Größe"),
    ],
)
def test_a_report_is_read_in_the_character_set_it_says(peer: Peer, encoding: str, kind: str, text: str) -> None:
    assert fetched(peer, text.encode(encoding), kind) == text
    packed = gzip.compress(text.encode(encoding))
    assert fetched(peer, packed, kind, compressionAlgorithm="GZIP") == text
    assert path_of(peer.heard[-2]) == f"{DOCUMENTS}/d%2F1"
    assert "x-amz-access-token" not in peer.heard[-1].headers


def test_a_byte_that_is_no_character_spoils_its_own_row_alone(peer: Peer) -> None:
    body = rows(WHOLE, one(item_name="Gr\udcffoße"), one(seller_sku="SKU-2")).encode("utf-8", "surrogateescape")
    found = list(merchant_listings(fetched(peer, body, "text/plain; charset=UTF-8")))
    assert [row.seller_sku for row in found] == ["SKU-1", "SKU-2"]


@pytest.mark.parametrize("url", ["https://evil.example/x", "https://d34o8swod1owfl.cloudfront.net/Report.txt"])
def test_a_report_is_fetched_from_amazons_storage_only(peer: Peer, url: str) -> None:
    with pytest.raises(PayloadError):
        fetched(peer, b"x", "text/plain", url=url)
    assert len(peer.heard) == 2


def test_a_bomb_is_given_up(peer: Peer) -> None:
    with pytest.raises(PayloadError):
        fetched(peer, gzip.compress(bytes(50_000_000)), "text/plain", compressionAlgorithm="GZIP")


@pytest.mark.parametrize("said", [{"url": None}, {"url": 7}], ids=str)
def test_a_document_without_an_address_is_amazons_failure(peer: Peer, said: Any) -> None:
    with pytest.raises(AmazonUnavailable):
        fetched(peer, b"x", "text/plain", **said)


# All listings


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_listings_are_read_by_the_names_in_the_header(end: str) -> None:
    shuffled = " ".join([*reversed(WHOLE.split()), "a-new-column"])
    amazons = one(seller_sku="SKU-2", quantity="", fulfillment_channel="AMAZON_EU", status="Inactive")
    for columns in (WHOLE, shuffled):
        assert list(merchant_listings(rows(columns, one(), amazons, end=end))) == [
            FIRST,
            MerchantListing("SKU-2", "B071VG5N9D", None, "amazon", "Inactive"),
        ]


def test_the_short_form_names_the_asin_by_its_kind() -> None:
    asin = one(product_id="B071VG5N9D", product_id_type="1")
    ean = one(seller_sku="SKU-2", product_id="4006381333931", product_id_type="4")
    found = list(merchant_listings(rows(SHORT, asin, ean)))
    assert [row.asin for row in found] == ["B071VG5N9D", ""]


def test_japan_has_words_of_its_own() -> None:
    row = {"出品者SKU": "SKU-1", "数量": "7", "商品IDタイプ": "1", "商品ID": "B071VG5N9D", "ステータス": "出品中"}
    found = list(merchant_listings(rows(JAPAN, row | {"フルフィルメント・チャンネル": "DEFAULT"})))
    assert found == [MerchantListing("SKU-1", "B071VG5N9D", 7, "merchant", "出品中")]


@pytest.mark.parametrize(
    ("channel", "read"),
    [
        ("DEFAULT", "merchant"),
        ("default", "merchant"),
        ("MERCHANT", "merchant"),
        ("AMAZON_NA", "amazon"),
        ("AMAZON_JP", "amazon"),
        ("Amazon", "amazon"),
        ("", ""),
        ("supply-source-1", ""),
    ],
)
def test_a_channel_is_known_or_it_is_not(channel: str, read: str) -> None:
    (found,) = merchant_listings(rows(WHOLE, one(fulfillment_channel=channel)))
    assert found.channel == read


def test_a_report_without_channels_knows_none() -> None:
    (found,) = merchant_listings(rows("seller-sku quantity", one()))
    assert found == MerchantListing("SKU-1", "", 7, "", "")


@pytest.mark.parametrize(
    ("quantity", "read"), [("0", 0), ("12", 12), ("", None), ("-1", None), ("1.5", None), ("²", None)]
)
def test_a_quantity_is_a_whole_number_or_unknown(quantity: str, read: int | None) -> None:
    (found,) = merchant_listings(rows(WHOLE, one(quantity=quantity)))
    assert found.quantity == read


def test_columns_that_a_row_leaves_out_at_its_end_are_not_missed() -> None:
    text = rows(WHOLE, one()).replace("\tstatus\n", "\tstatus\tMinimum order quantity\tSell remainder\n")
    assert list(merchant_listings(text)) == [FIRST]


def test_a_line_break_in_a_description_breaks_no_row() -> None:
    text = rows(WHOLE, one(item_description="one\ntwo\n\nthree"), one(seller_sku="SKU-2"))
    assert [row.seller_sku for row in merchant_listings(text)] == ["SKU-1", "SKU-2"]


def test_a_broken_row_costs_no_other() -> None:
    good, after = one(), one(seller_sku="SKU-3")
    text = rows(WHOLE, good, after).split("\n")
    text.insert(2, "half\ta\trow")
    assert [row.seller_sku for row in merchant_listings("\n".join(text))] == ["SKU-1", "SKU-3"]


def test_a_row_without_a_sku_is_no_listing() -> None:
    assert list(merchant_listings(rows(WHOLE, one(seller_sku=" "), one()))) == [FIRST]


def test_a_report_that_ends_within_a_row_is_cut() -> None:
    text = rows(WHOLE, one(), one(seller_sku="SKU-2"))[:-40]
    found = merchant_listings(text)
    assert next(found) == FIRST
    with pytest.raises(PayloadError):
        list(found)


@pytest.mark.parametrize("text", ["", "\n", "sku\tasin1\n", "<html>Service Unavailable</html>", '{"errors":[]}'])
def test_a_report_without_skus_is_none(text: str) -> None:
    with pytest.raises(PayloadError) as caught:
        list(merchant_listings(text))
    assert caught.value.problems == {"seller-sku": "there is no such column"}


def test_a_report_of_no_listings_has_no_rows() -> None:
    assert list(merchant_listings(rows(WHOLE))) == []


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r"), max_size=20), max_size=5))
def test_every_sku_is_read_as_it_is(skus: list[str]) -> None:
    found = merchant_listings(rows(WHOLE, *(one(seller_sku=sku) for sku in skus)))
    assert [row.seller_sku for row in found] == [sku for sku in skus if sku.strip()]


def test_fifty_thousand_rows_are_read_at_once() -> None:
    line = one(item_description="x" * 300)
    text = rows(WHOLE, *(line | {"seller-sku": f"SKU-{number}"} for number in range(50_000)))
    begun = time.process_time()
    count = sum(1 for _ in merchant_listings(text))
    assert time.process_time() - begun < 1
    assert count == 50_000
