"""Tables within gzip and zip, and on standard input; and what claims to be that."""

import gzip
import io
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.csv import packed, reader
from core.errors import DataError

IRIS = "length,width,species\n5.1,3.5,setosa\n7.0,3.2,versicolor\n6.3,3.3,virginica\n"


def zipped(**files):
    """A zip archive of files with these contents; __ in a name is a point."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return whole.getvalue()


@pytest.mark.parametrize("name", ["t.csv.gz", "t.zip", "t.csv", "t"])
@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(IRIS.encode()),
        gzip.compress(gzip.compress(IRIS.encode())),
        zipped(data__csv=IRIS),
        zipped(data=IRIS),
        zipped(data__csv__gz=gzip.compress(IRIS.encode())),
        zipped(readme__txt="words", data__csv=IRIS, notes__md="more"),
    ],
    ids=["gz", "gz in gz", "zip", "zip without ending", "gz in zip", "zip with a readme"],
)
def test_a_packed_table_is_read_whatever_its_name(read, cells, content, name):
    table = read(content, name)
    assert table.names == ("length", "width", "species")
    assert cells(table, "length") == [5.1, 7.0, 6.3]


def test_what_macs_add_to_a_zip_archive_is_no_table(read):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("folder/", "")
        archive.writestr("folder/t.csv", IRIS)
        archive.writestr("__MACOSX/folder/._t.csv", b"\0\5\26\7")
        archive.writestr("folder/.DS_Store", b"\0")
    assert read(whole.getvalue(), "t.zip").n == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(a__csv=IRIS, b__csv=IRIS), "2 tables (a.csv, b.csv)"),
        (zipped(), "no table"),
        (zipped(**{"[Content_Types]__xml": "<a/>", "xl/workbook__xml": "<a/>"}), "Excel workbook"),
        (gzip.compress(IRIS.encode() * 100)[:-20], "breaks off"),
        (gzip.compress(IRIS.encode())[:20] + b"damage" * 30, "cannot be unpacked"),
        (zipped(a__csv=IRIS)[:60], "damaged"),
        (gzip.compress(zipped(a__csv=IRIS)), "zip archive"),
        (
            gzip.compress(gzip.compress(gzip.compress(gzip.compress(b"a,b\n1,2\n")))),
            "packed more than",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_unpacked_is_refused_in_words(refusal, content, words):
    assert words in refusal(content, "t.zip")


def test_a_locked_archive_is_refused(refusal):
    content = bytearray(zipped(a__csv=IRIS))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    assert "password" in refusal(bytes(content))


def test_a_zip_bomb_is_refused_by_the_size_that_it_states(refusal, monkeypatch):
    content = zipped(a__csv="1,2\n" * 2**20)
    monkeypatch.setattr(packed, "ALWAYS", 2**20)
    monkeypatch.setattr(packed, "COPIED", 2**10)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("it was unpacked"))
    assert "no ordinary" in refusal(content)


def test_a_gzip_bomb_is_refused_by_the_size_that_it_states(refusal, monkeypatch):
    monkeypatch.setattr(packed, "ALWAYS", 2**20)
    monkeypatch.setattr(packed, "COPIED", 2**10)
    monkeypatch.setattr(gzip.GzipFile, "read", lambda *_, **__: pytest.fail("it was unpacked"))
    assert "no ordinary" in refusal(gzip.compress(b"1,2\n" * 2**20))


def test_a_gzip_bomb_that_lies_is_refused_once_it_is_too_large(refusal, monkeypatch):
    monkeypatch.setattr(packed, "ALWAYS", 2**20)
    monkeypatch.setattr(packed, "COPIED", 2**10)
    content = gzip.compress(b"1,2\n" * 2**21)[:-4] + (1000).to_bytes(4, "little")
    assert "no ordinary" in refusal(content)


def test_an_archive_of_very_many_files_is_refused_unread(refusal, monkeypatch):
    monkeypatch.setattr(packed, "MAX_DIRECTORY", 100)
    assert "too many files" in refusal(zipped(a__csv=IRIS, b__txt="b", c__txt="c"))


@pytest.fixture
def feed(monkeypatch):
    """Return feed(bytes): what standard input gives."""

    def feed(content):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return feed


@pytest.mark.parametrize(
    "content",
    [IRIS.encode(), gzip.compress(IRIS.encode()), zipped(a__csv=IRIS)],
    ids=["plain", "gz", "zip"],
)
def test_a_dash_is_standard_input(feed, cells, content):
    feed(content)
    table = reader.read(Path("-"))
    assert cells(table, "length") == [5.1, 7.0, 6.3]
    assert table.path.name == "standard input"


def test_a_fault_on_standard_input_names_it(feed):
    feed(b"a,b\n1,\0\n")
    with pytest.raises(DataError, match="standard input, line 2"):
        reader.read(Path("-"))


def test_endless_standard_input_is_refused(feed, monkeypatch):
    monkeypatch.setattr(packed, "MAX_UNPACKED", 1000)
    feed(b"1,2\n" * 1000)
    with pytest.raises(DataError, match="Standard input holds more"):
        reader.read(Path("-"))


def test_progress_of_a_packed_file_is_of_its_packed_bytes(tmp_path, monkeypatch):
    from core.data.csv import text_file

    monkeypatch.setattr(text_file, "BLOCK_BYTES", 1 << 12)
    path = tmp_path / "t.csv.gz"
    path.write_bytes(
        gzip.compress("".join(f"{k},{k * k % 977}.5\n" for k in range(30_000)).encode())
    )
    told = []
    reader.read(path, progress=lambda done, size: told.append((done, size)))
    assert told and told == sorted(told)
    assert {size for _, size in told} == {path.stat().st_size}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.sampled_from(
        [gzip.compress(IRIS.encode()), zipped(a__csv=IRIS), zipped(a__csv=IRIS, b__csv=IRIS)]
    ),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4),
    st.integers(0, 40),
)
def test_any_damage_to_a_packed_table_is_read_or_refused(read_or_refuse, content, changes, cut):
    damaged = bytearray(content[: len(content) - cut])
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    read_or_refuse(bytes(damaged))


def test_a_zip_archive_of_pictures_says_what_to_do(read):
    with pytest.raises(DataError, match="holds 2 pictures; unpack it, and open the folder"):
        read(zipped(cats_1__png="x", dogs_1__jpg="y", labels__md="z"), "t.zip")
