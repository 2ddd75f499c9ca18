"""Pages of orders: records told apart by their exact bytes, known ones left alone, whatever the page looks like."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amazon_orders.amazon import INCLUDED, OrderPage, RawOrder, digest, parsing, raw_order, records
from amazon_orders.errors import AmazonUnavailable, PayloadError
from tests.unit.amazon.documents import bare, full, with_value

NOTHING: frozenset[bytes] = frozenset()
END = {"pagination": {"nextToken": "next|1"}, "lastUpdatedBefore": "2026-11-20T11:58:00Z"}


def tight(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def loose(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=True)


def page(*texts: str, head: str = '{"orders":[', tail: str = f"],{tight(END)[1:]}") -> bytes:
    return (head + ",".join(texts) + tail).encode()


def read(body: bytes, known: Any = NOTHING, sent_token: str = "") -> tuple[OrderPage, list[RawOrder]]:
    """As sync does it: guesses first, one question, then the records."""
    opened = OrderPage(body, INCLUDED, "request-1", sent_token)
    opened.digests()
    return opened, opened.records(known)


ASSOCIATED = bare("303-0000000-0000003") | {
    "associatedOrders": [
        {"orderId": "303-0000000-0000008", "associationType": "REPLACEMENT_ORIGINAL_ID"},
        {"orderId": "303-0000000-0000009", "associationType": "EXCHANGE_ORIGINAL_ID"},
    ]
}
SPEAKING = with_value(full(), "orderItems.0.product.title", 'He said "},{"orderId":"x"}]}" \\')
ENDING = with_value(full(), "orderItems.0.product.title", "\\\\\\")
UNPRINTED = with_value(full("303-0000000-0000004"), "buyer.buyerName", "\u2028😀 Zoë")
REVERSED = dict(reversed(full("303-0000000-0000005").items()))
THREE = [full("303-0000000-0000001"), bare("303-0000000-0000002"), full("303-0000000-0000003")]

PAGES: dict[str, tuple[list[Any], Callable[..., bytes]]] = {
    "as Amazon writes it": (THREE, lambda rows: page(*map(tight, rows))),
    "one order": (THREE[:1], lambda rows: page(*map(tight, rows))),
    "no order": ([], lambda rows: page(*map(tight, rows))),
    "no order and no more": ([], lambda rows: b'{"orders":[]}'),
    "blanks everywhere": (THREE, lambda rows: loose({"orders": rows} | END).encode()),
    "blanks around an empty list": (
        [],
        lambda rows: b' { "orders" : [ ] , "pagination" : { "nextToken" : "next|1" } } ',
    ),
    "blanks between records only": (THREE, lambda rows: page(*[f" {tight(row)}\n" for row in rows])),
    "a blank behind some records": (
        THREE,
        lambda rows: page(f"{tight(rows[0])} ", f"{tight(rows[1])} ", tight(rows[2])),
    ),
    "tight records after loose ones": (THREE, lambda rows: page(loose(rows[0]), *map(tight, rows[1:]))),
    "other orders named inside a record": ([THREE[0], ASSOCIATED, THREE[1]], lambda rows: page(*map(tight, rows))),
    "that record first": ([ASSOCIATED, *THREE[:2]], lambda rows: page(*map(tight, rows))),
    "that record last": ([*THREE[:2], ASSOCIATED], lambda rows: page(*map(tight, rows))),
    "braces and quotes inside text": ([THREE[0], SPEAKING, ENDING], lambda rows: page(*map(tight, rows))),
    "text that is not ASCII": ([UNPRINTED, THREE[0]], lambda rows: page(*map(tight, rows))),
    "escaped text": ([UNPRINTED, THREE[0]], lambda rows: json.dumps({"orders": rows} | END).encode()),
    "keys in another order": ([REVERSED, THREE[0]], lambda rows: page(*map(tight, rows))),
    "each record its own order of keys": ([THREE[0], REVERSED], lambda rows: page(*map(tight, rows))),
    "a field before the orders": (THREE, lambda rows: tight(END | {"orders": rows}).encode()),
    "a list behind the orders": (
        THREE,
        lambda rows: tight({"orders": rows, "notes": [[], {"orders": []}]} | END).encode(),
    ),
    "the orders named twice": (THREE, lambda rows: page(*map(tight, rows), head='{"orders":[],"orders":[')),
    "orders of an empty object": ([{}, {}], lambda rows: page(*map(tight, rows))),
    "a byte order mark's worth of blanks": (THREE, lambda rows: b"\r\n" + page(*map(tight, rows)) + b"\r\n\t "),
    "seventeen orders inside one": (
        [bare("303-0000000-0000006") | {"associatedOrders": [{"orderId": str(n)} for n in range(17)]}, THREE[0]],
        lambda rows: page(*map(tight, rows)),
    ),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("fast", [True, False], ids=["orjson", "standard library"])
def test_every_record_is_found_with_its_exact_bytes(name: str, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not fast:
        by_hand = parsing._by_the_standard_library
        monkeypatch.setattr(parsing, "parse_fast", by_hand)
        monkeypatch.setattr(records, "parse_fast", by_hand)
    rows, write = PAGES[name]
    body = write(rows)
    opened, found = read(body)
    assert [record.data for record in found] == rows
    for record in found:
        assert body.count(record.raw) >= 1
        assert json.loads(record.raw) == record.data
        assert record.raw == record.raw.strip()
        assert record.digest == digest(record.raw) == sha256(record.raw).digest()[:16]
        assert record.amazon_order_id == (record.data or {}).get("orderId", "")
        assert not record.unchanged
    if b"nextToken" in body:
        assert opened.next_token == "next|1"
    if b"lastUpdatedBefore" in body:
        assert opened.last_updated_before == datetime(2026, 11, 20, 11, 58, tzinfo=UTC)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("also", ["all", "first", "last", "all but the first"])
def test_known_records_are_recognised_in_every_page(name: str, also: str) -> None:
    rows, write = PAGES[name]
    body = write(rows)
    _, before = read(body)
    chosen = {"all": before, "first": before[:1], "last": before[-1:], "all but the first": before[1:]}[also]
    known = {record.digest for record in chosen}
    opened, after = read(body, known)
    assert [record.digest for record in after] == [record.digest for record in before]
    assert [record.unchanged for record in after] == [record.digest in known for record in before]
    for record in after:
        if record.unchanged:
            assert (record.raw, record.data, record.amazon_order_id) == (b"", None, "")
    assert opened.next_token == ("next|1" if b"nextToken" in body else None)


@pytest.mark.parametrize(
    "name", ["as Amazon writes it", "one order", "blanks everywhere", "braces and quotes inside text", "escaped text"]
)
def test_the_guesses_hit_every_record_of_a_plain_page(name: str) -> None:
    rows, write = PAGES[name]
    opened = OrderPage(write(rows), INCLUDED)
    guesses = set(opened.digests())
    assert {record.digest for record in opened.records(NOTHING)} <= guesses


def test_the_same_record_is_known_wherever_it_comes() -> None:
    record = tight(full())
    digests = {
        found.digest
        for body in (
            page(record, tight(bare())),
            page(tight(bare()), record),
            page(record),
            tight(END | {"orders": [full()]}).encode(),
            f'{{ "orders": [ {record} ] }}'.encode(),
        )
        for found in read(body)[1]
        if found.amazon_order_id == full()["orderId"]
    }
    assert digests == {raw_order(record.encode(), INCLUDED).digest}


def test_one_changed_byte_is_a_changed_record() -> None:
    _, before = read(page(*map(tight, THREE)))
    changed = [THREE[0], with_value(THREE[1], "orderItems.0.quantityOrdered", 2), THREE[2]]
    _, after = read(page(*map(tight, changed)), {record.digest for record in before})
    assert [record.unchanged for record in after] == [True, False, True]


def test_a_record_that_breaks_the_contract_stops_only_itself() -> None:
    deep = '{"orderId":"303-0000000-0000007","x":' + "[" * 100_000 + "]" * 100_000 + "}"
    texts = [tight(THREE[0]), "7", '"text"', "null", "[]", '{"orderId":["x"]}', deep, '{"orderId":"303-1","x":NaN}']
    _, found = read(page(*texts, tight(THREE[2])))
    assert [record.amazon_order_id for record in found] == [
        "303-0000000-0000001", "", "", "", "", "", "303-0000000-0000007", "303-1", "303-0000000-0000003",
    ]  # fmt: skip
    for record in found[1:-1]:
        with pytest.raises(PayloadError):
            record.order()
    assert found[0].order().amazon_order_id == found[0].amazon_order_id
    assert found[-1].order().amazon_order_id == found[-1].amazon_order_id


def test_a_number_that_never_ends_spoils_only_its_own_record() -> None:
    endless = tight(full()).replace('"quantityOrdered":3', '"quantityOrdered":3' + "0" * 5000)
    _, (bad, good) = read(page(endless, tight(THREE[0])))
    with pytest.raises(PayloadError) as caught:
        bad.order()
    assert set(caught.value.problems) == {"orderItems.0.quantityOrdered"}
    assert good.order().lines


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'"orders"',
        b"<html><body>Service Unavailable</body></html>",
        b'{"orders":null}',
        b'{"orders":{}}',
        b'{"orders":7}',
        b'{"orders":',
        b'{"orders":[',
        b'{"orders":[]',
        b'{"orders":[]}}',
        b'{"orders":[]}{"orders":[]}',
        b'{"orders":[,]}',
        b'{"orders":[{}{}]}',
        b'{"orders":[{}],}',
        b'{"orders":[{},]}',
        b'{"orders":[,{}]}',
        b'{"payload":{"orders":[]}}',
        b'{"errors":[{"code":"InternalFailure"}]}',
        b'\xff\xfe{"orders":[]}',
        b'{"orders":[{"orderId":"\xff"}]}',
        page(*map(tight, THREE))[:-1],
        page(*map(tight, THREE))[:-70],
        page(*map(tight, THREE))[:1500],
        page(tight(THREE[0])[:-1], tight(THREE[1])),
        page(tight(THREE[0]), tight(THREE[1])[:-3]),
        page(tight(THREE[0]) + "]", tight(THREE[1])),
        page(tight(THREE[0]), "", tight(THREE[1])),
    ],
    ids=lambda body: repr(body[:40]) + str(len(body)),
)
def test_what_is_no_whole_page_is_amazons_failure(body: bytes) -> None:
    with pytest.raises(AmazonUnavailable) as caught:
        read(body)
    assert caught.value.retryable
    assert caught.value.request_id == "request-1"
    assert "Muster" not in str(caught.value)


@pytest.mark.parametrize("cut", range(0, len(page(tight(bare()), tight(bare("303-2")))), 7))
def test_a_page_cut_anywhere_is_never_taken_for_a_shorter_one(cut: int) -> None:
    body = page(tight(bare()), tight(bare("303-2")))
    known = {record.digest for record in read(body)[1]}
    for ledger in (NOTHING, known):
        with pytest.raises(AmazonUnavailable):
            read(body[:cut], ledger)


def test_the_same_page_twice_is_amazons_failure() -> None:
    body = page(*map(tight, THREE))
    assert read(body, sent_token="next|0")[0].next_token == "next|1"
    with pytest.raises(AmazonUnavailable, match="the same page twice"):
        read(body, sent_token="next|1")


@pytest.mark.parametrize(
    "tail",
    [
        '],"pagination":{"nextToken":""}}',
        '],"pagination":{"nextToken":null}}',
        '],"pagination":{}}',
        '],"pagination":null}',
        '],"pagination":[1]}',
        '],"lastUpdatedBefore":"soon"}',
        '],"lastUpdatedBefore":"2026-11-20T11:58:00"}',
        '],"lastUpdatedBefore":7}',
        "]}",
    ],
)
def test_an_end_that_says_nothing_is_the_last_page(tail: str) -> None:
    opened, found = read(page(tight(THREE[0]), tail=tail))
    assert (opened.next_token, opened.last_updated_before, len(found)) == (None, None, 1)


@pytest.mark.parametrize("body", [b"[" * 10**6, b'{"orders":' + b"[" * 10**6, b'{"x":' * 10**5], ids=["a", "b", "c"])
def test_a_page_far_too_deep_is_no_crash(body: bytes) -> None:
    with pytest.raises(AmazonUnavailable):
        read(body)


def test_orders_far_too_deep_are_no_orders() -> None:
    _, (record,) = read(b'{"orders":' + b"[" * 10**5 + b"]" * 10**5 + b"}")
    with pytest.raises(PayloadError):
        record.order()


texts = st.text(st.sampled_from('{}[]",:\\ orderIdé😀'), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.just("orderId"), inner, max_size=3),
    max_leaves=12,
)
objects = st.dictionaries(texts | st.sampled_from(["orderId", "x"]), values, max_size=4)


@settings(max_examples=300)
@given(
    rows=st.lists(objects, max_size=5),
    head=st.dictionaries(texts, values, max_size=1),
    tail=st.dictionaries(texts, values, max_size=2),
    style=st.sampled_from([tight, loose, json.dumps]),
    data=st.data(),
)
def test_any_page_is_told_apart_as_a_json_parser_does(
    rows: list[Any], head: Any, tail: Any, style: Any, data: st.DataObject
) -> None:
    body = style(head | {"orders": rows} | {key: tail[key] for key in tail if key != "orders"}).encode()
    _, found = read(body)
    assert [record.data for record in found] == rows
    known = {record.digest for record in found if data.draw(st.booleans())}
    _, again = read(body, known)
    assert [record.digest for record in again] == [record.digest for record in found]
    assert [record.data for record in again if not record.unchanged] == [
        record.data for record in found if record.digest not in known
    ]
