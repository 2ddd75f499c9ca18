"""From a shell or from cron: `python tasks.py connect NAME KEY=VALUE ... < token.txt` once, then `... sync`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from amazon import open_app
from shop import Shop


def main(task: str, *words: str) -> int:
    """The exit code. The refresh token is read from standard input, so that no list of processes shows it."""
    with open_app(Shop(Path("shop.db"))) as amazon:
        if task == "connect":
            settings: dict[str, Any] = dict(word.split("=", 1) for word in words[1:])
            settings |= {"name": words[0], "store": "shop", "active": True, "refresh_token": sys.stdin.read().strip()}
            settings["marketplaces"] = settings["marketplaces"].split(",")
            amazon.connections.add(settings)
            return 0
        report = amazon.sync()
        print(json.dumps(report.as_dict()))
        return 1 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
