"""Stores that find or place wrongly, each in one way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from amazon_orders.adapters.memory.store import MemoryStore
from amazon_orders.errors import StoreRejected
from amazon_orders.hooks import hookimpl
from amazon_orders.model import Placed, Product, StoreOrder

from .breaking import EndsElsewhere, Writes, breaks, known, linger

# Finding products


class FindsOtherwise(MemoryStore):
    @hookimpl
    def store_find_products(self, attribute: str, values: Any) -> list[Product]:
        return self.otherwise(super().store_find_products(attribute, values), list(values))

    def otherwise(self, found: list[Product], values: list[str]) -> list[Product]:
        raise NotImplementedError


@breaks("a_product_is_found_by_its_value")
class NeedsTwoValues(FindsOtherwise):
    def otherwise(self, found, values):
        return found if len(values) > 1 else []


@breaks("the_reference_found_is_the_one_that_orders_name")
class NamesVariantsOtherwise(FindsOtherwise):
    def otherwise(self, found, values):
        return [replace(product, ref=f"variant-{product.ref}") for product in found]


@breaks("a_value_that_no_product_has_is_left_out")
class HasADummyProduct(FindsOtherwise):
    def otherwise(self, found, values):
        return found or [Product(ref="2", value=values[0])]


@breaks("many_values_are_found_in_one_question")
class ReadsOnePage(FindsOtherwise):
    @hookimpl
    def store_find_products(self, attribute, values):
        return MemoryStore.store_find_products(self, attribute, values[:100])


@breaks("every_product_with_one_value_is_told")
class ChoosesOneOfTwo(FindsOtherwise):
    def otherwise(self, found, values):
        return list({product.value: product for product in found}.values())


@breaks("a_value_is_told_as_the_shop_spells_it")
class EchoesTheValue(MemoryStore):
    @hookimpl
    def store_find_products(self, attribute, values):
        asked = {value.upper(): value for value in values}
        found = super().store_find_products(attribute, list(asked))
        return [replace(product, value=asked[product.value]) for product in found]


@breaks("an_attribute_that_the_shop_lacks_is_refused")
class IgnoresTheAttribute(MemoryStore):
    @hookimpl
    def store_find_products(self, attribute, values):
        return super().store_find_products("sku", values)


# Placing one order


@breaks("an_order_is_in_the_shop_when_placing_answers")
class AnswersTooEarly(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        self._refuse(order, key)
        return Placed(ref=f"queued-{key}", total=order.total)


@breaks("quantities_are_kept_whole")
class CutsQuantities(Writes):
    def instead(self, order):
        return replace(order, lines=tuple(replace(line, quantity=min(line.quantity, 99)) for line in order.lines))


@breaks("two_lines_of_one_product_are_both_kept")
class KeepsTheLastOfTwoLines(Writes):
    def instead(self, order):
        return replace(order, lines=order.lines[1:]) if len(order.lines) == 2 else order


@breaks("many_lines_are_kept")
class KeepsFiftyLines(Writes):
    def instead(self, order):
        return replace(order, lines=order.lines[:50])


@breaks("what_is_oversold_is_taken_or_refused_whole")
class CutsToTheStock(Writes):
    def instead(self, order):
        lines = [replace(line, quantity=min(line.quantity, self.shop.stock(line.product) or 0)) for line in order.lines]
        return replace(order, lines=tuple(lines))


@breaks("an_order_that_amazon_ships_leaves_stock_alone")
class TakesStockForAmazon(MemoryStore):
    def _write(self, order, key):
        if not order.affects_stock:
            self.shop.move(order.lines[0].product, -order.lines[0].quantity)
        return super()._write(order, key)


@breaks("stock_falls_at_placing_as_reserves_says")
class SaysItDoesNotReserve(MemoryStore):
    reserves = False


@breaks("an_order_that_has_left_already_is_not_shipped_again")
class ShipsAgain(Writes):
    def instead(self, order):
        return replace(order, already_shipped=False)


@breaks("an_order_on_hold_is_kept_on_hold")
class KnowsNoHold(Writes):
    def instead(self, order):
        return replace(order, on_hold=None)


@breaks("an_address_is_kept")
class DropsTheAddress(Writes):
    def instead(self, order):
        return replace(order, recipient=None)


@breaks("an_order_without_an_address_is_taken_as_needs_address_says")
class ReliesOnAnAddress(Writes):
    def instead(self, order):
        assert order.recipient.country
        return order


@breaks("an_order_of_a_business_is_taken")
class ReliesOnABuyersName(Writes):
    def instead(self, order):
        return replace(order, programs=frozenset({order.buyer.name.split()[0]})) if order.buyer else order


@breaks("any_script_is_taken")
class WritesLatin(Writes):
    def instead(self, order):
        for line in order.lines:
            line.title.encode("latin-1")
        return order


class RefusesOtherwise(MemoryStore):
    """Does something else where a product is unknown."""

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        try:
            return super().store_place_order(order, key)
        except StoreRejected:
            lines = [line for line in order.lines if line.product in self.shop.articles]
            if len(lines) < len(order.lines):
                self.otherwise(order, key, lines)
            raise

    def otherwise(self, order: StoreOrder, key: str, lines: list[Any]) -> None:
        raise NotImplementedError


@breaks("an_unknown_product_is_refused")
class StumblesOverAnUnknownProduct(RefusesOtherwise):
    def otherwise(self, order, key, lines):
        raise KeyError(order.lines[-1].product)


@breaks("a_refused_order_leaves_nothing")
class LeavesHalfAnOrder(RefusesOtherwise):
    def otherwise(self, order, key, lines):
        if lines:
            self.shop.write(key, order.currency, order.total, [], None)


@breaks("a_refused_order_takes_no_stock")
class TakesStockAndRefuses(RefusesOtherwise):
    def otherwise(self, order, key, lines):
        for line in lines:
            self.shop.move(line.product, -line.quantity)


@breaks("a_refusal_names_nobody")
class NamesTheBuyer(RefusesOtherwise):
    def otherwise(self, order, key, lines):
        raise StoreRejected(f"{order.recipient.name} wants what we do not have")


# Totals


@breaks("shipping_is_part_of_the_total")
class ForgetsShipping(EndsElsewhere):
    def total(self, order):
        return order.total - order.shipping.gross


@breaks("two_tax_rates_end_at_the_total")
class HasOneRate(EndsElsewhere):
    def total(self, order):
        rates = {round(line.total.tax / line.total.net, 2) for line in order.lines if line.total.tax and line.total.net}
        return sum(line.total.net for line in order.lines) * (1 + max(rates)) if len(rates) > 1 else order.total


@breaks("units_that_do_not_divide_end_at_the_total")
class MultipliesUnitPrices(EndsElsewhere):
    def total(self, order):
        return order.total - sum(line.remainder for line in order.lines)


@breaks("an_amount_without_tax_ends_at_the_total")
class AddsTaxWhereNoneIsTold(EndsElsewhere):
    def total(self, order):
        return order.total + sum(line.total.gross for line in order.lines if line.total.tax is None)


@breaks("a_discount_is_not_taken_off_again")
class TakesDiscountsOffAgain(EndsElsewhere):
    def total(self, order):
        return order.total - sum(line.discount for line in order.lines)


@breaks("fees_are_part_of_the_total")
class ForgetsFees(EndsElsewhere):
    def total(self, order):
        return order.total - sum(fee.gross for fee in order.fees if fee.kind != "marketplace_tax")


@breaks("a_row_of_the_marketplaces_tax_is_part_of_the_total")
class ForgetsTheMarketplacesTax(EndsElsewhere):
    def total(self, order):
        return order.total - sum(fee.gross for fee in order.fees if fee.kind == "marketplace_tax")


@breaks("a_free_order_is_taken")
class RefusesFreeOrders(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        if not order.total:
            raise StoreRejected("nothing to pay")
        return super().store_place_order(order, key)


@breaks("a_currency_without_decimals_is_kept")
class ReadsYenAsHundredths(EndsElsewhere):
    def total(self, order):
        return order.total / 100 if order.currency == "JPY" else order.total


@breaks("an_order_keeps_its_currency")
class CallsEverythingEuros(Writes):
    def instead(self, order):
        return replace(order, currency="EUR")


@breaks("tax_that_amazon_collects_is_not_made_the_shops_own")
class TaxesWhatAmazonTaxes(Writes):
    def instead(self, order):
        return replace(order, lines=tuple(replace(line, total=self.taxed(line.total)) for line in order.lines))

    def taxed(self, total):
        if total.tax_owner == "seller":
            return total
        net = (total.gross / Decimal("1.19")).quantize(Decimal("0.01"))
        return replace(total, net=net, tax=total.gross - net, tax_owner="seller")


@breaks("the_total_told_is_the_total_kept")
class TellsAmazonsTotal(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        return replace(super().store_place_order(order, key), total=order.amazon_total)


@breaks("an_order_that_does_not_add_up_is_never_kept_at_another_total")
class AddsUpByItself(EndsElsewhere):
    def _refuse(self, order, key):
        super()._refuse(replace(order, total=self.total(order)), key)

    def total(self, order):
        parts = [*(line.total.gross for line in order.lines), order.shipping.gross, *(fee.gross for fee in order.fees)]
        return sum(parts, Decimal(0))


# Keys


@breaks("a_known_key_gets_the_same_answer")
class AnswersOtherwiseTheSecondTime(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        before = known(self, key)
        placed = super().store_place_order(order, key)
        return replace(placed, number="exists") if before else placed


@breaks("a_known_key_places_nothing_even_if_the_order_changed")
class ComparesOrders(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        seen = self.__dict__.setdefault("seen", {})
        placed = super().store_place_order(order, key)
        if seen.setdefault(key, order) != order:
            self._write(order, key)
        return placed


@breaks("a_known_key_takes_no_stock")
class TakesStockAgain(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        if known(self, key):
            self.shop.move(order.lines[0].product, -order.lines[0].quantity)
        return super().store_place_order(order, key)


@breaks("a_cancelled_order_keeps_its_key")
class ForgetsCancelledOrders(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        before = known(self, key)
        if before and before.status == "cancelled":
            return self._write(order, key)
        return super().store_place_order(order, key)


@breaks("two_workers_with_one_key_place_one_order")
class LooksBeforeItLocks(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        if known(self, key):
            return super().store_place_order(order, key)
        linger()
        with self.shop.lock:
            self._refuse(order, key)
            return self._write(order, key)


@breaks("two_workers_with_two_keys_place_two_orders")
class CountsBeforeItLocks(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        size = len(self.shop.book)
        linger()
        with self.shop.lock:
            placed = super().store_place_order(order, key)
            if len(self.shop.book) <= size + 1:
                return placed
            del self.shop.book[placed.ref]
            return replace(placed, ref=f"M{size + 1}")


# Pages


class PlacesPagesOtherwise(MemoryStore):
    @hookimpl
    def store_place_orders(self, orders: Any) -> Any:
        return self.otherwise(orders, MemoryStore.store_place_orders(self, orders))

    def otherwise(self, orders: Any, outcomes: Any) -> Any:
        raise NotImplementedError


@breaks("what_a_page_says_is_placed_is_in_the_shop")
class LosesTheLastOfAPage(PlacesPagesOtherwise):
    def otherwise(self, orders, outcomes):
        if len(outcomes) > 3:
            del self.shop.book[list(outcomes.values())[-1].ref]
        return outcomes


@breaks("a_page_takes_orders")
class TakesTwentyFive(PlacesPagesOtherwise):
    def otherwise(self, orders, outcomes):
        return dict(list(outcomes.items())[:25])


@breaks("a_refused_order_does_not_spoil_its_page")
class RefusesTheWholePage(PlacesPagesOtherwise):
    def otherwise(self, orders, outcomes):
        for outcome in outcomes.values():
            if isinstance(outcome, StoreRejected):
                raise outcome
        return outcomes


@breaks("a_refused_order_of_a_page_leaves_nothing")
class WritesWhatItRefuses(PlacesPagesOtherwise):
    def otherwise(self, orders, outcomes):
        for key, outcome in outcomes.items():
            if isinstance(outcome, StoreRejected):
                self.shop.write(key, "EUR", orders[key].total, [], None)
        return outcomes


@breaks("a_page_may_come_again")
class PlacesAKnownPageAgain(MemoryStore):
    @hookimpl
    def store_place_orders(self, orders):
        if all(known(self, key) for key in orders):
            return {key: self._write(order, key) for key, order in orders.items()}
        return super().store_place_orders(orders)


@breaks("a_page_may_hold_a_known_key")
class RefusesAPageThatIsPartlyKnown(MemoryStore):
    @hookimpl
    def store_place_orders(self, orders):
        if any(known(self, key) for key in orders) and not all(known(self, key) for key in orders):
            raise StoreRejected("some are here already")
        return super().store_place_orders(orders)


@breaks("what_placing_answers_names_nobody")
class CallsOrdersByTheirBuyer(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        placed = super().store_place_order(order, key)
        return replace(placed, number=f"{placed.ref} {order.recipient.name if order.recipient else ''}")

    @hookimpl
    def store_place_orders(self, orders):
        return {
            key: self.store_place_order(order, key) if isinstance(outcome, Placed) else outcome
            for (key, order), outcome in zip(orders.items(), super().store_place_orders(orders).values(), strict=True)
        }


@breaks("the_adapters_repr_names_nobody")
class ShowsItsBuyers(MemoryStore):
    def __repr__(self):
        return f"<store of {[order.recipient.name for order in self.shop.orders() if order.recipient]}>"
