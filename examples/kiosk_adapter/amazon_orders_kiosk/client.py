"""The shop's API: who asks, its error word, its pages and filters. Deadline and outcomes are the library's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from amazon_orders.adapters.http import ShopApi
from amazon_orders.errors import StoreUnavailable

Json = dict[str, Any]
VALUES_AT_ONCE = 50
"""How many values one address may carry: servers refuse long ones."""
ACCESS = (
    "Make a key with the rights orders, products and shipments in the shop under Settings > API, and set it as api_key "
    "of this store."
)


class Client(ShopApi):
    """The shop's API. Threads may share it."""

    def __init__(self, url: str, api_key: str, deadline: float) -> None:
        super().__init__(url, {"Authorization": f"Bearer {api_key}"}, deadline=deadline, access=ACCESS)

    def list(self, path: str, **params: Any) -> Iterator[Json]:
        """Every item of every page, page by page."""
        cursor, seen = "", {""}
        while True:
            page = self.call("GET", path, params=params | {"cursor": cursor})
            if not isinstance(page.get("items"), list):
                raise StoreUnavailable(f"The shop's answer to GET {path} is no list; see to the shop's server.")
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return
            if cursor in seen:
                raise StoreUnavailable(f"The shop's list of GET {path} turns in a circle; see to the shop's server.")
            seen.add(cursor)

    def list_by(self, path: str, name: str, values: Sequence[str], **params: Any) -> Iterator[Json]:
        """The items whose field `name` has one of the values. A shop that ignores the filter is not believed."""
        for start in range(0, len(values), VALUES_AT_ONCE):
            some = values[start : start + VALUES_AT_ONCE]
            yield from (item for item in self.list(path, **params, **{name: some}) if item[name] in some)
