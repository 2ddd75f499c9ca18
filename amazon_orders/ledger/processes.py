"""Who holds a lease: this process, and whether another one on this host still lives."""

from __future__ import annotations

import hashlib
import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process, told apart from a later one with the same number by the time it started."""

    host: str
    pid: int
    started: str
    """Clock ticks since boot; empty where the system does not say."""

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host.split('/')[0]}"


def this_process() -> Process:
    """The process that asks, also after a fork."""
    pid = os.getpid()
    return Process(_host(pid), pid, _stat(pid)[1])


def is_gone(holder: Process) -> bool:
    """Whether `holder` ran on this host and lives no more. False where that cannot be known."""
    if holder.host != _host(os.getpid()):
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # it lives, and belongs to somebody else
    state, started = _stat(holder.pid)
    if state in ("Z", "X"):
        return True  # killed, and not yet fetched by its parent
    return bool(holder.started and started and started != holder.started)


@lru_cache(maxsize=4)
def _host(_pid: int) -> str:
    """The host's name, and a mark of what its process numbers mean: two containers may share a name, not that."""
    marks = []
    try:
        marks.append(Path("/proc/sys/kernel/random/boot_id").read_text())
        marks.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        pass  # not Linux, or hidden
    mark = hashlib.blake2b("|".join(marks).encode(), digest_size=6).hexdigest()
    return f"{socket.gethostname()}/{mark}"


def _stat(pid: int) -> tuple[str, str]:
    """State letter and start time of a process; both empty where the system does not say."""
    try:
        # The name in parentheses may hold anything, so count from its end: proc(5), fields 3 and 22.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", ""
    return fields[0], fields[19]
