"""A child process that is a class: phones that join a room and send what it asks, again and again.

Its words are the address, the number of phones and the kind of activity.
"""

from __future__ import annotations

import asyncio
import random
import sys

import aiohttp

PAUSE_SECONDS = 2.5  # between two messages of one phone: what a room lets it send on and on
STROKE = 40  # points of a digit


def message(kind: str, chance: random.Random) -> dict[str, object]:
    """Return what a phone sends: a digit that is a curve, a point, or one of three answers."""
    if kind == "digit":
        xs, ys = [0.5], [0.1]
        for _ in range(STROKE):
            xs.append(min(1.0, max(0.0, xs[-1] + chance.uniform(-0.05, 0.05))))
            ys.append(ys[-1] + 0.8 / STROKE)
        stroke = [[x, y] for x, y in zip(xs, ys, strict=True)]
        return {"kind": kind, "strokes": [stroke], "label": chance.randrange(10)}
    if kind == "point":
        label = chance.randrange(2)  # two clouds
        x, y = (0.3 + 0.4 * label + chance.uniform(-0.15, 0.15) for _ in range(2))
        return {"kind": kind, "x": x, "y": y, "label": label}
    return {"kind": "answer", "answer": chance.randrange(3)}


async def phone(session: aiohttp.ClientSession, url: str, number: int, kind: str) -> None:
    """Take part until the room is closed."""
    chance = random.Random(number)
    origin = f"http://{url.split('/')[2]}"
    async with session.ws_connect(f"{url}/ws", headers={"Origin": origin}) as connection:
        await connection.send_json({"kind": "hello", "phone": f"phone{number:05d}", "name": ""})
        await connection.receive()
        await asyncio.sleep(chance.uniform(0, PAUSE_SECONDS))
        while not connection.closed:
            await connection.send_json(message(kind, chance))
            await connection.receive()
            await asyncio.sleep(PAUSE_SECONDS)


async def join(url: str, count: int, kind: str) -> None:
    """Join with so many phones at once."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        phones = (phone(session, url, number, kind) for number in range(count))
        await asyncio.gather(*phones, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(join(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
