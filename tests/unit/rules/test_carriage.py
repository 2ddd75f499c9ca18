"""How a package travels, in Amazon's words: what the store says -> carrier code, name and method."""

from __future__ import annotations

from typing import Any

import pytest

from amazon_orders.model import Answer, Carrier
from amazon_orders.rules.carriage import carrier_of, shipping_service
from amazon_orders.rules.carriers import SPELLINGS, code_of, fold
from tests.unit.rules.build import connection, says
from tests.unit.rules.outbound import shipment
from tests.unit.rules.rows import named

BOTH = "DHL / Paket"

TOLD: dict[str, tuple[str, str, dict[str, Any], Answer[Carrier] | None, tuple[str, str, str]]] = {
    "a listed carrier in other letters, a service that is not allowed": (
        "dhl", "Blitz", {"default_shipping_service": "Standard"}, None, ("DHL", "", "Standard"),
    ),
    "a carrier that is not listed keeps its name": (
        "Mueller", "", {"default_shipping_service": "Standard"}, None, ("Other", "Mueller", "Standard"),
    ),
    "no carrier: the default method is its name": (
        "", "", {"default_shipping_method": "DHL DE"}, None, ("Other", "DHL DE", ""),
    ),
    "no carrier: the default method is mapped": (
        "", "", {"default_shipping_method": "DHL DE", "carriers": {"DHL DE": "DHL"}}, None, ("DHL", "", ""),
    ),
    "no carrier: the default method is listed": ("", "", {"default_shipping_method": "gls"}, None, ("GLS", "", "")),
    "no word of anything": ("", "", {}, None, ("Other", "Other", "")),
    "no carrier and no method: the service is its name": (
        "", "Kurier 24", {}, None, ("Other", "Kurier 24", "Kurier 24"),
    ),
    "a service is never sent as a carrier": (
        "Mueller Logistik", "", {"default_shipping_service": "Standard"}, None, ("Other", "Mueller Logistik",
        "Standard"),
    ),
    "a mapped carrier, in other letters": (
        "mueller logistik", "", {"carriers": {"Mueller Logistik": "DHL"}}, None, ("DHL", "", ""),
    ),
    "mapped by its exact spelling before any other": (
        "UPS", "", {"carriers": {"ups": "GLS", "UPS": "TNT"}}, None, ("TNT", "", ""),
    ),
    "mapped although it is listed": ("DHL", "", {"carriers": {"DHL": "DHL-Paket"}}, None, ("DHL-Paket", "", "")),
    "mapped to a code that nobody has listed": (
        "Neu", "", {"carriers": {"Neu": "New Carrier"}}, None, ("New Carrier", "", ""),
    ),
    "mapped to Other": ("Neu", "", {"carriers": {"Neu": "Other"}}, None, ("Other", "Neu", "")),
    "the setting before a plugin": (
        "Neu", "", {"carriers": {"Neu": "GLS"}}, says(Carrier(code="DHL")), ("GLS", "", ""),
    ),
    "a plugin before the list": ("UPS", "", {}, says(Carrier(code="DHL")), ("DHL", "", "")),
    "a carrier that the setting does not name": ("UPS", "", {"carriers": {"Velo": "GLS"}}, None, ("UPS", "", "")),
    "punctuation alone is no word of the setting": (
        "--", "", {"carriers": {"++": "GLS"}}, None, ("Other", "--", ""),
    ),
    "a plugin's name beside a code": (
        "UPS", "", {}, says(Carrier(code="DHL", name="DHL Express")), ("DHL", "DHL Express", ""),
    ),
    "a plugin's Other keeps its name": (
        "UPS", "", {}, says(Carrier(code="Other", name="Velo")), ("Other", "Velo", ""),
    ),
    "a plugin's Other without a name gets the store's": (
        "Velo", "", {}, says(Carrier(code="Other")), ("Other", "Velo", ""),
    ),
    "a plugin's code that nobody has listed": ("UPS", "", {}, says(Carrier(code="Velo")), ("Velo", "", "")),
    "the default gives the carrier too": (
        "Mueller", "Blitz", {"default_shipping_service": BOTH}, None, ("DHL", "", "Paket"),
    ),
    "the default gives the carrier where the store gives none": (
        "", "", {"default_shipping_service": BOTH}, None, ("DHL", "", "Paket"),
    ),
    "a listed carrier before that of the default": (
        "UPS", "Blitz", {"default_shipping_service": BOTH}, None, ("UPS", "", "Paket"),
    ),
    "the default is not taken, and neither is its carrier": (
        "Mueller", "Express", {"default_shipping_service": BOTH, "allowed_shipping_services": ["Express"]}, None,
        ("Other", "Mueller", "Express"),
    ),
    "the default's carrier is mapped": (
        "", "", {"default_shipping_service": "Velo / Bote", "carriers": {"velo": "GLS"}}, None, ("GLS", "", "Bote"),
    ),
    "the first slash ends the carrier of the default": (
        "", "", {"default_shipping_service": "DHL / Paket / Inland"}, None, ("DHL", "", "Paket / Inland"),
    ),
    "the default's carrier is not listed": (
        "", "", {"default_shipping_service": "Velo / Bote"}, None, ("Other", "Velo", "Bote"),
    ),
    "a known service is sent as Amazon writes it": ("DHL", "next day", {}, None, ("DHL", "", "NextDay")),
    "an allowed service is sent as the setting writes it": (
        "DHL", "paket", {"allowed_shipping_services": ["Paket"], "default_shipping_service": "Standard"}, None,
        ("DHL", "", "Paket"),
    ),
    "without a default the store's own service is sent": ("DHL", "Blitz", {}, None, ("DHL", "", "Blitz")),
    "no service and a default": ("DHL", "", {"default_shipping_service": "Standard"}, None, ("DHL", "", "Standard")),
    "Other in German is Other": ("Sonstige", "", {}, None, ("Other", "Sonstige", "")),
    "Other in Spanish is Other": ("OTRO", "", {}, None, ("Other", "OTRO", "")),
    "junk of Amazon's list is never sent": ("HS code", "", {}, None, ("Other", "HS code", "")),
}  # fmt: skip

