"""The rules that orders are decided by, numbered: facts -> decision. A test says which row it proves: `rule("14a")`.

`tests/unit/test_every_rule_is_tested.py` collects the marks and fails for a row that no test proves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

ROW = {
    "1": "US, tax on top, the seller collects -> placed with the tax, at Amazon's total",
    "2": "US, tax on top, Amazon collects -> placed without it, the amount carried along",
    "3": "US, Amazon collects and leaves the tax out of its total -> the same order as in 2",
    "4": "marketplace_tax = line -> what Amazon collects is a line free of tax",
    "5": "US, tax on top, ignore_amazon_tax -> placed without the tax, and what is lost is said",
    "6": "DE, no tax row -> the price is gross, the store computes the tax in it",
    "6a": "no tax row where prices are net -> a tax of zero is known, the store adds none",
    "7": "DE, tax row inside the price -> net and tax to the cent",
    "8": "DE, net price and tax row -> the same as 7, whatever prices_include_tax says",
    "9": "7 and 8 with ignore_amazon_tax -> the total stays, the store computes the tax",
    "10": "GB, tax row inside the price -> net and tax to the penny",
    "11": "JP, points granted -> whole yen, points are not subtracted",
    "12": "DE, tax row of zero, Amazon was seen to calculate -> no tax is due",
    "12a": "the same for a business and never seen -> tax unknown, flagged",
    "13": "the same for a private buyer and never seen -> as without tax row",
    "14": "import VAT that Amazon collects, inside or on top -> out of the total",
    "14a": "import VAT whose place only the rate tells -> outside, or held where no rate fits",
    "14b": "US, tax outside the total and nobody collects -> held",
    "15": "Amazon collects and tells no amount -> no tax in the store, the amount unknown",
    "16": "a discount of either sign -> takes away once",
    "17": "shipping given away, inside the discount's subtotal -> no shipping",
    "18": "shipping given away, beside the discount's subtotal -> no shipping, and the discount too",
    "19": "a small basket with a cent of tax for each piece -> on top, exactly",
    "20": "a cent between lines and total -> a visible rounding",
    "21": "more than cents between lines and total -> held, units kept; or adjusted and flagged",
    "22": "to be shipped and no amount -> held",
    "23": "a replacement -> placed at zero, linked to the first order",
    "24": "a free sample at full rebate -> placed at zero",
    "25": "a price that units do not divide -> one line, the remainder told",
    "26": "units cancelled, the price still that of all -> the price of the rest, flagged",
    "27": "a line without units -> left out, the order placed",
    "28": "a price that a store of net prices cannot reach -> its own rounding line, or a person hears of it",
    "29": "unpaid -> its units are held once",
    "30": "unpaid, cancelled at Amazon without a change of time -> found by asking again, units given back",
    "31": "held units are the last ones and the order is paid -> they are used up by it",
    "32": "the same, and the store refuses -> held, and the units with it",
    "33": "placed, then cancelled at Amazon -> cancelled in the store, units back once",
    "34": "stock_only: unpaid, paid, one unit cancelled, all cancelled -> the stock follows each step",
    "35": "stock_only: shipped or returned -> the stock stays",
    "36": "stock_only: first seen shipped -> counts only what left since the connection was added",
    "37": "an order that waits for a person -> its units come off what is published",
    "38": "units of unpaid orders that nobody holds -> come off for every connection of the store",
    "39": "orders were not read for a while -> a quantity may fall and not rise",
    "40": "one product, a listing of the seller's and one of Amazon's -> only the seller's gets a quantity",
    "41": "a listing whose channel is not known, or is Amazon's -> no quantity",
    "42": "a pack of three -> published by whole packs",
    "43": "part of a unit, less than nothing, not counted -> rounded down, zero, the cap or nothing",
    "44": "a full list without one listing, or without many -> zero for it, or held and none sent",
    "45": "cancelled for want of stock and put back by the store -> no rise until it is counted again",
    "46": "shipped when first seen -> placed as shipped; stock moves only for what left since",
    "47": "created before sync_from, changed after -> not taken",
    "48": "shipped by Amazon -> taken when all has left; never when it cannot be",
    "49": "the buyer asks to cancel -> placed on hold, put on hold, or a person hears of it",
    "50": "the buyer asked to cancel and the shop cancels without a reason -> the buyer's reason",
    "51": "the buyer asked to cancel after the parcel left -> confirmed, flagged",
    "52": "cancelled at Amazon, the parcel has left -> a person hears of it, nothing is confirmed",
    "53": "an address that Amazon no longer shows -> nothing",
    "54": "another address that the store cannot take any more -> a person hears of it",
    "55": "shipped at Amazon, told to the store -> never sent back as a shipment of the store's",
    "56": "a Prime order: Amazon has the package, or has none -> nothing to send, or it waits",
    "57": "Easy Ship, Ship+, pick-up -> never confirmed",
    "58": "a carrier in other letters, a service that is not allowed -> the code, the default service",
    "59": "a carrier that Amazon has no code for -> Other with its name",
    "60": "no carrier and a default method -> the method is the name, unless it is mapped",
    "61": "no tracking number -> held, or by feed",
    "62": "a ship date before the order, or in the future -> the order's time, or now",
    "63": "part shipped and the rest cancelled in one run -> the package first, then the open units",
    "64": "half given back where Amazon calculates VAT -> without VAT, and no Tax",
    "65": "given back for a line whose tax Amazon collects -> Principal alone",
    "66": "given back before shipping, in another currency, or for no line of two -> cancelled, or held",
    "67": "one order by two connections of one store -> placed once",
    "68": "the connection removed and added again -> the order is found, not placed",
    "69": "a second active connection publishes the stock of one seller in one marketplace -> refused, naming both",
    "70": "held and not shipped in time -> somebody hears of it at each moment once, and at last it is read again",
}


def named(cases: Mapping[str, tuple[Any, ...]], rows: Mapping[str, str]) -> list[Any]:
    """Every case under its name, with the mark of the row that it proves. `rows`: name -> row."""
    strangers = rows.keys() - cases.keys()
    assert not strangers, f"no case is called {strangers}"
    return [
        pytest.param(*case, id=name, marks=[pytest.mark.rule(rows[name])] if name in rows else [])
        for name, case in cases.items()
    ]
