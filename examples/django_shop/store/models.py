"""The shop's tables."""

# mypy: disable-error-code="misc"
# Django is published without types.

from __future__ import annotations

from django.db import models


class Product(models.Model):
    """Something to sell. `stock` is what can still be promised; nobody counts it where it is null."""

    sku = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    stock = models.IntegerField(null=True)


class Order(models.Model):
    """An order. It leaves in one parcel."""

    reference = models.CharField(max_length=64, unique=True, null=True)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    status = models.CharField(max_length=10, default="new")
    takes_stock = models.BooleanField(default=True)
    address = models.JSONField(null=True)
    placed_at = models.DateTimeField()
    to_pack = models.BooleanField(default=False)
    carrier = models.CharField(max_length=40, blank=True)
    tracking = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True, db_index=True)


class Line(models.Model):
    """A line; one without a product is shipping or a fee."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, null=True)
    title = models.TextField()
    quantity = models.IntegerField()
    gross = models.DecimalField(max_digits=12, decimal_places=2)
