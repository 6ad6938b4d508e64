"""A model of documents is asked in the terminal: about a text, a file, standard input, a table."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from core.cli import predict
from core.cli import train as cli
from core.runs import model_file

TEXT = "The rocket left the moon, and the captain loved the garden"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Return models(*options): the path of a model of the genres, trained with these options."""
    made: dict[tuple[str, ...], str] = {}
    folder = tmp_path_factory.mktemp("models")

    def models(*options: str) -> str:
        if options not in made:
            path = str(folder / f"{len(made)}.safetensors")
            assert cli.main(["genres", "--epochs", "5", "--save", path, *options]) == 0
            made[options] = path
        return made[options]

    return models


@pytest.fixture
def ask(models, capsys):
    """Return ask(*words, of=…): exit code, output and complaint."""

    def ask(*words: str, of: tuple[str, ...] = ()) -> tuple[int, str, str]:
        path = models(*of)
        capsys.readouterr()
        code = predict.main(["--model", path, *words])
        out, err = capsys.readouterr()
        return code, out, err

    return ask


@pytest.mark.parametrize(
    "of",
    [
        (),
        ("--weighting", "tfidf", "--bigrams", "--stop-words"),
        ("--model", "ovr"),
        ("--model", "binary"),
        ("--model", "ovo"),
    ],
    ids=["counts", "tfidf", "ovr", "neuron", "ovo"],
)
def test_what_the_words_add_sums_to_the_score_of_each_label(of, models, ask):
    _, out, _ = ask("--text", TEXT, "--json", "-", of=of)
    told = json.loads(out)
    model = model_file.load(Path(models(*of)))
    z, b = np.array(list(told["logits"].values())), model.params.b.astype(float)
    if "ovo" in of:  # of a label: the sum of its pairs, signed for it
        pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
        signs = np.array([[(k == j) - (k == i) for i, j in pairs] for k in range(4)], dtype=float)
        z, b = signs @ z, signs @ b
    elif "binary" in of:
        z, b = np.append(-z, z), np.append(-b, b)
    added = [sum(word["adds"][name] for word in told["words"]) for name in model.class_names]
    np.testing.assert_allclose(np.array(added) + b, z, atol=1e-5)


def test_the_words_for_and_against_the_answer_are_said(ask):
    code, out, _ = ask("--text", TEXT, of=("--stop-words",))
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("  science fiction")
    (said,) = (line for line in lines if line.startswith("  for science fiction:"))
    assert "rocket +" in said and "moon +" in said
    assert "  against science fiction: loved −" in out
    assert "Note: 5 of its 11 words are no feature" in out


def test_a_hidden_layer_mixes_the_words(ask):
    _, out, _ = ask("--text", TEXT, "--json", "-", of=("--hidden", "4"))
    assert all(word["adds"] is None for word in json.loads(out)["words"])


def test_a_text_without_a_known_word_is_said_to_be_answered_by_the_biases(ask):
    code, out, _ = ask("--text", "xyzzy плугх")
    assert code == 0
    assert "Note: none of its words is known to the model" in out


@pytest.mark.parametrize(
    "text",
    ["\0", "\ud83d half", "\u202eabc <b>x</b>", "我喜欢火箭", "\U0001f469\u200d\U0001f680"],
    ids=["zero", "half a character", "right to left", "Chinese", "emoji"],
)
def test_any_text_is_answered(text, ask):
    assert ask("--text", text)[0] == 0


def test_a_file_is_answered_as_its_text(ask, tmp_path):
    (tmp_path / "a.txt").write_bytes(TEXT.encode("utf-16"))
    of_file = ask("--document", str(tmp_path / "a.txt"), "--json", "-")[1]
    assert json.loads(of_file) == json.loads(ask("--text", TEXT, "--json", "-")[1])


def test_standard_input_is_answered_as_its_text(ask, monkeypatch):
    import sys

    class Input:
        buffer = io.BytesIO(TEXT.encode())

    monkeypatch.setattr(sys, "stdin", Input())
    of_input = ask("--document", "-", "--json", "-")[1]
    assert json.loads(of_input) == json.loads(ask("--text", TEXT, "--json", "-")[1])


def test_a_table_of_texts_is_answered_row_by_row(ask, tmp_path):
    texts = ["the rocket and the moon", "", "she kissed him, darling", 'a "quoted", <b>text</b>']
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["n", "said"], *([k, text] for k, text in enumerate(texts))])
    out = tmp_path / "out.csv"
    code, said, err = ask("--table", str(tmp_path / "t.csv"), "--out", str(out))
    assert code == 0
    assert "the texts are in the column “said”" in said
    assert "line 3: said holds no text" in err
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["said"] for row in rows] == texts
    assert rows[1]["predicted"] == ""
    for row, text in zip(rows, texts, strict=True):
        if text:
            told = json.loads(ask("--text", text, "--json", "-")[1])
            assert row["predicted"] == told["winner"]
            for name, share in told["probabilities"].items():
                assert np.float32(row[f"P({name})"]) == np.float32(share)


def test_the_column_of_texts_is_the_one_that_was_trained_on(train, tmp_path, capsys):
    rows = (
        f"{('a ship at sea', 'a star at night')[k % 2]},note {k} on it,{'ab'[k % 2]}"
        for k in range(20)
    )
    model = str(tmp_path / "m.safetensors")
    code, *_ = train("\n".join(["said,note,kind", *rows]), "--text", "said", "--save", model)
    assert code == 0
    (tmp_path / "u.csv").write_text("note,said\nthis is a star,a ship at sea\n")
    capsys.readouterr()
    assert predict.main(["--model", model, "--table", str(tmp_path / "u.csv"), "--out", "-"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("this is a star,a ship at sea,a,")


def test_a_table_without_a_column_of_texts_says_so(ask, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n1,2\n3,4\n")
    _, _, err = ask("--table", str(tmp_path / "t.csv"), "--out", "-")
    assert "has no column of texts, which the model reads" in err


@pytest.mark.parametrize("way", ["--values", "--image", "--strokes"])
def test_other_examples_than_texts_are_refused(way, ask):
    code, _, err = ask(way, "1,2")
    assert code != 0 and "reads texts; use --text, --document or --table." in err


def test_other_models_read_no_texts(tmp_path, capsys):
    path = str(tmp_path / "m.safetensors")
    assert cli.main(["iris", "--epochs", "2", "--save", path]) == 0
    assert predict.main(["--model", path, "--text", "a word"]) != 0
    assert "reads no texts; ask it by --values or --table." in capsys.readouterr().err
