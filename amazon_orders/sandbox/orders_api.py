"""The Orders API v2026-01-01: `searchOrders` and `getOrder`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from amazon_orders.sandbox.clock import iso, to_ms
from amazon_orders.sandbox.marketplaces import LONG_MEMORY, PLACES
from amazon_orders.sandbox.messages import Response, dump, invalid_input, not_found, unauthorized
from amazon_orders.sandbox.projection import ORDER_ROLES, sight_of
from amazon_orders.sandbox.query import ORDER_ID, Search, read_data_sets, read_params, read_search
from amazon_orders.sandbox.shelf import Record

if TYPE_CHECKING:
    from amazon_orders.sandbox.routes import Call
    from amazon_orders.sandbox.seller import Seller

_TWO_YEARS_MS = 2 * 365 * 24 * 3600 * 1000
_LONG_MEMORY_IDS = frozenset(place.id for place in PLACES if place.country in LONG_MEMORY)


def search_orders(call: Call) -> Response:
    """`GET /orders/2026-01-01/orders`."""
    seller = _admitted(call)
    if call.struck.repeats_page and seller.last_page:
        return Response(200, seller.last_page)
    now_ms = to_ms(call.amazon.clock.now())
    search = read_search(read_params(call.request.query), seller.seller_id, now_ms)
    _own_marketplaces(search, seller)
    _shown_at_all(search.data_sets, seller)
    if search.page_token:
        search = call.amazon.page_tokens.open(search, now_ms)
    size = min(search.page_size, call.amazon.page_limit or search.page_size)
    records = list(islice(_matching(search, seller, call.struck.hidden, now_ms), size + 1))
    shown, more = records[:size], len(records) > size
    bodies = map(shown_by(seller, search.data_sets, now_ms), shown)
    tail = {search.echo: iso(search.before_ms)}
    token = b""
    if more:
        last = shown[-1]
        moment = last.created_ms if search.field == "createdTime" else last.updated_ms
        next_token = call.amazon.page_tokens.seal(search, (moment, last.order_id), now_ms)
        token = b'"pagination":{"nextToken":"%s"},' % next_token.encode()
    seller.last_page = b"".join((b'{"orders":[', b",".join(bodies), b"],", token, dump(tail)[1:]))
    return Response(200, seller.last_page)


def get_order(call: Call) -> Response:
    """`GET /orders/2026-01-01/orders/{orderId}`."""
    seller = _admitted(call)
    params = read_params(call.request.query)
    if params.keys() - {"includedData"}:
        raise invalid_input("This operation takes includedData alone.")
    data_sets = read_data_sets(params)
    _shown_at_all(data_sets, seller)
    order_id = call.path["orderId"]
    now_ms = to_ms(call.amazon.clock.now())
    record = seller.shelf.get(order_id)
    if record is None or order_id in call.struck.hidden or not _remembered(record, now_ms):
        if not ORDER_ID.fullmatch(order_id):
            raise invalid_input(None)
        raise not_found(f"No order {order_id} for this selling partner.")
    return Response(200, b'{"order":%s}' % shown_by(seller, data_sets, now_ms)(record))


def _admitted(call: Call) -> Seller:
    seller = call.seller
    if seller is None:
        raise unauthorized("This operation needs the token of a selling partner.")
    if not ORDER_ROLES & seller.roles:
        raise unauthorized("The application has no role for this operation.")
    return seller


def _own_marketplaces(search: Search, seller: Seller) -> None:
    for marketplace_id in search.marketplace_ids:
        if marketplace_id not in seller.marketplace_ids:
            raise unauthorized(f"Marketplace {marketplace_id} is not one of this selling partner in this region.")


def _shown_at_all(data_sets: frozenset[str], seller: Seller) -> None:
    for name in sorted(data_sets & seller.refuses.keys()):
        if seller.refuses[name] == 400:
            raise invalid_input(f"includedData: {name} is not allowed for this application.")
        raise unauthorized("The application has no role for what it asks for.")


def _matching(search: Search, seller: Seller, hidden: frozenset[str], now_ms: int) -> Iterator[Record]:
    marketplaces = frozenset(search.marketplace_ids)

    def matches(record: Record) -> bool:
        return (
            (not marketplaces or record.marketplace_id in marketplaces)
            and (not search.statuses or record.status in search.statuses)
            and (not search.fulfilled_by or record.fulfilled_by in search.fulfilled_by)
            and record.hidden_until_ms <= now_ms
            and record.order_id not in hidden
            and _remembered(record, now_ms)
        )

    return filter(matches, seller.shelf.between(search.field, search.after_ms, search.before_ms, search.beyond))


def _remembered(record: Record, now_ms: int) -> bool:
    return record.created_ms >= now_ms - _TWO_YEARS_MS or record.marketplace_id in _LONG_MEMORY_IDS


def shown_by(seller: Seller, data_sets: frozenset[str], now_ms: int) -> Callable[[Record], bytes]:
    """How this call sees an order: one of two sights, drawn once for all orders of a page."""
    with_phone, without_phone = (
        sight_of(data_sets, seller.roles, fba_personal=seller.fba_personal_data, phone=phone) for phone in (True, False)
    )

    def shown(record: Record) -> bytes:
        return seller.shelf.bytes_of(record, with_phone if record.phone_shown(now_ms) else without_phone)

    return shown
