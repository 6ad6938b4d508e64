"""Memory that runs out is told as what it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.out_of_memory import describe_load_failure, is_shortage

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried …"),
        RuntimeError("std::bad_alloc"),
        RuntimeError("can't start new thread"),
        OSError(12, "Cannot allocate memory"),
    ],
    ids=str,
)
def test_what_loader_allocator_and_threads_say_of_memory_is_known(error):
    assert is_shortage(error)
    assert "not enough memory to load PyTorch" in describe_load_failure(error)


def test_numpys_own_refusal_is_one():
    with pytest.raises(MemoryError) as refusal:
        np.empty((10**9, 10**9))
    assert is_shortage(refusal.value)


def test_a_library_that_is_missing_is_no_shortage():
    error = ImportError("libgomp.so.1: cannot open shared object file: No such file or directory")
    assert not is_shortage(error)
    assert "libgomp.so.1" in describe_load_failure(error)


LIMITED = """
import resource, sys
from core.cli import train as cli
resource.setrlimit(resource.RLIMIT_AS, (300 * 2**20,) * 2)
sys.exit(cli.main(["iris", "--epochs", "1"]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_training_under_a_limit_that_pytorch_does_not_fit_in_ends_in_a_sentence(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("logitlab: There is not enough memory")
