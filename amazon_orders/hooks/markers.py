"""The two markers of pluggy under the project's name: one for specifications, one for implementations."""

from __future__ import annotations

import pluggy

PROJECT = "amazon_orders"

hookspec = pluggy.HookspecMarker(PROJECT)
"""Marks a specification; used in `specs` alone."""

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function or method that answers a hook."""
