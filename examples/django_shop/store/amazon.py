"""The library inside this shop: a page with a button, and a receiver."""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import threading
from itertools import islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connections
from django.dispatch import receiver
from django.shortcuts import redirect, render

from amazon_orders.integrations.django import get_app
from amazon_orders.integrations.django.signals import order_placed

from .models import Order

running, said = threading.Lock(), [""]


@receiver(order_placed)
def put_on_packing_list(ref: str, **_: Any) -> None:
    Order.objects.filter(pk=ref, status="new").update(to_pack=True)


def sync() -> None:
    with running:
        said[:] = [error["message"] for error in get_app().sync().errors]
        connections.close_all()  # this thread's own


@login_required
def orders(request: Any) -> Any:
    if request.method == "POST":
        if not running.locked():  # of two that come in at once the second waits, and finds nothing new
            threading.Thread(target=sync, name="amazon", daemon=True).start()
        return redirect("amazon")
    found = [get_app().orders.explain(row.amazon_order_id) for row in islice(get_app().orders.list(), 50)]
    return render(request, "amazon.html", {"orders": found, "running": running.locked(), "said": said})
