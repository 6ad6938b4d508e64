"""The page for phones in the language of the window, and in English for who speaks that."""

import asyncio
import re
from html.parser import HTMLParser
from importlib.resources import files

import aiohttp
import pytest

import assets
from core import language
from core.classroom import page_texts
from core.classroom.room import Room
from core.classroom.server import Server
from core.language import spoken
from tests.core.classroom import chromium

FOLDER = files(assets).joinpath("classroom")


class Said(HTMLParser):
    """Collects what the page says: marked texts, and names for screen readers."""

    def __init__(self):
        super().__init__()
        self.texts, self._is_open = [], False

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self._is_open = "data-said" in found
        if "aria-label" in found:
            self.texts.append(found["aria-label"])

    def handle_data(self, data):
        if self._is_open:
            self.texts.append(" ".join(data.split()))
            self._is_open = False


@pytest.fixture
def in_german():
    language.speak("de")
    yield
    language.speak("en")


@pytest.fixture
def server():
    server = Server(Room(), "127.0.0.1")
    server.start()
    yield server
    server.close()


def test_all_that_the_page_says_can_be_translated():
    page = Said()
    page.feed(FOLDER.joinpath("page.html").read_text(encoding="utf-8"))
    script = FOLDER.joinpath("page.js").read_text(encoding="utf-8")
    said = {*page.texts, *re.findall(r'\btr\("([^"]+)"\)', script)}
    assert said == set(page_texts.TEXTS)


def test_its_texts_stand_in_an_attribute_as_text():
    with spoken("de"):
        found = page_texts.fields("abc")
    assert (found["{language}"], found["{named}"], found["{token}"]) == ("de", "Deutsch", "abc")
    assert (
        '"' not in found["{texts}"]
        and "&quot;Join&quot;: &quot;Mitmachen&quot;" in found["{texts}"]
    )


@pytest.mark.usefixtures("in_german")
@pytest.mark.parametrize(
    ("hello", "said"),
    [
        ({"language": "de"}, "Gerade wird nichts gefragt."),
        ({"language": "en"}, "Nothing is asked now."),
        ({}, "Gerade wird nichts gefragt."),
    ],
)
def test_each_phone_is_answered_in_its_language(server, hello, said):
    async def talk():
        headers = {"Origin": f"http://{server.authority}"}
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{server.url}/ws", headers=headers) as connection,
        ):
            await connection.send_json({"kind": "hello", "phone": "phone00001", "name": ""} | hello)
            await connection.receive_json()
            await connection.send_json({"kind": "answer", "answer": 0})
            return (await connection.receive_json())["said"]

    assert asyncio.run(talk()) == said


@pytest.mark.usefixtures("in_german")
@pytest.mark.skipif(chromium.program() is None, reason="there is no Chromium here")
def test_a_phone_can_be_told_to_speak_the_language_of_the_window(server, tmp_path):
    async def read():
        async with chromium.opened(server.url, tmp_path) as page:
            title = "document.querySelector('#task')?.textContent === "
            await page.wait_for(f"{title} 'Join the class'")  # this browser speaks English
            await page.tap("#other")
            await page.wait_for(f"{title} 'Beim Kurs mitmachen'")
            button = await page.ask("document.querySelector('#enter').textContent")
            spoken_now = await page.ask("document.documentElement.lang")
            return button, spoken_now, page.complaints

    assert asyncio.run(read()) == ("Mitmachen", "de", [])
