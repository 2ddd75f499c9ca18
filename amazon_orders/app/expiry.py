"""What runs out at Amazon, and how early to say so."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..model.checkup import OK, RED, WARNING, Finding

SECRET_LIFE = timedelta(days=180)
"""Amazon lets an application's client secret expire; documentation page "Rotating your app's LWA credentials"."""
AUTHORISATION_LIFE = timedelta(days=365)
"""A seller has to renew an authorisation of a public application; documentation page "Renew authorizations"."""
WARN_DAYS = (90, 30, 7, 1)
_RED_DAYS = 7


def countdown(what: str, since: datetime, life: timedelta, now: datetime, *, fix: str, connection: str = "") -> Finding:
    """How long something lives yet: warned of from 90 days on, red from 7 days on."""
    ends = since + life
    days = (ends - now) // timedelta(days=1)
    if ends <= now:
        detail = f"it ran out on {ends:%Y-%m-%d}"
        return Finding(what=what, connection=connection, result=RED, detail=detail, fix=fix)
    step = min((limit for limit in WARN_DAYS if days <= limit), default=None)
    detail = f"good until {ends:%Y-%m-%d}, {days} days from now"
    if step is None:
        return Finding(what=what, connection=connection, result=OK, detail=detail)
    result = RED if step <= _RED_DAYS else WARNING
    return Finding(
        what=what, connection=connection, result=result, detail=f"less than {step + 1} days left: {detail}", fix=fix
    )
