"""Finds the store's product for a seller SKU: alias, plugin, exact, cropped, other case; the first counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from ..model import Alias, Answer, Connection, CropStep, Match, Product, Reason, TraceStep
from .facts import PatternEngine

How = Literal["alias", "hook", "exact", "crop", "case", "placeholder"]
Found = Mapping[str, Sequence[Product]]
Resolved = tuple[Match | None, Reason | None, tuple[TraceStep, ...]]


def values_to_ask(
    seller_sku: str,
    connection: Connection,
    alias: Alias | None = None,
    hook: Answer[str] | None = None,
    patterns: PatternEngine | None = None,
) -> tuple[str, ...]:
    """The values that the catalogue must be asked for so that `resolve` can decide, each once."""
    if alias is None and hook is None and not connection.sku_crop and connection.unknown_sku == "hold":
        return (seller_sku,) if seller_sku else ()
    if alias is not None:
        asked = [alias.product]
    elif hook is not None:
        asked = [hook.value]
    else:
        asked = [seller_sku, crop(seller_sku, connection, patterns)[0]]
    if connection.unknown_sku == "placeholder":
        asked.append(connection.placeholder_product)
    return tuple(dict.fromkeys(value for value in asked if value))


def crop(
    seller_sku: str, connection: Connection, patterns: PatternEngine | None = None
) -> tuple[str, tuple[TraceStep, ...]]:
    """The seller SKU after every step of `sku_crop`, and what each step did. A step that does not match does nothing.

    The result may be empty; an empty value is never asked for and never matches.
    """
    text = seller_sku
    trace: list[TraceStep] = []
    for raw in connection.sku_crop:
        step = raw if isinstance(raw, CropStep) else CropStep(**raw)
        name = _named(step)
        if step.pattern and patterns is None:
            why = f"{seller_sku}: {name} needs the extra amazon-order-sync[patterns], which is not installed"
            trace.append(TraceStep("sku", "crop skipped", why))
            continue
        cut = _cut(text, step, patterns)
        if cut != text:
            trace.append(TraceStep("sku", "cropped", f"{seller_sku}: {name} makes {text!r} {cut!r}"))
            text = cut
    return text, tuple(trace)


def _cut(text: str, step: CropStep, patterns: PatternEngine | None) -> str:
    if step.prefix:
        return text.removeprefix(step.prefix)
    if step.suffix:
        return text.removesuffix(step.suffix)
    if step.pattern and patterns is not None:
        return patterns.sub(step.pattern, step.replacement, text)
    return text


def _named(step: CropStep) -> str:
    if step.prefix:
        return f"prefix {step.prefix!r}"
    if step.suffix:
        return f"suffix {step.suffix!r}"
    return f"pattern {step.pattern!r} -> {step.replacement!r}"


def resolve(
    seller_sku: str,
    connection: Connection,
    *,
    alias: Alias | None = None,
    hook: Answer[str] | None = None,
    found: Found,
    patterns: PatternEngine | None = None,
) -> Resolved:
    """The product that `seller_sku` stands for, or the reason why there is none; and the trace of the search.

    `found` may hold more than was asked for. An alias or a plugin is in charge of its SKU: where the catalogue does not
    know the value they name, the SKU is unknown, however well the plain SKU would match.
    """
    if alias is not None:
        named = f"alias {alias.product!r}"
        return _named_value(seller_sku, connection, found, alias.product, "alias", named, alias.units, "")
    if hook is not None:
        named = f"plugin {hook.plugin} named {hook.value!r}, which"
        return _named_value(seller_sku, connection, found, hook.value, "hook", named, 1, hook.plugin)
    if not seller_sku:
        return (
            None,
            Reason.UNKNOWN_SKU,
            (TraceStep("sku", Reason.UNKNOWN_SKU, "Amazon sent a line without seller SKU"),),
        )
    products = found.get(seller_sku)
    if products:
        return _matched(seller_sku, connection, products, seller_sku, "exact", 1, "", ())
    cropped, trace = crop(seller_sku, connection, patterns) if connection.sku_crop else (seller_sku, ())
    asked = [seller_sku]
    if cropped and cropped != seller_sku:
        asked.append(cropped)
        products = found.get(cropped)
        if products:
            return _matched(seller_sku, connection, products, cropped, "crop", 1, "", trace)
    if not connection.sku_case_sensitive:
        for value in asked:
            products = _in_any_case(found, value)
            if products:
                return _matched(seller_sku, connection, products, value, "case", 1, "", trace)
    tried = " and ".join(repr(value) for value in asked)
    if cropped == "":
        tried += " (cropping leaves nothing of it)"
    missing = (
        f"{seller_sku}: no product has {connection.product_attribute} {tried}{_near_miss(connection, found, asked)}"
    )
    return _unknown(seller_sku, connection, found, missing, "", trace)


def _named_value(
    seller_sku: str, connection: Connection, found: Found, value: str, how: How, named: str, units: int, plugin: str
) -> Resolved:
    """A value that somebody named for this SKU. Case is handled as for SKUs."""
    products = found.get(value) if value else None
    if not products and value and not connection.sku_case_sensitive:
        products = _in_any_case(found, value)
    if products:
        return _matched(seller_sku, connection, products, value, how, units, plugin, ())
    missing = f"{seller_sku}: {named} is no product's {connection.product_attribute}"
    return _unknown(seller_sku, connection, found, missing, plugin, ())


def _matched(
    seller_sku: str,
    connection: Connection,
    products: Sequence[Product],
    value: str,
    how: How,
    units: int,
    plugin: str,
    trace: tuple[TraceStep, ...],
) -> Resolved:
    product = products[0]
    attribute = connection.product_attribute
    # The same product twice is one product: a catalogue may list it under two values of the attribute.
    if len(products) > 1 and any(other.ref != product.ref for other in products):
        refs = ", ".join(dict.fromkeys(other.ref for other in products))
        step = TraceStep("sku", Reason.AMBIGUOUS_SKU, f"{seller_sku}: {attribute} {value!r} belongs to {refs}", plugin)
        return None, Reason.AMBIGUOUS_SKU, (*trace, step)
    packed = f", {units} of them in each piece sold" if units != 1 else ""
    detail = f"{seller_sku}: {attribute} {product.value!r} is product {product.ref}{packed}"
    step = TraceStep("sku", how, detail, plugin)
    match = Match(
        seller_sku=seller_sku,
        product=product.ref,
        title=product.title,
        matched_by=how,
        value=product.value,
        units=units,
    )
    return match, None, (*trace, step) if trace else (step,)


def _unknown(
    seller_sku: str, connection: Connection, found: Found, missing: str, plugin: str, trace: tuple[TraceStep, ...]
) -> Resolved:
    if connection.unknown_sku != "placeholder":
        return None, Reason.UNKNOWN_SKU, (*trace, TraceStep("sku", Reason.UNKNOWN_SKU, missing, plugin))
    value = connection.placeholder_product
    products = found.get(value)
    if products:
        trace = (*trace, TraceStep("sku", "unknown", missing, plugin))
        return _matched(seller_sku, connection, products, value, "placeholder", 1, "", trace)
    missing = f"{missing}; nor has one the placeholder {value!r}"
    return None, Reason.UNKNOWN_SKU, (*trace, TraceStep("sku", Reason.UNKNOWN_SKU, missing, plugin))


def _in_any_case(found: Found, value: str) -> list[Product]:
    folded = value.casefold()
    return [product for key, products in found.items() if key.casefold() == folded for product in products]


def _near_miss(connection: Connection, found: Found, asked: Sequence[str]) -> str:
    """A hint for the commonest mistake: the store spells the SKU in another case."""
    if not connection.sku_case_sensitive:
        return ""
    near = dict.fromkeys(product.value for value in asked for product in _in_any_case(found, value))
    return f"; {', '.join(map(repr, near))} differs in case (sku_case_sensitive)" if near else ""
