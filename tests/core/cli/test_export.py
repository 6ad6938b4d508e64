"""`app.py export`: the run of a project as something else."""

import csv

import pytest

import app
from core.cli import export, train
from core.exports.kinds import KINDS
from core.runs import model_file
from tests.core.exports.repeating import run_text

RUN = ("iris", "--epochs", "3", "--batch-size", "50")


@pytest.fixture
def project(tmp_path, capsys):
    path = tmp_path / "mine.logitlab"
    assert train.main([*RUN, "--project", str(path)]) == 0
    capsys.readouterr()
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_a_project_is_written_as_each_kind(project, tmp_path, capsys, kind):
    code = export.main([str(project), "--as", kind, str(tmp_path / "out")])

    said = capsys.readouterr()
    written = tmp_path / f"out{KINDS[kind].ending}"
    assert (code, said.err) == (0, "")
    assert said.out.startswith(f"Saved {written}")
    assert written.stat().st_size


def test_the_script_of_a_project_comes_to_its_weights(project, tmp_path, capsys):
    export.main([str(project), "--as", "script", str(tmp_path / "out.py")])

    _, said = run_text((tmp_path / "out.py").read_text(encoding="utf-8"), tmp_path / "out.py")

    assert "epoch    3   training loss" in said
    assert "largest difference from the weights of the run: 0\n" in said


def test_it_is_a_command_of_the_program(project, tmp_path, capsys):
    assert app.main(["export", str(project), "--as", "curves", str(tmp_path / "c.csv")]) == 0
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as file:
        assert int(list(csv.DictReader(file))[-1]["step"]) == 9


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("{project}", "out"), "--as"),
        (("{project}", "--as", "painting", "out"), "painting"),
        (("{project}", "--as", "card", "{folder}/none/out"), "there is no folder"),
        (("{project}", "--as", "card", "{folder}/out.docx"), "out.md"),
        (("{folder}/none.logitlab", "--as", "card", "{folder}/out"), "no such file"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(project, tmp_path, capsys, words, complaint):
    given = [word.format(project=project, folder=tmp_path) for word in words]

    assert export.main(given) == 2

    said = capsys.readouterr()
    assert complaint in said.err and said.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == [project]


def test_training_writes_the_card_of_its_model(tmp_path, capsys):
    assert train.main([*RUN, "--card", str(tmp_path / "card")]) == 0

    text = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert "| test | 30 |" in text
    assert "9 updates, 3 epochs; finished" in text
    assert f"card      {tmp_path / 'card.md'}" in capsys.readouterr().out


def test_a_kept_model_holds_its_card(tmp_path, capsys):
    from safetensors import safe_open

    place = tmp_path / "m.safetensors"
    assert train.main([*RUN, "--save", str(place), "--card", str(tmp_path / "card.md")]) == 0

    with safe_open(place, "numpy") as file:
        held = file.metadata()[model_file.CARD]
    assert held == (tmp_path / "card.md").read_text(encoding="utf-8")
    assert model_file.load(place).step == 9  # and is read as before
