"""The library inside a host platform: settings, commands and signals as that platform has them."""

from __future__ import annotations
