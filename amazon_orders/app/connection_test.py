"""What `connection test` looks at: the store and its search, the authorisation, the marketplaces; and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import (
    AdapterBug,
    AmazonAuthError,
    AmazonError,
    AmazonOrdersError,
    AmazonRejected,
    AmazonThrottled,
    AmazonUnavailable,
    ConfigError,
    StoreRejected,
    StoreUnavailable,
)
from ..model import MARKETPLACES, Check, Connection, ConnectionTest

if TYPE_CHECKING:
    from .app import App

_NO_PRODUCT = "amazon-orders-connection-test"
"""A seller SKU that nobody has: the answer does not matter, only that there is one."""


def connection_test(app: App, connection: Connection) -> ConnectionTest:
    """Ask the store and Amazon, and write nothing to either. The first error is the result's own."""
    checks: list[Check] = []
    errors: list[AmazonOrdersError] = []
    for ask in (_store, _amazon):
        found, error = ask(app, connection)
        checks += found
        if error is not None:
            errors.append(error)
    return ConnectionTest(name=connection.name, checks=tuple(checks), error=errors[0].as_dict() if errors else None)


def refused_attribute(app: App, connection: Connection) -> str:
    """What the store says against the connection's `product_attribute`; empty where it takes it, or cannot be asked."""
    try:
        app.hooks(connection.store).store_find_products(connection.product_attribute, [_NO_PRODUCT])
    except StoreRejected as error:
        return str(error)
    except AmazonOrdersError:  # a store that is down, or not installed yet, is no reason against a setting
        return ""
    return ""


_Found = tuple[list[Check], AmazonOrdersError | None]


def _store(app: App, connection: Connection) -> _Found:
    attribute, store = connection.product_attribute, connection.store
    search = f"store searches products by {attribute}"
    try:
        app.hooks(store).store_find_products(attribute, [_NO_PRODUCT])
    except StoreRejected as error:
        fix = f"choose one that it has: amazon-orders connection set {connection.name} product_attribute=ATTRIBUTE"
        answers = Check(what="store answers", ok=True, detail=f"store {store}")
        return [answers, Check(what=search, ok=False, detail=str(error), fix=fix)], error
    except AmazonOrdersError as error:
        return [Check(what="store answers", ok=False, detail=str(error), fix=_store_fix(app, store, error))], error
    return [
        Check(what="store answers", ok=True, detail=f"store {store}"),
        Check(what=search, ok=True, detail="it takes the attribute"),
    ], None


def _store_fix(app: App, store: str, error: AmazonOrdersError) -> str:
    match error:
        case ConfigError():
            return f"correct the table [stores.{store}] in {app.config.source or 'the configuration'}"
        case StoreUnavailable():
            return f"see that the shop of store {store} runs and can be reached from here, then test again"
        case AdapterBug():
            return "install a newer version of the adapter, or report this to its author"
    return f"check the shop of store {store} and the table [stores.{store}]"


def _amazon(app: App, connection: Connection) -> _Found:
    what = "Amazon accepts the authorisation"
    try:
        client = app.client(connection)
        client.renew_token()  # a kept one would hide that the credentials are wrong by now
        participations = client.get_marketplace_participations()
    except AmazonOrdersError as error:
        return [Check(what=what, ok=False, detail=str(error), fix=_amazon_fix(connection.name, error))], error
    app.ledger.authorisations.accept(connection.name)
    selling = {row.marketplace_id for row in participations if row.is_participating}
    found = [Check(what=what, ok=True, detail=f"seller {connection.seller_id}")]
    return found + [_sells(connection, country, selling) for country in connection.marketplaces], None


def _amazon_fix(name: str, error: AmazonOrdersError) -> str:
    match error:
        case AmazonAuthError(amazon_code="invalid_client" | "unauthorized_client"):
            return "correct client_id and client_secret in [lwa], from your application in Seller Central"
        case AmazonAuthError():
            return f"let the seller authorise it again: amazon-orders connection authorise {name}"
        case AmazonThrottled():
            return f"wait a minute, then: amazon-orders connection test {name}"
        case AmazonUnavailable():
            return f"nothing is to be changed; when it answers again: amazon-orders connection test {name}"
        case AmazonRejected():
            return f"compare seller_id and region with Seller Central: amazon-orders connection show {name}"
        case ConfigError():
            return f"set what is named, then: amazon-orders connection test {name}"
        case AmazonError():
            return f"try again in a few minutes: amazon-orders connection test {name}"
    return f"remove the cause, then: amazon-orders connection test {name}"


def _sells(connection: Connection, country: str, selling: set[str]) -> Check:
    what = f"the account sells in {country}"
    if MARKETPLACES[country].id in selling:
        return Check(what=what, ok=True, detail="participating")
    rest = ",".join(each for each in connection.marketplaces if MARKETPLACES[each].id in selling)
    fix = f"begin to sell there in Seller Central, or take {country} out"
    if rest:
        fix += f": amazon-orders connection set {connection.name} marketplaces={rest}"
    return Check(what=what, ok=False, detail="Amazon does not list it for this account", fix=fix)
