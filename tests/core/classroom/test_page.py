"""The page of a phone in a real browser: by finger, from the first touch to the window's answer."""

import asyncio
import json

import numpy as np
import pytest

from core.classroom.messages import Drawing, Place, Spot
from core.classroom.room import Activity, Room
from core.classroom.server import Server
from core.classroom.shared_plane import SharedPlane
from tests.core.classroom import chromium

pytestmark = pytest.mark.skipif(chromium.program() is None, reason="there is no Chromium here")

DIGITS = Activity("digit", "Draw a <digit>", tuple("0123456789"))
POINTS = Activity("point", "Place points", ("A", "B & C"), ("#cc0000", "#0000cc"))
NUMBER = Activity("number", "What is ln 2?")
PLANE = SharedPlane(
    (0, 1),
    ("x <i>1</i>", "y"),
    (-5.0, 0.0),
    (5.0, 0.004),
    np.array([[0.25, 0.25], [0.75, 0.75]]),
    np.array([0, 1]),
    ("A", "B & C"),
    (0, 1),
    ("#cc0000", "#0000cc"),
)
SPOT = Activity("spot", "Where is the largest loss?", plane=PLANE)
QUESTION = Activity("question", "What is σ(0)?", answers=("0", "½", "<script>1</script>"))


@pytest.fixture
def room():
    return Room()


@pytest.fixture
def server(room):
    server = Server(room, "127.0.0.1")
    server.start()
    yield server
    server.close()


def on_phone(server, folder, work, name="Ada"):
    """Join with this name, then do work(page); nothing may be blocked or thrown on the way."""

    async def run():
        async with chromium.opened(server.url, folder) as page:
            await page.wait_for("document.querySelector('#task') !== null")
            await page.wait_for("document.querySelector('#task').textContent === 'Join the class'")
            await page.ask(f"document.querySelector('#name').value = {name!r}")
            await page.tap("#enter")
            await page.wait_for("document.querySelector('#welcome').hidden")
            await work(page)
            assert page.complaints == []

    asyncio.run(run())


def shows(section):
    return f"!document.querySelector('#{section}').hidden"


def test_a_digit_is_drawn_named_and_sent(server, room, tmp_path):
    room.ask(DIGITS)

    async def work(page):
        await page.wait_for(shows("digit"))
        assert await page.ask("document.querySelector('#task').textContent") == "Draw a <digit>"
        path = [await page.place("#pad", 0.5, y) for y in np.linspace(0.1, 0.9, 9)]
        await page.touch(*path)
        await page.tap("#send")
        said = "document.querySelector('#said').textContent"
        await page.wait_for(f"{said} === 'Say which one it is.'")
        await page.tap("#labels button:nth-child(2)")
        await page.tap("#send")
        await page.wait_for(f"{said} === 'It has arrived.'")
        room.tell([(1, {"said": "The model says 1 (98 %)."})])
        await page.wait_for(f"{said} === 'The model says 1 (98 %).'")

    on_phone(server, tmp_path, work)
    (sent,) = room.take(Drawing)
    assert sent.name == "Ada" and isinstance(sent.what, Drawing) and sent.what.label == 1
    (stroke,) = sent.what.strokes
    xs, ys = np.array(stroke).T
    np.testing.assert_allclose(xs, 0.5, atol=0.01)
    assert ys[0] == pytest.approx(0.1, abs=0.01) and ys[-1] == pytest.approx(0.9, abs=0.01)


def test_a_point_is_placed_where_the_finger_is(server, room, tmp_path):
    room.ask(POINTS)

    async def work(page):
        await page.wait_for(shows("point"))
        await page.tap("#classes button:nth-child(2)")
        await page.touch(await page.place("#plane", 0.25, 0.1))
        await page.wait_for("document.querySelector('#said').textContent === 'It has arrived.'")

    on_phone(server, tmp_path, work)
    (sent,) = room.take(Place)
    assert isinstance(sent.what, Place) and sent.what.label == 1
    assert (sent.what.x, sent.what.y) == pytest.approx((0.25, 0.9), abs=0.01)


def test_a_question_is_answered_and_the_answer_changed(server, room, tmp_path):
    room.ask(QUESTION)

    async def work(page):
        await page.wait_for(shows("question"))
        texts = "[...document.querySelectorAll('#answers button')].map(b => b.textContent)"
        assert await page.ask(texts) == list(QUESTION.answers)
        for number in (1, 2):
            await page.tap(f"#answers button:nth-child({number})")
            await page.wait_for(
                f"document.querySelector('#answers button:nth-child({number})').ariaPressed"
                " === 'true'"
            )
        await page.wait_for("document.querySelector('#said').textContent.startsWith('Your answer')")

    on_phone(server, tmp_path, work)
    assert room.votes() == [0, 1, 0]


