"""What words add to the score of a label, against the products with the whole vector."""

import numpy as np
import pytest

from core.config import BagOptions, DataConfig, ModelConfig, RunConfig
from core.data.sources import load
from core.data.task import prepare
from core.explain import prediction
from core.explain.word_evidence import TextFeatures, label_weights, strongest
from core.model_family import pairs
from core.train.snapshot import Params

OPTIONS = [
    BagOptions(),
    BagOptions(weighting="presence", stop_words=True),
    BagOptions(weighting="tfidf", bigrams=True),
    BagOptions(weighting="counts", bigrams=True, keep_case=True),
]
TEXT = "The ship, the SHIP! A kiss aboard the ship; zzyzx (naïve) once upon a time."


@pytest.fixture(scope="module")
def genres():
    return load(DataConfig(source="genres"))


def made(genres, options=None, kind="softmax"):
    """A task of the genres, and random weights."""
    data = DataConfig(source="genres", bag=options or BagOptions())
    task = prepare(genres, RunConfig(data, ModelConfig(kind)))
    rng = np.random.default_rng(4)
    W = rng.normal(size=(task.outputs, task.m)).astype(np.float32)
    return task, Params(W, rng.normal(size=task.outputs).astype(np.float32))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_the_features_of_a_text_are_its_row_of_the_bag_of_words(genres, options):
    task, _ = made(genres, options)
    for row in (0, 17, 400):
        found = TextFeatures.of(genres.documents.texts[row], task.dataset.vocabulary)
        np.testing.assert_allclose(found.dense(), task.dataset.values(slice(row, row + 1))[0])


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("text", [TEXT, "", "zzyzx", "’'—"])
def test_what_the_words_of_a_text_add_sums_to_the_score(genres, options, text):
    task, params = made(genres, options)
    found = TextFeatures.of(text, task.dataset.vocabulary)
    answer = prediction.ask(task, params, found.dense())
    W, b = label_weights("softmax", params, 4)
    for k in range(4):
        spans, parts = found.by_place(found.evidence(W[k]))
        assert parts.sum() + b[k] == pytest.approx(answer.logits[k], abs=1e-4)
        assert len(spans) == len({tuple(span) for span in spans.tolist()})


def test_the_occurrences_of_a_word_have_equal_parts(genres):
    task, params = made(genres, BagOptions(weighting="tfidf"))
    found = TextFeatures.of(TEXT, task.dataset.vocabulary)
    spans, parts = found.by_place(found.evidence(params.W[1]))
    ships = [
        part
        for (start, end), part in zip(spans.tolist(), parts, strict=True)
        if TEXT[start:end].lower() == "ship"
    ]
    assert len(ships) == 3
    assert len(set(ships)) == 1


def test_words_that_are_no_features_are_counted(genres):
    task, _ = made(genres)
    found = TextFeatures.of("zzyzx the qqxx ship", task.dataset.vocabulary)
    assert (len(found.words), found.unknown) == (4, 2)


def test_the_scores_of_a_neurons_two_labels_are_opposite():
    params = Params(np.array([[1.0, -2.0]], np.float32), np.array([0.5], np.float32))
    W, b = label_weights("binary", params, 2)
    np.testing.assert_array_equal(W, [[-1, 2], [1, -2]])
    np.testing.assert_array_equal(b, [-0.5, 0.5])


def test_the_score_of_a_label_among_pairs_is_the_sum_of_its_pairs(genres):
    task, params = made(genres, kind="ovo")
    found = TextFeatures.of(TEXT, task.dataset.vocabulary)
    z = prediction.ask(task, params, found.dense()).logits
    W, b = label_weights("ovo", params, 4)
    for k in range(4):
        expected = sum(
            float(logit) * (1 if j == k else -1)
            for (i, j), logit in zip(pairs(4), z, strict=True)
            if k in (i, j)
        )
        assert found.evidence(W[k]).sum() + b[k] == pytest.approx(expected, abs=1e-4)


def test_the_strongest_words_are_those_of_a_stable_sort():
    weights = np.array([0.5, 2, -1, 2, 0], np.float32)
    assert strongest(weights, 3).tolist() == np.argsort(-weights, kind="stable")[:3].tolist()
    assert strongest(weights, 9).tolist() == [1, 3, 0, 4, 2]
    assert strongest(weights, 0).tolist() == []
