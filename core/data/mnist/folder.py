"""Find the four files of a data set in MNIST's format, as people have them.

They lie in the chosen folder or up to two levels below it: in `MNIST/raw`, in a folder of their
own name each, beside other data sets as in EMNIST's archive. A role is recognised by the words of a
name, `train` or `t10k` or `test`, `images` and `idx3` or `labels` and `idx1`; what stands before
them, as in `emnist-letters-train-images-idx3-ubyte`, is the name of the data set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from core.errors import DataError
from core.language import tr
from core.staging import tidy

FOLDER_VARIABLE = "LOGITLAB_DATA"
NAMELESS = ("raw", "data", "gzip", "files", "idx")
LEVELS = 2  # of folders below the chosen one
MOST_ENTRIES = 5000  # of the folders that are searched
ROLES = ("train images", "train labels", "t10k images", "t10k labels")
_ROLE = re.compile(
    r"(?P<before>.*?)(?P<part>train|t10k|test)[-_. ]?"
    r"(?:(?P<images>images?)[-_. ]?idx3|(?P<labels>labels?)[-_. ]?idx1)"
    r"(?P<after>[-_.]?ubyte)?(?P<zip>(?:\.gz)*)",
    re.IGNORECASE,
)


class IdxFiles(NamedTuple):
    """The four files of a data set, in the order of ROLES.

    name : of the data set, if the names of the files say it, else "".
    folder : in which all of them lie, themselves or in folders of their own.
    """

    paths: tuple[Path, Path, Path, Path]
    name: str
    folder: Path

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files and of the folders around them, for what they say of the data."""
        return (*(path.name for path in self.paths), self.folder.name, self.folder.parent.name)

    @property
    def data_name(self) -> str:
        return self.name or name_of(self.folder)


class _Candidate(NamedTuple):
    group: tuple[str, ...]  # folders, without those named after a file, and the data set's name
    role: str
    path: Path


def chosen_folder(chosen: str | None) -> str | None:
    """Return the name of the folder to read: the chosen one, or else $LOGITLAB_DATA."""
    return chosen or os.environ.get(FOLDER_VARIABLE) or None


def find_files(chosen: str | None) -> IdxFiles | None:
    """Return the four files in the chosen folder, or None if none is chosen.

    Where a folder has several data sets, FOLDER/NAME chooses the one whose files begin with NAME.
    Raises DataError if there are none, if one is missing, or if there are several data sets.
    """
    name = chosen_folder(chosen)
    if name is None:
        return None
    try:
        folder, begin = _existing(Path(name).expanduser())
        tidy(folder)
        return _choose(folder, begin, list(_candidates(folder)))
    except (OSError, RuntimeError) as error:  # no permission, too long a name, ~nobody
        raise DataError(
            tr(
                "{name} cannot be looked into ({error}); choose another folder.",
                name=name,
                error=error,
            )
        ) from error


def holds_files(folder: Path) -> bool:
    """Return whether a folder or those below it hold a file that is named like one of the four."""
    try:
        return next(_candidates(folder), None) is not None
    except OSError:
        return False


def name_of(folder: Path) -> str:
    """Return the name of a folder's data: the nearest folder name upwards that is not in NAMELESS.

    Many data sets unpack into a folder such as `raw`, within one that is named after them.
    """
    path = folder.resolve()
    while path.name.casefold() in NAMELESS:
        path = path.parent
    return path.name or "Images"


def _existing(path: Path) -> tuple[Path, str]:
    """Return a folder, and with what the names of the wanted files begin."""
    if path.is_dir():
        return path, ""
    if path.is_file():  # one of the four
        found = _ROLE.fullmatch(path.name)
        return path.parent, _group_name(found) if found else ""
    if path.parent.is_dir() and path.name:
        for candidate in _candidates(path.parent):
            if candidate.group[-1].casefold() == path.name.casefold():
                return path.parent, path.name
    raise DataError(
        tr("{path} is not a folder; choose the one that holds MNIST's four files.", path=path)
    )


def _candidates(folder: Path) -> Iterator[_Candidate]:
    """Yield the files of a folder, and of those below it, that are named like one of the four."""
    left = MOST_ENTRIES
    level: list[tuple[Path, tuple[str, ...]]] = [(folder, ())]
    for depth in range(LEVELS + 1):
        below: list[tuple[Path, tuple[str, ...]]] = []
        for directory, parts in level:
            for path in sorted(directory.iterdir()):
                left -= 1
                if left < 0:
                    return
                found = _ROLE.fullmatch(path.name)
                if found and path.is_file():
                    yield _Candidate((*parts, _group_name(found)), _role(found), path)
                elif depth < LEVELS and not path.name.startswith(".") and path.is_dir():
                    below.append((path, parts if found else (*parts, path.name)))
        level = below


def _group_name(found: re.Match[str]) -> str:
    return found["before"].strip("-_. ")


def _role(found: re.Match[str]) -> str:
    part = "train" if found["part"].casefold() == "train" else "t10k"
    return f"{part} {'images' if found['images'] else 'labels'}"


def _choose(folder: Path, begin: str, candidates: list[_Candidate]) -> IdxFiles:
    groups: dict[tuple[str, ...], dict[str, Path]] = {}
    for candidate in candidates:
        if begin and candidate.group[-1].casefold() != begin.casefold():
            continue
        files = groups.setdefault(candidate.group, {})
        best = files.get(candidate.role)
        if best is None or _rank(candidate.path) < _rank(best):
            files[candidate.role] = candidate.path
    if not groups:
        raise DataError(
            tr(
                "{folder} holds none of MNIST's four files (such as train-images-idx3-ubyte.gz), "
                "nor do the folders in it; choose the folder that does.",
                folder=folder,
            )
        )
    whole = [group for group, files in groups.items() if len(files) == len(ROLES)]
    if not whole:
        group = max(groups, key=lambda group: (len(groups[group]), -len(group)))
        missing = [role for role in ROLES if role not in groups[group]]
        raise DataError(_describe_missing(folder, group, missing))
    shallowest = min(map(len, whole))
    nearest = [group for group in whole if len(group) == shallowest]
    if len(nearest) > 1:
        nearest = [group for group in nearest if "mnist" in map(str.casefold, group)] or nearest
    if len(nearest) > 1:
        names = [str(Path(*group)) for group in nearest]
        raise DataError(
            tr(
                "{folder} holds {count} data sets: {names}. Choose one of them, as in {example}.",
                folder=folder,
                count=len(names),
                names=", ".join(names),
                example=folder / names[0],
            )
        )
    (group,) = nearest
    files = groups[group]
    train, train_labels, test, test_labels = (files[role] for role in ROLES)
    home = folder.joinpath(*group[:-1])
    return IdxFiles((train, train_labels, test, test_labels), group[-1], home)


def _rank(path: Path) -> tuple[int, int, str]:
    """Return the order among files of one role: less deep, plain, with the usual name."""
    return len(path.parts), path.name.count(".gz"), path.name


def _describe_missing(folder: Path, group: tuple[str, ...], missing: list[str]) -> str:
    part, kind = missing[0].split()
    begin = f"{group[-1]}-" if group[-1] else ""
    name = f"{begin}{part}-{kind}-idx{3 if kind == 'images' else 1}-ubyte"
    directory = folder.joinpath(*group[:-1])
    return tr(
        "{directory} holds no {name} or {name}.gz; put all four MNIST files there.",
        directory=directory,
        name=name,
    )
