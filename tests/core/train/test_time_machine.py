"""Going back to any step of a run: the same weights, the same figures, the same future."""

import math
import threading
from dataclasses import replace

import numpy as np
import pytest

from core.errors import ConfigError
from core.optimiser_family import OPTIMISERS
from core.runs import commands
from core.train import batches, checkpoints, warm_start
from core.train.history import MOVED, Mark
from core.train.snapshot import Params, Status
from core.train.timeline import Timeline
from core.train.trainer import Trainer
from core.train.warm_start import move_to
from tests.core.late import LateDevice
from tests.core.watcher import Watcher

LONG = 10**6  # epochs
PATIENCE = 30.0  # seconds until a condition that never comes is a failure
CHANGES = {
    30: {"learning_rate": 0.5},
    41: {"batch_size": 7},
    55: {"weight_decay": 0.05, "learning_rate": 0.2},
    90: {"batch_size": None},
    97: {"batch_size": 16},
}


@pytest.fixture(autouse=True)
def frames_of_short_runs(monkeypatch):
    """Let runs that are short enough for a test have several frames."""
    monkeypatch.setattr(checkpoints, "LONGEST_STRIDE", 32)


def weights(trainer):
    return [array.tolist() for array in trainer.params().arrays]


def go(trainer, steps=math.inf):
    while trainer.outcome is None and steps > 0:
        trainer.step()
        steps -= 1
    return trainer


def recorded(task, steps, changes=None):
    """Train so many steps; return the trainer and its weights after each of them."""
    trainer, seen = Trainer(task), []
    for step in range(steps + 1):
        trainer.set_hyperparameters(**(changes or {}).get(step, {}))
        seen.append(weights(trainer))
        if step < steps:
            trainer.step()
    return trainer, seen


def assert_same_metrics(a, b):
    assert (a.step, a.epoch) == (b.step, b.epoch)
    np.testing.assert_array_equal(a.figures, b.figures)
    np.testing.assert_array_equal(a.confusion, b.confusion)


# The same weights -----------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 32, None])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_any_step_comes_back_bit_for_bit(optimiser, batch_size, iris, make_task):
    task = make_task(
        iris,
        optimiser=optimiser,
        batch_size=batch_size,
        weight_decay=0.01,
        schedule="cosine",
        epochs=LONG,
    )
    trainer, seen = recorded(task, 150)
    for step in [*range(150, -1, -7), 3, 149, 64, 63, 65, 0, 150]:
        trainer.timeline.go_to(step)
        assert trainer.step_count == step
        assert weights(trainer) == seen[step]


@pytest.mark.parametrize("hidden", [0, 5])
def test_pictures_in_slices_and_a_hidden_layer_come_back_too(
    hidden, digits, make_task, monkeypatch
):
    monkeypatch.setattr(batches, "SLICE_ROWS", 100)
    task = make_task(digits, model={"hidden": hidden}, batch_size=333, optimiser="momentum")
    trainer, seen = recorded(task, 20)
    for step in (13, 12, 4, 5, 19, 0, 20):
        trainer.timeline.go_to(step)
        assert weights(trainer) == seen[step]


def test_tuned_settings_come_back_with_their_steps(iris, make_task):
    trainer, seen = recorded(make_task(iris, batch_size=16, epochs=LONG), 200, CHANGES)
    for step in [199, 98, 97, 96, 90, 89, 54, 42, 41, 40, 31, 30, 29, 0, 120, 200]:
        trainer.timeline.go_to(step)
        assert weights(trainer) == seen[step]
    trainer.timeline.go_to(60)
    assert (trainer.settings.learning_rate, trainer.settings.batch_size) == (0.2, 7)
    trainer.timeline.go_to(20)
    assert trainer.settings == trainer.task.config.training


def test_a_step_back_undoes_exactly_one_update_again_and_again(iris, make_task):
    trainer, seen = recorded(make_task(iris, epochs=LONG), 300)
    for step in range(299, 180, -1):
        trainer.timeline.go_to(trainer.step_count - 1)
        assert (trainer.step_count, weights(trainer)) == (step, seen[step])


