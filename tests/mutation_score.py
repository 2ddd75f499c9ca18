"""Print what mutation testing found, module by module, and fail under the share that has to be found.

Usage: python -m tests.mutation_score PERCENT     Reads the results of `mutmut run` in this folder.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

FOUND = ("killed", "timeout", "segfault")
COLUMNS = ("killed", "timeout", "survived", "no tests")


def results() -> list[tuple[str, str]]:
    """(mutant, what became of it): `amazon_orders.rules.sku.x_short__mutmut_1`, `killed`."""
    command = [str(Path(sys.executable).with_name("mutmut")), "results", "--all", "true"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pairs = [line.strip().partition(": ") for line in said.splitlines() if "__mutmut_" in line]
    return [(mutant, outcome) for mutant, _, outcome in pairs]


def share(found: Counter[str]) -> float:
    return 100 * sum(found[name] for name in FOUND) / found.total() if found else 0.0


def main(least: float) -> int:
    modules: dict[str, Counter[str]] = {}
    for mutant, outcome in results():
        modules.setdefault(mutant.rsplit(".", 1)[0], Counter())[outcome] += 1
    width = max(map(len, modules), default=5)
    print(f"{'':{width}}  found " + "".join(f"{name:>10}" for name in (*COLUMNS, "other")))
    every: Counter[str] = sum(modules.values(), Counter())
    for name, found in [*sorted(modules.items()), ("all", every)]:
        counts = [found[column] for column in COLUMNS]
        counts.append(found.total() - sum(counts))
        print(f"{name:{width}} {share(found):5.1f} %" + "".join(f"{count:10}" for count in counts))
    if share(every) < least:
        print(f"under {least:g} %: `mutmut results` names those that survived, `mutmut show NAME` shows one")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
