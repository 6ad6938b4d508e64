"""The language of what users read: texts stand in the code in English, and are looked up here.

`tr` translates where a text is made; `mark` notes one that is made when a module is imported, and
is translated where it is shown, by `tr`. Both take the text itself, never a variable built before:
`tests/test_languages.py` finds them so, and compares them with the catalogues.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import TypeVar

import assets

Words = TypeVar("Words", bound=str)
Texts = dict[str, str | list[str]]  # by the English text; a list has the forms of a plural


@dataclass(frozen=True)
class Language:
    """A language that the window can speak.

    code : as in the names of locales; name : in the language itself.
    decimal, group : the marks before decimals and between thousands.
    between : what stands between two sentences.
    form : which of the plural's forms a number takes.
    """

    code: str
    name: str
    decimal: str = "."
    group: str = ","
    between: str = " "
    form: Callable[[int], int] = lambda number: int(number != 1)


def _only_form(_: int) -> int:
    return 0


ENGLISH = Language("en", "English")
LANGUAGES = {
    language.code: language
    for language in (
        ENGLISH,
        Language("de", "Deutsch", ",", "."),
        Language("zh_CN", "简体中文", between="", form=_only_form),
    )
}
PSEUDO = Language("pseudo", "[pseudo]", ",", ".")  # shows what is not translated, and what is cut
NO_BREAK = "\N{NO-BREAK SPACE}"
# Between a number, or the field of one, and its unit: no line may end there.
UNIT = re.compile(r"(?<=[\d}]) (?=(?:[%‰]|(?:[kKMG]i?B|ms|s|min|cm|px|[kMG])(?![\w-])))")
SENSE = re.compile(r" \[[a-z ]+\]$")  # at the end of a key
ACCENTED = str.maketrans("aeiouAEIOUcnsz", "âêîôûÂÊÎÔÛçñšž")


@dataclass
class _Speech:
    language: Language
    catalogue: Texts


class _OfThread(threading.local):
    speech: _Speech | None = None  # None: that of the process


_of_process, _of_thread = _Speech(ENGLISH, {}), _OfThread()


def _now() -> _Speech:
    return _of_thread.speech or _of_process


def mark(text: Words) -> Words:
    """Return a text as it is: it is translated where it is shown, by `tr`."""
    return text


def tr(text: str, /, sense: str = "", **values: object) -> str:
    """Return a text in the language of the window, with its values put in.

    text : in English; {name} stands for a value. sense : tells apart what is one word in English
    and several elsewhere. What no catalogue has stays English.
    """
    now = _now()
    language = now.language
    if language is ENGLISH or not text:
        found: str | list[str] = text
    elif language is PSEUDO:
        found = _pseudo(text, has_fields=bool(values))
    else:
        found = now.catalogue.get(_key(text, sense), text)
    said = found if isinstance(found, str) else found[-1]
    return said.format(**values) if values else said


def english(text: str) -> str:
    """Return the English text of one that `tr` has translated without values; others as they are.

    It is for texts that files keep of what a person has chosen, in whatever language. Of several
    that the language says alike it is the first in the alphabet: compare by `said_alike`.
    """
    now = _now()
    return (
        text if now.language in (ENGLISH, PSEUDO) else _inverse(now.language.code).get(text, text)
    )


def said_alike(one: str, other: str) -> bool:
    """Return whether some language says two English texts in the same words."""
    said = map(_sayings, LANGUAGES)
    return any(texts.get(one, set()) & texts.get(other, set()) for texts in said)


@cache
def _sayings(code: str) -> dict[str, set[str]]:
    """Return what a language says for each English text, in all its senses."""
    found: dict[str, set[str]] = {}
    for key, said in catalogue(code).items():
        forms = [said] if isinstance(said, str) else said
        found.setdefault(SENSE.sub("", key), set()).update(forms)
    return found


@cache
def _inverse(code: str) -> dict[str, str]:
    """Return the English texts by those of a language; of several the first in the alphabet."""
    said = sorted(catalogue(code).items(), key=lambda item: item[0], reverse=True)
    return {text: SENSE.sub("", key) for key, text in said if isinstance(text, str)}


def tr_n(one: str, many: str, number: int, /, **values: object) -> str:
    """Return the text for a number of things; {n} stands for the number.

    Catalogues have all forms under `many`, the text for several.
    """
    now = _now()
    language = now.language
    if language is ENGLISH:
        said = one if number == 1 else many
    elif language is PSEUDO:
        said = _pseudo(many, has_fields=True)
    else:
        forms = now.catalogue.get(many, many)
        said = forms if isinstance(forms, str) else forms[language.form(number)]
    return said.format(n=localised(f"{number:,}"), **values)


def localised(number: str) -> str:
    """Return a number, written as in English, with the marks of the language.

    A unit behind it stays on its line; in English it is searched for, and has a plain space.
    """
    language = _now().language
    if language is ENGLISH:
        return number
    if language.decimal != ".":
        number = number.translate(str.maketrans(".,", language.decimal + language.group))
    return unbroken(number)


def in_a_row(*sentences: str) -> str:
    """Return the sentences that are not empty, one after the other."""
    return _now().language.between.join(filter(None, sentences))


def unbroken(text: str) -> str:
    """Return a text with its units on the lines of their numbers, but for what is in `$…$`."""
    parts = text.split("$")
    parts[::2] = [UNIT.sub(NO_BREAK, part) for part in parts[::2]]
    return "$".join(parts)


def current() -> Language:
    """Return the language that is spoken now."""
    return _now().language


def speak(code: str) -> None:
    """Speak this language in the whole process; English if there is none of this code."""
    speech = _speech(code)
    _of_process.language, _of_process.catalogue = speech.language, speech.catalogue


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Speak this language in this thread within a with statement, as in what a program reads."""
    before = _of_thread.speech
    _of_thread.speech = _speech(code)
    try:
        yield
    finally:
        _of_thread.speech = before


