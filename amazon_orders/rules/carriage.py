"""Chooses what Amazon is told of how a package travels: the carrier's code and the shipping method.

Two chains that must not be mixed: a service sent as a carrier is refused, and tracking then counts for nothing.
"""

from __future__ import annotations

from ..model import Answer, Carrier, Connection, Shipment, TraceStep
from .carriers import OTHER, code_of, fold, named

SERVICES = ("Standard", "Expedited", "Scheduled", "NextDay", "SecondDay", "Next", "Second", "Priority")
"""Services that are known everywhere (the service levels of Amazon's feeds). No list of Amazon's has the others."""


def shipping_service(shipment: Shipment, connection: Connection) -> tuple[str, str, TraceStep]:
    """Amazon's `shippingMethod`, the carrier that comes with the default, and how they were chosen.

    The store's service if it is allowed > `default_shipping_service` > as the store wrote it, or empty. The carrier is
    empty unless the default was taken and is written `Carrier / Service`.
    """
    service = shipment.service.strip()
    allowed = {fold(name): name for name in (*SERVICES, *connection.allowed_shipping_services)}
    known = allowed.get(fold(service)) if service else None
    if known is not None:
        return known, "", TraceStep("service", known, f"the store's {service!r} is allowed")
    default = connection.default_shipping_service.strip()
    if default:
        carrier, method = _split(default)
        why = f"the store's {service!r} is not in allowed_shipping_services" if service else "the store names none"
        return method, carrier, TraceStep("service", method, f"{why}: default_shipping_service")
    why = "no default_shipping_service, so the store's own word" if service else "nobody names one"
    return service, "", TraceStep("service", service or "none", why)


def _split(default: str) -> tuple[str, str]:
    """`Carrier / Service` in two; a service alone has no carrier. A slash without spaces is part of a name."""
    carrier, slash, service = default.partition(" / ")
    return (carrier.strip(), service.strip()) if slash else ("", default)


def carrier_of(
    shipment: Shipment, connection: Connection, hook: Answer[Carrier] | None, default: str
) -> tuple[Carrier, TraceStep]:
    """The carrier in Amazon's words, and how it was chosen.

    `carriers` > a plugin > Amazon's list > `default` (the carrier of the default service) > `Other` with the store's
    own name. Where the store names no carrier, `default_shipping_method` is taken for its name.
    """
    told = shipment.carrier.strip()
    name = told or connection.default_shipping_method.strip()
    whose = "the store's" if told else "default_shipping_method"
    mapped = named(name, connection.carriers).strip()
    if mapped:
        chosen = _coded(mapped, name or shipment.service)
        return chosen, _step(chosen, f"{whose} {name!r} by `carriers`")
    if hook is not None:
        chosen = _coded(hook.value.code, hook.value.name or name or shipment.service)
        if hook.value.name and chosen.code != OTHER:
            chosen = Carrier(code=chosen.code, name=hook.value.name)
        return chosen, _step(chosen, f"a plugin chose for {name!r}", hook.plugin)
    listed = code_of(name)
    if listed and listed != OTHER:
        return Carrier(code=listed), _step(Carrier(code=listed), f"{whose} {name!r} is in Amazon's list")
    missing = f"{whose} {name!r} is not in Amazon's list" if name else "nobody names a carrier"
    if default:
        chosen = _coded(named(default, connection.carriers) or default, default, open_list=False)
        return chosen, _step(chosen, f"{missing}: the carrier of default_shipping_service")
    chosen = Carrier(code=OTHER, name=name or shipment.service.strip() or OTHER)
    return chosen, _step(chosen, missing)


def _coded(code: str, name: str, *, open_list: bool = True) -> Carrier:
    """A carrier by its code. A code that is not listed is believed where a person or a plugin chose it as a code."""
    listed = code_of(code)
    if listed == OTHER or (listed is None and not (open_list and code.strip())):
        return Carrier(code=OTHER, name=name.strip() or OTHER)
    return Carrier(code=listed or code.strip())


def _step(carrier: Carrier, detail: str, plugin: str = "") -> TraceStep:
    outcome = f"{carrier.code}: {carrier.name}" if carrier.name else carrier.code
    return TraceStep("carrier", outcome, detail, plugin)
