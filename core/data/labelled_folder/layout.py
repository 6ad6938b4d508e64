"""Which folder is which class, and which files are the published test set.

A folder for each class, as in `cats/1.jpg`, or within folders for training and test, as in
`train/cats/1.jpg`. What lies in folders within that of a class belongs to it. Folders around all of
it, as archives unpack into, are entered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config import DataConfig
from core.data.csv.spelling import folded, spellings
from core.data.labelled_folder.file_kinds import PICTURES, FileKind
from core.data.labelled_folder.listing import LeftOut, Listing, Place, natural, printable
from core.errors import DataError
from core.language import mark, tr, tr_n
from core.note import Note, note_n
from core.number_format import format_integer

MAX_CLASSES = 1_000
NAMED = 8  # folders in a message
FIRST = 3  # files of each class that are named
TRAINING = frozenset(("train", "training"))
TEST = frozenset(("test", "testing", "t10k"))
VALIDATION = frozenset(("val", "valid", "validation", "dev"))
OUTSIDE = mark("outside the folders of classes")
NO_TRAINING = mark("of a class without a file to train on")

Watch = Callable[[str, float], None]


@dataclass(frozen=True, eq=False)
class Layout:
    """The files of a folder, those of the published test set at the end.

    path : of the folder; its data are named `name`.
    files : (n,) paths below it. y : (n,) their classes. tested : how many are for testing.
    classes : names, in the order of their numbers.
    notes : sentences without their ends on how the folder is understood.
    kind : of the files.
    """

    path: Path
    name: str
    files: list[str]
    y: NDArray[np.int64]
    tested: int
    classes: tuple[str, ...]
    left_out: LeftOut
    notes: tuple[Note, ...]
    kind: FileKind = PICTURES

    @property
    def counts(self) -> NDArray[np.int64]:
        """(classes,) number of files of each class."""
        return np.bincount(self.y, minlength=len(self.classes))

    def first_names(self, kept: NDArray[np.int64]) -> dict[str, tuple[str, ...]]:
        """Return the names of the first files of each class among those with these numbers."""
        named: dict[str, tuple[str, ...]] = {}
        for k, name in enumerate(self.classes):
            first = kept[self.y[kept] == k][:FIRST]
            if len(first):
                named[name] = tuple(printable(self.files[j]) for j in first)
        return named

    def check_read(self, classes: int, *, are_tested: bool) -> None:
        """Raise DataError if too little of the folder could be read to train on.

        classes : how many are left. are_tested : whether all files that are left are for testing.
        """
        if classes >= 2 and not are_tested:
            return
        unread = tr("no {kind} can be read", kind=tr(self.kind.one))
        raise DataError(
            tr_n(
                "{path}: {kinds} of {n} class are left to train on, and two classes at least are "
                "needed ({said}).",
                "{path}: {kinds} of {n} classes are left to train on, and two classes at least "
                "are needed ({said}).",
                classes,
                path=self.path,
                kinds=tr(self.kind.more),
                said="; ".join(map(str, self.left_out.files)) or unread,
            )
        )


def of_config(
    config: DataConfig, watch: Watch, is_cancelled: Callable[[], bool], kind: FileKind
) -> Layout:
    """Return the layout of the folder `config.path`; errors as of `find`.

    watch : called with words and the share that is read, which is 0 here.
    """
    path = Path(config.path or "")

    def listed(entries: int) -> None:
        count = format_integer(entries)
        watch(tr("{folder}: {count} files", folder=path.name, count=count), 0.0)

    return find(path, listed, is_cancelled, is_merged=config.merge_case, kind=kind)


def find(
    path: Path,
    watch: Callable[[int], None] = lambda _: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    *,
    is_merged: bool = False,
    kind: FileKind = PICTURES,
) -> Layout:
    """Return the layout of a folder; arguments and errors as of `Listing`.

    is_merged : whether folders whose names differ only in spelling are one class.
    Raises DataError also where it holds fewer than two classes.
    """
    path = path.expanduser()
    listing = Listing(path, watch, is_cancelled, kind)
    root = _entered(listing.root, listing.left_out)
    training, test, notes = _parts(root, listing.left_out, kind)
    key = folded if is_merged else str
    names = {key(place.name): place.name for place in sorted(training, key=_by_name)}
    _check_classes(path, root, list(names.values()), listing.left_out, kind)
    number = {name: k for k, name in enumerate(names)}
    for place in test:
        if key(place.name) not in number:
            listing.left_out.add(NO_TRAINING, place.below, place.count)
    files: list[str] = []
    labels: list[int] = []
    sizes = []
    for places in (training, test):
        for place in sorted(places, key=_by_name):
            k = number.get(key(place.name))
            found = [] if k is None else place.all_files()
            files.extend(found)
            labels.extend([-1 if k is None else k] * len(found))
        sizes.append(len(files))
    y = np.array(labels, dtype=np.int64)
    if listing.empty:
        where = _listed(listing.empty)
        text = mark("no {kind} in {folders}")
        notes.append(Note(text, {"kind": Note(kind.one), "folders": where}))
    classes = tuple(names.values())
    return Layout(
        path=path,
        name=_name_of(path),
        files=files,
        y=y,
        tested=sizes[1] - sizes[0],
        classes=classes,
        left_out=listing.left_out,
        notes=(*notes, *_odd_classes(classes, y, kind)),
        kind=kind,
    )


def _name_of(path: Path) -> str:
    return printable(path.resolve().name) or "Folder"


def _by_name(place: Place) -> tuple[list[tuple[int, int, str]], str]:
    return natural(place.name)


def _entered(root: Place, left_out: LeftOut) -> Place:
    """Return the folder that holds those of the classes: the only one in it that holds others."""
    while not root.files and len(root.places) == 1 and root.places[0].places:
        root = root.places[0]
    for file in root.files if root.places else ():
        left_out.add(OUTSIDE, file)
    return root


def _parts(
    root: Place, left_out: LeftOut, kind: FileKind
) -> tuple[list[Place], list[Place], list[Note]]:
    """Return the folders of classes for training and for testing, and notes on them."""
    train, test, validation = (
        [place for place in root.places if place.name.casefold() in names]
        for names in (TRAINING, TEST, VALIDATION)
    )
    chosen = [*train, *test, *validation]
    if not train or len(chosen) == len(train):
        return root.places, [], []
    if not any(place.places for place in train):
        if len(chosen) < len(root.places):  # a class of railways, beside others
            return root.places, [], []
        chosen_names = _listed([place.name for place in chosen])
        raise DataError(
            tr(
                "The folders {names} hold {kinds}, and no folders for their classes; a folder for "
                "each class was expected in each, as in train/{example}.",
                names=chosen_names,
                kinds=tr(kind.more),
                example=kind.examples[0],
            )
        )
    for place in root.places:
        if place not in chosen:
            left_out.add(OUTSIDE, place.below, place.count)
    for part in chosen:
        for file in part.files:
            left_out.add(OUTSIDE, file)
    notes: list[Note] = []
    if not any(place.places for place in test):
        test, validation = validation, []
    if tested := [place.name for place in test if place.places]:
        text = mark("the {kinds} in {folders} are the test set")
        notes.append(Note(text, {"kinds": Note(kind.more), "folders": _listed(tested)}))
    if validation:
        where = _listed([place.name for place in validation])
        text = mark("the {kinds} in {folders} train too")
        notes.append(Note(text, {"kinds": Note(kind.more), "folders": where}))
    return (
        [place for part in (*train, *validation) for place in part.places],
        [place for part in test for place in part.places],
        notes,
    )


def _check_classes(
    path: Path, root: Place, names: list[str], left_out: LeftOut, kind: FileKind
) -> None:
    kinds, (first, second) = tr(kind.more), kind.examples
    wanted = tr(
        "a folder for each class was expected, with its {kinds} in it, as in {first} and {second}",
        kinds=kinds,
        first=first,
        second=second,
    )
    aside = f" ({'; '.join(map(str, left_out.files))})" if left_out.files else ""
    if not names:
        found = tr("no {kind}", kind=tr(kind.one))
        if root.files:
            found = f"{format_integer(len(root.files))} {kinds}"
        raise DataError(
            tr(
                "{path} holds {found} and no folders with {kinds}{aside}; {wanted}.",
                path=path,
                found=found,
                kinds=kinds,
                aside=aside,
                wanted=wanted,
            )
        )
    if len(names) == 1:
        raise DataError(
            tr(
                "{path} holds {kinds} of one class only, “{name}”{aside}; two at least are needed "
                "to tell apart: {wanted}.",
                path=path,
                kinds=kinds,
                name=names[0],
                aside=aside,
                wanted=wanted,
            )
        )
    if len(names) > MAX_CLASSES:
        raise DataError(
            tr(
                "{path} holds {count} folders with {kinds} ({names}), and each is a class; at most "
                "{most} are read. Choose the folder of the classes.",
                path=path,
                count=format_integer(len(names)),
                kinds=kinds,
                names=_listed(names),
                most=format_integer(MAX_CLASSES),
            )
        )


def _odd_classes(names: tuple[str, ...], y: NDArray[np.int64], kind: FileKind) -> list[Note]:
    """Return notes on classes of a single file, and on names that differ only in spelling."""
    lone = [names[k] for k in np.flatnonzero(np.bincount(y, minlength=len(names)) == 1)]
    notes = []
    if lone:
        notes.append(
            note_n(
                "one {kind} only of class {names}, which cannot be tested",
                "one {kind} only of classes {names}, which cannot be tested",
                len(lone),
                kind=Note(kind.one),
                names=_listed(lone),
            )
        )
    groups = [_listed(list(group)) for group in spellings(names)]
    return notes + [
        Note(mark("the folders {names} differ only in spelling"), {"names": group})
        for group in groups
    ]


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    shown = ", ".join(f"“{name}”" for name in names[:NAMED])
    if more <= 0:
        return shown
    return tr("{names} and {more} more", names=shown, more=format_integer(more))
