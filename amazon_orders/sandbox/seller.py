"""A selling partner of the simulated Amazon: who it is, what it lets applications do, and what they did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from amazon_orders.sandbox import life, money_back
from amazon_orders.sandbox.cancellations import Cancellation
from amazon_orders.sandbox.clock import from_ms, to_ms
from amazon_orders.sandbox.confirmations import Confirmation
from amazon_orders.sandbox.feeds.queue import FeedMade, Queue
from amazon_orders.sandbox.listings import AVAILABILITY, DEFAULT, Listing, QuantityChange
from amazon_orders.sandbox.money_back import Refund
from amazon_orders.sandbox.patches import patched
from amazon_orders.sandbox.projection import DIRECT_TO_CONSUMER, TAX_INVOICING, Json
from amazon_orders.sandbox.reports import CHARSETS, ReportMade, Reports
from amazon_orders.sandbox.verbs import Verbs

if TYPE_CHECKING:
    from amazon_orders.sandbox.documents import Document
    from amazon_orders.sandbox.simulation import SimulatedAmazon


class Seller(Verbs):
    """Made by `SimulatedAmazon.add_seller`."""

    def __init__(self, amazon: SimulatedAmazon, seller_id: str, region: str, marketplaces: Iterable[str]) -> None:
        super().__init__(amazon, seller_id, region, marketplaces)
        self.refresh_token = ""
        self.store_name = "Sandbox Store"
        self.roles: set[str] = {"Inventory and Order Tracking", DIRECT_TO_CONSUMER, TAX_INVOICING}
        """Of the application; they decide which personal data it gets. See `projection.ORDER_ROLES`."""
        self.fba_personal_data = False
        """Whether orders that Amazon ships show name, street and mail. Amazon's own example does; sellers see less."""
        self.lists_non_amazon = False
        """Whether participations also name the seller's marketplaces outside Amazon."""
        self.refuses: dict[str, int] = {}
        """Data set -> 400 or 403: a call that asks for it is refused, and only a 400 says why."""
        self.suspended: set[str] = set()
        """Ids of marketplaces where its listings are inactive."""
        self.last_page = b""
        self.feed_delay = 60.0
        """Seconds until a feed is over; it waits in the queue for half of them."""
        self.gzip_documents = False
        """Whether Amazon packs the documents that it writes."""
        self.listing_delay = 0.0
        """Seconds until an accepted patch of a listing is live."""
        self.report_delay = 60.0
        """Seconds until a report is done; it waits in the queue for half of them."""
        self.report_charset = CHARSETS[region]
        """In which Amazon writes reports for this seller."""
        self.feed_queue = Queue(self)
        self.report_queue = Reports(self)
        self.linked: dict[str, str] = {}
        """Amazon's order ids by the merchant's, as acknowledgements linked them."""
        self._cancelled: list[Cancellation] = []

    def __repr__(self) -> str:
        return f"<Seller {self.seller_id} orders={len(self.shelf)}>"

    def store_document(self, content_type: str, body: bytes) -> Document:
        """A document that Amazon writes for the seller."""
        documents = self._amazon.documents
        return documents.store(self.seller_id, self.region, content_type, body, packed=self.gzip_documents)

    def revoke(self) -> None:
        """The seller takes the application's authorisation back."""
        self._amazon.lwa.revoke(self.seller_id)

    def consent(self, redirect_uri: str) -> str:
        """The seller consents on Amazon's page; returns the code that arrives at `redirect_uri`."""
        return self._amazon.lwa.consent(self.seller_id, redirect_uri)

    def patch_listing(self, sku: str, body: Mapping[str, Any]) -> None:
        """Carry out an accepted patch once it is its turn, on what the listing is by then."""

        def live(ms: int) -> None:
            listing = self.listings.get(sku)
            if listing is not None:
                attributes, issues = patched(listing, body)
                if not issues:
                    self.listings.write(sku, attributes, "patched", from_ms(ms))

        now_ms = to_ms(self._amazon.clock.now())
        self.agenda.at(now_ms + int(self.listing_delay * 1000), live)
        self.settle()

    # What feeds do to orders.

    def cancel_by_feed(self, order_id: str, reason: str, feed_id: str, at: datetime) -> None:
        """Cancel what is left of an order; if any of it was confirmed before, all the money goes back."""
        order = self.order(order_id)
        everything = bool(order.get("packages")) or any(not made.ignored for made in self.taken.of(order_id))
        units = self.taken.units_left(order)
        with self.change(order_id, at=at) as changed:
            if everything:
                life.drop(changed, units)
            else:
                life.cancel(changed, "MERCHANT", reason)
        self._restock(order, units, reason, at)
        if everything:
            for item in units:
                self._refund_rest(order, item, reason, feed_id, at)
        self._cancelled.append(
            Cancellation(
                order_id=order_id,
                items=units,
                reason=reason,
                whole=True,
                refunded_everything=everything,
                key="",
                feed_id=feed_id,
                at=at,
            )
        )

    def cancel_units_by_feed(
        self, order_id: str, units: Mapping[str, int], reason: str, key: str, feed_id: str, at: datetime
    ) -> None:
        """Units of an order that will not be shipped."""
        order = self.order(order_id)
        with self.change(order_id, at=at) as changed:
            life.drop(changed, units, "MERCHANT", reason)
        self._restock(order, units, reason, at)
        self._cancelled.append(
            Cancellation(
                order_id=order_id,
                items=dict(units),
                reason=reason,
                whole=False,
                refunded_everything=False,
                key=key,
                feed_id=feed_id,
                at=at,
            )
        )

    def cancelled_by(self, order_id: str, key: str) -> bool:
        """Whether an adjustment with this key took units out of the order."""
        return any(made.key == key for made in self.cancellations(order_id))

    def _refund_rest(self, order: Json, item: str, reason: str, feed_id: str, at: datetime) -> None:
        rest = self.refunded.left(order, item)
        if rest > 0:
            self.refunded.add(money_back.of(order, item, "acknowledgement", reason, rest, at, feed_id))

    # Back doors: what the application did.

    def confirmations(self, order_id: str) -> list[Confirmation]:
        """Every shipment confirmation that Amazon took for an order, the first one first."""
        return self.taken.of(order_id)

    def ignore_confirmations(self, *order_ids: str) -> None:
        """Take confirmations of these orders, or of all, and do nothing: 204, and no package ever shows."""
        self.taken.ignored |= set(order_ids or ("*",))

    def heed_confirmations(self) -> None:
        """Ignore no confirmation any more; what was ignored stays so."""
        self.taken.ignored.clear()

    def feeds(self) -> list[FeedMade]:
        """Every feed that was created, the first one first."""
        self.settle()
        return self.feed_queue.all()

    def cancellations(self, order_id: str) -> list[Cancellation]:
        """What feeds cancelled of an order, the first one first; not what buyers or Seller Central did."""
        return [made for made in self._cancelled if made.order_id == order_id]

    def refunds(self, order_id: str) -> list[Refund]:
        """Every refund of an order, the first one first, whoever gave it."""
        return self.refunded.of(order_id)

    def list_item(self, sku: str, quantity: int | None = 10, channel: str = DEFAULT, **fields: Any) -> None:
        """Offer a SKU, or offer it anew; `fields` are those of a `Listing`, such as `title` or `marketplace_ids`.

        With a channel of Amazon's, such as `AMAZON_EU`, it is shipped by Amazon and has no quantity of the merchant's.
        """
        self.listings.put(sku, quantity, channel, self._amazon.clock.now(), **fields)

    def block_listing(self, sku: str, why: str = "The SKU is under review.") -> None:
        """Every submission for a SKU is INVALID from now on; an empty `why` ends that."""
        self._listing(sku).blocked = why

    def set_quantity(self, sku: str, quantity: int) -> None:
        """Somebody types a quantity into Seller Central."""
        attributes = self._listing(sku).attributes()
        attributes[AVAILABILITY] = [{"fulfillment_channel_code": DEFAULT, "quantity": quantity}]
        self.listings.write(sku, attributes, "seller central", self._amazon.clock.now())

    def quantity(self, sku: str) -> int | None:
        """The merchant's quantity of a SKU, the same in every marketplace; None where it has none."""
        self.settle()
        return self._listing(sku).quantity

    def quantity_history(self, sku: str) -> list[QuantityChange]:
        """How the merchant's quantity came to be what it is, the first value first."""
        self.settle()
        return self.listings.history(sku)

    @property
    def converted(self) -> list[str]:
        """SKUs that Amazon shipped until a merchant's quantity was written to them. None should ever be here."""
        return list(self.listings.converted)

    def _listing(self, sku: str) -> Listing:
        listing = self.listings.get(sku)
        if listing is None:
            raise KeyError(f"seller {self.seller_id} has no listing {sku}")
        return listing

    def reports(self) -> list[ReportMade]:
        """Every report that was ordered, the first one first."""
        self.settle()
        return self.report_queue.all()
