"""Runs on documents go home: programs repeat them but for rounding, tables name their words."""

import csv
import json
from typing import Any

import numpy as np
import pytest

from core.config import BagOptions, DataConfig
from core.data import sources
from core.exports import card, notebook, tables
from core.exports.exported_run import ExportedRun
from core.exports.program_file import TOLERANCE
from tests.core.exports.repeating import distance, repeated
from tests.core.training import trained

RUNS: dict[str, Any] = {
    "softmax": ({}, {}),
    "tfidf": ({"bag": BagOptions("tfidf", bigrams=True, max_words=4_000)}, {}),
    "balanced": ({}, {"training": {"class_weight": "balanced", "weight_decay": 0.01}}),
    "adam with L1": ({}, {"training": {"optimiser": "adam", "l1": 0.001}}),
    "full batch": ({}, {"training": {"batch_size": None, "optimiser": "momentum"}}),
    "large batches": ({}, {"training": {"batch_size": 500}}),
    "L-BFGS": ({}, {"training": {"optimiser": "lbfgs", "weight_decay": 0.01}}),
    "Newton": (
        {"bag": BagOptions(max_words=60)},
        {"training": {"optimiser": "newton", "weight_decay": 0.1}},
    ),
    "hidden layer": ({}, {"model": {"hidden": 5}}),
    "pairs": ({}, {"model": {"kind": "ovo"}}),
    "neuron": ({}, {"model": {"kind": "binary", "positive": "romance"}}),
    "validation": ({"validation_fraction": 0.2}, {}),
}


@pytest.fixture(scope="module")
def genres():
    return sources.load(DataConfig("genres"))


@pytest.mark.parametrize("language", ["torch", "numpy"])
@pytest.mark.parametrize("name", RUNS)
def test_a_program_repeats_a_run_on_documents(name, language, genres, make_task, tmp_path):
    data, parts = RUNS[name]
    task = make_task(
        genres, {"source": "genres", **data}, parts.get("model"), **parts.get("training", {})
    )
    trainer = trained(task, 6 if "N" in name else 30)
    names, said = repeated(trainer, tmp_path, language)
    assert distance(names, trainer) < TOLERANCE
    assert "largest difference from the weights of the run" in said
    text = (tmp_path / "again.py").read_text(encoding="utf-8")
    assert "and SciPy and the data file" in " ".join(text.split())
    assert "bit for bit" not in text


def test_its_data_file_holds_no_zeros(genres, make_task, tmp_path):
    trainer = trained(make_task(genres, {"source": "genres"}), 5)
    repeated(trainer, tmp_path)
    with np.load(tmp_path / "again.npz") as found:
        stored = sum(len(found[f"X_{part}_values"]) for part in ("train", "test"))
        assert found["inputs"].tolist() == list(trainer.task.input_names)
    assert stored == trainer.task.dataset.bag.nnz


def test_a_notebook_of_documents_has_the_same_program(genres, make_task, tmp_path):
    trainer = trained(make_task(genres, {"source": "genres"}), 5)
    notebook.write(ExportedRun.of(trainer), tmp_path / "again.ipynb")
    cells = json.loads((tmp_path / "again.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert 'documents("train")' in code


def test_tables_of_a_run_on_documents_name_its_words_and_rows(genres, make_task, tmp_path):
    trainer = trained(make_task(genres, {"source": "genres"}), 5)
    run = ExportedRun.of(trainer)
    tables.write_weights(run, tmp_path / "w.csv")
    tables.write_predictions(run, tmp_path / "p.csv")
    with (tmp_path / "w.csv").open(encoding="utf-8", newline="") as file:
        weights = {(row["output"], row["input"]): row["value"] for row in csv.DictReader(file)}
    j, names = trainer.task.input_names.index("rocket"), trainer.task.dataset.class_names
    W = [np.float32(weights[name, "rocket"]) for name in names]
    np.testing.assert_array_equal(W, trainer.params().W[:, j])
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 1 + len(trainer.task.test_rows)


def test_the_card_of_a_run_on_documents_says_how_words_are_counted(genres, make_task):
    bag = BagOptions("tfidf", stop_words=True)
    trainer = trained(make_task(genres, {"source": "genres", "bag": bag}), 5)
    text = card.card(ExportedRun.of(trainer).record())
    assert f"- Features: {trainer.task.m:,} words of the training documents" in text
    assert "tf–idf at length 1, in lower case, without the most common words of English" in text
    assert "Missing numbers" not in text
