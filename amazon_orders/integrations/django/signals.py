"""Events as Django signals. Each is sent with the arguments of its hook, by name; see the hooks `on_*`."""

from __future__ import annotations

from django.dispatch import Signal

order_placed = Signal()
order_changed = Signal()
order_cancelled = Signal()
order_held = Signal()
shipment_confirmed = Signal()
refund_sent = Signal()
stock_published = Signal()
order_at_risk = Signal()
connection_failed = Signal()
run_finished = Signal()
