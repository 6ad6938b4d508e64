"""The packages that the program runs with, and their licences, as they say themselves."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import Distribution

LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)
UNKNOWN = "licence not stated"
LONGEST_NAME = 60  # letters; some packages put the whole text where its name belongs


@dataclass(frozen=True)
class Package:
    """A package; licence : the name of that."""

    name: str
    version: str
    licence: str
    source: Distribution

    def text(self) -> str:
        """Read the licence files, one after another; "" if the package brings none."""
        texts = []
        for path in self.source.files or ():
            if ".dist-info" in path.parts[0] and LICENCE_FILE.search(str(path)):
                file = Path(str(self.source.locate_file(path)))
                with suppress(OSError):  # a package that was taken apart
                    texts.append(file.read_text(encoding="utf-8", errors="replace").strip())
        return "\n\n".join(texts)


def packages() -> list[Package]:
    """Return the packages in the program's environment, by name: in a bundle, what it holds."""
    from importlib import metadata  # here, for it takes the window 30 ms of its start

    found = {}
    for package in metadata.distributions():
        name = package.metadata["Name"]
        if name and name.lower() not in found:  # the first is the one that would be imported
            found[name.lower()] = Package(name, package.version, _name_of(package), package)
    return [found[name] for name in sorted(found)]


def _name_of(package: Distribution) -> str:
    """Return the licence's name: an SPDX expression, else a classifier, else a short line."""
    about = package.metadata
    if about["License-Expression"]:
        return str(about["License-Expression"])
    classifiers = [
        words.rpartition(" :: ")[2]
        for words in about.get_all("Classifier") or ()
        if words.startswith("License :: ") and not words.endswith("OSI Approved")
    ]
    if classifiers:
        return ", ".join(classifiers)
    line = (about["License"] or "").strip()
    return line if 0 < len(line) <= LONGEST_NAME and "\n" not in line else UNKNOWN
