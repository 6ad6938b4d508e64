"""What is installed: one package, `logitlab`, made of the folders of the checkout.

The checkout has app.py, core, gui and assets at its top, and its code imports them so. In
site-packages these names would meet a user's own app.py or core.py, so they become `logitlab.app`,
`logitlab.core` and so on, and imports of them are rewritten as the wheel is built. What is
installed is thus an ordinary package: editors, type checkers and programs that freeze others read
it as it is.
"""

from __future__ import annotations

import ast
import os
import tempfile
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
NAME = "logitlab"
FOLDERS = ("core", "gui", "assets")
OWN = ("app", *FOLDERS)  # names at the top of the checkout
IS_EDITABLE = "LOGITLAB_EDITABLE" in os.environ  # see packaging/backend.py


def moved(text: str, where: str = "") -> str:
    """Return the text of a module with its imports of OWN taken from the package, line by line.

    Raises SyntaxError, with the line, for a form of import that cannot be moved.
    """
    lines = text.encode().splitlines(keepends=True)  # places in the tree count bytes
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            if node.level or (node.module or "").partition(".")[0] not in OWN:
                continue
            old, new = "from ", f"from {NAME}."
        elif isinstance(node, ast.Import):
            own = [each for each in node.names if each.name.partition(".")[0] in OWN]
            if not own:
                continue
            if len(node.names) > 1 or "." in own[0].name:
                raise SyntaxError(f"{where}:{node.lineno}: write “from … import …” instead")
            # Not “from logitlab import …”, which would first ask the package for a public name.
            name = own[0].name
            old = f"import {name}"
            new = f"import {NAME}.{name}" if own[0].asname else f"import {NAME}.{name} as {name}"
        else:
            continue
        line, column = lines[node.lineno - 1], node.col_offset
        lines[node.lineno - 1] = line[:column] + line[column:].replace(
            old.encode(), new.encode(), 1
        )
    return b"".join(lines).decode()


class OnePackage(build_py):
    """Copies the modules, and moves their imports into the package."""

    def run(self) -> None:
        if IS_EDITABLE:
            self.mkpath(self.build_lib)
            folders = (ROOT, ROOT / "packaging")
            path_file = Path(self.build_lib) / f"{NAME}.pth"
            path_file.write_text("".join(f"{folder}\n" for folder in folders), encoding="utf-8")
            return
        super().run()
        self.build_module("app", str(ROOT / "app.py"), NAME)

    def build_module(self, module: str, module_file: str, package: str) -> tuple[str, bool]:
        """Copy a module into the package and return its path, and whether it was copied."""
        copied: tuple[str, bool] = super().build_module(module, module_file, package)
        path = Path(copied[0])
        text = path.read_text(encoding="utf-8")
        path.write_text(moved(text, module_file), encoding="utf-8", newline="\n")
        return copied


def packages() -> list[str]:
    """Return the names of all packages as they are installed."""
    found = find_packages(str(ROOT), include=[each for f in FOLDERS for each in (f, f"{f}.*")])
    return [NAME, *(f"{NAME}.{each}" for each in found)]


def main() -> None:
    with tempfile.TemporaryDirectory() as place:  # in build/, modules that are no more would stay
        setup(
            packages=packages(),
            package_dir={NAME: f"packaging/{NAME}", **{f"{NAME}.{each}": each for each in FOLDERS}},
            cmdclass={"build_py": OnePackage},
            include_package_data=False,  # but what pyproject.toml lists
            options={"build": {"build_base": place}, "egg_info": {"egg_base": place}},
        )


if __name__ == "__main__":
    main()
