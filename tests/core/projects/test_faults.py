"""Whatever is written: if any write, flush or rename fails, all old files are there or all new."""

import errno
import io
import itertools
import os
import time
from pathlib import Path

import pytest

from core import staging
from core.errors import SaveError
from core.exports.exported_run import ExportedRun
from core.exports.kinds import KINDS, export
from core.projects import project
from core.projects.recovery import Slot, leftovers
from core.runs import model_file
from tests.core.projects.kept import project_of
from tests.core.training import trained

OLD = b"old" * 5000
KEPT = {"project": ".logitlab", "model": ".safetensors"}
CALLS = "write", "fsync", "rename"


@pytest.fixture(scope="module")
def runs(iris, make_task):
    """Two runs of which the second is to be written over the first."""
    return [trained(make_task(iris, optimiser="adam"), steps) for steps in (4, 6)]


def write(trainer, name, path):
    """Write a run as a project, a model, or one of KINDS."""
    run = ExportedRun.of(trainer)
    if name == "project":
        project.save(project_of(trainer), path)
    elif name == "model":
        model_file.save(run.model(), path)
    else:
        export(run, name, path)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class Disk:
    """Counts what is written to files and folders; the call of this number fails.

    call : one of CALLS. fails : the first is 0. A full disk stays full: later writes fail too.
    """

    def __init__(self, monkeypatch, call, fails, code):
        self.calls = 0
        self._call, self._fails, self._code = call, fails, code
        opened, disk = Path.open, self

        class Raw(io.FileIO):
            def write(self, data):
                disk.count("write")
                return super().write(data)

        def open_counted(path, mode="r", *words, **more):
            if mode in ("xb", "wb"):
                return io.BufferedWriter(Raw(path, mode.replace("b", "")))
            return opened(path, mode, *words, **more)

        def counted(name, true):
            def call(*words, **more):
                disk.count(name)
                return true(*words, **more)

            return call

        monkeypatch.setattr(Path, "open", open_counted)
        monkeypatch.setattr(os, "fsync", counted("fsync", os.fsync))
        monkeypatch.setattr(Path, "replace", counted("rename", Path.replace))

    def count(self, name):
        if name != self._call:
            return
        self.calls += 1
        is_full = self._code == errno.ENOSPC and name == "write" and self.calls > self._fails
        if self.calls - 1 == self._fails or is_full:
            raise OSError(self._code, os.strerror(self._code))


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC], ids=["broken", "full"])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", [*KEPT, *KINDS])
def test_a_fault_of_the_disk_leaves_all_old_files_or_all_new_ones(
    name, call, code, runs, tmp_path, monkeypatch
):
    if name == "onnx":
        pytest.importorskip("onnx")
    noon = time.gmtime(1_800_000_000)  # archives hold the time at which they were made
    monkeypatch.setattr(time, "localtime", lambda *_: noon)
    file = f"a{KEPT.get(name) or KINDS[name].ending}"
    whole = tmp_path / "whole"
    whole.mkdir()
    write(runs[1], name, whole / file)
    new = contents(whole)
    for fails in itertools.count():
        folder = tmp_path / str(fails)
        folder.mkdir()
        write(runs[0], name, folder / file)
        old, told = contents(folder), ""
        with monkeypatch.context() as patch:
            disk = Disk(patch, call, fails, code)
            try:
                write(runs[1], name, folder / file)
            except SaveError as error:
                told = str(error)
        staging.tidy(folder)
        if not told:
            assert contents(folder) == new
            assert disk.calls <= fails
            break
        # One file may be in its place, and only the folder's list of names not be on disk.
        is_either = len(old) == 1 and call == "fsync"
        assert contents(folder) in ([old, new] if is_either else [old])
        why = "no space left on device" if code == errno.ENOSPC else os.strerror(code)
        assert f"cannot be written: {why}" in told
        assert str(folder) in told
    assert fails > 0


@pytest.mark.parametrize("call", CALLS)
def test_a_fault_of_the_disk_leaves_the_copy_before(call, runs, tmp_path, monkeypatch):
    before, after = map(project_of, runs)
    for fails in itertools.count():
        slot = Slot.create(tmp_path)
        project.save(before, slot.copy)
        with monkeypatch.context() as patch:
            disk = Disk(patch, call, fails, errno.EIO)
            try:
                project.save(after, slot.copy)
                steps = {6}
            except SaveError:
                steps = {4} if call == "write" else {4, 6}
        slot.release()  # as by a kill
        (found,) = leftovers(tmp_path)
        state = project.load(found.copy).state
        assert state is not None and state.checkpoint.step in steps
        found.remove()
        if disk.calls <= fails:
            break
    assert fails > 0
