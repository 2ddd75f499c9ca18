"""The first tables."""

# mypy: disable-error-code="misc"

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Products, orders, lines."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[object]] = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=64, null=True, unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("total", models.DecimalField(decimal_places=2, max_digits=12)),
                ("status", models.CharField(default="new", max_length=10)),
                ("takes_stock", models.BooleanField(default=True)),
                ("address", models.JSONField(null=True)),
                ("placed_at", models.DateTimeField()),
                ("to_pack", models.BooleanField(default=False)),
                ("carrier", models.CharField(blank=True, max_length=40)),
                ("tracking", models.CharField(blank=True, max_length=80)),
                ("sent_at", models.DateTimeField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("stock", models.IntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.TextField()),
                ("quantity", models.IntegerField()),
                ("gross", models.DecimalField(decimal_places=2, max_digits=12)),
                ("order", models.ForeignKey("store.order", django.db.models.deletion.CASCADE, related_name="lines")),
                ("product", models.ForeignKey("store.product", django.db.models.deletion.PROTECT, null=True)),
            ],
        ),
    ]
