"""MNIST by download: good mirrors, bad ones, and a person who changes their mind."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from core.cache_folder import cache_folder
from core.config import DataConfig
from core.data.mnist.download import Download, chosen_mirrors
from core.data.mnist.http_transfer import Timeouts, Transfer
from core.data.mnist.idx_file import unpack
from core.data.mnist.progress import Meter, Progress
from core.data.sources import load as load_dataset
from core.errors import Cancelled, DataError
from tests import mirrors
from tests.mirrors import CERTIFICATES, small_files

FILES, ORIGINALS = small_files()
NAMES = [original.name for original in ORIGINALS]
IMAGES = NAMES[0]
ENDLESS = Timeouts(stalled=600, give_up=600, look=0.01)
SHORT = Timeouts(stalled=0.05, give_up=0.5, look=0.01)  # for a mirror that is silent
ROOT = Path(__file__).parents[4]


@pytest.fixture(autouse=True)
def no_proxy_of_the_user(monkeypatch):
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_PROXY".upper(), raising=False)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache" / "mnist"


@pytest.fixture
def make(cache):
    """Return make(*mirrors or addresses): a Download of the small files from them."""

    def make(*places, timeouts=ENDLESS, files=ORIGINALS, **options):
        addresses = [place if isinstance(place, str) else place.address for place in places]
        return Download(files, addresses, cache, timeouts, **options)

    return make


def kept(cache):
    return sorted(path.name for path in cache.glob("*")) if cache.exists() else []


def trusting():
    return ssl.create_default_context(cafile=str(CERTIFICATES / "authority.pem"))


# When all goes well ---------------------------------------------------------------------------


def test_the_data_are_what_the_files_hold(serve, make):
    X, y, n_test, shape = make(serve()).load()
    images = unpack(IMAGES, FILES[IMAGES], 3)
    assert (X.shape, len(y), n_test, shape) == ((60, 120), 60, 20, (40, 3))
    np.testing.assert_array_equal(X[:40], images.reshape(40, 120))


def test_the_four_files_are_kept_as_they_came(serve, make, cache):
    make(serve()).load()
    assert {name: (cache / name).read_bytes() for name in kept(cache)} == FILES


def test_what_is_in_the_cache_is_not_asked_for_again(serve, make):
    mirror = serve()
    make(mirror).load()
    make(mirror).load(watch=lambda _: pytest.fail("something was downloaded"))
    assert mirror.names == NAMES


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "other"])
def test_a_damaged_file_of_the_cache_is_fetched_again_and_the_others_are_kept(
    damage, serve, make, cache
):
    mirror = serve()
    expected = make(mirror).load()
    path, content = cache / IMAGES, bytearray(FILES[IMAGES])
    content[len(content) // 2] ^= 255
    other = {"flipped": bytes(content), "cut": FILES[IMAGES][:-9], "empty": b"", "other": b"<p>"}
    path.write_bytes(other[damage])
    again = make(mirror).load()
    assert mirror.names == [*NAMES, IMAGES]
    assert path.read_bytes() == FILES[IMAGES]
    np.testing.assert_array_equal(again[0], expected[0])


def test_the_files_of_another_data_set_in_the_cache_are_not_taken_for_mnist(serve, make, cache):
    cache.mkdir(parents=True)
    (cache / NAMES[1]).write_bytes(FILES[NAMES[1]])
    others = [original._replace(sha256="0" * 64) for original in ORIGINALS]
    with pytest.raises(DataError, match="not MNIST"):
        make(serve(), files=others).load()
    assert kept(cache) == []


def test_a_mirror_may_have_packed_the_files_in_another_way(serve, make):
    plain = {name: zlib.decompress(content, 31) for name, content in FILES.items()}
    assert len(make(serve(files=plain)).load()[0]) == 60


def test_the_real_files_pass_the_check(serve, make, mnist_folder, cache):
    files = {path.name: path.read_bytes() for path in mnist_folder.glob("*.gz")}
    X, y, *_ = make(serve(files=files), files=None, timeouts=Timeouts()).load()
    assert (X.shape, y[:5].tolist()) == ((70_000, 784), [5, 0, 4, 1, 9])
    assert len(kept(cache)) == 4


# Mirrors that fail ----------------------------------------------------------------------------

FAULTS = {
    "not found": (mirrors.not_found, "127.0.0.1 says 404 (Not Found). Try again later"),
    "forbidden": (mirrors.forbidden, "127.0.0.1 says 403 (Forbidden)"),
    "web page": (mirrors.web_page, "answered with a web page of its own in place of 127.0.0.1"),
    "disguised page": (mirrors.disguised_page, "Sign in to the network in a web browser"),
    "portal": (mirrors.portal, "answered with a web page"),
    "password": (mirrors.password, "proxy asks for a name and a password (407). Enter name and"),
    "plain http": (mirrors.to_plain_http, "sends us on to portal.example without encryption"),
    "circle": (mirrors.in_a_circle, "sends us round in a circle"),
    "broken off": (mirrors.broken_off, "127.0.0.1 broke the connection off. Try again"),
    "shortened": (mirrors.shortened, f"what 127.0.0.1 sends is not MNIST: {IMAGES} breaks off"),
    "tampered": (mirrors.tampered, f"own file: its SHA-256 is %s…, expected {'%.12s'}…"),
    "empty": (mirrors.empty, f"is not MNIST: {IMAGES} is empty"),
    "too long": (mirrors.too_long, f"sends is not MNIST: more than {IMAGES} can hold"),
    "endless": (mirrors.endless, f"sends is not MNIST: more than {IMAGES} can hold"),
    "silent": (mirrors.silent, "127.0.0.1 has sent nothing for "),
    "stalled": (mirrors.stalled, "127.0.0.1 has sent nothing for "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_every_mirror_is_named_in_one_sentence_with_what_to_do(
    fault, serve, make, cache
):
    manner, words = FAULTS[fault]
    if "%" in words:  # both digests are named
        inside = bytearray(zlib.decompress(FILES[IMAGES], 31))
        inside[-1] ^= 1
        words = words % (hashlib.sha256(inside).hexdigest()[:12], ORIGINALS[0].sha256)
    with pytest.raises(DataError) as caught:
        make(serve(manner), timeouts=SHORT if "sent nothing" in words else ENDLESS).load()
    assert words in str(caught.value)
    assert str(caught.value).startswith("MNIST (11.6 MB, needed once) could not be downloaded: ")
    assert str(caught.value).endswith(", or choose a folder that has the files.")
    assert kept(cache) == []


@pytest.mark.parametrize("fault", ["not found", "web page", "broken off", "tampered", "stalled"])
def test_after_a_fault_the_next_mirror_is_asked_for_all_files(fault, serve, make, cache):
    bad, good = serve(FAULTS[fault][0]), serve()
    short = Timeouts(give_up=2, look=0.01) if fault == "stalled" else ENDLESS
    assert len(make(bad, good, timeouts=short).load()[0]) == 60
    assert set(bad.names) == {IMAGES}
    assert good.names == NAMES
    assert kept(cache) == sorted(NAMES)


def test_files_that_came_before_a_fault_are_kept(serve, make, cache):
    some = dict(list(FILES.items())[:2])
    with pytest.raises(DataError, match="is empty"):
        make(serve(files=some)).load()
    assert kept(cache) == sorted(some)


def test_a_dead_mirror_is_named(make):
    with pytest.raises(DataError, match=r"127\.0\.0\.1 cannot be reached \(connection refused\)"):
        make(mirrors.refusing_address()).load()


def test_a_mirror_whose_name_is_not_known_means_no_network(make, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(
        DataError, match=r"cannot find mirror\.test, as if .* Connect to the network"
    ):
        make("https://mirror.test/").load()


def test_of_several_causes_that_of_the_mirror_that_got_furthest_is_told(serve, make):
    places = [mirrors.refusing_address(), serve(mirrors.web_page), serve(mirrors.not_found)]
    with pytest.raises(DataError, match="web page"):
        make(*places).load()


# Going on where it broke off ------------------------------------------------------------------


def breaking_once(answer, **headers):
    """Return a manner that breaks off the first time, and answers so from then on."""
    seen = []

    def manner(request, content):
        seen.append(request.path)
        if len(seen) == 1:
            request.start(200, Content_Length=len(content), **headers)
            request.wfile.write(content[:50])
        else:
            answer(request, content)

    return manner


def test_a_file_that_breaks_off_is_gone_on_with(serve, make):
    mirror = serve(breaking_once(mirrors.ranged, ETag='"1"'))
    assert len(make(mirror).load()[0]) == 60
    assert mirror.names[:2] == [IMAGES, IMAGES]
    assert mirror.requests[1][1]["Range"] == "bytes=50-"
    assert mirror.requests[1][1]["If-Range"] == '"1"'


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"1"'}], ids=["none", "weak"])
def test_without_a_mark_of_the_version_it_starts_again(headers, serve, make):
    mirror = serve(breaking_once(mirrors.ranged, **headers))
    assert len(make(mirror).load()[0]) == 60
    assert all("Range" not in asked for _, asked in mirror.requests)


@pytest.mark.parametrize("version", ['"2"', '"1"'], ids=["another version", "no ranges"])
def test_a_mirror_that_sends_the_whole_file_again_is_taken_at_its_word(version, serve, make):
    def whole(request, content):
        request.answer(200, content, ETag=version)

    assert len(make(serve(breaking_once(whole, ETag='"1"'))).load()[0]) == 60


def test_a_mirror_that_sends_another_part_than_was_asked_for_is_left(serve, make):
    def wrong(request, content):
        request.answer(206, content[9:], Content_Range=f"bytes 9-{len(content) - 1}/{len(content)}")

    with pytest.raises(DataError, match="says 206"):
        make(serve(breaking_once(wrong, ETag='"1"'))).load()


def test_a_mirror_that_breaks_off_again_and_again_is_left(serve, make):
    def a_little(request, content):
        start = int(request.headers.get("Range", "bytes=0-")[6:-1])
        place = {"Content_Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        headers = {"ETag": '"1"', "Content_Length": len(content) - start} | (place if start else {})
        request.start(206 if start else 200, **headers)
        request.wfile.write(content[start : start + 50])

    bad, good = serve(a_little), serve()
    assert len(make(bad, good).load()[0]) == 60
    assert bad.names == [IMAGES] * 4
    assert good.names == NAMES


def test_what_was_wrong_is_not_gone_on_with(serve, make):
    mirror = serve(lambda request, content: request.answer(200, content[:-9], ETag='"1"'))
    whole = make(mirror)
    with pytest.raises(DataError, match="breaks off"):
        whole.load()
    mirror.manner = mirrors.ranged
    assert len(whole.load()[0]) == 60
    assert all("Range" not in asked for _, asked in mirror.requests)


def test_what_came_whole_is_not_gone_on_with(serve, make, cache):
    mirror = serve(mirrors.ranged)
    whole = make(mirror)
    whole.load()
    (cache / IMAGES).unlink()
    assert len(whole.load()[0]) == 60
    assert all("Range" not in asked for _, asked in mirror.requests)


# Calling it off -------------------------------------------------------------------------------

CALL_OFF = """
import socket, sys, threading, time
from core.data.mnist.download import Download
from core.data.mnist.http_transfer import Timeouts
from core.errors import Cancelled

