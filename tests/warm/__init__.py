"""Programs of tests that start in a copy of a process which has imported PyTorch and Qt already.

Importing them takes a program two seconds of processor time, and a test of what it prints or of
how it ends tests nothing of that. `python` is used in place of `sys.executable`; what is tested of
the start itself takes the true interpreter.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def _address() -> str:
    """Start the server of this process; it ends when its standard input does."""
    folder = tempfile.TemporaryDirectory(prefix="warm")
    address = f"{folder.name}/s"
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.warm.server", address],
        cwd=HERE.parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdin is not None and server.stdout is not None
    server.stdout.readline()  # it listens

    def end() -> None:
        for pipe in (server.stdin, server.stdout):
            if pipe is not None:
                pipe.close()
        server.wait()
        folder.cleanup()

    atexit.register(end)
    return address


def python() -> list[str]:
    """Return the words that start Python: a script or `-c` and a program, and its words, follow.

    The process is killed with the one that they start, and takes its signals, streams, folder,
    environment and exit code; only what Python itself reads from the environment is not read anew.
    """
    if not hasattr(os, "fork") or sys.platform == "darwin":
        return [sys.executable]
    return [sys.executable, "-I", "-S", str(HERE / "client.py"), _address()]
