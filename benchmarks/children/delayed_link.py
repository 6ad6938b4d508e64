"""Two network namespaces as two machines, with a link that delays: `python -m` this, as root.

Prints what an update takes by two processes, one on each, for several delays and sizes. Packets go
from one namespace to the other through this process, by way of a TUN device in each, and each waits
for its time; kernels that have netem would do it by themselves.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.children.share import Work
from benchmarks.several_processes import updates

NAMES = ("share-a", "share-b")  # of the namespaces, and of their devices
INTERFACE, TUNSETIFF, IFF_TUN, IFF_NO_PI = "share", 0x400454CA, 1, 0x1000
MTU = 9000  # bytes
PORT = "29507"
DELAYS_MS = (0.0, 0.5, 5.0)  # each way
WORKS = {"784 features, batch 256": Work(256, 784, 50), "100,000, 512": Work(512, 100_000, 5)}


@contextmanager
def linked(delay: float) -> Iterator[None]:
    """Two namespaces, 10.77.0.1 and 10.77.0.2, whose packets take so many seconds."""
    ends = [_device(name) for name in NAMES]
    stop = threading.Event()
    thread = threading.Thread(target=_forward, args=(ends, delay, stop))
    try:
        for k, name in enumerate(NAMES):
            _ip("netns", "add", name)
            _ip("link", "set", name, "netns", name)
            _ip("-n", name, "link", "set", name, "name", INTERFACE, "mtu", str(MTU))
            _ip("-n", name, "addr", "add", f"10.77.0.{k + 1}/24", "dev", INTERFACE)
            for each in ("lo", INTERFACE):
                _ip("-n", name, "link", "set", each, "up")
        thread.start()
        yield
    finally:
        stop.set()
        if thread.ident is not None:
            thread.join()
        for end in ends:
            os.close(end)
        for name in NAMES:
            subprocess.run(["ip", "netns", "del", name])


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _device(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return end


def _forward(ends: list[int], delay: float, stop: threading.Event) -> None:
    """Pass packets on, each after its delay."""
    waiting: deque[tuple[float, int, bytes]] = deque()
    while not stop.is_set():
        left = waiting[0][0] - time.perf_counter() if waiting else 0.1
        ready, _, _ = select.select(ends, [], [], max(left, 0))
        for end in ready:
            other = ends[1 - ends.index(end)]
            waiting.append((time.perf_counter() + delay, other, os.read(end, MTU)))
        while waiting and waiting[0][0] <= time.perf_counter():
            _, to, packet = waiting.popleft()
            os.write(to, packet)


def main() -> None:
    via = tuple(("ip", "netns", "exec", name) for name in NAMES)
    for delay in DELAYS_MS:
        with linked(delay / 1000):
            for words, work in WORKS.items():
                told = updates(
                    work,
                    2,
                    via,
                    MASTER_ADDR="10.77.0.1",
                    MASTER_PORT=PORT,
                    GLOO_SOCKET_IFNAME=INTERFACE,
                )
                figures = "  ".join(
                    f"{name} {1000 * told[name]:,.3g} ms"
                    for name in ("whole", "own", "exchange", "update")
                )
                print(f"{delay:g} ms each way, {words}: {figures}", flush=True)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("Network namespaces need root.")
    main()