def watch(progress):
    if progress.silent_seconds:
        cancelled.set()

cancelled = threading.Event()
if sys.argv[1] == "https://mirror.test/":
    socket.getaddrinfo = lambda *_, **__: time.sleep(600)
try:
    Download(mirrors=sys.argv[1:], timeouts=Timeouts(0.5, 600)).load(watch, cancelled)
except Cancelled:
    print("called off")
"""


@pytest.fixture(params=["look-up", "connecting", "handshake", "head", "body"])
def silent_address(request, serve):
    """The address of a mirror that is silent from this stage of a request on."""
    with socket.socket() as server:  # the system takes connections for it until its queue is full
        server.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{server.getsockname()[1]}/"
        match request.param:
            case "look-up":
                yield "https://mirror.test/"
            case "connecting":
                if sys.platform != "linux":
                    pytest.skip("elsewhere a full queue refuses")
                server.listen(0)
                with socket.create_connection(server.getsockname()):
                    yield f"http://{place}"
            case "handshake":
                server.listen()
                yield f"https://{place}"
            case stage:
                yield serve(mirrors.silent if stage == "head" else mirrors.stalled).address


def test_calling_it_off_waits_for_nothing_nor_does_the_programs_end(silent_address):
    command = [sys.executable, "-c", CALL_OFF, silent_address]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("called off\n", "", 0)


def test_a_look_up_that_takes_too_long_is_given_up(make, monkeypatch):
    go_on = threading.Event()

    def slow(*_, **__):
        go_on.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(DataError, match=r"mirror\.test has sent nothing for 0\.5 seconds"):
        make("https://mirror.test/", timeouts=SHORT).load()
    go_on.set()


def test_a_download_that_was_called_off_goes_on_where_it_stopped(serve, make):
    mirror, cancelled = serve(mirrors.stalled), threading.Event()
    whole, half = make(mirror), len(FILES[IMAGES]) // 2

    def watch(progress):
        if progress.received == half:
            cancelled.set()

    with pytest.raises(Cancelled):
        whole.load(watch, cancelled)
    mirror.manner = mirrors.ranged
    assert len(whole.load()[0]) == 60
    assert mirror.requests[1][1]["Range"] == f"bytes={half}-"


def test_what_is_called_off_before_it_begins_asks_nobody(serve, make):
    mirror, cancelled = serve(), threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        make(mirror).load(cancelled=cancelled)
    assert mirror.requests == []


# How it gets on -------------------------------------------------------------------------------


def test_progress_counts_the_bytes_of_all_files(serve, make):
    told: list[Progress] = []
    make(serve()).load(told.append)
    received = [progress.received for progress in told]
    assert received == sorted(received)
    assert told[-1].received == told[-1].total == sum(map(len, FILES.values()))
    assert {progress.host for progress in told} == {"127.0.0.1"}


def test_a_silent_mirror_is_reported_as_stalled_before_it_is_given_up(serve, make):
    told: list[Progress] = []
    timeouts = Timeouts(stalled=0.05, give_up=2, look=0.01)
    make(serve(mirrors.stalled), serve(), timeouts=timeouts).load(told.append)
    stalled = [progress for progress in told if progress.silent_seconds]
    assert stalled
    assert all(0.05 <= p.silent_seconds <= 30 and p.seconds_left is None for p in stalled)


def test_the_time_left_follows_from_the_speed_of_late(monkeypatch):
    told: list[Progress] = []
    clock = iter(range(100))  # at each look, a second has passed
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    meter = Meter({"a": 1000, "b": 500}, told.append, stalled=5)
    for here in (0, 30, 60, 90):
        here_now = SimpleNamespace(data=bytes(here), size=900, address="", silent_seconds=0)
        meter.tell("a", cast(Transfer, here_now))
    assert [progress.seconds_left for progress in told] == [None, 1370 / 30, 1340 / 30, 1310 / 30]


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(0, 11_600_000, "m"), "0.0 of 11.6 MB · 0 % · connecting"),
        (Progress(4_300_000, 11_600_000, "m"), "4.3 of 11.6 MB · 37 %"),
        (Progress(4_300_000, 11_600_000, "m", 7.4), "4.3 of 11.6 MB · 37 % · 7 s left"),
        (Progress(4_300_000, 11_600_000, "m", 0.01), "4.3 of 11.6 MB · 37 % · 1 s left"),
        (Progress(4_300_000, 11_600_000, "m", 43), "4.3 of 11.6 MB · 37 % · 45 s left"),
        (Progress(4_300_000, 11_600_000, "m", 150), "4.3 of 11.6 MB · 37 % · 2 min left"),
        (
            Progress(4_300_000, 11_600_000, "m", None, 6.2),
            "4.3 of 11.6 MB · 37 % · stalled for 6 s",
        ),
    ],
)
def test_progress_is_told_in_bytes_share_and_time(progress, words):
    assert progress.words == words


# The cache folder -----------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_costs_a_notice_and_no_data(serve, make, cache):
    cache.parent.write_text("a file where the folder should be")
    mirror = serve()
    whole = make(mirror)
    assert len(whole.load()[0]) == 60
    assert re.search(rf"until you close Logit Lab: {cache} cannot be written \(.+\)", whole.notice)
    assert len(whole.load()[0]) == 60
    assert whole.notice == ""  # once is enough
    assert mirror.names == NAMES  # and nothing is fetched twice


def test_a_full_disk_leaves_nothing_behind(serve, make, cache, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    whole = make(serve())
    assert len(whole.load()[0]) == 60
    assert "no space left on device" in whole.notice
    assert kept(cache) == []


def test_several_downloads_at_once_do_not_disturb_each_other(serve, make, cache):
    mirror, results = serve(), []
    downloads = [make(mirror) for _ in range(4)]
    threads = [
        threading.Thread(target=lambda d=whole: results.append(d.load())) for whole in downloads
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(X) for X, *_ in results] == [60] * 4
    assert [whole.notice for whole in downloads] == [""] * 4
    assert kept(cache) == sorted(NAMES)


def test_the_cache_lies_where_the_environment_or_the_system_says(monkeypatch, tmp_path):
    monkeypatch.setenv("LOGITLAB_CACHE", str(tmp_path))
    assert cache_folder("mnist") == tmp_path / "mnist"
    monkeypatch.delenv("LOGITLAB_CACHE")
    assert cache_folder("mnist").parts[-2:] != (tmp_path.name, "mnist")
    assert "logitlab" in cache_folder("mnist").parts


# Which mirrors --------------------------------------------------------------------------------


def test_by_default_two_mirrors_are_asked_over_https(monkeypatch):
    monkeypatch.delenv("LOGITLAB_MIRRORS", raising=False)
    assert len(chosen_mirrors()) >= 2
    assert all(mirror.startswith("https://") and mirror[-1] == "/" for mirror in chosen_mirrors())


def test_a_school_may_name_its_own_mirrors(monkeypatch):
    monkeypatch.setenv("LOGITLAB_MIRRORS", "https://a.school/mnist, https://b.school/ ")
    assert chosen_mirrors() == ("https://a.school/mnist/", "https://b.school/")


@pytest.mark.parametrize("name", ["http://a.school/", "ftp://a.school/", "a.school", "https:///x"])
def test_a_mirror_without_encryption_is_refused_by_name(name, monkeypatch):
    monkeypatch.setenv("LOGITLAB_MIRRORS", name)
    with pytest.raises(DataError, match=f"LOGITLAB_MIRRORS names {name}; .* https://"):
        chosen_mirrors()


# Encryption -----------------------------------------------------------------------------------


def test_a_mirror_with_a_trusted_certificate_serves(serve, make):
    assert len(make(serve(certificate="mirror.pem"), context=trusting()).load()[0]) == 60


def test_a_certificate_that_the_system_does_not_know_is_not_trusted(serve, make):
    with pytest.raises(DataError, match=r"not trusted .*; something on the way reads along"):
        make(serve(certificate="mirror.pem")).load()


def test_a_certificate_out_of_date_points_to_the_clock(serve, make):
    with pytest.raises(DataError, match=r"does not fit this computer's clock .* date and time"):
        make(serve(certificate="expired.pem"), context=trusting()).load()


def test_a_server_that_cannot_encrypt_is_named(serve, make):
    address = serve().address.replace("http:", "https:")
    with pytest.raises(DataError, match=r"no encrypted connection to 127\.0\.0\.1 came about"):
        make(address, context=trusting()).load()


def test_from_https_nothing_leads_back_to_plain_http(serve, make):
    mirror = serve(mirrors.to_plain_http, certificate="mirror.pem")
    with pytest.raises(DataError, match="without encryption"):
        make(mirror, context=trusting()).load()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_https_is_followed(status, serve, make):
    safe = serve(certificate="mirror.pem")

    def manner(request, content):
        request.answer(status, Location=f"{safe.address}files{request.path}")

    assert len(make(serve(manner), context=trusting()).load()[0]) == 60
    assert safe.names == NAMES


# Proxies --------------------------------------------------------------------------------------


def test_the_systems_proxy_is_used(serve, make, monkeypatch):
    safe = serve(certificate="mirror.pem")

    def tunnel(request, content):
        request.start(200)
        with socket.create_connection(("127.0.0.1", safe.port)) as out:
            there = threading.Thread(target=pump, args=(request.connection, out))
            there.start()
            pump(out, request.connection)
            there.join()

    proxy = serve(tunnel)
    monkeypatch.setenv("https_proxy", proxy.address)
    assert len(make("https://mirror.test/", context=trusting()).load()[0]) == 60
    assert {path for path, _ in proxy.requests} == {"mirror.test:443"}


def pump(source, target):
    try:
        while block := source.recv(1 << 16):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.mark.parametrize(
    ("status", "words"),
    [(407, "asks for a name and a password"), (502, r"does not let us through \(502 Bad Gateway")],
)
def test_a_proxy_that_refuses_is_named(status, words, serve, make, monkeypatch):
    monkeypatch.setenv("https_proxy", serve(lambda request, _: request.answer(status)).address)
    with pytest.raises(DataError, match=words):
        make("https://mirror.test/").load()


def test_a_proxy_that_is_not_there_is_named(make, monkeypatch):
    monkeypatch.setenv("https_proxy", mirrors.refusing_address())
    with pytest.raises(
        DataError, match=r"proxy cannot be reached \(connection refused\)\. Correct"
    ):
        make("https://mirror.test/").load()


def test_the_name_and_password_of_a_proxys_address_are_sent(serve, make, monkeypatch):
    proxy = serve(mirrors.forbidden)
    monkeypatch.setenv("https_proxy", proxy.address.replace("//", "//me:p%40ss@"))
    with pytest.raises(DataError):
        make("https://mirror.test/").load()
    assert proxy.requests[0][1]["Proxy-Authorization"] == "Basic bWU6cEBzcw=="


def test_a_proxy_of_an_unknown_kind_is_named(make, monkeypatch):
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1080")
    with pytest.raises(DataError, match=r"proxy cannot be used \(.* scheme socks5"):
        make("https://mirror.test/").load()


def test_this_very_machine_is_asked_without_a_proxy(serve, make, monkeypatch):
    monkeypatch.setenv("http_proxy", mirrors.refusing_address())
    assert len(make(serve()).load()[0]) == 60


# As a data set, and in the terminal -----------------------------------------------------------


@pytest.fixture
def small_mnist_is_mnist(monkeypatch, tmp_path):
    """Let the small files stand for MNIST wherever it is loaded without a folder."""
    monkeypatch.setattr("core.data.mnist.download.ORIGINALS", ORIGINALS)
    monkeypatch.setenv("LOGITLAB_CACHE", str(tmp_path / "cache"))


@pytest.mark.usefixtures("small_mnist_is_mnist")
def test_mnist_without_a_folder_is_downloaded(serve, monkeypatch):
    monkeypatch.setenv("LOGITLAB_MIRRORS", serve().address)
    dataset = load_dataset(DataConfig("mnist"))
    assert (dataset.name, dataset.n, dataset.h, dataset.published_test) == ("MNIST", 60, 10, 20)


def test_a_chosen_folder_is_read_and_no_mirror_asked(small_mnist, monkeypatch):
    monkeypatch.setenv("LOGITLAB_MIRRORS", "https://mirror.test/")
    assert load_dataset(DataConfig("mnist", folder=str(small_mnist))).n == 50


@pytest.mark.usefixtures("small_mnist_is_mnist")
def test_the_terminal_downloads_and_trains(serve, monkeypatch, capsys):
    from core.cli import terminal
    from core.cli import train as cli

    monkeypatch.setenv("LOGITLAB_MIRRORS", serve().address)
    assert cli.main(["mnist", "--epochs", "1"]) == terminal.DONE
    out, err = capsys.readouterr()
    assert "MNIST: 40 training and 20 test rows" in out
    assert "MNIST from 127.0.0.1: 0.0 of 0.0 MB · 100 %" in err


@pytest.mark.usefixtures("small_mnist_is_mnist")
def test_the_terminal_says_how_to_do_without_a_download(monkeypatch, capsys):
    from core.cli import parser
    from core.cli import train as cli

    monkeypatch.setenv("LOGITLAB_MIRRORS", mirrors.refusing_address())
    assert cli.main(["mnist"]) == parser.USAGE
    assert capsys.readouterr().err.endswith("In the terminal: --data-dir FOLDER.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C cannot be sent to one process")
def test_ctrl_c_during_a_download_ends_it_cleanly(serve, tmp_path):
    mirror = serve(mirrors.stalled)
    places = {"LOGITLAB_MIRRORS": mirror.address, "LOGITLAB_CACHE": str(tmp_path / "cache")}
    # Whoever started the tests in the background may have had Ctrl+C ignored for all below.
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = subprocess.Popen(
        [sys.executable, "-c", f"{listen}; import app; exit(app.main())", "train", "mnist"],
        cwd=ROOT,
        env={name: os.environ[name] for name in os.environ if name != "LOGITLAB_DATA"} | places,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert mirror.was_asked.wait(60)
    program.send_signal(signal.SIGINT)
    _, err = program.communicate(timeout=60)
    assert program.returncode == 130
    assert err.endswith("logitlab: stopped; nothing was written.\n")
    assert "Traceback" not in err
    assert not list(tmp_path.rglob("*ubyte*"))
