"""Finds the store's product for a seller SKU: alias, plugin, exact, cropped, other case; the first counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from ..model import Alias, Answer, Connection, CropStep, Match, Product, Reason, TraceStep
from .facts import PatternEngine

How = Literal["alias", "hook", "exact", "crop", "case", "placeholder"]
Found = Mapping[str, Sequence[Product]]
Resolved = tuple[Match | None, Reason | None, tuple[TraceStep, ...]]

LONGEST_FOR_PATTERNS = 1000
"""Characters. A pattern's time is linear, but a replacement may make the text longer with every step."""
_SHOWN = 80


class Cut(NamedTuple):
    """One step of `sku_crop` on one SKU."""

    step: str
    """`suffix '-FBA'`"""
    before: str
    after: str
    skipped: str = ""
    """Why the step was not tried; empty where it was."""


class Attempt(NamedTuple):
    """A value that is looked for, and the products that have it."""

    how: How
    value: str
    products: Sequence[Product]
    trace: tuple[TraceStep, ...] = ()
    """How the value was cropped."""


def short(text: str) -> str:
    """A SKU as messages show it: Amazon's have 40 characters, and a broken one may have millions."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def values_to_ask(
    seller_sku: str,
    connection: Connection,
    alias: Alias | None = None,
    hook: Answer[str] | None = None,
    patterns: PatternEngine | None = None,
) -> tuple[str, ...]:
    """The values that the catalogue must be asked for so that `resolve` can decide, each once."""
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
    for cut in cuts(seller_sku, connection, patterns):
        text = cut.after
        if cut.skipped:
            trace.append(TraceStep("sku", "crop skipped", f"{short(seller_sku)}: {cut.step} {cut.skipped}"))
        elif cut.after != cut.before:
            made = f"{cut.step} makes {short(cut.before)!r} {short(cut.after)!r}"
            trace.append(TraceStep("sku", "cropped", f"{short(seller_sku)}: {made}"))
    return text, tuple(trace)


def cuts(seller_sku: str, connection: Connection, patterns: PatternEngine | None = None) -> Iterator[Cut]:
    """Every step of `sku_crop` in order, also those that do nothing."""
    text = seller_sku
    for raw in connection.sku_crop:
        step = raw if isinstance(raw, CropStep) else CropStep(**raw)
        skipped = ""
        after = text
        if step.pattern and patterns is None:
            skipped = "needs the extra amazon-order-sync[patterns], which is not installed"
        elif step.pattern and len(text) > LONGEST_FOR_PATTERNS:
            skipped = f"is not tried on more than {LONGEST_FOR_PATTERNS} characters; Amazon's SKUs have 40"
        else:
            after = _cut(text, step, patterns)
        yield Cut(_named(step), text, after, skipped)
        text = after


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


def attempts(
    seller_sku: str,
    connection: Connection,
    *,
    alias: Alias | None = None,
    hook: Answer[str] | None = None,
    found: Found,
    patterns: PatternEngine | None = None,
) -> Iterator[Attempt]:
    """Every value that is looked for, in order, with the products that have it. The first with products decides.

    An alias or a plugin is in charge of its SKU: nothing else is looked for, however well the plain SKU would match.
    Lazy, so that a SKU which matches as it stands is never cropped.
    """
    if alias is not None:
        yield Attempt("alias", alias.product, _named_value(connection, found, alias.product))
    elif hook is not None:
        yield Attempt("hook", hook.value, _named_value(connection, found, hook.value))
    elif seller_sku:
        yield Attempt("exact", seller_sku, found.get(seller_sku, ()))
        cropped, trace = crop(seller_sku, connection, patterns) if connection.sku_crop else (seller_sku, ())
        asked = [seller_sku]
        if cropped and cropped != seller_sku:
            asked.append(cropped)
            yield Attempt("crop", cropped, found.get(cropped, ()), trace)
        if not connection.sku_case_sensitive:
            for value in asked:
                yield Attempt("case", value, _in_any_case(found, value), trace)
    else:
        return
    if connection.unknown_sku == "placeholder":
        yield Attempt("placeholder", connection.placeholder_product, found.get(connection.placeholder_product, ()))


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

    `found` may hold more than was asked for.
    """
    if alias is None and hook is None:
        products = found.get(seller_sku)
        if products and seller_sku:  # nearly every line: no search is needed to say that the first try hits
            return _matched(seller_sku, connection, products, seller_sku, "exact", 1, "", ())
    plugin = hook.plugin if alias is None and hook is not None else ""
    units = alias.units if alias is not None else 1
    for attempt in attempts(seller_sku, connection, alias=alias, hook=hook, found=found, patterns=patterns):
        if not attempt.products:
            continue
        if attempt.how == "placeholder":
            missing = _missing(seller_sku, connection, alias, hook, found, patterns)
            _, trace = _cropping(seller_sku, connection, alias, hook, patterns)
            trace = (*trace, TraceStep("sku", "unknown", missing, plugin))
            return _matched(seller_sku, connection, attempt.products, attempt.value, "placeholder", 1, "", trace)
        return _matched(
            seller_sku, connection, attempt.products, attempt.value, attempt.how, units, plugin, attempt.trace
        )
    missing = _missing(seller_sku, connection, alias, hook, found, patterns)
    if seller_sku and connection.unknown_sku == "placeholder":
        missing += f"; nor has one the placeholder {connection.placeholder_product!r}"
    _, trace = _cropping(seller_sku, connection, alias, hook, patterns)
    return None, Reason.UNKNOWN_SKU, (*trace, TraceStep("sku", Reason.UNKNOWN_SKU, missing, plugin))


