"""The Sellers API: `getMarketplaceParticipations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amazon_orders.sandbox.marketplaces import BY_COUNTRY, BY_ID, NON_AMAZON
from amazon_orders.sandbox.messages import Response, dump, unauthorized

if TYPE_CHECKING:
    from amazon_orders.sandbox.routes import Call
    from amazon_orders.sandbox.seller import Seller


def get_marketplace_participations(call: Call) -> Response:
    """`GET /sellers/v1/marketplaceParticipations`."""
    seller = call.seller
    if seller is None:
        raise unauthorized("This operation needs the token of a selling partner.")
    rows = []
    for marketplace_id in seller.marketplace_ids:
        place = BY_ID[marketplace_id]
        rows.append(_row(seller, place.country, place.id, place.name, place.domain))
    if seller.lists_non_amazon:
        for country in (BY_ID[id].country for id in seller.marketplace_ids):
            if country in NON_AMAZON:
                rows.append(
                    _row(
                        seller,
                        country,
                        NON_AMAZON[country],
                        f"Non-Amazon {country}",
                        f"si-prod-marketplace-{country.lower()}.stores.example",
                    )
                )
    return Response(200, dump({"payload": rows}))


def _row(seller: Seller, country: str, marketplace_id: str, name: str, domain: str) -> dict[str, object]:
    place = BY_COUNTRY[country]
    return {
        "marketplace": {
            "id": marketplace_id,
            "countryCode": country,
            "name": name,
            "defaultCurrencyCode": place.currency,
            "defaultLanguageCode": place.language,
            "domainName": domain,
        },
        "storeName": seller.store_name,
        "participation": {
            "isParticipating": True,
            "hasSuspendedListings": marketplace_id in seller.suspended,
        },
    }
