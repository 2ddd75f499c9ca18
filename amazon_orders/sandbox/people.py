"""Invented people at invented addresses: mail under example.com, phone numbers reserved for fiction."""

from __future__ import annotations

import random
from dataclasses import dataclass

from amazon_orders.sandbox.projection import Json


@dataclass(frozen=True, slots=True)
class _Land:
    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    """With `{}` where the number goes."""
    cities: tuple[tuple[str, str, str], ...]
    """City, postal code, state or region."""
    phone: str = ""
    """A range set aside for fiction, `#` for a digit; empty where a country has none that we know of."""


_LANDS: dict[str, _Land] = {
    "DE": _Land(
        ("Anna", "Jonas", "Mia", "Paul", "Lena", "Felix", "Jörg", "Käthe"),
        ("Beispiel", "Muster", "Probe", "Vorlage", "Testmann", "Größe", "Platzhalter"),
        ("Musterstraße {}", "Beispielweg {}", "Am Probehof {}", "Vorlagenallee {}a"),
        (
            ("Berlin", "10115", "Berlin"),
            ("Hamburg", "20095", ""),
            ("München", "80331", "Bayern"),
            ("Köln", "50667", ""),
        ),
        "+49 30 23125 ###",
    ),
    "FR": _Land(
        ("Chloé", "Louis", "Zoë", "Hugo", "Inès", "Rémi"),
        ("Exemple", "Modèle", "Dupond-Essai", "L'Épreuve"),
        ("{} rue de l'Exemple", "{} bis avenue du Modèle", "{} place de l'Essai"),
        (("Paris", "75001", ""), ("Lyon", "69001", ""), ("Bordeaux", "33000", ""), ("Strasbourg", "67000", "")),
        "+33 1 99 00 ## ##",
    ),
    "GB": _Land(
        ("Olivia", "George", "Amelia", "Harry", "Isla"),
        ("Sample", "Example", "O'Test", "Specimen"),
        ("{} Sample Street", "{} Example Road", "Flat 2, {} Test Lane"),
        (("London", "SW1A 9ZZ", "England"), ("Leeds", "LS1 9ZZ", "England"), ("Glasgow", "G1 9ZZ", "Scotland")),
        "+44 20 7946 0###",
    ),
    "US": _Land(
        ("Emma", "Liam", "Ava", "Noah", "Sophia"),
        ("Sample", "Example", "Placeholder", "Testerson"),
        ("{} Sample Avenue", "{} Example Blvd Apt 4", "{} N Test St"),
        (("Seattle", "98101", "WA"), ("Austin", "78701", "TX"), ("Portland", "97201", "OR"), ("Boston", "02108", "MA")),
        "+1 206 555 01##",
    ),
    "JP": _Land(
        ("花子", "太郎", "さくら", "健"),
        ("見本", "例", "試験"),
        ("見本町{}-1", "例示{}-2-3"),
        (("新宿区", "160-0000", "東京都"), ("大阪市", "530-0000", "大阪府"), ("札幌市", "060-0000", "北海道")),
    ),
    "": _Land(
        ("Alex", "Robin", "Sam", "Kim", "Noa"),
        ("Example", "Sample", "Specimen"),
        ("Example Street {}", "Sample Road {}"),
        (("Sample Town", "1000", ""), ("Example City", "2000", "")),
    ),
}

_COMPANIES = ("Beispiel GmbH", "Muster & Söhne KG", "Exemple SARL", "Sample Works Ltd", "Example Supply Co")


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """One invented buyer, as the order's `buyer` and `recipient`."""

    buyer: Json
    address: Json


def draw(source: random.Random, country: str, *, business: bool = False) -> Person:
    """A person living in a country."""
    land = _LANDS.get(country, _LANDS[""])
    name = f"{source.choice(land.first)} {source.choice(land.last)}"
    city, postal_code, state = source.choice(land.cities)
    address = {
        "name": name,
        "addressLine1": source.choice(land.streets).format(source.randrange(1, 200)),
        "city": city,
        "postalCode": postal_code,
        "countryCode": country,
        "addressType": "COMMERCIAL" if business else "RESIDENTIAL",
    }
    if state:
        address["stateOrRegion"] = state
    if land.phone:
        address["phone"] = "".join(str(source.randrange(10)) if mark == "#" else mark for mark in land.phone)
    buyer = {"buyerName": name, "buyerEmail": f"{source.getrandbits(48):012x}@marketplace.example.com"}
    if business:
        company = source.choice(_COMPANIES)
        address["companyName"] = buyer["buyerCompanyName"] = company
        buyer["buyerPurchaseOrderNumber"] = f"PO-{source.randrange(1000, 9999)}"
    return Person(buyer, address)
