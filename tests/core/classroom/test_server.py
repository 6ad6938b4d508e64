"""Phones at a real server on this machine: two hundred of them, and hostile ones among them."""

import asyncio
import contextlib
import json
import socket

import aiohttp
import pytest

from core.classroom.messages import MOST_BYTES, Place
from core.classroom.room import MOST_PHONES, Activity, Room
from core.classroom.server import PORTS, Server
from core.errors import DataError

HOST = "127.0.0.1"
POINTS = Activity("point", "Place a point", ("A", "B"), ("#ff0000", "#0000ff"))
POINT = json.dumps({"kind": "point", "x": 0.5, "y": 0.25, "label": 1})


@pytest.fixture
def room():
    return Room()


@pytest.fixture
def server(room):
    server = Server(room, HOST)
    server.start()
    yield server
    server.close()


def hello(number=0, name=""):
    return json.dumps({"kind": "hello", "phone": f"phone{number:05d}", "name": name})


def in_session(work):
    """Run work(session) with a client that has room for all phones."""

    async def run():
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            return await work(session)

    return asyncio.run(run())


def joined(server, session, **headers):
    own = {"Origin": f"http://{server.authority}"} | headers
    return session.ws_connect(f"{server.url}/ws", headers=own)


@pytest.mark.parametrize("name", ["", "/page.js", "/pad.js", "/plane.js", "/page.css"])
def test_the_page_and_its_parts_are_served_and_run_nothing_of_others(server, name):
    async def work(session):
        async with session.get(server.url + name) as answer:
            assert answer.status == 200
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy
            return await answer.text()

    assert in_session(work)


@pytest.mark.parametrize(
    "path",
    ["/", "/x", "/x/ws", "/{token}/../page.js", "/{token}/page.html", "/{token}/..%2fpage.js"],
)
def test_nothing_else_is_served(server, path):
    async def work(session):
        url = f"http://{server.authority}" + path.replace("{token}", server.url.rsplit("/", 1)[1])
        async with session.get(url) as answer:
            return answer.status

    status = in_session(work)
    assert status == 404 or path == "/{token}/../page.js"


def test_who_does_not_know_the_token_does_not_get_in(server):
    async def work(session):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(
                f"http://{server.authority}/wrong234/ws",
                headers={"Origin": f"http://{server.authority}"},
            )
        return refused.value.status

    assert in_session(work) == 404


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_another_page_does_not_get_in(server, origin):
    async def work(session):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await joined(server, session, Origin=origin)
        return refused.value.status

    assert in_session(work) == 403


def test_another_name_for_this_machine_is_not_answered(server):
    async def work(session):
        async with session.get(server.url, headers={"Host": "evil.example"}) as answer:
            return answer.status

    assert in_session(work) == 404


def test_who_guesses_is_not_answered_for_the_rest_of_the_minute_and_others_are(server):
    async def status(session, path):
        async with session.get(f"http://{server.authority}/{path}") as answer:
            return answer.status

    async def work(session):
        guesses = [await status(session, f"guess{number:03d}") for number in range(80)]
        token = server.url.rsplit("/", 1)[1]
        connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
        async with aiohttp.ClientSession(connector=connector) as other:
            return {*guesses}, await status(session, token), await status(other, token)

    assert in_session(work) == ({404}, 404, 200)


def test_two_hundred_phones_send_at_once_and_nothing_is_lost(server, room):
    room.ask(POINTS)
    room.allow_from_one(MOST_PHONES)  # all of this machine

    async def phone(session, number):
        async with joined(server, session) as connection:
            await connection.send_str(hello(number, f"Name {number}"))
            asked = json.loads(await connection.receive_str())
            assert asked["do"] == "point" and asked["classes"] == ["A", "B"]
            for _ in range(3):
                await connection.send_str(POINT)
                assert json.loads(await connection.receive_str())["is_taken"]
            return number

    async def work(session):
        return await asyncio.gather(*(phone(session, number) for number in range(200)))

    assert len(in_session(work)) == 200
    taken = room.take(Place, 1000)
    assert len(taken) == 600
    assert {sent.name for sent in taken} == {f"Name {number}" for number in range(200)}


@pytest.mark.parametrize(
    "messages",
    [
        ["x" * (MOST_BYTES + 1)],
        ["[" * 10_000] * 25,
        [json.dumps({"kind": "point", "x": 1e308, "y": 0, "label": 0})] * 25,
        [POINT] * 2_000,
        ["x" * 10_000_000],
    ],
    ids=["too long", "nested", "far away", "a flood", "10 MB"],
)
def test_a_hostile_phone_is_sent_away_and_the_others_stay(server, room, messages):
    room.ask(POINTS)

    async def work(session):
        async with joined(server, session) as good, joined(server, session) as bad:
            await good.send_str(hello(1))
            await good.receive_str()
            await bad.send_str(hello(2))
            for message in messages:
                if bad.closed:
                    break
                with contextlib.suppress(ConnectionError):  # closed in the middle of it
                    await bad.send_str(message)
            async for _ in bad:  # until the server closes it
                pass
            await good.send_str(POINT)
            return json.loads(await good.receive_str())

    assert in_session(work)["is_taken"]
    assert len([sent for sent in room.take(Place, 1000) if sent.phone == 1]) == 1


@pytest.mark.parametrize("first", ["", "{}", POINT, "[1]"])
def test_who_does_not_say_hello_is_sent_away(server, room, first):
    async def work(session):
        async with joined(server, session) as connection:
            await connection.send_str(first)
            return [message async for message in connection]

    assert in_session(work) == [] and room.present == 0


def test_binary_messages_end_a_connection(server, room):
    async def work(session):
        async with joined(server, session) as connection:
            await connection.send_str(hello())
            await connection.receive_str()
            await connection.send_bytes(b"\x00")
            return [message async for message in connection]

    assert in_session(work) == []


def test_closing_lets_all_phones_go(room):
    server = Server(room, HOST)
    server.start()

    async def work(session):
        async with joined(server, session) as connection:
            await connection.send_str(hello())
            await connection.receive_str()
            await asyncio.get_running_loop().run_in_executor(None, server.close)
            return [message async for message in connection]

    assert in_session(work) == [] and room.present == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, server.port), timeout=1)


def test_a_new_server_has_another_address(room):
    urls = set()
    for _ in range(3):
        server = Server(room, HOST)
        server.start()
        urls.add(server.url.rsplit("/", 1)[1])
        server.close()
    assert len(urls) == 3


def test_taken_ports_are_passed_over(room):
    held = []
    try:
        for port in PORTS[:-1]:
            held.append(socket.socket())
            held[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):  # taken by another program: as good
                held[-1].bind((HOST, port))
                held[-1].listen()
        server = Server(room, HOST)
        server.start()
        port = server.port
        server.close()
        assert port not in PORTS
    finally:
        for each in held:
            each.close()


def test_an_address_that_is_not_of_this_machine_is_refused_in_words(room):
    server = Server(room, "203.0.113.7")
    with pytest.raises(DataError, match="Choose another network"):
        server.start()
    server.close()
