"""What the page for phones says, in English and in the language of the window."""

from __future__ import annotations

import json
from html import escape

from core.language import current, mark, tr

TEXTS = (
    mark("Connecting…"),
    mark("Your name, if you like:"),
    mark("Join"),
    mark(
        "What you send is shown to everybody in the room. It goes over the network of this room "
        "unencrypted: type nothing that others must not read."
    ),
    mark("Look at the wall. When there is something to do, it appears here."),
    mark("Pad: draw the digit with a finger"),
    mark("Which one is it?"),
    mark("Clear"),
    mark("Send"),
    mark("Choose a class, then touch its place."),
    mark("Class"),
    mark("Plane: touch it to place a point"),
    mark("Your answer, a number:"),
    mark("Plane: touch the place; with a keyboard, arrows move it and Enter sends"),
    mark("There is no connection. One moment…"),
    mark("Not connected"),
    mark("Join the class"),
    mark("Choose a class first."),
    mark("Draw something first."),
    mark("Say which one it is."),
    mark("Type a number, as in 0.693."),
)


def fields(token: str) -> dict[str, str]:
    """Return what stands in the page for each of its fields, as the value of an attribute."""
    language = current()
    texts = json.dumps({text: tr(text) for text in TEXTS}, ensure_ascii=False)
    return {
        "{token}": token,
        "{language}": escape(language.code),
        "{named}": escape(language.name),
        "{texts}": escape(texts),
    }
