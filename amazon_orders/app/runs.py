"""`App.runs`: what earlier runs did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import NotFound

if TYPE_CHECKING:
    from .app import App


class Runs:
    """The runs that the ledger remembers."""

    def __init__(self, app: App) -> None:
        self._app = app

    def list(self, connection: str | None = None) -> list[dict[str, Any]]:
        """Runs, newest first: `{"id", "connection", "started_at", "finished_at", "report"}`."""
        return self._app.ledger.runs.list(connection)

    def get(self, run_id: int) -> dict[str, Any]:
        """One run. `NotFound` where there is none of that number."""
        found = self._app.ledger.runs.get(run_id)
        if found is None:
            raise NotFound(f"There is no run {run_id}.", record=str(run_id))
        return found