def _speech(code: str) -> _Speech:
    language = PSEUDO if code == PSEUDO.code else LANGUAGES.get(code, ENGLISH)
    return _Speech(language, catalogue(language.code))


@cache
def catalogue(code: str) -> Texts:
    """Return the texts of a language by the English ones; none for English."""
    found: Texts = {}
    for _, part in parts(code):
        found |= {
            text: unbroken(said) if isinstance(said, str) else [*map(unbroken, said)]
            for text, said in part.items()
        }
    return found


def counterparts(code: str) -> dict[str, str]:
    """Return short texts of English by those of a language, both in lower case, without `&`."""
    return {
        _bare(said): _bare(text)
        for text, said in catalogue(code).items()
        if isinstance(said, str) and "\n" not in text and "{" not in text
    }


def _bare(text: str) -> str:
    return text.replace("&", "").casefold().strip(" :.…")


def parts(code: str) -> list[tuple[str, Texts]]:
    """Return the parts of a catalogue, each with the name of its file."""
    folder = files(assets).joinpath("languages", code)
    if not folder.is_dir():
        return []
    named = sorted((each.name, each) for each in folder.iterdir() if each.name.endswith(".json"))
    return [(name, json.loads(each.read_text(encoding="utf-8"))) for name, each in named]


def _key(text: str, sense: str) -> str:
    return f"{text} [{sense}]" if sense else text


def _pseudo(text: str, *, has_fields: bool) -> str:
    """Return a text in accents and brackets, a third longer, with its fields as they are."""
    words = []
    for literal, field, spec, conversion in Formatter().parse(text) if has_fields else ():
        words.append(_accented(literal.replace("{", "{{").replace("}", "}}")))
        if field is not None:
            ending = f"!{conversion}" if conversion else ""
            words.append(f"{{{field}{ending}{f':{spec}' if spec else ''}}}")
    said = "".join(words) if has_fields else _accented(text)
    return f"[{said}{' ~' * (len(text) // 6)}]"


def _accented(text: str) -> str:
    """Put accents on a text, but not within the formulae of `$…$`; not on HTML."""
    formulae = text.split("$")
    for i in range(0, len(formulae), 2):
        formulae[i] = formulae[i] if "<" in formulae[i] else formulae[i].translate(ACCENTED)
    return "$".join(formulae)
