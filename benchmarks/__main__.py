"""`python -m benchmarks`: run the benchmarks, print a table, exit with 1 where a target is missed.

Each module of the package that has a TARGET is a benchmark.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import benchmarks

NAMES = sorted(
    module.name
    for module in iter_modules(benchmarks.__path__)
    if module.name not in ("__main__", "timing")
)
ROW = "{:28} {:>12} {:>12} {:8} {:>7}  {:15} {}"


def main() -> int:
    """Run the chosen benchmarks; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=benchmarks.__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--data-dir", metavar="DIR", help="the folder with MNIST's IDX files")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there too")
    options = parser.parse_args()
    figures, all_met = {}, True
    print(ROW.format("name", "value", "reference", "unit", "ratio", "target", ""))
    for name in options.only:
        module = import_module(f"benchmarks.{name}")
        target, result = module.TARGET, module.measure(options.data_dir)
        wanted = f"{target.kind} {target.ratio:g}"
        if result is None:
            print(ROW.format(name, "–", "–", "", "–", wanted, "skipped: no MNIST folder"))
            continue
        met = target.is_met_by(result.ratio)
        all_met &= met
        row = (f"{result.value:,.4g}", f"{result.reference:,.4g}", result.unit)
        print(ROW.format(name, *row, f"{result.ratio:.2f}", wanted, "met" if met else "MISSED"))
        sys.stdout.flush()
        figures[name] = asdict(result) | {"ratio": result.ratio, "target": wanted, "met": met}
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main())
