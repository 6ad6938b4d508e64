"""Texts that nobody would write: huge, of one letter, in any script, with quotes as letters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from core.config import BagOptions, DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.csv.text_file import MAX_LINE
from core.data.task import prepare
from core.errors import DataError
from core.name_lookup import natural_order
from core.train.trainer import Trainer

SMS = Path(__file__).parents[4] / "shared" / "data" / "sms" / "SMSSpamCollection"
ORDINARY = [f"the ship left the harbour {k}" for k in range(40)]


@pytest.fixture
def load(tmp_path):
    """Return load(lines, …): the documents of a file with these lines."""

    def load(lines, ending="csv", **data):
        path = tmp_path / f"t.{ending}"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return sources.load(DataConfig(source="csv", path=str(path), text="text", **data))

    return load


@pytest.mark.parametrize(
    "text",
    [
        "word " * 2_000_000,
        "1" * 1_000_000 + "x",
        "'" * 10_000_000,
        ",'" * 5_000_000,
        "a line\n" * 200_000,
        '""' * 1_000_000,
        "=1+1 <b>x</b> \u202eabc \U0001f469\u200d\U0001f680 我喜欢吃苹果",
    ],
    ids=["words", "digits", "apostrophes", "commas", "lines", "quotes", "scripts"],
)
def test_a_cell_of_any_text_is_read_as_it_is(text, load):
    rows = [f"{said},{'ab'[k % 2]}" for k, said in enumerate(ORDINARY)]
    dataset = load(["text,kind", *rows[:20], f'"{text}",a', *rows[20:]])
    assert dataset.n == 41
    assert dataset.documents.texts[20] == text.replace('""', '"').strip()


def test_a_cell_that_is_too_long_is_refused_with_its_line(load):
    with pytest.raises(DataError, match=r"t\.csv, line 2 is longer than 32 MiB"):
        load(["text,kind", f"{'x' * (MAX_LINE + 2)},a", "y,b"])


def test_quotes_in_lines_between_tabs_are_letters_where_text_follows_them(load):
    said = ['"A fool", he said, "can ask', 'more" than', "no quote", '"closed"', '5" of rain']
    rows = [f"{'ab'[k % 2]}\t{said[k % 5]} and {k}" for k in range(40)]
    dataset = load(["kind\ttext", *rows], "tsv")
    assert dataset.documents.texts == tuple(row.split("\t")[1] for row in rows)
    assert "quotes are letters" in str(dataset.notes[0])


def test_quotes_around_cells_between_tabs_are_still_taken_off(load):
    rows = [f'{"ab"[k % 2]}\t"a ""b"" of\tmany words {k}"' for k in range(40)]
    assert load(["kind\ttext", *rows], "tsv").documents.texts[0] == 'a "b" of\tmany words 0'


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(texts=st.lists(st.text(max_size=60), min_size=2, max_size=20))
def test_any_json_lines_of_texts_are_read_or_refused_in_words(texts, tmp_path):
    path = tmp_path / "t.jsonl"
    objects = [{"text": text, "label": "ab"[k % 2]} for k, text in enumerate(texts)]
    path.write_text("\n".join(json.dumps(each) for each in objects), encoding="ascii")
    try:
        dataset = sources.load(DataConfig(source="csv", path=str(path), label="label", text="text"))
    except DataError:
        return
    assert dataset.documents is not None
    assert len(dataset.documents) == dataset.n
    "".join(dataset.documents.texts).encode()  # no half of a character


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(contents=st.lists(st.binary(max_size=80), min_size=4, max_size=8))
def test_any_files_of_a_folder_are_read_or_refused_in_words(contents, tmp_path_factory):
    root = tmp_path_factory.mktemp("texts")
    for k, data in enumerate(contents):
        path = root / "ab"[k % 2] / f"{k}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    config = RunConfig(
        DataConfig(source="documents", path=str(root), bag=BagOptions(min_documents=1))
    )
    try:
        dataset = sources.load(config.data)
        prepare(dataset, config)
    except DataError:
        return
    assert dataset.documents is not None and all(dataset.documents.texts)


def test_a_name_of_many_digits_has_an_order():
    assert natural_order("9" * 5_000) > natural_order("10")


@pytest.fixture
def messages():
    if not SMS.is_file():
        pytest.skip("the SMS collection is not on this machine")
    return DataConfig(
        source="csv", path=str(SMS), bag=BagOptions("tfidf", min_documents=1, max_words=20_000)
    )


def test_all_messages_of_a_real_collection_are_read_letter_by_letter(messages):
    rows = [line.split("\t") for line in SMS.read_text(encoding="utf-8").splitlines()[1:]]
    dataset = sources.load(messages)
    assert dataset.understood is not None and dataset.understood.text == "SMS"
    assert dataset.documents is not None
    assert dataset.documents.texts == tuple(text.strip() for _, text in rows)
    assert [dataset.class_names[k] for k in dataset.y] == [label for label, _ in rows]


def test_a_real_collection_is_learnt_as_well_as_by_scikit_learn(messages):
    decay = 1e-4
    config = RunConfig(
        messages,
        training=TrainingConfig(
            optimiser="lbfgs", learning_rate=1, weight_decay=decay, epochs=60, batch_size=None
        ),
    )
    task = prepare(sources.load(messages), config)
    trainer = Trainer(task)
    while trainer.outcome is None:
        trainer.advance()
    mine = trainer.measure(exact=True).test_accuracy
    train, test = task.train_rows, task.test_rows
    assert task.dataset.documents is not None
    texts = task.dataset.documents.texts
    words = TfidfVectorizer(token_pattern=r"(?u)\b\w+\b")  # words as scikit-learn has them
    X = words.fit_transform([texts[row] for row in train])
    model = LogisticRegression(C=1 / (decay * len(train)), max_iter=1_000)
    model.fit(X, task.dataset.y[train])
    theirs = model.score(words.transform([texts[row] for row in test]), task.dataset.y[test])
    assert abs(mine - theirs) <= 0.01 and mine > 0.97
