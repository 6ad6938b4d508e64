"""A folder of texts as a data set: classes, encodings, files left out, and the words in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import CsvOptions, DataConfig, RunConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.document_folder import reading
from core.data.task import prepare
from core.errors import Cancelled, DataError

FILES = {
    "sea/1.txt": b"the ship left the harbour",
    "sea/2.txt": b"a sail on the water",
    "space/10.txt": b"the rocket left the moon",
    "space/9.txt": b"a star on the water",
}


@pytest.fixture
def folder(tmp_path: Path):
    """Return folder(files): the path of a folder with these files."""

    def folder(files: dict[str, bytes]) -> str:
        root = tmp_path / "shelf"
        for name, data in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return str(root)

    return folder


@pytest.fixture
def read(folder):
    """Return read(files, …): the data set of these files."""

    def read(files: dict[str, bytes], **data: object) -> Dataset:
        config = DataConfig(source="documents", path=folder(files), **data)  # type: ignore[arg-type]
        return sources.load(config)

    return read


def test_each_folder_is_a_class_of_documents_in_the_order_of_their_names(read):
    dataset = read(FILES)
    assert dataset.name == "shelf"
    assert dataset.class_names == ("sea", "space")
    assert dataset.y.tolist() == [0, 0, 1, 1]
    assert dataset.documents.texts[2:] == ("a star on the water", "the rocket left the moon")


def test_texts_in_a_folder_for_testing_are_the_published_test_set(read):
    files = {f"{part}/{name}": data for part in ("train", "test") for name, data in FILES.items()}
    assert read(files).published_test == 4


def test_the_words_of_the_training_texts_are_the_features(folder):
    config = RunConfig(DataConfig(source="documents", path=folder(FILES), test_fraction=0))
    task = prepare(sources.load(config.data), config)
    assert task.input_names == ("a", "left", "on", "the", "water")  # in two texts at least
    assert task.dataset.values()[0].tolist() == [0, 1, 0, 2, 0]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Ärger über Öl".encode("utf-8-sig"), "Ärger über Öl"),
        ("Ärger über Öl".encode("utf-16"), "Ärger über Öl"),
        ("Ärger".encode("utf-16-be"), "Ärger"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("<b>שלום</b> 👩‍🚀 \u202eabc".encode(), "<b>שלום</b> 👩‍🚀 \u202eabc"),
        (b"zero \0 byte", "zero \0 byte"),
    ],
    ids=["mark", "UTF-16", "UTF-16 by its zeros", "line ends", "any script", "zero byte"],
)
def test_a_file_is_read_as_it_is_written(read, data, text):
    assert read({**FILES, "sea/0.txt": data}).documents.texts[0] == text


def test_files_that_are_no_utf_8_are_read_in_the_encoding_that_their_words_tell(read):
    dataset = read({**FILES, "sea/0.txt": "Grüße aus Köln, schöne Straße".encode("cp1252")})
    assert dataset.documents.texts[0] == "Grüße aus Köln, schöne Straße"
    assert "1 text read as Latin-1 (Windows-1252), as sea/0.txt" in map(str, dataset.notes)


def test_a_named_encoding_holds_for_all_files(read):
    files = {**FILES, "sea/0.txt": "мир".encode("koi8-r")}
    assert read(files, reading=CsvOptions(encoding="koi8-r")).documents.texts[0] == "мир"


def test_files_without_an_ending_are_texts_by_what_they_hold(read):
    files = {
        **FILES,
        "sea/51060": b"a letter",
        "sea/51061": b"\x89PNG\r\n\x1a\n\0",
        "sea/a.py": b"x",
    }
    dataset = read(files)
    assert dataset.n == 5
    assert {each.why: each.number for each in dataset.folder.left_out} == {"no text": 2}


def test_empty_and_binary_files_are_left_out_with_their_reasons(read):
    files = {**FILES, "sea/0.txt": b" \n", "space/0.txt": b"\0\xff\xfe\1\0\0\xff" * 9}
    told = read(files).folder
    assert {each.why: each.names for each in told.left_out} == {
        "without a text": ("sea/0.txt",),
        "no text": ("space/0.txt",),
    }


def test_too_large_a_file_is_left_out(read, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 30)
    assert read({**FILES, "sea/0.txt": b"x" * 31}).n == 4


def test_a_text_of_ten_million_letters_is_one_document(read):
    assert len(read({**FILES, "sea/0.txt": b"word " * 2_000_000}).documents.texts[0]) == 10_000_000


def test_a_folder_without_readable_texts_of_two_classes_is_refused(read):
    with pytest.raises(DataError, match="texts of 1 class are left to train on"):
        read({"sea/1.txt": b"a ship", "space/1.txt": b""})


def test_a_folder_of_loose_texts_says_what_was_expected(read):
    with pytest.raises(DataError, match=r"2 texts and no folders with texts; .* poems/1\.txt"):
        read({"1.txt": b"a", "2.txt": b"b"})


def test_reading_can_be_called_off(folder):
    config = DataConfig(source="documents", path=folder(FILES))
    with pytest.raises(Cancelled):
        reading.read(config, is_cancelled=lambda: True)


def test_a_folder_is_of_that_kind_of_which_it_holds_more_files(folder):
    path = Path(folder({**FILES, "sea/cover.png": b"\x89PNG\r\n\x1a\n"}))
    assert sources.folder_source(path) == "documents"
    for k in range(5):
        (path / "sea" / f"{k}.jpg").write_bytes(b"\xff\xd8\xff")
    assert sources.folder_source(path) == "pictures"
