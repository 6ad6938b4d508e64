"""The four files are found as people have them, and data sets are named."""

import gzip

import pytest

from core.config import DataConfig
from core.data.mnist.folder import find_files, name_of
from core.data.sources import load
from core.errors import DataError

STEMS = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
NAMES = tuple(f"{stem}-ubyte" for stem in STEMS)


@pytest.fixture
def contents(small_mnist):
    """The bytes of the four files, unzipped, in the order of STEMS."""
    return [gzip.decompress((small_mnist / f"{name}.gz").read_bytes()) for name in NAMES]


@pytest.fixture
def put(tmp_path, contents):
    """Return put(pattern): writes each file under a path made of its name."""
    root = tmp_path / "root"

    def write(pattern, change=lambda content: content, names=NAMES):
        for name, content in zip(names, contents, strict=True):
            path = root / pattern.format(name=name, dotted=name.replace("-idx", ".idx"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change(content))
        return root

    return write


@pytest.mark.parametrize(
    "pattern",
    [
        "{name}",
        "MNIST/raw/{name}",
        "mnist/{name}",
        "{name}/{name}",
        "{name}/{dotted}",
        "archive/{name}/{name}",
        "{dotted}",
        "My Data/{name}",
    ],
)
def test_the_files_are_found_up_to_two_levels_down(pattern, put, contents):
    data = load(DataConfig("mnist", folder=str(put(pattern))))
    assert data.X[:30].tobytes() == contents[0][16:]
    assert data.published_test == 20


@pytest.mark.parametrize(
    "names",
    [
        [f"emnist-digits-{name}".replace("t10k", "test") for name in NAMES],
        [name.replace("t10k", "test").replace("-ubyte", "") for name in NAMES],
        [name.upper() for name in NAMES],
        ["TRAIN_images.idx3", "TRAIN_labels.idx1", "test_images.idx3", "test_labels.idx1"],
    ],
)
def test_other_names_of_the_files_will_do(names, put):
    data = load(DataConfig("mnist", folder=str(put("{name}", names=names)), transpose=False))
    assert data.n == 50


@pytest.mark.parametrize("times", [0, 1, 2])
def test_files_may_be_zipped_and_zipped_again(times, put, contents):
    def zipped(content):
        for _ in range(times):
            content = gzip.compress(content)
        return content

    data = load(DataConfig("mnist", folder=str(put("{name}.gz", zipped))))
    assert data.X[:30].tobytes() == contents[0][16:]


def test_a_bomb_that_is_zipped_twice_is_not_unpacked(put):
    bomb = gzip.compress(gzip.compress(b"")[:10] + bytes(50_000_000))
    folder = put("{name}.gz", lambda content: bomb)
    with pytest.raises(DataError, match="is zipped twice and much larger inside"):
        load(DataConfig("mnist", folder=str(folder)))


def test_a_pointer_of_git_lfs_is_named_for_what_it_is(put):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9912422\n"
    with pytest.raises(DataError, match=r"is a pointer of Git LFS.*git lfs pull"):
        load(DataConfig("mnist", folder=str(put("{name}.gz", lambda _: pointer))))


def test_of_several_data_sets_one_can_be_chosen(put):
    put("gzip/{name}", names=[f"emnist-letters-{name}" for name in NAMES])
    folder = put("gzip/{name}", names=[f"emnist-digits-{name}" for name in NAMES])
    with pytest.raises(DataError, match=r"holds 2 data sets: .*emnist-digits, .*emnist-letters"):
        find_files(str(folder))
    found = find_files(str(folder / "gzip" / "emnist-letters"))
    assert found is not None and found.name == "emnist-letters"
    assert found.data_name == "emnist-letters"


def test_a_missing_file_is_named_as_the_others_are(put):
    folder = put("{name}", names=[f"emnist-letters-{name}" for name in NAMES])
    (folder / "emnist-letters-t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="holds no emnist-letters-t10k-labels-idx1-ubyte"):
        find_files(str(folder))


def test_one_of_the_files_stands_for_all(put):
    folder = put("{name}")
    found = find_files(str(folder / NAMES[0]))
    assert found is not None and found.folder == folder


def test_three_levels_down_is_too_deep(put):
    with pytest.raises(DataError, match="holds none of MNIST's four files"):
        find_files(str(put("a/b/c/{name}")))


def test_the_environment_names_the_folder_where_none_is_chosen(small_mnist, monkeypatch):
    monkeypatch.setenv("LOGITLAB_DATA", str(small_mnist))
    found = find_files(None)
    assert found is not None and found.folder == small_mnist


def test_without_a_choice_there_is_no_folder(monkeypatch):
    monkeypatch.delenv("LOGITLAB_DATA", raising=False)
    assert find_files(None) is None


@pytest.mark.parametrize(
    ("folder", "name"),
    [("fashion", "fashion"), ("FashionMNIST/raw", "FashionMNIST"), ("emnist/gzip", "emnist")],
)
def test_other_data_in_this_form_are_called_after_their_folder(folder, name, tmp_path):
    assert name_of(tmp_path / folder) == name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere", "is not a folder"),
        ("empty", "holds none of MNIST's four files"),
        ("a" * 5000, "cannot be looked into"),
        ("~nobody-of-this-name/x", "cannot be looked into"),
        ("nul\0", "is not a folder"),
    ],
)
def test_a_folder_that_will_not_do_is_named(name, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=words) as caught:
        find_files(name)
    assert name in str(caught.value)
