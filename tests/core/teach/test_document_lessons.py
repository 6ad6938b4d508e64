"""What the lessons on documents say is what their training does."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.special import softmax

from core.config import RunConfig
from core.data import sources
from core.data.task import prepare
from core.data.text.genres import fooling
from core.explain import prediction
from core.explain.word_evidence import TextFeatures, strongest
from core.explain.word_update import word_update
from core.teach.lessons import lesson_of
from core.train.trainer import Trainer
from tests.lessons import setup_of, text_of

KEYS = (
    *("documents", "normaliser", "close-to-one", "one-label", "push-and-pull", "infinite"),
    *("telling-words", "fooled"),
)


@cache
def trained(config: RunConfig, epochs: int) -> Trainer:
    """A run of a lesson after so many epochs; those of lessons with one set-up are one."""
    trainer = Trainer(prepare(sources.load(config.data), config))
    while trainer.epoch < epochs and trainer.outcome is None:
        trainer.step()
    return trainer


def at_end(key: str) -> Trainer:
    config = setup_of(key).config
    return trained(config, config.training.epochs)


def read(trainer: Trainer, text: str) -> tuple[TextFeatures, prediction.Answer]:
    """The features of a text, and the answer to it."""
    vocabulary = trainer.task.dataset.vocabulary
    assert vocabulary is not None
    found = TextFeatures.of(text, vocabulary)
    return found, prediction.ask(trainer.task, trainer.params(), found.dense())


def shares(trainer: Trainer) -> np.ndarray:
    """The shares of all test texts, (test rows, 4)."""
    X = trainer.task.dataset.values(trainer.task.test_rows)
    params = trainer.params()
    found: np.ndarray = softmax(X @ params.W.T + params.b, axis=1)
    return found


@pytest.mark.parametrize("key", KEYS)
def test_all_train_softmax_on_the_genres(key: str) -> None:
    config = setup_of(key).config
    assert (config.data.source, config.model.kind) == ("genres", "softmax")


def test_a_score_is_the_bias_and_the_weights_of_the_words() -> None:
    trainer = at_end("documents")
    task, params = trainer.task, trainer.params()
    row = int(task.test_rows[0])
    assert task.dataset.documents is not None
    found, answer = read(trainer, task.dataset.documents.texts[row])
    z = answer.logits
    for k in range(4):
        assert found.evidence(params.W[k]).sum() + params.b[k] == pytest.approx(z[k], abs=1e-4)
    moved = z + 7.0  # only differences matter
    assert moved.argmax() == z.argmax()
    np.testing.assert_allclose(softmax(moved), softmax(z), atol=1e-6)


def test_at_first_all_shares_are_a_quarter_and_later_most_have_one_close_to_1() -> None:
    assert "0.9" in text_of("close-to-one")
    config = setup_of("close-to-one").config
    np.testing.assert_allclose(shares(trained(config, 0)), 0.25)
    assert "All shares begin at 1/4" in text_of("close-to-one")
    assert (shares(at_end("close-to-one")).max(axis=1) > 0.9).mean() > 0.5


def test_the_loss_of_one_label_begins_at_ln_4_and_ends_where_it_is_said() -> None:
    config = setup_of("one-label").config
    first = Trainer(prepare(sources.load(config.data), config)).metrics
    assert first.test_loss == pytest.approx(np.log(4), abs=1e-6)
    last = at_end("one-label").measure(exact=True)
    loss, share = last.test_loss, np.exp(-last.test_loss)
    assert rf"Guessing costs $\ln 4 = {first.test_loss:.3f}$" in text_of("one-label")
    assert rf"At about {loss:.2f}, as if" in text_of("one-label")
    assert rf"the share $e^{{-{loss:.2f}}} = {share:.2f}$" in text_of("one-label")
    assert f"falls on, to {last.train_loss:.2f}" in text_of("one-label")


def test_one_update_lifts_the_true_label_s_words_and_lowers_the_others_by_as_much() -> None:
    trainer = at_end("push-and-pull")
    task, params = trainer.task, trainer.params()
    row = int(task.train_rows[0])
    x, label = task.dataset.values(np.array([row]))[0], int(task.dataset.y[row])
    z, words = x @ params.W.T + params.b, np.flatnonzero(x)
    found = word_update("softmax", z.astype(np.float64), x[words], label, 4, eta=0.1)
    for k, moved in enumerate(found.moved):
        expected = 0.1 * (1 - found.a[k] if k == label else -found.a[k]) * x[words]
        np.testing.assert_allclose(moved, expected, atol=1e-12)
    np.testing.assert_allclose(found.moved.sum(axis=0), 0, atol=1e-12)


def test_without_a_penalty_weights_grow_for_ever_and_with_one_they_come_to_rest() -> None:
    config = setup_of("infinite").config
    assert config.training.weight_decay == 0
    then = lesson_of("infinite").steps[1].setup
    assert then is not None and then.config.training.weight_decay == 0.01
    held = then.config
    assert replace(held, training=replace(held.training, weight_decay=0)) == config
    assert rf"$\lambda = {held.training.weight_decay}$" in text_of("infinite")
    grown: list[float] = []
    kept: list[float] = []
    for run, norms in ((config, grown), (held, kept)):
        trainer = Trainer(prepare(sources.load(run.data), run))
        while trainer.outcome is None:
            trainer.step()
            if trainer.step_count % 240 == 0:
                norms.append(float(np.linalg.norm(trainer.params().W)))
        metrics = trainer.measure(exact=True)
        if run is config:
            assert metrics.train_accuracy == 1
        else:
            assert f"come to rest: at {metrics.train_loss:.2f}, and" in text_of("infinite")
    assert grown[-1] / grown[-2] > 1.02
    assert kept[-1] / kept[-2] < 1.01
    assert kept[-1] < 0.6 * grown[-1] and "0.6 of their length" in text_of("infinite")


def test_the_words_named_are_among_the_strongest() -> None:
    trainer = at_end("telling-words")
    names = trainer.task.dataset.feature_names
    named = {
        "science fiction": ("ship", "computer"),
        "mystery": ("detective", "police"),
        "fairy tale": ("castle", "witch"),
        "romance": ("heart", "kissed"),
    }
    for label, w in zip(trainer.task.dataset.class_names, trainer.params().W, strict=True):
        best = [names[j] for j in strongest(w, 5)]
        assert set(named[label]) <= set(best)
        assert all(word in text_of("telling-words").lower() for word in named[label])


def test_passages_in_words_of_another_genre_fool_it_and_it_is_sure() -> None:
    trainer = at_end("fooled")
    task = trainer.task
    answers: list[tuple[bool, float]] = []
    for passage in fooling():
        _, answer = read(trainer, passage.text)
        is_right = task.dataset.class_names[answer.decided] == passage.genre
        answers.append((is_right, float(answer.probabilities.max())))
    right = sum(is_right for is_right, _ in answers)
    sure = sum(share > 0.9 for is_right, share in answers if not is_right)
    assert f"{right} of {len(answers)}" in text_of("fooled")
    assert sure > (len(answers) - right) / 2
    accuracy = trainer.measure(exact=True).test_accuracy
    assert f"{100 * accuracy:.0f} %" in text_of("fooled")