def test_a_number_is_typed_and_the_answer_comes_back(server, room, tmp_path):
    room.ask(NUMBER)

    async def work(page):
        await page.wait_for(shows("number"))
        await page.ask("document.querySelector('#value').value = 'much'")
        await page.tap("#give")
        said = "document.querySelector('#said').textContent"
        await page.wait_for(f"{said} === 'Type a number, as in 0.693.'")
        await page.ask("document.querySelector('#value').value = '0,69'")
        await page.tap("#give")
        await page.wait_for(f"{said}.startsWith('Your answer')")
        room.reveal(lambda answer: json.dumps({"said": "✓ Right.", "is_over": True}))
        await page.wait_for(f"{said} === '✓ Right.'")
        assert await page.ask("document.querySelector('#give').disabled")
        room.ask(NUMBER)
        await page.wait_for("!document.querySelector('#give').disabled")
        assert await page.ask("document.querySelector('#value').value") == ""

    on_phone(server, tmp_path, work)
    assert room.answers == ()  # of the question that is asked now


INSIDE = 96 / 720, 16 / 720, 608 / 720, 620 / 720  # the axes on the map: left, top, width, height


def on_map(x, y):
    """Return a place of the plane as shares of the sides of its canvas, y down."""
    left, top, width, height = INSIDE
    return left + x * width, top + (1 - y) * height


async def colours_at(page, *places):
    """Return the red, green and blue of the map at places of the plane, read at once."""
    pixels = [[round(720 * share) for share in on_map(*place)] for place in places]
    return await page.ask(
        "(({data}) => "
        f"{json.dumps(pixels)}.map(([x, y]) => [...data.slice(4 * (720 * y + x))].slice(0, 3)))"
        "(document.querySelector('#map').getContext('2d').getImageData(0, 0, 720, 720))"
    )


def test_a_place_is_touched_on_the_plane_that_is_drawn(server, room, tmp_path):
    room.ask(SPOT)

    async def work(page):
        await page.wait_for(shows("spot"))
        assert "B & C" in await page.ask("document.querySelector('#legend').textContent")
        await page.touch(await page.place("#map", *on_map(0.4, 0.9)))
        said = "document.querySelector('#said').textContent"
        await page.wait_for(f"{said}.startsWith('Your answer')")
        truth = [[[0.1, 0.5], [0.3, 0.5]]]
        told = json.dumps({"said": "Not so.", "is_over": True, "truth": truth})
        room.reveal(lambda answer: told)
        await page.wait_for(f"{said} === 'Not so.'")
        drawn = await colours_at(page, (0.25, 0.25), (0.75, 0.75), (0.2, 0.5))
        assert drawn == [[0xCC, 0, 0], [0, 0, 0xCC], [0x17, 0x63, 0xA6]]

    on_phone(server, tmp_path, work)
    (answer,) = room.answers
    assert isinstance(answer, Spot)
    assert (answer.x, answer.y) == pytest.approx((0.4, 0.9), abs=0.01)


def test_ticks_are_round_and_written_as_they_are(server, room, tmp_path):
    async def work(page):
        path = server.url.rsplit("/", 1)[1]
        both = "JSON.stringify([m.ticks(-5, 5), m.ticks(0, 0.004)])"
        asked = f"import('/{path}/plane.js').then(m => {both})"
        found = await page.call(
            "Runtime.evaluate", expression=asked, awaitPromise=True, returnByValue=True
        )
        across, up = json.loads(found["result"]["value"])
        assert [text for _, text in across] == ["−4", "−2", "0", "2", "4"]
        assert [text for _, text in up] == ["0.000", "0.001", "0.002", "0.003", "0.004"]

    on_phone(server, tmp_path, work)


def test_a_phone_follows_what_is_asked(server, room, tmp_path):
    async def work(page):
        for activity in (DIGITS, QUESTION, SPOT, NUMBER, POINTS, Activity()):
            room.ask(activity)
            await page.wait_for(shows(activity.kind))

    on_phone(server, tmp_path, work)


@pytest.mark.parametrize(
    "activity", [DIGITS, POINTS, QUESTION, NUMBER, SPOT], ids=lambda each: each.kind
)
def test_all_that_is_to_be_touched_is_on_the_screen_and_large_enough(
    server, room, tmp_path, activity
):
    """44 px, as both platforms' guides ask; and nothing wider than the screen."""
    room.ask(activity)

    async def work(page):
        await page.wait_for(shows(activity.kind))
        sizes = await page.ask(
            f"[...document.querySelectorAll('#{activity.kind} button')].map(b => "
            "Math.min(b.getBoundingClientRect().width, b.getBoundingClientRect().height))"
        )
        assert min(sizes, default=44) >= 44
        assert await page.ask("document.documentElement.scrollWidth <= innerWidth")
        assert await page.ask("document.documentElement.scrollHeight <= innerHeight")

    on_phone(server, tmp_path, work)


def test_a_phone_comes_back_by_itself_as_the_same(server, room, tmp_path):
    async def work(page):
        await page.wait_for("document.querySelector('#task').textContent !== 'Connecting…'")
        await page.call("Page.reload")
        await page.wait_for("document.querySelector('#welcome') !== null")
        await page.wait_for("document.querySelector('#welcome').hidden")
        room.ask(QUESTION)
        await page.wait_for(shows("question"))
        await page.tap("#answers button:nth-child(1)")
        await page.wait_for("document.querySelector('#said').textContent.startsWith('Your answer')")

    on_phone(server, tmp_path, work)
    assert room.votes() == [1, 0, 0]
