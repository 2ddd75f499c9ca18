"""Alerts: lines that go to a file at once, or to a webhook when the run is over."""

from __future__ import annotations

import http.client
import json
import logging
import threading
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from amazon_orders.errors import ConfigError

log = logging.getLogger(__name__)

DEADLINE = 5.0
"""Seconds that a webhook may take in all: looking up its name, connecting, TLS, and every byte of its answer."""


class Alerts(Protocol):
    """Where lines go."""

    def add(self, line: str) -> None:
        """Take a line."""

    def send(self) -> None:
        """Deliver what was not delivered yet. What fails is logged, and is not tried again."""


def alerts_to(target: str) -> Alerts:
    """Alerts to an http(s) address or to a file. `ConfigError` for an address that would send lines in the open."""
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https"):
        return FileAlerts(Path(target))
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ConfigError("PRIME_ALERTS must be a file, or an https address.", record="PRIME_ALERTS")
    return WebhookAlerts(parts)


class FileAlerts:
    """Appends each line at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, line: str) -> None:
        """One write of one line, so that several processes may share the file."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def send(self) -> None:
        """Nothing is left."""


class WebhookAlerts:
    """Gathers lines and posts them once a run as `{"text": …}`: a slow webhook costs a run one deadline, not many."""

    def __init__(self, url: SplitResult, deadline: float = DEADLINE) -> None:
        self._url = url
        self._deadline = deadline
        self._lines: list[str] = []
        self._lock = threading.Lock()  # connections may be synced by several threads

    def add(self, line: str) -> None:
        """Keep it for the end of the run."""
        with self._lock:
            self._lines.append(line)

    def send(self) -> None:
        """Post every line. Time-outs of sockets begin anew with every byte, so a thread is waited for instead."""
        with self._lock:
            lines, self._lines = self._lines, []
        if not lines:
            return
        answered: list[int] = []
        poster = threading.Thread(target=self._post, args=("\n".join(lines), answered), daemon=True)
        poster.start()
        poster.join(self._deadline)
        if not answered or answered[0] >= 300:
            # The address may hold a secret, so it is not part of the message.
            log.warning("%d alerts were not taken: %s", len(lines), answered[0] if answered else "no answer in time")

    def _post(self, text: str, answered: list[int]) -> None:
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        peer = kind(self._url.hostname or "", self._url.port, timeout=self._deadline)
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        try:
            peer.request("POST", path, json.dumps({"text": text}), {"Content-Type": "application/json"})
            answered.append(peer.getresponse().status)
        except (OSError, http.client.HTTPException):
            pass  # whoever waits sees that there is no answer
        finally:
            peer.close()
