"""The one place that knows concrete classes: a configuration becomes a working `App`."""

from __future__ import annotations

from .app import App

__all__ = ["App"]
