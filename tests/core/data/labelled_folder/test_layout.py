"""Which folder is which class: nested, with a published test set, with links and odd names."""

import threading

import pytest

from core.data.labelled_folder import layout, listing
from core.errors import Cancelled, DataError

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def tree(tmp_path):
    """Return tree(*paths): a folder with these files, all of which seem to be pictures."""
    root = tmp_path / "animals"

    def tree(*paths):
        for path in paths:
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(PNG)
        return root

    return tree


def counted(found):
    return dict(zip(found.classes, found.counts.tolist(), strict=True))


def left_out(found):
    return {each.why: each.number for each in found.left_out.files}


def test_each_folder_is_a_class_and_numbers_are_in_their_order(tree):
    found = layout.find(tree("10/a.png", "9/a.png", "9/b.png", "2/a.png"))
    assert found.classes == ("2", "9", "10")
    assert found.files == ["2/a.png", "9/a.png", "9/b.png", "10/a.png"]
    assert found.y.tolist() == [0, 1, 1, 2]
    assert found.name == "animals"
    assert not found.tested


def test_files_in_a_class_are_in_the_order_of_their_numbers(tree):
    found = layout.find(tree("a/x10.png", "a/x9.png", "b/1.png"))
    assert found.files[:2] == ["a/x9.png", "a/x10.png"]


def test_pictures_in_deeper_folders_belong_to_the_class_around_them(tree):
    root = tree("cats/1.png", "cats/white/2.png", "cats/white/old/3.png", "dogs/1.png")
    found = layout.find(root)
    assert counted(found) == {"cats": 3, "dogs": 1}


def test_a_folder_around_the_classes_is_entered(tree):
    found = layout.find(tree("archive/set/cats/1.png", "archive/set/dogs/1.png"))
    assert counted(found) == {"cats": 1, "dogs": 1}


@pytest.mark.parametrize(
    ("training", "test"), [("train", "test"), ("Training", "Testing"), ("TRAIN", "val")]
)
def test_folders_for_training_and_test_are_a_published_split(training, test, tree):
    found = layout.find(
        tree(f"{training}/cats/1.png", f"{training}/dogs/2.png", f"{test}/dogs/3.png")
    )
    assert found.classes == ("cats", "dogs")
    assert found.files[-found.tested :] == [f"{test}/dogs/3.png"]
    assert found.y.tolist() == [0, 1, 1]
    assert str(found.notes[0]) == f"the pictures in “{test}” are the test set"


def test_validation_pictures_beside_a_test_set_train(tree):
    found = layout.find(
        tree("train/a/1.png", "train/b/1.png", "val/a/2.png", "test/b/3.png", "test/c/4.png")
    )
    assert found.files == ["train/a/1.png", "val/a/2.png", "train/b/1.png", "test/b/3.png"]
    assert found.tested == 1
    assert left_out(found) == {"of a class without a file to train on": 1}


def test_a_test_folder_without_classes_is_left_out(tree):
    found = layout.find(tree("train/a/1.png", "train/b/1.png", "test/1.png", "test/2.png"))
    assert found.tested == 0
    assert left_out(found) == {"outside the folders of classes": 2}


def test_train_and_test_without_folders_of_classes_are_no_two_classes(tree):
    with pytest.raises(DataError, match="no folders for their classes"):
        layout.find(tree("train/cat.1.png", "train/dog.1.png", "test/1.png"))


def test_a_train_beside_cars_is_a_class(tree):
    found = layout.find(tree("train/1.png", "car/1.png", "test/1.png"))
    assert counted(found) == {"car": 1, "test": 1, "train": 1}


def test_what_systems_leave_is_ignored_and_other_files_are_counted(tree):
    root = tree("a/1.png", "b/1.png", "__MACOSX/a/1.png", ".cache/1.png", "a/.hidden.png")
    for name in ("a/.DS_Store", "b/Thumbs.db", "desktop.ini", "a/notes.txt", "labels.csv"):
        (root / name).write_text("1")
    found = layout.find(root)
    assert counted(found) == {"a": 1, "b": 1}
    assert left_out(found) == {"no picture": 2}
    assert str(found.left_out.files[0]).startswith("2 files left out, no picture: ")


def test_a_picture_with_another_ending_is_known_by_its_bytes(tree):
    assert counted(layout.find(tree("a/photo", "a/photo.png_small", "b/1.png"))) == {"a": 2, "b": 1}


