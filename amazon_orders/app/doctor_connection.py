"""What `doctor` finds about one connection: authorisation, marketplaces, roles, SKUs, quota."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..model import Connection, Reason
from ..model.checkup import OK, RED, UNKNOWN, WARNING, Finding
from .expiry import AUTHORISATION_LIFE, countdown
from .health import quota_left, refused_data

if TYPE_CHECKING:
    from .app import App

_SAMPLE = 50
"""Orders that are looked into for data that never arrives."""


def of_connection(app: App, connection: Connection) -> Iterator[Finding]:
    """Everything about one connection."""
    name = connection.name
    for check in app.connections.test(name).checks:
        result = OK if check.ok else RED
        yield Finding(what=check.what, connection=name, result=result, detail=check.detail, fix=check.fix)
    given = app.ledger.connections.secret_at(name)
    if given is not None:
        yield countdown(
            "authorisation", given, AUTHORISATION_LIFE, app.now(), connection=name,
            fix=f"let the seller renew it: amazon-orders connection authorise {name}",
        )  # fmt: skip
    yield from _roles(app, name)
    if (refused := refused_data(app, name)) is not None:
        yield refused
    yield _skus(app, name)
    yield _quota(app, connection)


def _roles(app: App, name: str) -> Iterator[Finding]:
    """Roles cannot be asked for: Amazon leaves out what they do not cover. So: what never arrived?"""
    records = []
    if app.ledger.can_keep_personal_data:
        for order_id in app.ledger.counts.with_personal_data(name, _SAMPLE):
            raw = app.ledger.orders.snapshot(name, order_id)
            if raw is not None:
                records.append(json.loads(raw))
    if not records:
        detail = "no order was kept yet from which they could be told"
        yield Finding(what="roles", connection=name, result=UNKNOWN, detail=detail)
        return
    for what, role, arrived in (
        ("address", "Direct-to-Consumer Shipping", any(_has_street(record) for record in records)),
        ("buyer's name", "Tax Invoicing or Tax Remittance", any(_has_name(record) for record in records)),
    ):
        if arrived:
            yield Finding(what=f"role for the {what}", connection=name, result=OK, detail="it arrives")
        else:
            yield Finding(
                what=f"role for the {what}",
                connection=name,
                result=WARNING,
                detail=f"it was in none of the newest {len(records)} orders",
                fix=f"ask Amazon for the role {role}, then authorise the connection again",
            )


def _has_street(record: dict[str, Any]) -> bool:
    return bool(((record.get("recipient") or {}).get("deliveryAddress") or {}).get("addressLine1"))


def _has_name(record: dict[str, Any]) -> bool:
    return bool((record.get("buyer") or {}).get("buyerName"))


def _skus(app: App, name: str) -> Finding:
    missing = app.ledger.counts.skus_without_product(name, Reason.UNKNOWN_SKU)
    if not missing:
        return Finding(what="SKUs", connection=name, result=OK, detail="no order waits for a product")
    shown = ", ".join(list(missing)[:5]) + (", …" if len(missing) > 5 else "")
    return Finding(
        what="SKUs",
        connection=name,
        result=WARNING,
        detail=f"{len(missing)} have no product and hold orders: {shown}",
        fix=f"add the products, or pair them by hand: amazon-orders sku alias {name}",
    )


def _quota(app: App, connection: Connection) -> Finding:
    left = quota_left(app, connection)
    detail = ", ".join(f"{operation} {count:.1f}" for operation, count in left.items()) or "not known"
    short = any(count < 1 for count in left.values())
    return Finding(
        what="quota",
        connection=connection.name,
        result=WARNING if short else OK,
        detail=f"calls that are free now: {detail}",
        fix="wait; if it happens often, sync less often" if short else "",
    )
