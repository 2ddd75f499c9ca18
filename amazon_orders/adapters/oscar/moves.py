"""Moves the shop's stock. What Amazon caused is done once under its key, kept in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from oscar.core.loading import get_model

from ...errors import StoreRejected
from ...model import StockAdjustment
from .database import after_commit
from .models import KeptKey
from .options import Options


def allocate(options: Options, units: Mapping[str, int], records: Mapping[str, Any]) -> None:
    """Promise units of stock records to orders, in the order of their numbers: no two writers wait for each other."""
    moved = {ref: number for ref, number in units.items() if number and records[ref].can_track_allocations}
    for ref in sorted(moved, key=int):
        _rows(options, ref).update(num_allocated=Coalesce(F("num_allocated"), 0) + moved[ref])
    tell(options, moved)


def take(options: Options, ref: str, units: int) -> None:
    """Take units from the shelf. What is not there any more is owed: it counts as promised."""
    on_hand = Coalesce(F("num_in_stock"), 0)
    _rows(options, ref).update(
        num_in_stock=Greatest(on_hand - units, 0),
        num_allocated=Coalesce(F("num_allocated"), 0) + Greatest(units - on_hand, 0),
    )


def adjust(options: Options, adjustments: Mapping[str, StockAdjustment], records: Mapping[str, Any]) -> None:
    """Make the moves whose keys are new, inside the caller's transaction.

    Reserved units are promised; sold ones leave the shelf, and returned ones come back to it.
    """
    known = set(KeptKey.objects.using(options.database).filter(key__in=list(adjustments)).values_list("key", flat=True))
    new = {key: move for key, move in adjustments.items() if key not in known}
    for move in new.values():
        if move.product not in records:
            raise StoreRejected(
                f"there is no stock record {move.product!r} for seller SKU {move.seller_sku!r}; correct the pairing",
                record=move.amazon_order_id,
            )
    KeptKey.objects.using(options.database).bulk_create(
        KeptKey(key=key, kind=move.reason, record_id=int(move.product), units={move.product: move.delta})
        for key, move in new.items()
    )
    promised: dict[str, int] = {}
    for move in sorted(new.values(), key=lambda move: int(move.product)):
        if not records[move.product].can_track_allocations:
            continue
        if move.reason == "sold":
            take(options, move.product, -move.delta)
        elif move.reason == "returned":
            _rows(options, move.product).update(num_in_stock=Coalesce(F("num_in_stock"), 0) + move.delta)
        else:
            promised[move.product] = promised.get(move.product, 0) - move.delta
    allocate(options, promised, records)


def tell(options: Options, refs: Collection[str]) -> None:
    """Let Oscar look at its low-stock alerts after the commit, once for each record."""
    if refs:
        after_commit(options.database, partial(_told, options, sorted(refs)))


def _told(options: Options, refs: Collection[str]) -> None:
    records = get_model("partner", "StockRecord")._default_manager.using(options.database)
    for record in records.filter(pk__in=refs).select_related("product__product_class"):
        record.post_save_signal()


def _rows(options: Options, ref: str) -> Any:
    return get_model("partner", "StockRecord")._default_manager.using(options.database).filter(pk=ref)
