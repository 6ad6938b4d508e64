"""Processes in tests, connected as torchrun connects them."""

import os
import signal
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

from tests import warm

ROOT = Path(__file__).parents[2]
AGENT = "from torch.distributed.run import main; main()"
PATIENCE = 60  # seconds until a process that does not end is a failure


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def processes(*words_of_each, python=None):
    """Start a process for each of these words of Python, with the environment of torchrun.

    python : the words that start Python; see `tests.warm`.
    """
    port, size = free_port(), len(words_of_each)
    commands = []
    for rank, words in enumerate(words_of_each):
        place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": size, "MASTER_PORT": port}
        environment = {name: str(value) for name, value in place.items()}
        command = [*(python or warm.python()), *words]
        commands.append((command, {**environment, "MASTER_ADDR": "127.0.0.1"}))
    with begun(*commands) as started:
        yield started


def torchrun(*options):
    """Return the words that start an agent of torchrun; a script of Python and its words follow."""
    python = warm.python()
    return (*python, "-c", AGENT, *options, "--no-python", *python)


@contextmanager
def begun(*commands, last=signal.SIGKILL):
    """Begin to run commands, each with an environment of its own beside the usual one.

    last : the signal that ends those that still run at the exit.
    """
    started = []
    try:
        for words, environment in commands:
            started.append(
                subprocess.Popen(
                    [*map(str, words)],
                    cwd=ROOT,
                    env={**os.environ, **environment},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
        yield started
    finally:
        for each in started:
            if each.poll() is None:
                each.send_signal(last)
            each.communicate(timeout=PATIENCE)


def ended(started):
    """Return exit code, standard output and standard error of each."""
    said = [each.communicate(timeout=PATIENCE) for each in started]
    return [(each.returncode, *words) for each, words in zip(started, said, strict=True)]
