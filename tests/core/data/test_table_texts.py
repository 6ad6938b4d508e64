"""Tables with a column of texts: which column it is, what is read of it, what is left out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.task import prepare
from core.errors import DataError

SAID = (
    "the ship left the harbour at dawn",
    "a star went out beyond the moon",
    "she never trusted the sea again",
    "the rocket is late once more",
)


def lines(n: int = 40, header: str = "text,kind", *, more: str = "") -> str:
    rows = [f"{SAID[k % 4]} {k},{more}{('sea', 'space')[k % 2]}" for k in range(n)]
    return "\n".join([header, *rows]) + "\n"


@pytest.fixture
def load(tmp_path: Path):
    """Return load(text, ending, …): the data set of a file with this text."""

    def load(content: str, ending: str = "csv", /, **data: object) -> Dataset:
        path = tmp_path / f"t.{ending}"
        path.write_text(content, encoding="utf-8")
        return sources.load(DataConfig(source="csv", path=str(path), **data))  # type: ignore[arg-type]

    return load


def test_a_column_of_texts_is_found_where_no_other_can_be_a_feature(load):
    dataset = load(lines())
    assert dataset.is_text
    assert dataset.documents.texts[:2] == (f"{SAID[0]} 0", f"{SAID[1]} 1")
    assert dataset.class_names == ("sea", "space")
    assert dataset.understood.text == "text"
    assert dataset.understood.describe_text() == "text (no other column can be a feature)"


def test_numbers_that_count_the_rows_are_no_feature_beside_texts(load):
    rows = lines().splitlines()
    numbered = "\n".join(["id,text,kind", *(f"{k},{row}" for k, row in enumerate(rows[1:]))])
    dataset = load(numbered)
    assert dataset.understood.text == "text"
    assert dataset.understood.unused_beside((), ()) == {"id": "counts the rows"}


def test_texts_are_not_taken_for_themselves_where_there_are_measurements(load):
    text = lines(header="text,length,kind", more="2.5,").replace("2.5", "3.5", 7)
    assert not load(text).is_text
    assert load(text, text="text").is_text
    assert load(text).understood.could_be_text == ("text",)


def test_other_columns_are_not_used_beside_a_chosen_text(load):
    text = lines(header="text,length,kind", more="2.5,").replace("2.5", "3.5", 7)
    unused = load(text, text="text").understood.unused_beside((), ())
    assert unused == {"length": "beside texts, of which the words alone are features"}


def test_ids_dates_and_addresses_are_no_texts(load):
    rows = "\n".join(
        f"u{k}-ab-cd,2024-01-{k % 28 + 1:02} 10:00:00,http://a.b/c/{k},{'xy'[k % 2]}"
        for k in range(40)
    )
    with pytest.raises(DataError, match="has no column beside the label"):
        load(f"a,b,c,kind\n{rows}\n")


def test_chinese_sentences_without_blanks_are_texts(load):
    rows = "\n".join(f"我今天很喜欢吃{'苹香梨'[k % 3]}果{k},{'是否'[k % 2]}" for k in range(40))
    assert load(f"句子,答案\n{rows}\n").documents.texts[0] == "我今天很喜欢吃苹果0"


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("kind", r"it is the label\); choose “text”"),
        ("length", r"numbers\); choose “text”"),
        ("nothing", r"empty\); choose “text”"),
    ],
)
def test_a_column_without_texts_is_refused_with_its_reason(load, column, reason):
    text = lines(header="text,length,nothing,kind", more="2.5,,")
    with pytest.raises(DataError, match=f"column “{column}” cannot be the texts \\({reason}"):
        load(text, text=column)


def test_more_texts_than_a_column_of_words_may_have_are_kept(load):
    dataset = load(lines(12_000))
    assert len(dataset.documents) == 12_000
    assert dataset.documents.texts[-1] == f"{SAID[3]} 11999"


def test_rows_without_a_text_are_left_out_and_named(load):
    dataset = load(lines() + ",sea\n")
    assert dataset.n == 40
    assert "skipped 1 row without a text (line 42)" in map(str, dataset.notes)


def test_a_text_that_is_only_a_number_is_read_as_it_stands(load):
    assert load(lines() + "645,sea\n").documents.texts[-1] == "645"


def test_a_published_test_set_takes_its_texts_along(load):
    rows = [f"{SAID[k % 4]} {k},{('sea', 'space')[k % 2]}" for k in range(20)]
    parts = ["test" if k in (3, 4) else "train" for k in range(20)]
    text = "\n".join(["text,kind,split", *map(",".join, zip(rows, parts, strict=True))])
    dataset = load(text + "\n")
    assert dataset.published_test == 2
    assert dataset.documents.texts[-2:] == (f"{SAID[3]} 3", f"{SAID[0]} 4")
    assert dataset.y[-2:].tolist() == [1, 0]


def test_json_lines_of_texts_keep_quotes_commas_and_tags(load):
    said = 'he said "no, never" & <b>left</b> with\ttabs, ok'
    objects = [{"text": f"{said} {k}", "label": "ab"[k % 2]} for k in range(20)]
    dataset = load("\n".join(map(json.dumps, objects)), "jsonl")
    assert dataset.documents.texts[0] == f"{said} 0"


def test_the_words_of_a_table_become_features(load):
    dataset = load(lines())
    config = RunConfig(DataConfig(source="csv", path="t.csv"), ModelConfig())
    task = prepare(dataset, config)
    assert "harbour" in task.input_names
    assert task.config.data.text == "text"
    column = task.input_names.index("harbour")
    held = [("harbour" in text) for text in dataset.documents.texts]
    assert np.array_equal(task.dataset.values()[:, column], held)
