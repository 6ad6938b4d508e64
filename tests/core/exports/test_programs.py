"""An exported program repeats its run: in PyTorch bit for bit, in NumPy but for rounding."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.config import RunConfig
from core.errors import ConfigError, SaveError
from core.exports import notebook
from core.exports.exported_run import ExportedRun
from core.exports.kinds import KINDS
from core.exports.program_file import TOLERANCE, write_script
from core.optimiser_family import OPTIMISERS
from core.train.snapshot import Params
from core.train.trainer import Trainer
from core.train.warm_start import move_to, start_from, warm_start_from
from tests.core.exports.repeating import distance, is_same, repeated
from tests.core.training import DESCENDED, train, trained

STEPS = 9  # of batches of 32 of 120 rows: two epochs and a bit
PENALTIES: tuple[dict[str, Any], ...] = (
    {},
    {"weight_decay": 0.02, "class_weight": "balanced"},
    {"l1": 0.01, "weight_decay": 0.02},
)


def combinations():
    for kind in DESCENDED:
        for optimiser in OPTIMISERS:
            for penalties in PENALTIES:
                values = {"model": {"kind": kind}, "training": {"optimiser": optimiser} | penalties}
                try:
                    RunConfig.from_dict(values)
                except ConfigError:
                    continue
                yield pytest.param(
                    kind,
                    {"optimiser": optimiser} | penalties,
                    id=f"{kind}-{optimiser}-{len(penalties)}",
                )


OTHER_RUNS: dict[str, Any] = {
    "hidden layer": ("iris", {}, {"hidden": 5}, {"optimiser": "adam", "l1": 0.001}),
    "tanh": ("iris", {}, {"hidden": 5, "activation": "tanh", "has_bias": False}, {}),
    "sigmoid units": (
        "iris",
        {},
        {"hidden": 4, "activation": "sigmoid", "kind": "ovo"},
        {"weight_decay": 0.1},
    ),
    "no bias": ("iris", {}, {"has_bias": False}, {"optimiser": "newton", "weight_decay": 0.1}),
    "random start": ("iris", {}, {"init": "random"}, {}),
    "products and sines": ("iris", {"degree": 3, "sine": True}, {}, {}),
    "as measured": ("iris", {"standardise": False}, {}, {}),
    "full batch": ("iris", {}, {}, {"batch_size": None, "optimiser": "momentum"}),
    "step": ("iris", {}, {}, {"schedule": "step", "epochs": 4}),
    "cosine": ("iris", {}, {}, {"schedule": "cosine", "epochs": 4}),
    "1/t": ("iris", {}, {}, {"schedule": "1/t", "epochs": 2, "batch_size": 50}),
    "pixels": ("digits", {}, {}, {"optimiser": "nesterov", "l1": 0.001}),
    "pixels, plain": ("digits", {}, {"init": "random"}, {"weight_decay": 0.01}),
    "pixels, hidden": ("digits", {}, {"hidden": 7}, {"weight_decay": 0.01}),
    "pixels, standardised": ("digits", {"standardise": True, "deskew": True}, {}, {}),
    "pictures, varied": ("digits", {"copies": 1}, {"kind": "ovr"}, {"batch_size": 100}),
    "drawings of pens": ("digits", {"copies": 1, "pens": True}, {}, {}),
    "all pixels at once": ("digits", {}, {}, {"optimiser": "lbfgs"}),
    "many Hessians": (
        "digits",
        {"features": ("20", "21", "36")},
        {"kind": "ovo"},
        {"optimiser": "newton"},
    ),
    "two of three classes": ("iris", {}, {"kind": "binary", "positive": "2", "negative": "0"}, {}),
}


@pytest.fixture
def source(iris, digits):
    return {"iris": iris, "digits": digits}


@pytest.mark.parametrize(("kind", "settings"), [*combinations()])
def test_every_kind_with_every_optimiser_is_repeated_bit_for_bit(
    make_task, iris, tmp_path, kind, settings
):
    task = make_task(iris, {"features": ("all",)}, {"kind": kind}, **settings)
    trainer = trained(task, STEPS)

    names, said = repeated(trainer, tmp_path)

    assert is_same(names, trainer)
    assert "largest difference from the weights of the run: 0\n" in said


@pytest.mark.parametrize(("kind", "settings"), [*combinations()])
def test_numpy_comes_to_the_same_weights_but_for_rounding(
    make_task, iris, tmp_path, kind, settings
):
    task = make_task(iris, {"features": ("all",)}, {"kind": kind}, **settings)
    trainer = trained(task, STEPS)

    names, _ = repeated(trainer, tmp_path, "numpy")

    assert distance(names, trainer) < TOLERANCE
    assert names["W"].dtype == np.float32  # it rounds as often as the run did
    assert "torch" not in names


@pytest.mark.parametrize("name", OTHER_RUNS)
def test_data_start_and_schedule_of_a_run_are_repeated(make_task, source, tmp_path, name):
    data, chosen, model, settings = OTHER_RUNS[name]
    trainer = trained(make_task(source[data], chosen, model, **settings), STEPS)

    assert is_same(repeated(trainer, tmp_path)[0], trainer)
    assert distance(repeated(trainer, tmp_path, "numpy")[0], trainer) < TOLERANCE


@pytest.mark.parametrize(
    "settings",
    [{"batch_size": None}, {"batch_size": 1_300}, {"batch_size": None, "optimiser": "lbfgs"}],
    ids=("all rows", "batches", "second order"),
)
def test_a_batch_of_many_slices_is_added_up_in_the_same_order(settings, make_task, tmp_path, rng):
    from core.data.dataset import Dataset

    X = rng.normal(size=(2_000, 900)).astype(np.float32)  # a block has 1,165 rows, a slice 291
    wide = Dataset(
        name="wide",
        X=X,
        y=(X[:, 0] + X[:, 1] > 0).astype(np.int64),
        feature_names=tuple(f"x{j}" for j in range(900)),
        class_names=("no", "yes"),
    )
    trainer = trained(make_task(wide, model={"kind": "binary"}, **settings), 3)

    assert is_same(repeated(trainer, tmp_path)[0], trainer)


# Changes ------------------------------------------------------------------------------------------

EDITS: dict[str, Any] = {
    "rate and penalty": ({}, {3: {"learning_rate": 0.3}, 9: {"weight_decay": 0.01}}),
    "batch size": ({}, {6: {"batch_size": 10}, 20: {"batch_size": None}, 25: {"batch_size": 50}}),
    "plain, then with λ₁": ({}, {4: {"l1": 0.01}, 20: {"l1": 0.0}}),
    "Nesterov, then with λ₁": (
        {"optimiser": "nesterov"},
        {4: {"l1": 0.01}, 9: {"momentum": 0.5}, 20: {"l1": 0.0}},
    ),
    "schedule": ({"schedule": "cosine"}, {5: {"learning_rate": 0.05}, 20: {"epochs": 50}}),
    "second order": ({"optimiser": "lbfgs"}, {2: {"learning_rate": 0.5}, 4: {"weight_decay": 0.1}}),
}


@pytest.mark.parametrize("name", EDITS)
def test_settings_that_changed_meanwhile_change_at_the_same_step(make_task, iris, tmp_path, name):
    settings, edits = EDITS[name]
    trainer = Trainer(make_task(iris, **settings))
    for step in range(30 if max(edits) > 10 else 6):
        if step in edits:
            trainer.set_hyperparameters(**edits[step])
        trainer.step()

    assert is_same(repeated(trainer, tmp_path)[0], trainer)
    assert distance(repeated(trainer, tmp_path, "numpy")[0], trainer) < TOLERANCE


def test_early_stopping_returns_to_the_same_epoch(make_task, iris, tmp_path):
    data = {"validation_fraction": 0.3, "features": ("all",)}
    settings = {"patience": 5, "epochs": 300, "learning_rate": 0.5}
    trainer = train(make_task(iris, data, {"hidden": 20}, **settings))
    assert trainer.step_count < trainer.timeline.newest_step  # it has returned

    names, said = repeated(trainer, tmp_path)

    assert is_same(names, trainer)
    assert f"the validation loss was least after epoch {trainer.epoch}:" in said


def test_a_step_of_the_past_is_repeated_as_it_was(make_task, iris, tmp_path):
    trainer = trained(make_task(iris), 30)
    trainer.timeline.go_to(17)

    assert is_same(repeated(trainer, tmp_path)[0], trainer)


def test_a_run_goes_on_after_its_divergence(make_task, iris, tmp_path):
    task = make_task(iris, {"standardise": False}, {"kind": "adaline"}, learning_rate=3.0)
    trainer = train(task)
    trainer.set_hyperparameters(learning_rate=0.01)
    trainer.go_on()
    for _ in range(9):
        trainer.step()

    assert is_same(repeated(trainer, tmp_path)[0], trainer)


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs"])
@pytest.mark.parametrize("step", [0, 5])
def test_weights_that_were_moved_by_hand_are_where_it_begins(
    make_task, iris, tmp_path, rng, step, optimiser
):
    trainer = trained(make_task(iris, optimiser=optimiser), step)
    moved = [a + rng.normal(size=a.shape).astype(np.float32) for a in trainer.params().arrays]
    move_to(trainer, Params.of(trainer.task.config.model, moved))
    for _ in range(5):
        trainer.step()

    assert is_same(repeated(trainer, tmp_path)[0], trainer)
    assert distance(repeated(trainer, tmp_path, "numpy")[0], trainer) < TOLERANCE


def test_weights_moved_within_an_epoch_are_trained_on_with_the_rest_of_its_rows(
    make_task, iris, tmp_path
):
    trainer = trained(make_task(iris), 6)  # 64 of 120 rows are taken
    move_to(trainer, trainer.params())
    trainer.set_hyperparameters(batch_size=None)
    for _ in range(3):
        trainer.step()

    assert is_same(repeated(trainer, tmp_path)[0], trainer)


def test_a_program_of_a_run_in_shares_sums_whole_batches_and_says_so(make_task, iris, tmp_path):
    trainer = trained(make_task(iris, shares=3), STEPS)

    names, _ = repeated(trainer, tmp_path)
    assert distance(names, trainer) < TOLERANCE
    assert "sums each batch in 3 shares" in " ".join(names["__doc__"].split())


@pytest.mark.parametrize("model", [{}, {"hidden": 3}])
def test_chosen_initial_weights_come_with_the_shuffles_of_the_seed(
    make_task, iris, tmp_path, model
):
    trainer = Trainer(make_task(iris, model=model))
    moved = [a + np.float32(0.25) for a in trainer.params().arrays]
    start_from(trainer, Params.of(trainer.task.config.model, moved))
    for _ in range(STEPS):
        trainer.step()

    assert is_same(repeated(trainer, tmp_path)[0], trainer)
    assert distance(repeated(trainer, tmp_path, "numpy")[0], trainer) < TOLERANCE


def test_a_run_that_continued_another_begins_there(make_task, iris, tmp_path):
    task = make_task(iris)
    trainer = Trainer(task)
    warm_start_from(trainer, trained(task, 11))
    for _ in range(STEPS):
        trainer.step()

    assert is_same(repeated(trainer, tmp_path)[0], trainer)


def test_after_the_planned_epochs_the_rate_stays_as_in_the_last(make_task, iris, tmp_path):
    trainer = train(make_task(iris, schedule="1/t", epochs=2))
    trainer.go_on()
    trainer.step()

    assert is_same(repeated(trainer, tmp_path)[0], trainer)


@pytest.mark.parametrize("model", [{"kind": "ovo"}, {"kind": "binary", "hidden": 9}])
def test_odd_numbers_of_rows_and_outputs_round_alike(make_task, digits, tmp_path, rng, model):
    few = replace(digits, X=digits.X[:61], y=digits.y[:61] % 6, class_names=tuple("012345"))
    settings = {"batch_size": 7, "class_weight": "balanced", "optimiser": "rmsprop"}
    trainer = trained(make_task(few, {"test_fraction": 0.5}, model, **settings), 30)

    assert is_same(repeated(trainer, tmp_path)[0], trainer)


# What it is like -------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_run(make_task, iris, tmp_path):
    trainer = train(make_task(iris, epochs=3))

    _, said = repeated(trainer, tmp_path)

    metrics = trainer.measure()
    last = [line for line in said.splitlines() if line.startswith("epoch    3")]
    assert last == [
        f"epoch    3   training loss {metrics.train_loss:.4f} accuracy "
        f"{metrics.train_accuracy:7.2%}   test loss {metrics.test_loss:.4f} accuracy "
        f"{metrics.test_accuracy:7.2%}"
    ]


def test_it_runs_from_any_folder_without_this_program(make_task, iris, tmp_path):
    trainer = trained(make_task(iris), STEPS)
    home, away = tmp_path / "ho'me", tmp_path / "away"
    home.mkdir()
    away.mkdir()
    place = home / 'it"s – ours.py'
    write_script(ExportedRun.of(trainer), place, "torch")

    done = subprocess.run(
        [sys.executable, "-I", str(place)], cwd=away, capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    assert "weights of the run: 0\n" in done.stdout
    assert list(away.iterdir()) == []


HOSTILE = ('a"""', "b'''\nimport os", "c\\", "{d}", "é #\r\nraise SystemExit", "\\N{BULLET}")