ROWS = {
    "a listed carrier in other letters, a service that is not allowed": "58",
    "a carrier that is not listed keeps its name": "59",
    "no carrier: the default method is its name": "60",
    "no carrier: the default method is mapped": "60",
}


@pytest.mark.parametrize(("carrier", "service", "settings", "hook", "expected"), named(TOLD, ROWS))
def test_carrier_and_service(
    carrier: str, service: str, settings: dict[str, Any], hook: Answer[Carrier] | None, expected: tuple[str, str, str]
) -> None:
    package, rules = shipment(carrier=carrier, service=service), connection(**settings)
    method, default, _ = shipping_service(package, rules)
    chosen, step = carrier_of(package, rules, hook, default)
    assert (chosen.code, chosen.name, method) == expected
    assert step.outcome.startswith(chosen.code)


def test_a_plugin_is_named_in_the_trace() -> None:
    _, step = carrier_of(shipment(), connection(), says(Carrier(code="DHL"), plugin="depot"), "")
    assert step.plugin == "depot"


def test_the_list_has_every_code_of_amazons_once() -> None:
    assert len(SPELLINGS) == 401
    assert all(code_of(spelling) == code for spelling, code in SPELLINGS.items())


def test_no_two_codes_are_the_same_word() -> None:
    codes = sorted(set(SPELLINGS.values()))
    assert len({fold(code) for code in codes}) == len(codes) == 374


@pytest.mark.parametrize(
    ("told", "code"),
    {
        "COLIS PRIVÉ": "Colis Prive",
        "colis  prive": "Colis Prive",
        "Dascher": "DACHSER",
        "dacsher": "DACHSER",
        "yurtici kargo": "Yurtiçi Kargo",
        "YURTİÇİ KARGO": "Yurtiçi Kargo",
        "yurtıçı kargo": "Yurtiçi Kargo",
        "Surat Kargo": "Sürat Kargo",
        "royal mail": "Royal Mail",
        "Royal_Mail": "Royal Mail",
        "kuehne & nagel": "Kuehne+Nagel",
        "trans o flex": "Trans-o-Flex",
        "DHL Paket": "DHL-Paket",
        "ups": "UPS",
        "go": "GO!",
        "Andere": "Other",
        "Diğer": "Other",
        "その他": "Other",
        "Mueller": None,
        "": None,
        "--": None,
    }.items(),
)
def test_a_word_and_its_code(told: str, code: str | None) -> None:
    assert code_of(told) == code
