"""Models of documents: kept with their words, asked about texts, checked when they are read."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.config import BagOptions, DataConfig
from core.data import sources
from core.data.text.documents import Documents
from core.errors import DataError
from core.explain import probe
from core.runs import model_file
from core.train.trainer import Trainer
from core.train.warm_start import start_from
from tests.core.runs.model_bytes import assembled, parts
from tests.core.runs.models import model_of, trained

BAGS = {
    "counts": BagOptions(),
    "presence": BagOptions("presence", keep_case=True),
    "tfidf": BagOptions("tfidf", stop_words=True),
    "pairs": BagOptions("tfidf", bigrams=True, max_words=700),
}


@pytest.fixture(scope="module")
def genres():
    return sources.load(DataConfig("genres"))


@pytest.fixture(scope="module", params=BAGS)
def trainer(genres, make_task, request):
    return trained(make_task(genres, {"source": "genres", "bag": BAGS[request.param]}))


@pytest.fixture(scope="module")
def valid(genres, make_task, tmp_path_factory):
    """The bytes of a file that is in order."""
    path = tmp_path_factory.mktemp("valid") / "m.safetensors"
    model_file.save(model_of(trained(make_task(genres, {"source": "genres"}))), path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.safetensors"


def test_a_loaded_model_answers_texts_as_the_trainer_did_its_rows_to_the_bit(trainer, path):
    model_file.save(model_of(trainer), path)
    task, model = trainer.task, model_file.load(path)
    texts = [task.dataset.documents.texts[row] for row in task.test_rows]
    expected = probe.answers(task, trainer.params(), task.inputs_of(task.test_rows))
    for mine, other in zip(model.answers(model.bag_of(texts)), expected, strict=True):
        np.testing.assert_array_equal(mine, other)


def test_the_words_and_how_rare_they_are_come_back(trainer, path):
    kept = model_of(trainer)
    model_file.save(kept, path)
    before, after = kept.vocabulary, model_file.load(path).vocabulary
    assert before is not None and after is not None
    assert after.words == before.words and after.options == before.options
    np.testing.assert_array_equal(after.idf, before.idf)


def test_training_goes_on_where_the_model_was(trainer, path):
    model_file.save(model_of(trainer), path)
    model = model_file.load(path)
    task = model.task(sources.load(model.config.data))
    again = Trainer(task)
    start_from(again, model.params)
    np.testing.assert_array_equal(again.params().W, trainer.params().W)
    np.testing.assert_array_equal(task.dataset.values(), trainer.task.dataset.values())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vocabulary": {"documents": 9}}, "document_counts"),
        ({"vocabulary": {"documents": -1, "document_counts": []}}, "documents"),
        ({"vocabulary": 7}, "“vocabulary” is 7"),
        ({"vocabulary": {"documents": 3, "document_counts": [1, 2]}}, "number of documents"),
        ({"features": ["b", "a"]}, "not in order"),
        ({"features": ["a", "a"]}, "not in order"),
        ({"features": ["a", "b c"]}, "one of its words is none"),
        ({"features": ["", "b"]}, "one of its words is none"),
        ({"features": ["a", "\ud83d"]}, "half a character"),
    ],
)
def test_a_vocabulary_that_cannot_be_is_told(changes, said, valid, path):
    about, tensors = parts(valid)
    path.write_bytes(assembled(json.dumps(about | changes), tensors))
    with pytest.raises(DataError, match=said):
        model_file.load(path)


def test_standardised_words_are_refused(valid, path):
    about, tensors = parts(valid)
    kind, shape, _ = tensors["mean"]
    tensors["mean"] = (kind, shape, np.ones(shape[0]).tobytes())
    path.write_bytes(assembled(json.dumps(about), tensors))
    with pytest.raises(DataError, match="are not standardised"):
        model_file.load(path)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=st.text(max_size=300))
def test_any_text_has_an_answer(text, valid, path):
    path.write_bytes(valid)
    model = model_file.load(path)
    _, shares = model.answers(model.bag_of([text]))
    assert shares.sum() == pytest.approx(1, abs=1e-5)


def test_a_text_alone_has_the_features_that_it_has_among_others(trainer):
    vocabulary = trainer.task.dataset.vocabulary
    texts = trainer.task.dataset.documents.texts[:7]
    together = vocabulary.features(Documents(texts)).toarray()
    alone = [vocabulary.features(Documents((text,))).toarray()[0] for text in texts]
    np.testing.assert_array_equal(together, alone)
