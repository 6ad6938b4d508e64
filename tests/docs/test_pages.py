"""The pages of the site: each can be reached, and what stands in their code is true."""

from __future__ import annotations

import posixpath
import re

import documents
import pytest
from documentation import command_line, inserts, pictures

from core import VERSION
from core.cli.options import config_from
from core.teach import headings, lesson_file
from core.teach.derivations.catalogue import DERIVATIONS
from core.teach.lesson import DEMOS
from core.teach.rehearsal import rehearsed
from gui.app import application
from tests.docs.pages import DOCS, ROOT, all_pages, blocks, commands

NUMBERS = {13: "Thirteen", 17: "Seventeen", 29: "Twenty-nine"}
OWN = ("test", "check", "docs")  # words that run.py takes itself
PARSERS = command_line.parsers()
FILE = re.compile(r"[\w-]+\.\w+|FOLDER")


def led_to(name: str, text: str) -> list[str]:
    """Return the pages that the lists of contents of a page name."""
    found: list[str] = []
    for body in re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL):
        entries = [line for line in body.splitlines() if line and not line.startswith(":")]
        folder = posixpath.dirname(name)
        found += [posixpath.join(folder, e) if e[0] != "/" else e[1:] for e in entries]
    return found


def test_every_page_is_in_one_list_of_contents():
    pages = all_pages()
    named = [each for name, text in pages.items() for each in led_to(name, text)]
    assert sorted(named) == sorted(set(pages) - {"index"})


def test_every_page_has_one_title_and_asks_for_what_there_is():
    for name, text in all_pages().items():
        plain = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
        assert len(re.findall(r"^# ", plain, re.MULTILINE)) == 1, name
        for insert, _ in inserts.wanted(text):
            assert insert in inserts.INSERTS, name
        assert text.count("insert:") == len(list(inserts.wanted(text))), name


def test_every_picture_is_shown_and_is_there():
    shown = {
        words
        for text in all_pages().values()
        for insert, words in inserts.wanted(text)
        if insert == "picture"
    }
    assert shown == set(pictures.PICTURES)


def test_parts_of_modules_are_found():
    wanted = [
        words
        for text in all_pages().values()
        for insert, words in inserts.wanted(text)
        if insert == "excerpt"
    ]
    assert len(wanted) > 8
    for words in wanted:
        begin = words.partition(" ")[2]
        code = inserts.INSERTS["excerpt"](words).split("```python\n")[1]
        assert re.sub(r"\(\s+", "(", code).startswith(begin)


def take(words: tuple[str, ...]) -> None:
    """Parse the words of a command by its own parser, which ends the program at a fault."""
    name = words[0] if words and words[0] in documents.COMMANDS else ""
    rest = list(words[1:] if name else words)
    if name == "train" and "--resume" in words:
        name = command_line.GOING_ON
    options = PARSERS[name].parse_args(rest)
    if name in ("", "train"):
        config_from(options)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files that pages name, all of them empty."""
    monkeypatch.chdir(tmp_path)
    for _, words in commands():
        for word in words:
            if word == "FOLDER":
                (tmp_path / word).mkdir(exist_ok=True)
            elif FILE.fullmatch(word):
                (tmp_path / word).touch()
    return tmp_path


def test_commands_of_pages_are_taken_by_the_program(folder):
    found = commands()
    assert len(found) > 30
    for name, words in found:
        if words[:1] == ("test",):
            paths = [word for word in words[1:] if "/" in word]
            assert all((ROOT / path).exists() for path in paths), name
        elif words[:1] not in {(word,) for word in OWN}:
            try:
                take(words)
            except SystemExit as error:
                pytest.fail(f"{name}: {' '.join(words)} ends with {error.code}")


def test_python_of_pages_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    found = list(blocks("python"))
    assert found
    for name, code in found:
        exec(compile(code, name, "exec"), {})
    assert "learning_rate" in capsys.readouterr().out


def test_lessons_of_pages_are_lessons():
    found = [text for name, text in blocks("toml") if name == "how-to/lessons"]
    assert [rehearsed(text.encode(), "of a page").title for text in found] == ["Too fast"]


def test_changes_begin_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## \[(\d.*?)\] - \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    assert releases[0] == VERSION
    assert text.index("## [Unreleased]") < text.index(f"## [{VERSION}]")


# The paper ----------------------------------------------------------------------------------------


def test_the_paper_cites_what_its_list_has_and_has_the_parts_that_are_asked_for():
    text = (DOCS / "paper" / "paper.md").read_text(encoding="utf-8")
    listed = re.findall(r"^@\w+\{(\w+),$", (DOCS / "paper" / "paper.bib").read_text(), re.MULTILINE)
    assert set(re.findall(r"@(\w+)", text.split("---")[2])) == set(listed)
    assert len(listed) == len(set(listed))
    parts = ("Summary", "Statement of need", "Learning objectives", "Experience of use")
    assert all(f"\n# {part}\n" in text for part in (*parts, "References"))
    assert len(text.split()) < 1_500
    counts = {"derivations": DERIVATIONS, "demonstrations": DEMOS, "lessons": headings.bundled()}
    for what, each in counts.items():
        assert f"{NUMBERS[len(each)]} {what}" in text


# The gallery --------------------------------------------------------------------------------------


def test_the_gallery_is_a_lesson_whose_runs_can_be_set_up():
    lesson = rehearsed(lesson_file.content(pictures.GALLERY), "gallery")
    assert all(step.view and step.setup for step in lesson.steps)


def test_a_line_of_the_gallery_sets_its_step_up():
    from core.projects.setup_text import from_text

    for step in pictures.lesson().steps:
        assert step.setup
        config, points = from_text(pictures.setup_of(step))
        assert config == step.setup.config
        wanted = step.setup.points
        assert (points is None) == (wanted is None)
        if points is not None and wanted is not None:
            assert points.labels.tolist() == wanted.labels.tolist()
            assert points.xy == pytest.approx(wanted.xy, rel=1e-6)


def test_options_of_pictures_are_taken_by_the_program():
    for words in pictures.commands().values():
        config_from(application.make_parser().parse_args(words))


def test_no_file_of_the_site_is_left_out():
    assert {path.name for path in DOCS.iterdir() if path.suffix in (".py", ".toml")} == {
        "conf.py",
        "gallery.toml",
    }