@pytest.mark.parametrize("language", ["torch", "numpy"])
def test_names_are_data_and_never_code(make_task, iris, tmp_path, language):
    named = replace(
        iris,
        name=HOSTILE[0],
        class_names=HOSTILE[:3],
        feature_names=(HOSTILE[3], HOSTILE[4], HOSTILE[5], '"""'),
        preferred_features=(),
    )
    trainer = trained(make_task(named), STEPS)

    names, _ = repeated(trainer, tmp_path, language)

    assert tuple(names["classes"]) == trainer.task.dataset.class_names
    assert "os" not in names
    text = (tmp_path / "again.py").read_text(encoding="utf-8")
    assert not any(name in text for name in trainer.task.dataset.class_names)


def test_it_has_only_the_branches_that_the_run_needs(make_task, iris, tmp_path):
    repeated(trained(make_task(iris), STEPS - 1), tmp_path)
    text = (tmp_path / "again.py").read_text(encoding="utf-8")

    assert not any(word in text for word in ("if ", "class_weights", "weight_decay", "l1", "while"))
    assert max(map(len, text.splitlines())) <= 100


def test_either_both_files_are_written_or_none(make_task, iris, tmp_path):
    trainer = trained(make_task(iris), 1)
    (tmp_path / "again.npz").mkdir()

    with pytest.raises(SaveError, match=r"again\.npz"):
        write_script(ExportedRun.of(trainer), tmp_path / "again.py", "torch")

    assert not (tmp_path / "again.py").exists()


@pytest.mark.parametrize(
    "write", [lambda run, path: write_script(run, path, "numpy"), notebook.write]
)
def test_data_of_others_beside_it_are_not_replaced_but_its_own_are(
    make_task, iris, tmp_path, write
):
    run = ExportedRun.of(trained(make_task(iris), 1))
    np.savez(tmp_path / "again.npz", mine=np.arange(3))

    with pytest.raises(SaveError, match="other data"):
        write(run, tmp_path / "again.py")

    with np.load(tmp_path / "again.npz") as file:
        assert list(file) == ["mine"]
    (tmp_path / "again.npz").unlink()
    write(run, tmp_path / "again.py")
    write(run, tmp_path / "again.py")


@pytest.mark.parametrize("name", ["script", "numpy", "notebook"])
def test_what_is_counted_has_no_program_and_says_so(digits, make_task, tmp_path, name):
    trainer = trained(make_task(digits, {}, {"kind": "bayes"}), 3)
    with pytest.raises(SaveError, match=r"Naive Bayes is counted.*Export its weights"):
        KINDS[name].write(ExportedRun.of(trainer), tmp_path / f"run{KINDS[name].ending}")
    assert not [*tmp_path.iterdir()]
