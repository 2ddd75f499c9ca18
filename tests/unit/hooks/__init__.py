"""Hooks: specifications, checks, calls, and the page about them."""
