"""Questions to a store to which it may give no answer for one order alone: then it is asked for each of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..errors import StoreError, StoreUnavailable
from .work import Work

SILENT_IN_A_ROW = 3
"""Questions without an answer, one after the other, after which a run asks the store no more of them."""
_NOBODYS = "amazon-orders-is-anybody-there"

Found = dict[str, Sequence[str]]
Errors = dict[str, StoreError]


def is_down(work: Work) -> bool:
    """Whether the store gives no answer at all: it is asked for a product that concerns no order."""
    try:
        for _ in work.hooks.store_find_products(work.connection.product_attribute, [_NOBODYS]):
            break
    except StoreUnavailable:
        return True
    except StoreError:
        pass  # an answer, if no good one
    return False


def find_orders(work: Work, keys: Mapping[str, str], since: datetime) -> tuple[Found, Errors]:
    """The store's orders by Amazon order id -> key, and why it could not say for some. Raises only where it is down."""
    try:
        return _found(keys, work.hooks.store_find_orders(list(keys.values()), since)), {}
    except StoreError as error:
        if isinstance(error, StoreUnavailable) and is_down(work):
            raise
        if len(keys) == 1:
            return {}, dict.fromkeys(keys, error)
    found: Found = {}
    errors: Errors = {}
    silent: list[StoreUnavailable] = []
    for order_id, key in keys.items():
        if len(silent) == SILENT_IN_A_ROW:
            errors[order_id] = silent[-1]
            continue
        try:
            found |= _found({order_id: key}, work.hooks.store_find_orders([key], since))
        except StoreUnavailable as error:
            errors[order_id] = error
            silent.append(error)
        except StoreError as error:
            errors[order_id] = error
            silent.clear()
        else:
            silent.clear()
    return found, errors


def _found(keys: Mapping[str, str], answer: Mapping[str, Sequence[str]]) -> Found:
    return {order_id: answer[key] for order_id, key in keys.items() if answer.get(key)}
