"""Which folder is which class, and which pictures are the published test set.

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

from core.data.csv.spelling import folded, spellings
from core.data.picture_folder.listing import LeftOut, Listing, Place, natural, printable
from core.errors import DataError

MAX_CLASSES = 1_000
NAMED = 8  # folders in a message
TRAINING = frozenset(("train", "training"))
TEST = frozenset(("test", "testing", "t10k"))
VALIDATION = frozenset(("val", "valid", "validation", "dev"))
OUTSIDE = "outside the folders of classes"
NO_TRAINING = "of a class without a picture to train on"


@dataclass(frozen=True, eq=False)
class Layout:
    """The pictures of a folder, those of the published test set at the end.

    path : of the folder; its data are named `name`.
    files : (n,) paths below it. y : (n,) their classes. tested : how many are for testing.
    classes : names, in the order of their numbers.
    notes : sentences without their ends on how the folder is understood.
    """

    path: Path
    name: str
    files: list[str]
    y: NDArray[np.int64]
    tested: int
    classes: tuple[str, ...]
    left_out: LeftOut
    notes: tuple[str, ...]

    @property
    def counts(self) -> NDArray[np.int64]:
        """(classes,) number of pictures of each class."""
        return np.bincount(self.y, minlength=len(self.classes))


def find(
    path: Path,
    watch: Callable[[int], None] = lambda _: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    *,
    is_merged: bool = False,
) -> Layout:
    """Return the layout of a folder; arguments and errors as of `Listing`.

    is_merged : whether folders whose names differ only in spelling are one class.
    Raises DataError also where it holds fewer than two classes.
    """
    path = path.expanduser()
    listing = Listing(path, watch, is_cancelled)
    root = _entered(listing.root, listing.left_out)
    training, test, notes = _parts(root, listing.left_out)
    key = folded if is_merged else str
    names = {key(place.name): place.name for place in sorted(training, key=_by_name)}
    _check_classes(path, root, list(names.values()), listing.left_out)
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
            pictures = [] if k is None else place.all_pictures()
            files.extend(pictures)
            labels.extend([-1 if k is None else k] * len(pictures))
        sizes.append(len(files))
    y = np.array(labels, dtype=np.int64)
    if listing.empty:
        notes.append(f"no picture in {_listed(listing.empty)}")
    classes = tuple(names.values())
    return Layout(
        path=path,
        name=_name_of(path),
        files=files,
        y=y,
        tested=sizes[1] - sizes[0],
        classes=classes,
        left_out=listing.left_out,
        notes=(*notes, *_odd_classes(classes, y)),
    )


def _name_of(path: Path) -> str:
    return printable(path.resolve().name) or "Pictures"


def _by_name(place: Place) -> tuple[list[tuple[int, int, str]], str]:
    return natural(place.name)


def _entered(root: Place, left_out: LeftOut) -> Place:
    """Return the folder that holds those of the classes: the only one in it that holds others."""
    while not root.pictures and len(root.places) == 1 and root.places[0].places:
        root = root.places[0]
    for picture in root.pictures if root.places else ():
        left_out.add(OUTSIDE, picture)
    return root


def _parts(root: Place, left_out: LeftOut) -> tuple[list[Place], list[Place], list[str]]:
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
            f"The folders {chosen_names} hold pictures, and no folders for their classes; a folder "
            "for each class was expected in each, as in train/cats/1.jpg."
        )
    for place in root.places:
        if place not in chosen:
            left_out.add(OUTSIDE, place.below, place.count)
    for part in chosen:
        for picture in part.pictures:
            left_out.add(OUTSIDE, picture)
    notes: list[str] = []
    if not any(place.places for place in test):
        test, validation = validation, []
    if tested := [place.name for place in test if place.places]:
        notes.append(f"the pictures in {_listed(tested)} are the test set")
    if validation:
        where = _listed([place.name for place in validation])
        notes.append(f"the pictures in {where} train too")
    return (
        [place for part in (*train, *validation) for place in part.places],
        [place for part in test for place in part.places],
        notes,
    )


def _check_classes(path: Path, root: Place, names: list[str], left_out: LeftOut) -> None:
    wanted = (
        "a folder for each class was expected, with its pictures in it, as in cats/1.jpg and "
        "dogs/1.jpg"
    )
    aside = f" ({'; '.join(map(str, left_out.files))})" if left_out.files else ""
    if not names:
        found = "no picture" if not root.pictures else f"{len(root.pictures):,} pictures"
        raise DataError(f"{path} holds {found} and no folders with pictures{aside}; {wanted}.")
    if len(names) == 1:
        raise DataError(
            f"{path} holds pictures of one class only, “{names[0]}”{aside}; two at least are "
            f"needed to tell apart: {wanted}."
        )
    if len(names) > MAX_CLASSES:
        raise DataError(
            f"{path} holds {len(names):,} folders with pictures ({_listed(names)}), and each is a "
            f"class; at most {MAX_CLASSES:,} are read. Choose the folder of the classes."
        )


def _odd_classes(names: tuple[str, ...], y: NDArray[np.int64]) -> list[str]:
    """Return notes on classes of a single picture, and on names that differ only in spelling."""
    lone = [names[k] for k in np.flatnonzero(np.bincount(y, minlength=len(names)) == 1)]
    notes = []
    if lone:
        what = "class" if len(lone) == 1 else "classes"
        notes.append(f"one picture only of {what} {_listed(lone)}, which cannot be tested")
    groups = [_listed(list(group)) for group in spellings(names)]
    return notes + [f"the folders {group} differ only in spelling" for group in groups]


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    shown = ", ".join(f"“{name}”" for name in names[:NAMED])
    return f"{shown} and {more:,} more" if more > 0 else shown
