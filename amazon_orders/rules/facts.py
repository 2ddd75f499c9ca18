"""What the rules are told beside the order and the connection: values that somebody else has looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..model import Alias, Answer, Product, TaxTreatment


class PatternEngine(Protocol):
    """Runs a seller's own patterns in time that is linear in the text; the standard `re` does not."""

    def sub(self, pattern: str, replacement: str, text: str) -> str:
        """`text` with every match of `pattern` replaced."""
        ...  # pragma: no cover


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything that decides an order and is neither Amazon's nor a setting."""

    found: Mapping[str, Sequence[Product]] = field(default_factory=dict)
    """The catalogue's answer: attribute value as the store spells it -> products. More than was asked for is fine."""
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    """Seller SKU -> the product it was paired with by hand."""
    hook_skus: Mapping[str, Answer[str]] = field(default_factory=dict)
    """Seller SKU -> the value that a plugin named."""
    tax_seen: bool = False
    """Whether Amazon was ever seen to calculate tax for this connection in this marketplace."""
    tax: Answer[Mapping[str, TaxTreatment]] | None = None
    """Order item id -> what a plugin says about the line's tax."""
    shipping_method: Answer[str] | None = None
    needs_address: bool = True
    """Whether the store refuses an order without a recipient."""
    patterns: PatternEngine | None = None
