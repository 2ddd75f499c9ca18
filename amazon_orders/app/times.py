"""Spans of time in words."""

from __future__ import annotations

from datetime import timedelta

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def span(length: timedelta) -> str:
    """`3 days`, `1 hour`, `5 minutes`, `20 seconds`."""
    seconds = int(abs(length.total_seconds()))
    for size, unit in _UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


def ago(length: timedelta) -> str:
    """`3 days ago`."""
    return f"{span(length)} ago"
