"""Imports the whole program once, and runs what clients ask for in copies of itself."""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import tempfile
from types import ModuleType
from typing import Any

NAMES = ("stdin", "stdout", "stderr")
Programs = dict[int, tuple[int, socket.socket]]  # by the descriptor of a process: number, client


def import_all() -> None:
    for package in ("core", "gui"):
        module = importlib.import_module(package)
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            importlib.import_module(found.name)
    gc.collect()
    gc.freeze()


def receive(client: socket.socket) -> tuple[dict[str, Any], list[int]]:
    text, streams, _, _ = socket.recv_fds(client, 2**16, 3)
    while not text.endswith(b"\n"):
        text += client.recv(2**16)
    return json.loads(text), list(streams)


def become(about: dict[str, Any], streams: list[int]) -> None:
    """Take over streams, folder, environment and words, as a new interpreter does."""
    for fd, given in enumerate(streams):
        os.dup2(given, fd)
        os.close(given)
    for fd, mode, errors in ((0, "r", None), (1, "w", None), (2, "w", "backslashreplace")):
        stream = os.fdopen(fd, mode, 1 if fd == 2 else -1, errors=errors)
        setattr(sys, NAMES[fd], stream)
    for fd in about["missing"]:
        os.close(fd)
        setattr(sys, NAMES[fd], None)
    for name in NAMES:
        setattr(sys, f"__{name}__", getattr(sys, name))
    os.environ.clear()
    os.environ.update(about["environment"])
    os.chdir(about["folder"])
    vars(tempfile)["tempdir"] = None  # found anew
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[1:1] = [path for path in paths if path]


def run(words: list[str]) -> None:
    if words[0] == "-c":
        sys.argv, sys.path[0] = ["-c", *words[2:]], ""
        main = sys.modules["__main__"] = ModuleType("__main__")
        exec(compile(words[1], "<string>", "exec"), main.__dict__)
    else:
        sys.argv, sys.path[0] = words, os.path.dirname(os.path.abspath(words[0]))  # noqa: PTH100, PTH120
        runpy.run_path(words[0], run_name="__main__")


def serve(address: str) -> tuple[dict[str, Any], list[int]] | None:
    """Start a copy for each client; return in a copy what it is to do, and None at the end."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    import_all()
    programs: Programs = {}
    watched = selectors.DefaultSelector()
    watched.register(listener, selectors.EVENT_READ)
    watched.register(0, selectors.EVENT_READ)
    while True:
        for key, _ in watched.select():
            if key.fd == 0:
                for number, _ in programs.values():
                    os.kill(number, signal.SIGKILL)
                return None
            if key.fileobj is listener:
                client, _ = listener.accept()
                about, streams = receive(client)
                number = os.fork()
                if not number:
                    watched.close()
                    for known in (listener, client, *(each for _, each in programs.values())):
                        known.close()
                    return about, streams
                for stream in streams:
                    os.close(stream)
                client.sendall(f"{number}\n".encode())
                process = os.pidfd_open(number)
                programs[process] = number, client
                watched.register(process, selectors.EVENT_READ)
                watched.register(client, selectors.EVENT_READ, number)
            elif key.fd in programs:
                number, client = programs.pop(key.fd)
                _, status = os.waitpid(number, 0)
                watched.unregister(key.fd)
                os.close(key.fd)
                if client in watched.get_map():
                    watched.unregister(client)
                    client.sendall(f"{status}\n".encode())
                client.close()
            else:  # the client has been killed
                watched.unregister(key.fileobj)
                os.kill(key.data, signal.SIGKILL)


if __name__ == "__main__":
    if (wish := serve(sys.argv[1])) is not None:
        become(*wish)
        run(wish[0]["words"])
