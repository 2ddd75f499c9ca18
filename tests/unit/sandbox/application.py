"""A bare application of the Selling Partner API: it knows how to ask and nothing else."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import Any

import requests

from amazon_orders.sandbox import DATA_SETS, Seller, SimulatedAmazon

EU = "https://sellingpartnerapi-eu.amazon.com"
TOKEN_URL = "https://api.amazon.com/auth/o2/token"
USER_AGENT = "Tests/1.0 (Language=Python/3.11; Platform=Linux)"
ORDERS = "/orders/2026-01-01/orders"
CONFIRMATION = "/orders/v0/orders/{orderId}/shipmentConfirmation"
FEEDS = "/feeds/2021-06-30/feeds"
FEED_DOCUMENTS = "/feeds/2021-06-30/documents"
LISTINGS = "/listings/2021-08-01/items/{sellerId}"
REPORTS = "/reports/2021-06-30/reports"
REPORT_DOCUMENTS = "/reports/2021-06-30/documents"
XML = "text/xml; charset=UTF-8"
PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"


class Application:
    def __init__(self, amazon: SimulatedAmazon, seller: Seller, endpoint: str = EU, token_url: str = TOKEN_URL) -> None:
        self.amazon = amazon
        self.seller = seller
        self.endpoint = endpoint
        self.token_url = token_url
        self.session = requests.Session()
        self.session.trust_env = False
        if endpoint.startswith("https:"):
            amazon.mount(self.session)
        self.headers = {"user-agent": USER_AGENT}

    def lwa(self, **form: str) -> requests.Response:
        """A token request; the fields given replace those of an ordinary refresh, empty ones are left out."""
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": self.seller.refresh_token,
            "client_id": self.amazon.client_id,
            "client_secret": self.amazon.client_secret,
        } | form
        return self.session.post(self.token_url, data={name: value for name, value in fields.items() if value})

    def log_in(self) -> None:
        response = self.lwa()
        assert response.status_code == 200, response.text
        self.headers["x-amz-access-token"] = response.json()["access_token"]

    def call(self, method: str, path: str, body: Any = None, **params: str) -> requests.Response:
        if "x-amz-access-token" not in self.headers:
            self.log_in()
        return self.session.request(method, self.endpoint + path, params=params, headers=self.headers, json=body)

    def upload(self, url: str, body: bytes, content_type: str) -> requests.Response:
        """Put a document at a pre-signed address, as one must: with its content type and without a token."""
        return self.session.put(url, data=body, headers={"content-type": content_type})

    def document(self, body: bytes, content_type: str = XML) -> str:
        """Upload a feed's content; returns the document id."""
        made = self.call("POST", FEED_DOCUMENTS, {"contentType": content_type})
        assert made.status_code == 201, made.text
        assert self.upload(made.json()["url"], body, content_type).status_code == 200
        document_id: str = made.json()["feedDocumentId"]
        return document_id

    def feed(self, kind: str, body: bytes, content_type: str = XML, marketplaces: tuple[str, ...] = ()) -> str:
        """Send a feed; returns its id."""
        document_id = self.document(body, content_type)
        ids = list(marketplaces or self.seller.marketplace_ids[:1])
        made = self.call("POST", FEEDS, {"feedType": kind, "marketplaceIds": ids, "inputFeedDocumentId": document_id})
        assert made.status_code == 202, made.text
        feed_id: str = made.json()["feedId"]
        return feed_id

    def report(self, feed_id: str) -> bytes:
        """The processing report of a feed, unpacked."""
        document_id = self.get(f"{FEEDS}/{feed_id}").json()["resultFeedDocumentId"]
        where = self.get(f"{FEED_DOCUMENTS}/{document_id}").json()
        body = self.session.get(where["url"]).content
        return gzip.decompress(body) if where.get("compressionAlgorithm") == "GZIP" else body

    def get(self, path: str, **params: str) -> requests.Response:
        return self.call("GET", path, **params)

    def search(self, **params: str) -> requests.Response:
        """A search over the last month by update time, unless the parameters say otherwise."""
        if not {"createdAfter", "lastUpdatedAfter"} & params.keys():
            params["lastUpdatedAfter"] = self.ago(days=30)
        return self.get(ORDERS, **{name: value for name, value in params.items() if value})

    def found(self, **params: str) -> list[dict[str, Any]]:
        """Every order of a search, page after page."""
        orders: list[dict[str, Any]] = []
        while True:
            response = self.search(**params)
            assert response.status_code == 200, response.text
            page = response.json()
            orders += page["orders"]
            if "pagination" not in page:
                return orders
            params["paginationToken"] = page["pagination"]["nextToken"]

    def found_ids(self, **params: str) -> list[str]:
        return [order["orderId"] for order in self.found(**params)]

    def order(self, order_id: str, *data_sets: str) -> dict[str, Any]:
        response = self.get(f"{ORDERS}/{order_id}", includedData=",".join(data_sets or DATA_SETS))
        assert response.status_code == 200, response.text
        order: dict[str, Any] = response.json()["order"]
        return order

    def ago(self, **delta: float) -> str:
        """A time before the clock's now, as a parameter."""
        moment = self.amazon.clock.now() - timedelta(**delta)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
