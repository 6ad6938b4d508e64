"""Files are written whole or not at all, whatever fails, and several together all or none."""

import errno
import itertools
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from core import files, staging
from core.errors import SaveError

ROOT = Path(__file__).parents[2]
OLD, NEW = b"old" * 1000, b"new!" * 5000
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="of POSIX")


def write(*paths):
    """Write NEW to all of them, together."""
    with files.writing_together() as together:
        for path in paths:
            with together.open(path) as file:
                file.write(NEW)


def contents(*paths):
    return [path.read_bytes() if path.exists() else None for path in paths]


def faulty(monkeypatch, owner, name, fails, code=errno.EIO):
    """Have the call of this number of a function fail, the first being 0; return the calls."""
    true, calls = getattr(owner, name), []

    def call(*words, **more):
        calls.append(name)
        if len(calls) - 1 == fails:
            raise OSError(code, os.strerror(code))
        return true(*words, **more)

    monkeypatch.setattr(owner, name, call)
    return calls


# Faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (os, "fsync"),
        (Path, "replace"),
        (os, "open"),
        (os, "link"),
        (Path, "unlink"),
        (tempfile, "mkdtemp"),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("has_old", [True, False])
def test_whatever_call_fails_there_are_all_old_files_or_all_new_ones(
    owner, name, count, has_old, tmp_path, monkeypatch
):
    for fails in itertools.count():
        folder = tmp_path / str(fails)
        folder.mkdir()
        paths = [folder / f"{k}.bin" for k in range(count)]
        if has_old:
            for path in paths:
                path.write_bytes(OLD)
        before = contents(*paths)
        with monkeypatch.context() as patch:
            calls = faulty(patch, owner, name, fails)
            try:
                write(*paths)
                told = None
            except SaveError as error:
                told = error
        if told is None:
            assert contents(*paths) == [NEW] * count
        elif count > 1:
            assert contents(*paths) == before
        else:  # the one place may be taken, and the folder's own list of names not be on disk
            assert contents(*paths) in (before, [NEW])
        staging.tidy(folder)
        assert sorted(folder.iterdir()) == [path for path in paths if path.exists()]
        if len(calls) <= fails:
            break


@POSIX
@pytest.mark.parametrize("size", [1 << 10, 1 << 20])
def test_a_write_that_fails_leaves_the_old_file(size, tmp_path):
    """Real limits of the system, in a process of its own: the file may not grow that long."""
    path = tmp_path / "kept.bin"
    path.write_bytes(OLD)
    program = (
        "import resource, sys; from pathlib import Path; from core import files\n"
        "from core.errors import SaveError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        f"try:\n with files.writing_bytes(Path({str(path)!r})) as file:\n"
        f"  [file.write(bytes({size})) for _ in range({(1 << 20) // size})]\n"
        "except SaveError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert "kept.bin cannot be written: no space left on device. Make room" in done.stdout
    assert contents(path) == [OLD] and list(tmp_path.iterdir()) == [path]


def test_what_fails_while_it_is_made_leaves_the_old_files(tmp_path):
    paths = [tmp_path / name for name in "ab"]
    for path in paths:
        path.write_bytes(OLD)

    def work():
        with files.writing_together() as together:
            with together.open(paths[0]) as file:
                file.write(NEW)
            with together.open(paths[1]) as file:
                file.write(NEW)
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert contents(*paths) == [OLD, OLD] and sorted(tmp_path.iterdir()) == paths


# Processes that are killed --------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from core import files

paths = [Path(word) for word in sys.argv[1:]]
print("ready", flush=True)
for number in range(10**6):
    data = bytes([number % 256]) * 50_000
    with files.writing_together() as together:
        for path in paths:
            with together.open(path) as file:
                for start in range(0, len(data), 1000):
                    file.write(data[start : start + 1000])
"""


@POSIX
@pytest.mark.parametrize("count", [1, 2])
def test_a_process_that_is_killed_leaves_whole_files(count, tmp_path):
    paths = [tmp_path / f"{k}.bin" for k in range(count)]
    for path in paths:
        path.write_bytes(bytes(50_000))
    for turn in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, *map(str, paths)], cwd=ROOT, stdout=subprocess.PIPE
        )
        with process:
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            time.sleep(0.004 * turn)  # whatever it is at by then
            process.kill()
        staging.tidy(tmp_path)
        found = contents(*paths)
        assert len(set(found)) == 1  # of several, all are of the same turn
        assert len(found[0]) == 50_000 and len(set(found[0])) == 1
        assert sorted(tmp_path.iterdir()) == paths


ENDS_BETWEEN = """
import os, sys
from pathlib import Path
from core import files, staging

paths, replaced = [Path(word) for word in sys.argv[1:]], staging._replace
left = 2

def replace(new, place):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), 9)
    replaced(new, place)

staging._replace = replace
with files.writing_together() as together:
    for path in paths:
        with together.open(path) as file:
            file.write(b"new")
