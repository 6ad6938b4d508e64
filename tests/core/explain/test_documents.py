"""Questions about models of documents, against those about the same numbers as a table."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import cosine_similarity

from core.config import BagOptions, DataConfig, ModelConfig
from core.data.sources import load
from core.explain import (
    convergence,
    curvature,
    example_gradients,
    gradient_check,
    lasso_path,
    neighbours,
    prediction,
    probe,
)
from core.explain.example_trace import follow
from core.explain.lasso_path import PathSolver
from core.explain.optimum import optimum
from core.explain.surface import direction, loss_surface
from core.model_family import FAMILY
from core.train.snapshot import Pace, Snapshot, Status
from core.train.sparse import SparseRows
from tests.core.texts import both_tasks
from tests.core.training import trained

FEW = 4  # rows that may be dense at a time


@pytest.fixture(scope="module")
def genres():
    return load(DataConfig(source="genres"))


@pytest.fixture
def stays_sparse(monkeypatch):
    """Fail the test where more than some rows are made dense."""
    dense = csr_array.toarray

    def of_few(matrix, *args, **more):
        assert matrix.shape[0] <= FEW
        return dense(matrix, *args, **more)

    monkeypatch.setattr(csr_array, "toarray", of_few)


def trained_pair(genres, model=None, steps=40, **settings):
    """Return both tasks and the weights of the one on documents after so many steps."""
    sparse, table = both_tasks(genres, model, **settings)
    return sparse, table, trained(sparse, steps).params()


@pytest.mark.usefixtures("stays_sparse")
@pytest.mark.parametrize("kind", FAMILY)
def test_every_row_has_the_answer_that_it_has_in_a_table(genres, kind):
    sparse, table, params = trained_pair(genres, ModelConfig(kind=kind))
    found, expected = (probe.row_answers(task, params) for task in (sparse, table))
    np.testing.assert_array_equal(found.predicted, expected.predicted)
    np.testing.assert_allclose(found.probability, expected.probability, atol=1e-5)
    np.testing.assert_allclose(found.loss, expected.loss, atol=1e-5)
    rows = sparse.test_rows
    wrong = probe.mistakes(sparse, params, rows)
    np.testing.assert_array_equal(wrong, found.predicted[rows] != sparse.dataset.y[rows])


def test_an_answer_is_the_same_in_any_company(genres):
    sparse, _, params = trained_pair(genres, ModelConfig(hidden=8))
    bag = sparse.dataset.bag
    decided, shares = probe.answers(sparse, params, bag[:300])
    for row in (0, 7, 256, 299):
        alone = probe.answers(sparse, params, bag[row : row + 1])
        assert alone[0][0] == decided[row]
        np.testing.assert_array_equal(alone[1][0], shares[row])


def test_what_the_words_of_a_document_add_is_its_score(genres):
    sparse, table, params = trained_pair(genres)
    values = sparse.dataset.values(np.array([12]))[0]
    found, expected = (prediction.ask(task, params, values) for task in (sparse, table))
    np.testing.assert_array_equal(found.evidence, expected.evidence)
    np.testing.assert_allclose(found.evidence.sum(axis=1) + params.b, found.logits, atol=1e-6)
    assert not found.evidence[:, values == 0].any()


@pytest.mark.usefixtures("stays_sparse")
@pytest.mark.parametrize("weighting", ["counts", "tfidf"])
def test_the_nearest_documents_are_those_of_the_largest_cosine(genres, weighting):
    sparse, _ = both_tasks(genres, bag=BagOptions(weighting=weighting))
    rows, bag = sparse.train_rows, sparse.dataset.bag
    expected = cosine_similarity(bag[[17]], bag[rows])[0]
    values = sparse.dataset.values(np.array([17]))[0]
    np.testing.assert_allclose(neighbours.cosines(sparse, values), expected, atol=1e-6)
    found = neighbours.nearest(sparse, values, 8)
    best = np.sort(expected)[::-1][:8]
    np.testing.assert_allclose(expected[np.searchsorted(rows, found)], best, atol=1e-6)


def test_a_document_without_known_words_is_near_to_none(genres):
    sparse, _ = both_tasks(genres)
    nothing = np.zeros(sparse.m, np.float32)
    assert not neighbours.cosines(sparse, nothing).any()
    np.testing.assert_array_equal(neighbours.nearest(sparse, nothing, 3), sparse.train_rows[:3])


@pytest.mark.usefixtures("stays_sparse")
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_the_trace_of_a_document(genres, optimiser):
    sparse, table = both_tasks(genres, optimiser=optimiser, weight_decay=0.01, batch_size=None)
    trainer = trained(sparse, 5)
    snapshot = Snapshot(
        run=1,
        task=sparse,
        made_at=0.0,
        status=Status.PAUSED,
        step=5,
        epoch=0,
        params=trainer.params(),
        metrics=trainer.metrics,
        curves=trainer.history.curves(),
        pace=Pace(),
        settings=trainer.settings,
        batch=trainer.next_rows(),
        scheduled_rate=trainer.update.eta,
        moments=trainer.update.moments(),
        updates=trainer.update.count,
    )
    values = sparse.dataset.values(np.array([12]))[0]
    found, expected = (
        follow(task, replace(snapshot, task=task), values, 0, 12) for task in (sparse, table)
    )
    assert found.batch is not None and expected.batch is not None
    one, other = found.layer, expected.layer
    assert one.mean_dW is not None and other.mean_dW is not None
    assert one.dW is not None and other.dW is not None
    assert one.new_W is not None and other.new_W is not None
    np.testing.assert_allclose(one.dW, other.dW, atol=1e-12)
    np.testing.assert_allclose(one.mean_dW, other.mean_dW, atol=1e-6)
    np.testing.assert_allclose(one.new_W, other.new_W, atol=1e-5)
    trainer.step()
    np.testing.assert_allclose(one.new_W, trainer.params().W, atol=1e-5)


@pytest.mark.usefixtures("stays_sparse")
def test_the_descent_of_a_batch(genres):
    sparse, table, params = trained_pair(genres)
    found, expected = (
        example_gradients.descent(task, params, task.train_rows, 0.01) for task in (sparse, table)
    )
    np.testing.assert_allclose(found.W, expected.W, atol=1e-6)
    np.testing.assert_allclose(found.b, expected.b, atol=1e-6)


@pytest.mark.usefixtures("stays_sparse")
@pytest.mark.parametrize("kind", FAMILY)
def test_the_gradient_by_three_methods(genres, kind):
    sparse, table, params = trained_pair(genres, ModelConfig(kind=kind), batch_size=None)
    found, expected = (
        gradient_check.check(task, params, task.train_rows, 0.01) for task in (sparse, table)
    )
    assert found.passed, found.summary
    np.testing.assert_allclose(found.hand, expected.hand, atol=1e-12)
    np.testing.assert_allclose(found.autograd, expected.autograd, atol=1e-12)
    np.testing.assert_allclose(found.trained, expected.trained, atol=1e-6)


@pytest.mark.usefixtures("stays_sparse")
def test_differences_are_taken_at_words_that_the_batch_holds(genres):
    sparse, _ = both_tasks(genres, bag=BagOptions(max_words=20_000))
    params, rows = trained(sparse, 10).params(), sparse.train_rows[:8]
    found = gradient_check.check(sparse, params, rows)
    weights = found.checked[found.checked < sparse.outputs * sparse.m]
    assert len(weights) > 100 and found.passed
    held = np.flatnonzero(sparse.dataset.bag[rows].sum(axis=0))
    assert np.isin(weights % sparse.m, held).all()


@pytest.mark.usefixtures("stays_sparse")
@pytest.mark.parametrize("hidden", [0, 6])
def test_the_noise_of_a_batch(genres, hidden):
    sparse, table, params = trained_pair(genres, ModelConfig(hidden=hidden))
    batch = sparse.train_rows[:32]
    found, expected = (curvature.noise(task, params, batch) for task in (sparse, table))
    assert found is not None and expected is not None
    assert found.degrees == pytest.approx(expected.degrees, abs=1e-3)
    assert found.signal == pytest.approx(expected.signal, rel=1e-4)


@pytest.mark.usefixtures("stays_sparse")
def test_the_largest_curvature(genres):
    sparse, table, params = trained_pair(genres)
    found, expected = (curvature.largest(task, params, 0.01) for task in (sparse, table))
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.usefixtures("stays_sparse")
def test_a_loss_surface(genres):
    sparse, table, params = trained_pair(genres)
    surfaces = []
    for task in (sparse, table):
        sample = loss_surface.Sample.of(task)
        assert sample.n == len(task.train_rows)
        first = loss_surface.downhill(sample, params)
        directions = first, direction.beside(first, first, task)
        surfaces.append(
            loss_surface.surface(
                sample,
                params,
                directions,
                (-3, 3),
                (-2, 2),
                (7, 5),
                ("cross-entropy", "squared error"),
                0.01,
                0.001,
            )
        )
    for name, found in surfaces[0].losses.items():
        np.testing.assert_allclose(found, surfaces[1].losses[name], rtol=1e-5)


@pytest.mark.usefixtures("stays_sparse")
def test_the_path_over_the_penalty(genres, monkeypatch):
    monkeypatch.setattr(lasso_path, "POINTS", 5)
    paths = []
    for task in both_tasks(genres, bag=BagOptions(max_words=20)):
        solver = PathSolver(task, 0.05)
        while not (path := solver.go_on()).is_whole:
            pass
        paths.append(path)
    np.testing.assert_allclose(paths[0].l1, paths[1].l1, rtol=1e-9)
    np.testing.assert_allclose(paths[0].W, paths[1].W, atol=1e-5)


def test_the_optimum_of_few_words_is_scikit_learns(genres):
    sparse, _ = both_tasks(genres, bag=BagOptions(max_words=20))
    rows, decay = sparse.train_rows, 0.01
    theirs = LogisticRegression(C=1 / (decay * len(rows)), tol=1e-10, max_iter=10_000)
    theirs.fit(sparse.dataset.bag[rows].astype(np.float64), sparse.dataset.y[rows])
    found = optimum(sparse, decay).params
    assert found is not None
    np.testing.assert_allclose(found.W, theirs.coef_, atol=1e-4)


@pytest.mark.usefixtures("stays_sparse")
def test_whether_a_run_has_converged(genres):
    sparse, table = both_tasks(genres, optimiser="lbfgs", learning_rate=1.0, weight_decay=0.01)
    for steps, verdict in ((3, False), (200, True)):
        trainer = trained(sparse, steps)
        said = [
            convergence.judge(
                task, trainer.params(), trainer.settings, Status.FINISHED, trainer.metrics
            )
            for task in (sparse, table)
        ]
        assert said[0].converged == said[1].converged == verdict


def test_autograd_sees_the_rows_as_they_are(genres):
    sparse, _ = both_tasks(genres)
    rows = SparseRows(sparse.dataset.bag, sparse.train_rows[:5])
    torch.testing.assert_close(
        rows.tensor().to_dense(), torch.from_numpy(sparse.dataset.values(sparse.train_rows[:5]))
    )