def test_pictures_beside_the_classes_are_left_out_and_named(tree):
    found = layout.find(tree("a/1.png", "b/1.png", "cover.png"))
    assert [each.names for each in found.left_out.files] == [("cover.png",)]


def test_links_that_lead_back_end(tree):
    root = tree("a/1.png", "b/1.png")
    (root / "a/back").symlink_to(root)
    (root / "c").symlink_to(root / "a")
    (root / "b/itself.png").symlink_to(root / "b/itself.png")
    (root / "b/gone.png").symlink_to(root / "nowhere.png")
    found = layout.find(root)
    assert counted(found) == {"a": 1, "b": 1}
    assert left_out(found) == {
        "no ordinary file": 2,
        "a link to a folder that is read already": 2,
    }


def test_a_linked_class_from_elsewhere_is_read(tree, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "1.png").write_bytes(PNG)
    root = tree("a/1.png")
    (root / "b").symlink_to(elsewhere)
    assert counted(layout.find(root)) == {"a": 1, "b": 1}


def test_names_may_hold_blanks_emoji_and_bytes_that_are_no_text(tree):
    root = tree("rote Äpfel 🍎/1.png", "x/1.png")
    (root / "odd\udcff").mkdir()
    (root / "odd\udcff/1.png").write_bytes(PNG)
    found = layout.find(root)
    assert found.classes == ("odd�", "rote Äpfel 🍎", "x")
    assert all((root / file).exists() for file in found.files)


def test_folders_that_differ_in_spelling_are_said_and_merged_on_request(tree):
    root = tree("train/Cat/1.png", "train/cat/2.png", "train/dog/1.png", "test/CAT/1.png")
    assert "the folders “Cat”, “cat” differ only in spelling" in map(str, layout.find(root).notes)
    merged = layout.find(root, is_merged=True)
    assert len(merged.classes) == 2
    assert merged.tested == 1


def test_a_class_of_one_picture_and_an_empty_folder_are_said(tree):
    root = tree("a/1.png", "a/2.png", "b/1.png")
    (root / "c").mkdir()
    notes = tuple(map(str, layout.find(root).notes))
    assert notes == (
        "no picture in “c”",
        "one picture only of class “b”, which cannot be tested",
    )


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ((), "no picture and no folders"),
        (("1.png", "2.png"), "2 pictures and no folders"),
        (("a/1.png", "a/2.png"), "one class only, “a”"),
    ],
)
def test_less_than_two_classes_are_refused(paths, said, tree, tmp_path):
    (tmp_path / "animals").mkdir()
    with pytest.raises(DataError, match=said):
        layout.find(tree(*paths))


def test_photos_of_a_kind_that_cannot_be_read_are_named_for_what_they_are(tree):
    root = tree("a/1.png")
    (root / "b").mkdir()
    for k in range(2):
        (root / "b" / f"{k}.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(90))
    with pytest.raises(DataError, match=r"2 files left out, a HEIC photo: b/\d\.HEIC"):
        layout.find(root)


def test_what_is_no_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="is no folder"):
        layout.find(tmp_path / "nowhere")


def test_more_classes_than_can_be_meant_are_refused(tree, monkeypatch):
    monkeypatch.setattr(layout, "MAX_CLASSES", 2)
    with pytest.raises(DataError, match="each is a class; at most 2"):
        layout.find(tree("a/1.png", "b/1.png", "c/1.png"))


def test_listing_is_bounded_told_and_can_be_cancelled(tree, monkeypatch):
    root = tree(*(f"a/{k}.png" for k in range(20)), "b/1.png")
    monkeypatch.setattr(listing, "TOLD_EVERY", 5)
    told: list[int] = []
    stop = threading.Event()
    layout.find(root, told.append)
    assert told == [5, 10, 15, 20]
    stop.set()
    with pytest.raises(Cancelled):
        layout.find(root, is_cancelled=stop.is_set)
    monkeypatch.setattr(listing, "MAX_ENTRIES", 10)
    with pytest.raises(DataError, match="more than 10 files"):
        layout.find(root)


def test_folders_are_entered_to_a_depth(tree, monkeypatch):
    monkeypatch.setattr(listing, "MAX_DEPTH", 3)
    found = layout.find(tree("a/1.png", "b/c/d/2.png", "b/c/d/e/3.png"))
    assert counted(found) == {"a": 1, "b": 1}
    assert any("deep" in each.why for each in found.left_out.files)
