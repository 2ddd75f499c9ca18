"""Buyers as Tryton keeps them: a party for each order, its code the order's key, with one address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from ...model import Address, StoreOrder
from .house import House

UNSENDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
"""JSON, and so Amazon, may have them."""


def party(house: House, key: str, order: StoreOrder) -> dict[str, Any]:
    """The values of the party of an order. Amazon does not tell who buys again, so each order has its own.

    Tryton keeps codes of parties unique: the party of a crashed attempt is found, not made again.
    """
    buyer, to = order.buyer, order.recipient
    name = (to.name or to.company if to else "") or (buyer.name or buyer.company if buyer else "") or f"Amazon {key}"
    contacts = []
    if buyer and buyer.email:
        contacts.append({"type": "email", "value": buyer.email})
    if to and to.phone:
        contacts.append({"type": "other", "name": "Phone", "value": to.phone})
    values: dict[str, Any] = {"code": key, "name": name, "addresses": [("create", [address(house, to)])]}
    if contacts:
        values["contact_mechanisms"] = [("create", contacts)]
    return cast(dict[str, Any], sendable(values))


def sendable(value: Any) -> Any:
    """Values without the characters that XML cannot carry, in all texts at any depth: a space stands for each run."""
    if isinstance(value, str):
        return UNSENDABLE.sub(" ", value)
    if isinstance(value, dict):
        return {name: sendable(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(sendable(part) for part in value)
    return value


def again(values: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    """Values that bring a party that is there, as it was read, to what `values` would have made."""
    ((_, (new,)),) = values["addresses"]
    contacts = [("delete", list(there["contact_mechanisms"])), *values.get("contact_mechanisms", ())]
    empty = dict.fromkeys(("party_name", "street", "postal_code", "city", "country"))
    return {
        "name": values["name"],
        "addresses": [("write", list(there["addresses"][:1]), {**empty, **new})],
        "contact_mechanisms": contacts,
    }


def address(house: House, to: Address | None) -> dict[str, Any]:
    """The values of an address; without one of a buyer all of them are empty."""
    if to is None:
        return {}
    lines = [line for line in (to.company, to.line1, to.line2, to.line3, to.district) if line]
    # Tryton checks a state against the country's list; Amazon writes it as the buyer did. It stands beside the city.
    city = ", ".join(part for part in (to.city or to.municipality, to.state) if part)
    values = {
        "party_name": to.name,
        "street": "\n".join(lines),
        "postal_code": to.postal_code,
        "city": city,
        "country": house.countries.find(to.country) if to.country else None,
    }
    return cast(dict[str, Any], sendable(values))


def personal(order: StoreOrder) -> frozenset[str]:
    """Every word of the order that names a person, in small letters."""
    texts: list[str] = []
    if order.recipient is not None:
        to = order.recipient
        texts += [to.name, to.company, to.line1, to.line2, to.line3, to.city, to.district, to.state, to.municipality]
        texts += [to.postal_code, to.phone, *(value for _, value in to.extra)]
    if order.buyer is not None:
        buyer = order.buyer
        texts += [buyer.name, buyer.email, buyer.company, buyer.purchase_order]
        texts += [text for tax in buyer.tax_ids for text in (tax.number, tax.name)]
    return frozenset(word.casefold() for text in texts for word in text.split() if len(word) > 1)


def discreet(words: str, order: StoreOrder) -> str:
    """Tryton's own words, unless a word in them is the buyer's."""
    said = " ".join(words.split()).strip(" -")
    low = said.casefold()
    alone = set(re.findall(r"\w+", low))
    if any(word in (low if len(word) > 3 else alone) for word in personal(order)):
        return "its words name a person and are not repeated; try the same step in Tryton"
    return said


def tax_numbers(order: StoreOrder) -> Mapping[str, str]:
    """What the shop needs for its invoice beside the address."""
    told: dict[str, str] = {}
    if order.buyer is not None:
        if order.buyer.company:
            told["Company"] = order.buyer.company
        if order.buyer.purchase_order:
            told["Purchase order"] = order.buyer.purchase_order
        for tax in order.buyer.tax_ids:
            told[f"{tax.holder} {tax.kind}".strip()] = tax.number
    return told
