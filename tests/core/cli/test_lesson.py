"""`app.py lesson check`: what is wrong with a lesson, by line."""

import pytest

import app
from core.cli import teach
from tests.core.cli.calling import caller

GOOD = (
    'format = 1\ntitle = "Two"\n[[steps]]\ntext = "a"\nsetup.points.generator = "toy"\n'
    '[[steps]]\ntext = "b"\n'
)
BAD = 'format = 1\ntitle = "Bad"\n[[steps]]\ntext = "a"\nview = "x"\nspeed = nan\n'


@pytest.fixture
def call(capsys):
    return caller(teach.lesson, capsys)


@pytest.fixture
def paths(tmp_path):
    found = tmp_path / "good.toml", tmp_path / "bad.toml"
    for path, text in zip(found, (GOOD, BAD), strict=True):
        path.write_text(text, encoding="utf-8")
    return found


def test_it_says_what_a_lesson_holds(call, paths):
    good, _ = paths
    assert call("check", good) == (0, f"{good}: “Two”: 2 steps, 1 run set up.\n", "")


def test_it_says_what_is_wrong_by_line_and_looks_at_all_files(call, paths):
    good, bad = paths
    code, said, err = call("check", bad, good)
    lines = said.splitlines()
    assert (code, err, len(lines)) == (1, "", 3)
    assert lines[0].startswith(f"{bad}:5: view is 'x'")
    assert lines[1].startswith(f"{bad}:6: speed is nan")
    assert lines[2].startswith(f"{good}: ")


def test_a_file_that_is_not_there_is_a_line(call, tmp_path):
    code, said, _ = call("check", tmp_path / "none.toml")
    assert (code, said) == (1, "none.toml cannot be read: no such file or directory.\n")


@pytest.mark.parametrize("words", [(), ("check",), ("mend", "a.toml")])
def test_other_words_are_misused(call, words):
    code, said, err = call(*words)
    assert (code, said) == (2, "")
    assert err.startswith("logitlab lesson") and err.count("\n") == 1


def test_it_is_a_command_of_the_program(capsys, paths):
    assert app.main(["lesson", "check", str(paths[0])]) == 0
    assert "2 steps" in capsys.readouterr().out
