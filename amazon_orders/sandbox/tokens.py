"""Page tokens of the operations whose token stands alone: they hold the whole question and where to go on."""

from __future__ import annotations

import base64
import json

from amazon_orders.sandbox.messages import dump, invalid_input


def sealed(params: dict[str, str], offset: int) -> str:
    """The token of the page that begins there."""
    return base64.urlsafe_b64encode(dump([params, offset])).decode()


def opened(params: dict[str, str], name: str) -> tuple[dict[str, str], int]:
    """The question and the offset; a token must be the only parameter."""
    if name not in params:
        return params, 0
    if len(params) > 1:
        raise invalid_input(f"{name} must be the only parameter.")
    try:
        question, offset = json.loads(base64.urlsafe_b64decode(params[name]))
    except ValueError:
        raise invalid_input(f"{name} is malformed.") from None
    return question, offset
