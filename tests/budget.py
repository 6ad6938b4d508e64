"""Sizes of parts of the code, and the list of those that exceed their limits.

budget.toml lists what exceeded a limit when the budget was introduced, with its size. A size may
only fall, and an entry is removed with its cause: `python -m tests.budget` rewrites the list with
smaller sizes and fewer entries, never with new ones. Renames are entered there by hand.
"""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core.model_family import FAMILY

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_suffix(".toml")
LIMITS = {
    "lines of a module": 400,
    "lines of a class": 300,
    "methods of a class": 30,
    "lines of a function": 60,
    "files in a folder": 24,
    "private members of others, in a file of tests": 0,
    "modules that name a kind of model": 6,
}
# Public by the documentation of NamedTuple.
NOT_PRIVATE = ("_replace", "_asdict", "_fields", "_make")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Sizes = dict[str, dict[str, int]]


def files_of(*tops: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each Python file in the given folders, and of the given files."""
    for top in tops:
        path = ROOT / top
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")


def named(tree: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield classes and functions with their qualified names, nested ones included."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.ClassDef, *FUNCTIONS)):
            name = f"{prefix}{node.name}"
            yield name, node
            yield from named(node, f"{name}.")
        else:
            yield from named(node, prefix)


def private_uses(tree: ast.AST) -> int:
    """Count uses of obj._name where obj is neither self nor cls."""
    return sum(
        isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.endswith("__")
        and node.attr not in NOT_PRIVATE
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
        for node in ast.walk(tree)
    )


def names_a_kind(tree: ast.AST) -> bool:
    """Return whether the code names a kind of model, instead of reading the flags of its row."""
    return any(isinstance(node, ast.Constant) and node.value in FAMILY for node in ast.walk(tree))


def measured() -> Sizes:
    """Return all sizes that exceed a limit: for each limit, the sizes by name."""
    modules, classes, methods, functions, folders, private, naming = sizes = [
        Counter[str]() for _ in LIMITS
    ]
    for file, text in files_of("app.py", "run.py", "core", "gui", "benchmarks"):
        modules[file] = len(text.splitlines())
        tree = ast.parse(text)
        if file.startswith(("core/", "gui/")):
            naming["core and gui"] += names_a_kind(tree)
        for name, node in named(tree, f"{file}:"):
            lines = (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1
            if isinstance(node, ast.ClassDef):
                classes[name] = lines
                methods[name] = sum(isinstance(part, FUNCTIONS) for part in node.body)
            else:
                functions[name] = lines
    for file, text in files_of("tests"):
        private[file] = private_uses(ast.parse(text)) if "._" in text else 0
    folders.update(
        str(Path(file).parent) for file, _ in files_of("core", "gui", "benchmarks", "tests")
    )
    return {
        what: {name: size for name, size in by_name.items() if size > limit}
        for (what, limit), by_name in zip(LIMITS.items(), sizes, strict=True)
    }


def listed() -> Sizes:
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


def tightened(before: Sizes, now: Sizes) -> Sizes:
    """Return the list without obsolete entries; nothing is added and no size rises."""
    return {
        what: {
            name: min(size, now[what][name]) for name, size in sizes.items() if name in now[what]
        }
        for what, sizes in before.items()
    }


def main() -> None:
    lines = []
    for what, sizes in tightened(listed(), measured()).items():
        lines += [
            f'["{what}"]',
            *(f'"{name}" = {size}' for name, size in sorted(sizes.items())),
            "",
        ]
    LIST.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