"""


@POSIX
@pytest.mark.parametrize("olds", [(OLD, OLD), (None, None), (OLD, None)])
def test_of_files_that_belong_together_none_stays_new_alone(olds, tmp_path):
    """Killed after the first has taken its place: the next who writes there puts it right."""
    paths = [tmp_path / name for name in "ab"]
    for path, old in zip(paths, olds, strict=True):
        if old:
            path.write_bytes(old)
    done = subprocess.run([sys.executable, "-c", ENDS_BETWEEN, *map(str, paths)], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert contents(*paths) == [b"new", olds[1]]
    write(tmp_path / "other")
    assert contents(*paths) == list(olds)


@POSIX
def test_what_a_person_has_put_there_since_is_not_undone(tmp_path):
    paths = [tmp_path / name for name in "ab"]
    subprocess.run([sys.executable, "-c", ENDS_BETWEEN, *map(str, paths)], cwd=ROOT)
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "mine").replace(paths[0])
    staging.tidy(tmp_path)
    assert contents(*paths) == [b"mine", None]


@POSIX
def test_left_overs_name_nothing_outside_their_folder(tmp_path):
    """A journal is only a file: one that names other folders is not believed."""
    kept = tmp_path / "kept"
    kept.write_bytes(OLD)
    folder = tmp_path / "shared"
    stage = folder / f"{staging.STAGE}evil"
    stage.mkdir(parents=True)
    (stage / staging.LOCK).touch()
    (stage / staging.JOURNAL).write_text(
        f'[{{"name": "../kept", "new": "0", "old": "", "number": {kept.stat().st_ino}}}]'
    )
    staging.tidy(folder)
    assert contents(kept) == [OLD] and list(folder.iterdir()) == []


def test_what_a_live_process_has_under_way_is_not_touched(tmp_path):
    path, other = tmp_path / "a", tmp_path / "b"
    with files.writing_bytes(path) as file:
        file.write(NEW)
        program = (
            "import sys; from pathlib import Path; from core import files\n"
            f"with files.writing_bytes(Path({str(other)!r})) as file: file.write(b'other')"
        )
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
        write(tmp_path / "c")
    assert contents(path, other) == [NEW, b"other"]
    assert len(list(tmp_path.iterdir())) == 3


def test_threads_of_one_process_do_not_get_in_each_others_way(tmp_path):
    def work(number):
        for _ in range(10):
            with files.writing_bytes(tmp_path / str(number % 2)) as file:
                file.write(bytes([number]) * 10_000)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for k in range(2):
        (found,) = contents(tmp_path / str(k))
        assert len(found) == 10_000 and len(set(found)) == 1
    assert len(list(tmp_path.iterdir())) == 2


# Places ---------------------------------------------------------------------------------------


@POSIX
def test_of_a_link_the_target_is_written(tmp_path):
    target, between, link = tmp_path / "target", tmp_path / "between", tmp_path / "x" / "link"
    link.parent.mkdir()
    target.write_bytes(OLD)
    between.symlink_to(target)
    link.symlink_to(between)
    write(link)
    assert contents(target) == [NEW] and link.is_symlink() and between.is_symlink()
    (tmp_path / "dangling").symlink_to(tmp_path / "x" / "made")
    write(tmp_path / "dangling")
    assert contents(tmp_path / "x" / "made") == [NEW]


@POSIX
def test_together_they_may_lie_in_several_folders(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "x" / "far")
    write(tmp_path / "near", tmp_path / "link")
    assert contents(tmp_path / "near", tmp_path / "x" / "far") == [NEW, NEW]
    assert {path.name for path in tmp_path.rglob("*")} == {"near", "link", "x", "far"}


@POSIX
def test_a_private_file_stays_private(tmp_path):
    path = tmp_path / "private"
    path.write_bytes(OLD)
    path.chmod(0o600)
    write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@POSIX
def test_the_longest_name_that_a_folder_takes_can_be_written(tmp_path):
    path = tmp_path / ("a" * 255)
    write(path)
    assert contents(path) == [NEW]


@POSIX
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a" * 256, "its name is too long. Choose a shorter one"),
        ("folder", "it is a folder. Choose a file’s name in it"),
        ("nowhere/x", "there is no folder {0}/nowhere. Choose another place"),
        ("file/x", "there is no folder {0}/file. Choose another place"),
        ("ring", "it is a link that leads back to itself. Choose another name"),
        ("nul\0", "its name has a character that names cannot have. Choose another place"),
    ],
)
@pytest.mark.parametrize("ask", [write, files.check_writable])
def test_a_place_that_cannot_be_is_one_sentence(ask, name, words, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    with pytest.raises(SaveError) as caught:
        ask(tmp_path / name)
    assert str(caught.value).endswith(f" cannot be written: {words.format(tmp_path)}.")
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("refused", ["folder", "file"])
@pytest.mark.parametrize("ask", [write, files.check_writable])
def test_what_may_not_be_written_is_not_replaced(ask, refused, tmp_path, monkeypatch):
    path = tmp_path / "read only"
    path.write_bytes(OLD)
    place = {"folder": tmp_path, "file": path}[refused]
    # Root may write everywhere, so the system's answer is made up.
    monkeypatch.setattr(os, "access", lambda asked, _: Path(asked) != place)
    with pytest.raises(SaveError, match=r"read only cannot be written: you may not write there\."):
        ask(path)
    assert contents(path) == [OLD]


@POSIX
def test_a_full_device_is_one_sentence():
    with pytest.raises(SaveError, match="/dev/full cannot be written: no space left on device"):
        write(Path("/dev/full"))
