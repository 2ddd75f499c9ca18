"""Stores that ship with the library, each loaded only where a configuration names it."""

from __future__ import annotations
