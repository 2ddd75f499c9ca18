"""A value of every setting, written as a person would: for refusals, and for whoever reads the documentation."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, str] = {
    "name": "de",
    "active": "active=true",
    "seller_id": "seller_id=A1EXAMPLE",
    "region": "region=eu",
    "marketplaces": "marketplaces=DE,FR",
    "refresh_token": "--refresh-token-file token.txt",
    "store": "store=shop",
    "level": "level=stock_only",
    "fulfillment": "fulfillment=all",
    "product_attribute": "product_attribute=ean",
    "sku_crop": 'sku_crop=[{suffix="-FBA"}]',
    "sku_case_sensitive": "sku_case_sensitive=false",
    "unknown_sku": "unknown_sku=placeholder",
    "placeholder_product": "placeholder_product=AMAZON-UNKNOWN",
    "default_shipping_method": "default_shipping_method=dhl",
    "shipping_methods": "shipping_methods.EXPEDITED=express",
    "default_shipping_service": 'default_shipping_service="DHL / DHL Paket"',
    "allowed_shipping_services": 'allowed_shipping_services="Same Day,Night Express"',
    "carriers": "carriers.dhl=DHL",
    "untracked": "untracked=feed",
    "confirm_prime": "confirm_prime=true",
    "cancellation_reason": "cancellation_reason=PricingError",
    "cancellation_reasons": "cancellation_reasons.mistake=PricingError",
    "ignore_amazon_tax": "ignore_amazon_tax=true",
    "prices_include_tax": "prices_include_tax=yes",
    "marketplace_tax": "marketplace_tax=line",
    "unbalanced": "unbalanced=adjust",
    "sync_from": "sync_from=2026-11-01T00:00:00Z",
    "reserve_pending": "reserve_pending=false",
    "publish_stock": "publish_stock=false",
    "stock_buffer": "stock_buffer=2",
    "stock_cap": "stock_cap=50",
    "stock_marketplaces": "stock_marketplaces=DE",
    "endpoint": "endpoint=http://127.0.0.1:8077",
    "token_endpoint": "token_endpoint=http://127.0.0.1:8077/auth/o2/token",
}
"""Setting -> one value of it that is not the default, as `connection set` takes it."""

FILE_EXAMPLES: Mapping[str, str] = {
    "ledger": "[ledger]",
    "ledger.url": 'url = "sqlite:///amazon-orders.db"',
    "ledger.key_file": 'key_file = "amazon-orders.key"',
    "ledger.lease_seconds": "lease_seconds = 60",
    "lwa": "[lwa]",
    "lwa.client_id": 'client_id = "env:LWA_CLIENT_ID"',
    "lwa.client_secret": 'client_secret = "env:LWA_CLIENT_SECRET"',
    "lwa.application_id": 'application_id = "amzn1.sellerapps.app.0000"',
    "lwa.redirect_uri": 'redirect_uri = "https://shop.example/amazon"',
    "lwa.secret_created_at": "secret_created_at = 2026-11-01",
    "stores": '[stores.shop], then adapter = "sqlite"',
    "plugins": 'plugins = ["prime"], before the first [table]',
}
"""Key of the config file -> one line of it."""
