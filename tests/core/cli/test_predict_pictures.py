"""Folders of pictures in the terminal: understood, trained on, and asked about with one scaling."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from core.cli import predict, terminal
from core.cli import train as cli
from core.cli.parser import USAGE

COLOURS = {"blue": (30, 60, 220), "green": (40, 200, 60), "red": (220, 50, 40)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twelve pictures of each of three colours, of many sizes, and a text."""
    root, rng = tmp_path_factory.mktemp("data") / "colours", np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (root / name).mkdir(parents=True)
        for k in range(12):
            width, height = rng.integers(20, 90, 2)
            noise = rng.integers(-25, 26, (height, width, 3))
            pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(root / name / f"{k}.{'jpg' if k % 2 else 'png'}")
    (root / "red" / "notes.txt").write_text("no picture")
    return root


@pytest.fixture(scope="module")
def model(folder):
    path = folder.parent / "colours.safetensors"
    words = [str(folder), "--size", "8", "--colour", "--epochs", "40", "--save", str(path)]
    assert cli.main(words) == terminal.DONE
    return str(path)


def test_a_dry_run_says_classes_sizes_files_and_what_is_left_out(folder, capsys):
    assert cli.main([str(folder), "--dry-run"]) == terminal.DONE
    out = capsys.readouterr().out
    assert "classes   blue (12), green (12), red (12)" in out
    assert "1 file left out, no picture: red/notes.txt" in out
    assert "pictures  28 × 28 grey values;" in out
    assert "files     blue: blue/0.png, blue/1.jpg, blue/2.png; green:" in out
    assert "sizes     " in out


def test_json_of_a_dry_run_holds_the_same(folder, capsys):
    assert cli.main([str(folder), "--dry-run", "--json", "-", "--colour"]) == terminal.DONE
    told = json.loads(capsys.readouterr().out)["understood"]
    assert told["classes"] == {"blue": 12, "green": 12, "red": 12}
    assert told["colours"] is True
    assert told["pictures"] == [28, 28]
    assert sum(size["files"] for size in told["sizes"]) == 36
    assert told["left_out_files"] == [{"why": "no picture", "count": 1, "names": ["red/notes.txt"]}]


def test_a_model_of_a_folder_reads_each_of_its_files_as_in_training(folder, model, capsys):
    assert predict.main(["--model", model, "--image", str(folder), "--json", "-"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["answered"] == told["right"] == 36
    assert told["classes"] == {"blue": 12, "green": 12, "red": 12}


def test_one_file_has_the_answer_that_it_has_in_the_folder(folder, model, capsys):
    file = "green/3.jpg"
    predict.main(["--model", model, "--image", str(folder), "--json", "-"])
    of_all = json.loads(capsys.readouterr().out)["answers"]
    predict.main(["--model", model, "--image", str(folder / file), "--json", "-"])
    alone = json.loads(capsys.readouterr().out)
    (of_file,) = (each for each in of_all if each["file"] == file)
    assert alone["winner"] == of_file["winner"] == "green"
    assert alone["probabilities"] == pytest.approx(of_file["probabilities"], abs=1e-6)


def test_a_table_of_all_files_is_written(folder, model, tmp_path):
    out = tmp_path / "answers.csv"
    assert predict.main(["--model", model, "--image", str(folder), "--out", str(out)]) == 0
    with out.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 36
    assert all(row["file"].startswith(f"{row['predicted']}/") for row in rows)
    shares = [float(rows[0][f"P({name})"]) for name in COLOURS]
    assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_files_that_cannot_be_read_are_named_and_the_rest_is_answered(model, tmp_path, capsys):
    Image.new("RGB", (9, 9), (220, 50, 40)).save(tmp_path / "one.png")
    (tmp_path / "two.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert predict.main(["--model", model, "--image", str(tmp_path)]) == terminal.DONE
    out, err = capsys.readouterr()
    assert "one.png  red" in out
    assert "1 picture could not be read" in out
    assert "two.png is damaged" in err


def test_a_folder_of_damaged_pictures_fails(model, tmp_path):
    (tmp_path / "two.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert predict.main(["--model", model, "--image", str(tmp_path)]) == terminal.FAILED


def test_a_model_of_measurements_is_asked_about_no_folder(folder, tmp_path, capsys):
    path = str(tmp_path / "iris.safetensors")
    cli.main(["iris", "--epochs", "1", "--save", path])
    assert predict.main(["--model", path, "--image", str(folder)]) == USAGE
    assert "2 measured features, no pictures" in capsys.readouterr().err


def test_a_folder_with_idx_files_is_opened_as_such(tmp_path, capsys):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"")
    assert cli.main([str(tmp_path)]) == USAGE
    assert "train-labels-idx1-ubyte" in capsys.readouterr().err