def _named_value(connection: Connection, found: Found, value: str) -> Sequence[Product]:
    """Products of a value that somebody named for the SKU. Case is handled as for SKUs."""
    products = found.get(value, ()) if value else ()
    if not products and value and not connection.sku_case_sensitive:
        return _in_any_case(found, value)
    return products


def _cropping(
    seller_sku: str,
    connection: Connection,
    alias: Alias | None,
    hook: Answer[str] | None,
    patterns: PatternEngine | None,
) -> tuple[str, tuple[TraceStep, ...]]:
    if alias is not None or hook is not None or not seller_sku:
        return seller_sku, ()
    return crop(seller_sku, connection, patterns)


def _missing(
    seller_sku: str,
    connection: Connection,
    alias: Alias | None,
    hook: Answer[str] | None,
    found: Found,
    patterns: PatternEngine | None,
) -> str:
    """Why there is no product, for whoever has to mend the map or the catalogue."""
    attribute = connection.product_attribute
    if alias is not None:
        return f"{short(seller_sku)}: alias {short(alias.product)!r} is no product's {attribute}"
    if hook is not None:
        named = f"plugin {hook.plugin} named {short(hook.value)!r}"
        return f"{short(seller_sku)}: {named}, which is no product's {attribute}"
    if not seller_sku:
        return "Amazon sent a line without seller SKU"
    cropped, _ = crop(seller_sku, connection, patterns)
    asked = [value for value in dict.fromkeys((seller_sku, cropped)) if value]
    tried = " and ".join(repr(short(value)) for value in asked)
    if cropped == "":
        tried += " (cropping leaves nothing of it)"
    return f"{short(seller_sku)}: no product has {attribute} {tried}{_near_miss(connection, found, asked)}"


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
        which = f"{short(seller_sku)}: {attribute} {short(value)!r} belongs to {refs}"
        step = TraceStep("sku", Reason.AMBIGUOUS_SKU, which, plugin)
        return None, Reason.AMBIGUOUS_SKU, (*trace, step)
    match, step = _known(seller_sku, attribute, how, product.value, product.ref, product.title, units, plugin)
    return match, None, (*trace, step) if trace else (step,)


@lru_cache(maxsize=4096)
def _known(
    seller_sku: str, attribute: str, how: How, value: str, ref: str, title: str, units: int, plugin: str
) -> tuple[Match, TraceStep]:
    """Both are values, and a SKU that sells sells again."""
    packed = f", {units} of them in each piece sold" if units != 1 else ""
    detail = f"{short(seller_sku)}: {attribute} {short(value)!r} is product {ref}{packed}"
    match = Match(seller_sku=seller_sku, product=ref, title=title, matched_by=how, value=value, units=units)
    return match, TraceStep("sku", how, detail, plugin)


def _in_any_case(found: Found, value: str) -> list[Product]:
    folded = value.casefold()
    return [product for key, products in found.items() if key.casefold() == folded for product in products]


def _near_miss(connection: Connection, found: Found, asked: Sequence[str]) -> str:
    """A hint for the commonest mistake: the store spells the SKU in another case."""
    if not connection.sku_case_sensitive:
        return ""
    near = dict.fromkeys(product.value for value in asked for product in _in_any_case(found, value))
    return f"; {', '.join(map(repr, near))} differs in case (sku_case_sensitive)" if near else ""
