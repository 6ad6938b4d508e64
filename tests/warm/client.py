"""Stands for a program that runs in a copy of the server: passes on its streams and signals."""

import json
import os
import signal
import socket
import sys


def is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


missing = [fd for fd in (0, 1, 2) if not is_open(fd)]
while missing and os.open(os.devnull, os.O_RDWR) < missing[-1]:
    pass  # or the socket would take its number
server = socket.socket(socket.AF_UNIX)
server.connect(sys.argv[1])
about = {
    "words": sys.argv[2:],
    "folder": os.getcwd(),  # noqa: PTH109 - pathlib takes as long to import as all else
    "environment": dict(os.environ),
    "missing": missing,
}
text = json.dumps(about).encode() + b"\n"
sent = socket.send_fds(server, [text], [0, 1, 2])
server.sendall(text[sent:])
answers = server.makefile()
program = int(answers.readline())
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, _: os.kill(program, number))
status = int(answers.readline())
if os.WIFSIGNALED(status):
    signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
    os.kill(os.getpid(), os.WTERMSIG(status))
sys.exit(os.WEXITSTATUS(status))