def test_frames_that_were_thinned_out_lead_to_the_same_weights(iris, make_task, monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST", 24)
    monkeypatch.setattr(checkpoints, "LONGEST_STRIDE", 1)
    trainer, seen = recorded(make_task(iris, epochs=LONG, batch_size=9), 400)
    assert len(trainer.timeline.kept_steps) < 25
    for step in range(0, 401, 13):
        trainer.timeline.go_to(step)
        assert weights(trainer) == seen[step]


def test_frames_hold_no_permutation_and_stay_within_their_bound(digits, make_task, monkeypatch):
    task = make_task(digits, batch_size=8, epochs=3)
    trainer = go(Trainer(task))
    kept = trainer.timeline.nbytes
    parameters = sum(array.nbytes for array in trainer.params().arrays)
    generator = trainer.checkpoint().sampler.generator.nbytes
    assert kept == len(trainer.timeline.kept_steps) * parameters + 3 * generator + generator


# What is seen of the past ---------------------------------------------------------------------


def test_the_past_has_the_figures_and_the_next_batch_of_its_step(iris, make_task):
    task = make_task(iris, epochs=LONG)
    trainer = go(Trainer(task), 100)
    alone = Trainer(task)
    for step in range(60):
        trainer.timeline.go_to(step)
        assert_same_metrics(trainer.metrics, alone.measure())
        assert trainer.next_rows().tolist() == alone.next_rows().tolist()
        assert (trainer.epoch, trainer.update.eta) == (alone.epoch, alone.update.eta)
        alone.step()


def test_the_curves_stay_complete_while_the_past_is_looked_at(iris, make_task):
    trainer = go(Trainer(make_task(iris, epochs=LONG)), 100)
    before = trainer.history.curves().table.copy()
    trainer.timeline.go_to(20)
    trainer.measure()
    assert trainer.timeline.newest_step == 100
    np.testing.assert_array_equal(trainer.history.curves().table, before)


def test_back_at_the_newest_step_it_is_as_it_was(iris, make_task):
    trainer = go(Trainer(make_task(iris, epochs=5)))
    before, message = trainer.metrics, trainer.message
    trainer.timeline.go_to(3)
    assert (trainer.outcome, trainer.timeline.is_past) == (None, True)
    trainer.timeline.go_to(LONG)
    assert (trainer.outcome, trainer.timeline.is_past) == (Status.FINISHED, False)
    assert (trainer.metrics, trainer.message) == (before, message)


def test_the_past_is_played_again_up_to_the_newest_step(iris, make_task):
    trainer, seen = recorded(make_task(iris, batch_size=16, epochs=LONG), 120, CHANGES)
    trainer.timeline.go_to(25)
    while trainer.timeline.is_past:
        assert weights(trainer) == seen[trainer.step_count]
        assert trainer.timeline.replay()
    assert weights(trainer) == seen[120]
    assert trainer.settings.batch_size == 16


def test_a_way_to_a_step_can_be_left_for_another_one(iris, make_task):
    trainer, seen = recorded(make_task(iris, epochs=LONG), 200)
    way = trainer.timeline.going_to(190)
    for _ in range(3):
        next(way)
    trainer.timeline.go_to(150)
    assert weights(trainer) == seen[150]
    next(trainer.timeline.going_to(199))
    trainer.timeline.go_to(200)
    assert weights(trainer) == seen[200]


def test_it_goes_no_further_back_than_its_start_and_no_further_on_than_it_was(iris, make_task):
    trainer = go(Trainer(make_task(iris)), 10)
    trainer.timeline.go_to(-5)
    assert trainer.step_count == trainer.timeline.oldest_step == 0
    trainer.timeline.go_to(11)
    assert trainer.step_count == trainer.timeline.newest_step == 10


# The same future ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(iris, make_task):
    """A run to its end, which is only looked at."""
    return go(Trainer(make_task(iris, epochs=140, batch_size=16)))


@pytest.mark.parametrize("step", [0, 1, 77, 640, 1023])
def test_training_from_the_past_gives_the_same_run_and_the_same_curves(step, whole):
    trainer, alone = go(Trainer(whole.task)), whole
    trainer.timeline.go_to(step)
    trainer.branch_here()
    assert trainer.history.curves().last_step <= step
    assert trainer.timeline.newest_step == step
    go(trainer)
    assert weights(trainer) == weights(alone)
    np.testing.assert_array_equal(trainer.history.curves().table, alone.history.curves().table)
    assert (trainer.outcome, trainer.message) == (alone.outcome, alone.message)


def test_a_setting_that_is_changed_in_the_past_holds_from_there(iris, make_task):
    task = make_task(iris, epochs=LONG)
    trainer = go(Trainer(task), 200)
    trainer.timeline.go_to(50)
    trainer.set_hyperparameters(learning_rate=0.7, batch_size=10)
    go(trainer, 30)
    alone = go(Trainer(task), 50)
    alone.set_hyperparameters(learning_rate=0.7, batch_size=10)
    go(alone, 30)
    assert weights(trainer) == weights(alone)
    assert trainer.history.curves().marks == alone.history.curves().marks
    assert [mark.step for mark in trainer.history.curves().marks] == [50, 50]
    assert trainer.timeline.newest_step == 80


def test_a_setting_that_is_changed_in_the_past_and_left_there_changes_nothing(iris, make_task):
    trainer, seen = recorded(make_task(iris, epochs=LONG), 200)
    trainer.timeline.go_to(50)
    trainer.set_hyperparameters(learning_rate=0.7)
    assert trainer.settings.learning_rate == trainer.update.eta == 0.7
    trainer.timeline.go_to(60)
    assert trainer.settings == trainer.task.config.training
    trainer.timeline.go_to(200)
    assert weights(trainer) == seen[200] and trainer.history.curves().marks == ()


def test_a_value_that_is_refused_in_the_past_leaves_the_settings(iris, make_task):
    trainer = go(Trainer(make_task(iris)), 20)
    trainer.timeline.go_to(5)
    with pytest.raises(ConfigError):
        trainer.set_hyperparameters(learning_rate=-1.0)
    assert trainer.settings == trainer.task.config.training


@pytest.mark.parametrize("settings", [{"tolerance": 1e-3}, {"patience": 7, "learning_rate": 5.0}])
def test_it_stops_by_itself_where_it_did_also_when_it_comes_from_the_past(
    settings, iris, make_task
):
    task = make_task(iris, data={"validation_fraction": 0.2}, epochs=5000, **settings)
    trainer = go(Trainer(task))
    shown, end, message = trainer.step_count, trainer.timeline.newest_step, trainer.message
    assert trainer.epoch < 5000 and trainer.epoch > 6
    for step in (end - 1, end - 9, end // 2, 0):
        trainer.timeline.go_to(step)
        go(trainer)
        assert (trainer.step_count, trainer.timeline.newest_step) == (shown, end)
        assert trainer.message == message


def test_a_run_that_went_on_after_its_end_does_so_again(iris, make_task):
    task = make_task(iris, epochs=4, tolerance=1e-4)
    trainer = go(Trainer(task))
    trainer.go_on()
    go(trainer)
    end, seen = trainer.step_count, weights(trainer)
    trainer.timeline.go_to(3 * end // 4)
    go(trainer)
    assert (trainer.step_count, weights(trainer)) == (end, seen)
    trainer.timeline.go_to(end // 2 - 2)
    go(trainer)
    assert trainer.epoch == 4  # this moment knew of no more epochs


# Divergence, moves, other data ----------------------------------------------------------------


@pytest.fixture
def diverged(iris, make_task):
    trainer = go(Trainer(make_task(iris, epochs=LONG)), 60)
    trainer.set_hyperparameters(learning_rate=1e6)
    return go(trainer)


def test_a_diverged_run_can_be_gone_back_on_and_returns_to_where_it_was(diverged, iris, make_task):
    _, seen = recorded(make_task(iris, epochs=LONG), 60)
    assert str(diverged.message).startswith("Diverged")
    newest, message = diverged.step_count, diverged.message
    for step in (newest - 1, 10, 0):
        diverged.timeline.go_to(step)
        assert (diverged.outcome, weights(diverged)) == (None, seen[step])
    diverged.timeline.go_live()
    assert (diverged.outcome, diverged.message) == (Status.DIVERGED, message)
    assert diverged.step_count == newest


def test_from_the_past_of_a_diverged_run_training_succeeds_with_the_rate_of_then(diverged):
    diverged.timeline.go_to(40)
    assert diverged.settings.learning_rate == 0.1
    go(diverged, 200)
    assert diverged.outcome is None and diverged.step_count == 240


def test_a_run_that_is_trained_from_its_past_diverges_at_the_same_step_again(iris, make_task):
    task = make_task(iris, learning_rate=20, weight_decay=0.05, optimiser="momentum", epochs=LONG)
    trainer = go(Trainer(task), 10_000)
    assert trainer.outcome is Status.DIVERGED
    newest, message, seen = trainer.step_count, trainer.message, weights(trainer)
    assert newest > 2 * checkpoints.LONGEST_STRIDE  # it goes back to several frames
    for step in (newest - 1, newest // 2, 0):
        trainer.timeline.go_to(step)
        go(trainer)
        assert (trainer.step_count, trainer.message) == (newest, message)
        assert weights(trainer) == seen


def test_it_goes_back_to_before_the_weights_were_moved_by_hand(iris, make_task):
    trainer, seen = recorded(make_task(iris, epochs=LONG), 70)
    W, b = (np.full_like(part, 0.25) for part in trainer.params().arrays)
    move_to(trainer, Params(W, b))
    moved = weights(trainer)
    after = []
    for _ in range(50):
        trainer.step()
        after.append(weights(trainer))
    for step in (69, 75, 12, 120, 71, 70):
        trainer.timeline.go_to(step)
        wanted = seen[step] if step < 70 else moved if step == 70 else after[step - 71]
        assert weights(trainer) == wanted
    assert trainer.history.curves().marks == (Mark(70, MOVED),)


def test_weights_that_are_moved_in_the_past_drop_what_came_later(iris, make_task):
    trainer = go(Trainer(make_task(iris, epochs=LONG)), 70)
    trainer.timeline.go_to(30)
    move_to(trainer, Params(*(np.full_like(part, 0.25) for part in trainer.params().arrays)))
    assert trainer.timeline.newest_step == trainer.step_count == 30
    assert trainer.history.curves().last_step == 30


def test_reset_forgets_the_past(iris, make_task):
    trainer = go(Trainer(make_task(iris)), 70)
    trainer.timeline.go_to(30)
    trainer.reset()
    assert trainer.timeline.oldest_step == trainer.timeline.newest_step == trainer.step_count == 0


@pytest.fixture
def other_rows(iris):
    rows = np.random.default_rng(1).permutation(150)[:120]
    return replace(iris, X=iris.X[rows], y=iris.y[rows])


def test_a_run_that_took_over_goes_back_as_far_as_that(iris, other_rows, make_task):
    first = go(Trainer(make_task(iris, epochs=LONG)), 50)
    trainer = Trainer(make_task(other_rows, epochs=LONG))
    warm_start.warm_start_from(trainer, first)
    seen = {50: weights(trainer)}
    for step in range(51, 200):
        trainer.step()
        seen[step] = weights(trainer)
    for step in (199, 130, 51, 50, 20):
        trainer.timeline.go_to(step)
        assert weights(trainer) == seen[max(step, 50)]
    assert trainer.timeline.oldest_step == 50


def test_what_is_taken_over_from_the_past_has_no_future(iris, other_rows, make_task):
    first = go(Trainer(make_task(iris, epochs=LONG)), 50)
    first.timeline.go_to(20)
    trainer = Trainer(make_task(other_rows, epochs=LONG))
    warm_start.warm_start_from(trainer, first)
    assert trainer.timeline.newest_step == trainer.history.curves().last_step == 20
    assert first.timeline.newest_step == first.history.curves().last_step == 50


# A device that works behind our back ----------------------------------------------------------


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_a_queued_device_goes_back_too(optimiser, iris, make_task, monkeypatch):
    LateDevice().install(monkeypatch)
    task = make_task(iris, epochs=LONG, optimiser=optimiser, device="cuda", batch_size=8)
    trainer = Trainer(task)
    seen = {0: weights(trainer)}
    for step in range(1, 300):
        trainer.step()
        if step == 150:
            trainer.set_hyperparameters(learning_rate=0.3)
        seen[step] = weights(trainer)
    for step in (290, 151, 150, 149, 70, 3, 299):
        trainer.timeline.go_to(step)
        for mine, before in zip(weights(trainer), seen[step], strict=True):
            np.testing.assert_allclose(mine, before, rtol=1e-5, atol=1e-7)
    trainer.timeline.go_to(100)
    rescued = warm_start.rescued(trainer)
    assert not rescued.timeline.is_past and rescued.timeline.oldest_step == rescued.step_count


# On the training thread -----------------------------------------------------------------------


@pytest.fixture
def watcher():
    watcher = Watcher()
    yield watcher
    watcher.session.close()


@pytest.fixture
def task(iris, make_task):
    return make_task(iris, epochs=LONG)


def shown(snapshot):
    return [array.tolist() for array in snapshot.params.arrays]


def test_each_step_back_shows_the_step_before(watcher, task):
    _, seen = recorded(task, 10)
    watcher.trained(1, task, 10)
    for step in (9, 8, 7):
        watcher.session.send(commands.StepBack())
        snapshot = watcher.until(lambda s, step=step: s.step == step)
        assert shown(snapshot) == seen[step]
        assert snapshot.metrics.step == step and snapshot.newest_step == 10
        assert snapshot.status is Status.PAUSED and snapshot.is_past
        assert snapshot.curves.last_step == 10


def test_steps_back_that_come_faster_than_they_are_made_all_count(watcher, task):
    watcher.trained(1, task, 200)
    for _ in range(150):
        watcher.session.send(commands.StepBack())
    assert watcher.until(lambda s: s.step == 50).newest_step == 200


def test_to_look_at_the_past_pauses_training(watcher, task):
    watcher.session.send(commands.Load(1, task))
    watcher.session.send(commands.Play())
    watcher.until(lambda s: s.step > 300)
    watcher.session.send(commands.GoTo(100))
    snapshot = watcher.until(lambda s: s.status is Status.PAUSED)
    assert snapshot.step == 100 and snapshot.newest_step > 300
    assert shown(snapshot) == weights(go(Trainer(task), 100))


def test_of_many_wishes_the_newest_is_what_stays(watcher, task):
    watcher.trained(1, task, 200)
    for step in (*range(190, 10, -1), 77):
        watcher.session.send(commands.GoTo(step))
    watcher.until(lambda s: s.step == 77)
    watcher.session.send(commands.SetSpeed(5.0))  # any command publishes anew
    made_at = watcher.snapshot.made_at
    assert watcher.until(lambda s: s.made_at > made_at).step == 77


def test_playing_again_ends_at_the_newest_step(watcher, task):
    watcher.trained(1, task, 200)
    watcher.session.send(commands.GoTo(20))
    watcher.session.send(commands.Replay())
    playing = watcher.until(lambda s: s.status is Status.TRAINING)
    assert 20 <= playing.step <= playing.newest_step == 200
    snapshot = watcher.until(lambda s: s.status is Status.PAUSED and s.step > 20)
    assert snapshot.step == snapshot.newest_step == snapshot.metrics.step == 200
    assert snapshot.curves.last_step == 200


def test_the_past_is_played_at_the_chosen_speed_and_held_by_pause(watcher, task):
    watcher.trained(1, task, 200)
    watcher.session.send(commands.SetSpeed(10.0))
    watcher.session.send(commands.GoTo(20))
    watcher.session.send(commands.Replay())
    for step in range(21, 25):  # slow enough for each step to be seen
        watcher.until(lambda s, step=step: s.step == step)
    watcher.session.send(commands.Pause())
    held = watcher.until(lambda s: s.status is Status.PAUSED and s.step > 20)
    assert held.step < 200 and held.newest_step == 200


def test_training_goes_on_from_the_past_that_is_shown(watcher, task):
    watcher.trained(1, task, 200)
    watcher.session.send(commands.GoTo(20))
    watcher.session.send(commands.Step())
    snapshot = watcher.until(lambda s: s.step == 21)
    assert snapshot.newest_step == snapshot.curves.last_step == 21
    assert shown(snapshot) == weights(go(Trainer(task), 21))


def test_what_is_wanted_on_the_way_to_a_step_is_done_there(watcher, task, monkeypatch):
    monkeypatch.setattr(checkpoints, "LONGEST_STRIDE", LONG)  # a long way
    watcher.trained(1, task, 600)
    watcher.session.send(commands.GoTo(590))
    watcher.session.send(commands.Tune({"learning_rate": 0.5}))
    watcher.session.send(commands.Step())
    snapshot = watcher.until(lambda s: not s.is_past and s.step < 600)
    assert snapshot.step == 591
    assert snapshot.curves.marks == (Mark(590, "η 0.1 → 0.5"),)


def test_on_a_long_way_to_a_step_other_commands_are_obeyed(
    watcher, digits, task, make_task, monkeypatch
):
    is_on_the_way = threading.Event()
    going_to = Timeline.going_to

    def endless(self, step):
        yield from going_to(self, step)
        is_on_the_way.set()
        while True:
            yield

    watcher.trained(1, task, 20)
    monkeypatch.setattr(Timeline, "going_to", endless)
    watcher.session.send(commands.GoTo(5))
    assert is_on_the_way.wait(PATIENCE)
    watcher.session.send(commands.Load(2, make_task(digits)))
    assert watcher.until(lambda s: s.run == 2).status is Status.READY
    watcher.session.send(commands.Resume(1, task))
    assert watcher.until(lambda s: s.run == 1).newest_step == 20


def test_a_run_that_was_left_in_its_past_is_found_there(watcher, digits, task, make_task):
    watcher.trained(1, task, 50)
    watcher.session.send(commands.GoTo(30))
    watcher.until(lambda s: s.step == 30)
    watcher.trained(2, make_task(digits), 3)
    watcher.session.send(commands.Resume(1, task))
    snapshot = watcher.until(lambda s: s.run == 1)
    assert (snapshot.step, snapshot.newest_step) == (30, 50)
    watcher.session.send(commands.GoLive())
    snapshot = watcher.until(lambda s: s.step == 50)
    assert shown(snapshot) == weights(go(Trainer(task), 50))
