"""The texts in the code: which are translated, and which that a user may read are not.

`python -m tests.texts_in_code gui/window` prints those that are not, in these files or folders.
Those that nobody reads, as keys and markup, stand in `keys_in_code.txt`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
KEYS = Path(__file__).with_name("keys_in_code.txt")
# The terminal speaks English, and so does what programs and other libraries read.
ENGLISH = (
    *(
        "core/cli",
        "core/exports/code",
        "core/exports/program_file.py",
        "core/exports/onnx_model.py",
    ),
    *("core/exports/notebook.py", "core/exports/card.py", "core/exports/plan.py", "core/library"),
    *(
        "core/exports/data_file.py",
        "core/licences.py",
        "core/language.py",
        "gui/app/application.py",
    ),
    *("gui/kit/theme.py", "core/train/shares", "core/brought_head.py", "core/brought_model.py"),
    "core/plugins.py",
)
TRANSLATED = {"tr", "mark", "tr_n", "note_n", "format_count", "counted"}
INSIDE = {"ValueError", "KeyError", "TypeError", "AssertionError", "NotImplementedError"}
NAMES = {"setObjectName", "setProperty", "property", "setAttribute", "getattr", "spoken", "encode"}
WORDS = re.compile(r"[A-Za-z]{2,}[,.:;!?…–]* +[(“]?[A-Za-z]{2,}|^&?[A-Z]&?[a-z]&?[a-z &]+…?$")
WORD = re.compile(
    r"\{\}[)”]?[,.:;]? (?:· )?[(“]?[a-z]{2,}\b(?![^<]*>)|\b[A-Za-z]{2,} [(“]?\{\}"
)  # of `f"…"`


def keys(tree: ast.AST) -> Iterator[str]:
    """Yield the keys in catalogues of all texts that a module translates."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or (name := _name(node.func)) not in TRANSLATED:
            continue
        texts = [_text(each) if isinstance(each, ast.Constant) else "" for each in node.args]
        if name in ("format_count", "counted"):
            yield from (f"{{n}} {text}s" for text in texts[1:] if text)
        elif name in ("tr_n", "note_n"):
            yield from texts[1:2]
        elif texts[:1] != [""]:
            sense = [_text(each.value) for each in node.keywords if each.arg == "sense"]
            sense += texts[1:2]
            yield f"{texts[0]} [{sense[0]}]" if sense else texts[0]


def untranslated(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of each literal that reads like words and is not translated."""
    for parent in _of_users(tree):
        for node in ast.iter_child_nodes(parent):
            is_part = isinstance(parent, ast.JoinedStr | ast.Compare | ast.Subscript)
            if isinstance(node, ast.Constant | ast.JoinedStr) and not is_part:
                text = _text(node)
                if WORDS.search(text) or ("\\" not in text and WORD.search(text)):
                    yield node.lineno, text


def _of_users(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes whose literals a user may read."""
    if isinstance(node, ast.Expr) and _is_text(node.value):  # a docstring
        return
    below: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.Call) and (name := _name(node.func)) in {*TRANSLATED, *INSIDE, *NAMES}:
        below = node.keywords if name in TRANSLATED else ()
    elif isinstance(node, ast.AnnAssign):
        yield node
        below = (node.value,) if node.value is not None else ()
    elif isinstance(node, ast.arg):
        return
    elif isinstance(node, ast.FunctionDef):
        below = (node.args, *node.body)
        yield node.args
    else:
        yield node
    for each in below:
        yield from _of_users(each)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def modules(*places: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield path and tree of each module of the program in these places whose texts users read."""
    for place in places or ("core", "gui"):
        where = ROOT / place
        for path in sorted(where.rglob("*.py")) if where.is_dir() else [where]:
            name = path.relative_to(ROOT).as_posix()
            if not any(name == each or name.startswith(f"{each}/") for each in ENGLISH):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def known() -> set[str]:
    """Return what reads like words and is read by nobody, each as file and text."""
    return set(KEYS.read_text(encoding="utf-8").splitlines())


def unknown(*places: str) -> Iterator[tuple[int, str]]:
    """Yield line, and file and text, of each literal that is neither translated nor known."""
    listed = known()
    for name, tree in modules(*places):
        for line, text in untranslated(tree):
            if (said := f"{name} {text!r}") not in listed:
                yield line, said


if __name__ == "__main__":
    for line, said in unknown(*sys.argv[1:]):
        sys.stdout.write(f"{line}: {said}\n")
