"""The adapter's one table. It names the shop's rows by number, so it depends on no migration of the shop's apps."""

from __future__ import annotations

from django.db import models


class KeptKey(models.Model):  # type: ignore[misc] # Django is published without types
    """A write that Amazon caused, under its key: it is there once, in the transaction of what it did."""

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=32)
    """`cancel`, `put_on_hold`, …, or the reason of a stock move."""
    order_id = models.BigIntegerField(null=True, db_index=True)
    record_id = models.BigIntegerField(null=True)
    """The status change or shipping event that it left in the shop; for a stock move the stock record."""
    units = models.JSONField(default=dict)
    """Order line -> units that it cancelled; for a stock move the move itself."""
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        """The table's name says whose it is."""

        db_table = "amazon_orders_oscar_key"
        verbose_name = "kept key"

    def __str__(self) -> str:
        return str(self.key)
