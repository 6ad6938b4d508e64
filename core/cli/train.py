"""Train in the terminal, with the same trainer as the window: `app.py train DATA …`."""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from core import files
from core.cli import signals, terminal
from core.cli.options import add_run_options, config_from
from core.cli.parser import Parser
from core.cli.progress import Progress, ShareProgress
from core.cli.terminal import DONE, FAILED, PROGRAM
from core.cli.understood import understood_json, understood_lines, way_out
from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.from_table import dataset_of_table
from core.data.task import Task, prepare
from core.errors import DataError, SaveError
from core.evaluate.classification import Baseline
from core.model_family import FAMILY
from core.runs import model_file
from core.runs.model import Model
from core.train.history import SAMPLE, SERIES
from core.train.outcome import Epilogue, Fall
from core.train.snapshot import Metrics, Params, Status

if TYPE_CHECKING:
    from core.cli.signals import Wish
    from core.data.dataset import Dataset
    from core.data.mnist import progress as meter
    from core.train.trainer import Trainer

LISTED_INPUTS = 12
SPREADS = {
    "sample": "the standard deviation of a sample (n − 1)",
    "population": "the standard deviation of a population (n)",
}


def main(arguments: list[str]) -> int:
    """Run the command with these arguments and return the exit code."""
    return terminal.run(lambda: _main(arguments))


def _main(arguments: list[str]) -> int:
    parser = Parser(
        prog=f"{PROGRAM} train",
        description="Train a model in the terminal: the same numbers as in the window.",
    )
    add_run_options(parser)
    parser.add_argument(
        "--json", metavar="FILE", help="write config, history, figures and weights; - for stdout"
    )
    parser.add_argument(
        "--save", metavar="FILE", help="keep the model, for “predict” and for the window"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say how the data are understood, and train nothing",
    )
    options = parser.parse_args(arguments)
    config = config_from(options)
    if options.dry_run:
        return look(config, options.json)
    return report(config, options.json, options.save)


def look(config: RunConfig, json_path: str | None = None) -> int:
    """Say how the data are understood, as text and in JSON if requested; return the exit code."""
    terminal.check_writable(json_path)
    task = prepare(load(config.data), config)
    print(describe(task), file=terminal.stream_for_words(json_path), flush=True)
    told = {"config": task.config.to_dict(), "understood": understood_json(task)}
    terminal.write_json(told, json_path)
    return DONE


@dataclass(frozen=True)
class Result:
    """A finished run: `history` has one value per epoch.

    seconds : of training and measuring, without the time for the epilogue.
    """

    task: Task
    metrics: Metrics
    history: dict[str, list[float]]
    status: Status
    message: str
    params: Params
    seconds: float
    epilogue: Epilogue
    fall: Fall | None = None  # None unless it diverged

    @property
    def notes(self) -> list[str]:
        """Sentences for the user about how the run ended."""
        failed = [self.message] if self.status is Status.DIVERGED else []
        return [*failed, *self.epilogue.notes]


MANY = 1_000  # most updates that a device makes at once; measurements and epochs end them


def train(task: Task, progress: Progress | None = None, wish: Wish | None = None) -> Result:
    """Train until the run ends or `wish` asks for a stop, measuring after each epoch."""
    from core.runs.rescue import epilogue_of  # PyTorch: a second that --help saves
    from core.train.trainer import Trainer

    started = time.perf_counter()
    trainer = Trainer(task)
    history: dict[str, list[float]] = {name: [] for name in _measured(task)}
    while trainer.outcome is None:
        is_whole = trainer.advance(MANY)
        if progress:
            progress.show(trainer.epoch, trainer.step_count, trainer.metrics)
        has_returned = trainer.timeline.is_past  # to its best epoch; the last is measured
        ended_epoch = has_returned or trainer.epoch > len(history["train_loss"])
        if ended_epoch and trainer.outcome is not Status.DIVERGED:
            is_over = trainer.outcome is not None
            newest = trainer.timeline.newest_metrics
            metrics = newest if has_returned else trainer.measure(exact=is_over)
            for name, values in history.items():
                values.append(getattr(metrics, name))
        if is_whole and wish is not None and wish.number:
            break
    seconds = time.perf_counter() - started
    if progress and trainer.outcome is not None:
        progress.say("looking into how it ended …")
    epilogue = epilogue_of(trainer) if trainer.outcome is not None else Epilogue()
    if wish is not None:
        wish.is_saving = True
    if progress:
        progress.close()
    return Result(
        task=task,
        metrics=trainer.measure(exact=True),
        history=history,
        status=trainer.outcome or Status.PAUSED,
        message=trainer.message if trainer.outcome else _say_stopped(trainer),
        params=trainer.params(),
        seconds=seconds,
        epilogue=epilogue,
        fall=trainer.history.curves().fall if trainer.outcome is Status.DIVERGED else None,
    )


def _measured(task: Task) -> tuple[str, ...]:
    """Return the names of the measured series; validation only if there are such rows."""
    return SERIES if len(task.validation_rows) else SERIES[:4]


def _say_stopped(trainer: Trainer) -> str:
    return f"Stopped in epoch {trainer.epoch + 1:,} of {trainer.settings.epochs:,}."


def report(config: RunConfig, json_path: str | None = None, save_path: str | None = None) -> int:
    """Train, print the outcome, write JSON and model if requested; return the exit code."""
    words = terminal.stream_for_words(json_path)
    place = None if save_path is None else model_file.with_ending(Path(save_path))
    terminal.check_writable(json_path)
    if place is not None:
        files.check_writable(place)
    task = prepare(load(config.data), config)
    print(describe(task), file=words, flush=True)  # before training, also into a pipe
    with signals.when_it_suits() as wish:
        result = train(task, Progress(config.training.epochs, sys.stderr), wish)
        print(figures(result), file=words, flush=True)
        _save(result, place, words, json_path)
    if result.status is Status.DIVERGED:
        print(f"{PROGRAM}: {' '.join(result.notes)}", file=sys.stderr)
        return FAILED
    if result.status is Status.PAUSED:
        kept = [str(path) for path in (place, json_path) if path not in (None, terminal.STDOUT)]
        what = f"saved {' and '.join(kept)}" if kept else "nothing was saved"
        print(f"{PROGRAM}: stopped at step {result.metrics.step:,}; {what}.", file=sys.stderr)
        return signals.exit_code(wish.number)
    return DONE


def _save(result: Result, place: Path | None, words: TextIO, json_path: str | None) -> None:
    """Write model and JSON if requested; if one fails, the other is still written."""
    errors = []
    try:
        if place is not None:
            metrics = result.metrics
            model = Model.of(result.task, result.params, metrics.step, metrics.epoch, metrics)
            model_file.save(model, place)
            print(f"model     {place}", file=words, flush=True)
    except SaveError as error:
        errors.append(error)
    try:
        terminal.write_json(to_json(result), json_path)
    except SaveError as error:
        errors.append(error)
    if errors:
        raise SaveError(" ".join(str(error) for error in errors))


def load(data: DataConfig) -> Dataset:
    """Load the data, with a progress bar on stderr for a CSV file or a download."""
    if data.source == "csv":
        return _read(data)
    if data.source == "pictures":
        return _read_pictures(data)
    if not sources.is_fetched(data):
        return sources.load(data)
    from core.data.mnist.download import Download  # its imports are needed only here

    download, progress = Download(), ShareProgress(sys.stderr)

    def show(now: meter.Progress) -> None:
        progress.show(now.share, f"MNIST from {now.host}: {now.words}")

    try:
        dataset = sources.load(data, lambda: download.load(show))
    except DataError as error:
        raise DataError(f"{error} In the terminal: --data-dir FOLDER.") from error
    finally:
        progress.close()
    if download.notice:
        print(f"{PROGRAM}: {download.notice}", file=sys.stderr)
    return dataset


def _read(data: DataConfig) -> Dataset:
    from core.data.csv import reader

    path, bar = Path(data.path or ""), ShareProgress(sys.stderr)

    def show(done: int, size: int) -> None:
        words = f"{path.name}: {done / 1e6:,.0f} of {size / 1e6:,.0f} MB"
        bar.show(done / max(size, 1), words)

    try:
        return dataset_of_table(reader.read(path, data.reading, show), data)
    except DataError as error:
        raise way_out(error) from None
    finally:
        bar.close()


def _read_pictures(data: DataConfig) -> Dataset:
    from core.data.picture_folder import reading

    bar = ShareProgress(sys.stderr)
    try:
        return reading.read(data, lambda words, share: bar.show(share, words))
    finally:
        bar.close()


def describe(task: Task) -> str:
    """Describe in a few lines what will be trained."""
    data, settings = task.config.data, task.config.training
    dataset = task.dataset
    listed = ", ".join(task.input_names[:LISTED_INPUTS])
    more = f" and {task.m - LISTED_INPUTS} more" if task.m > LISTED_INPUTS else ""
    names = f"{dataset.m:,} pixels" if task.source.image_shape else listed + more
    batch = "full" if settings.batch_size is None else f"{settings.batch_size:,}"
    kind, hidden = FAMILY[task.config.model.kind], task.config.model.hidden
    model = f"{kind.title}, {dataset.h} class{'' if dataset.h == 1 else 'es'}"
    if kind.is_neuron:
        no, yes = dataset.class_names
        model = f"{kind.title}, “{yes}” (1) against “{no}” (0)"
    if hidden:
        model += f", {hidden} hidden units"
    lines = [
        f"{dataset.name}: {_say_rows(task)}; inputs {names}; {_say_standardised(data)}",
        f"{model}; η {settings.learning_rate:g}, batch {batch}, λ {settings.weight_decay:g}, "
        f"{settings.epochs:,} epochs, seed {settings.seed}, {settings.device}",
    ]
    if task.demand.is_large:
        lines.append(f"this is large: {task.demand}")
    lines.extend(dataset.notes)
    lines.extend(understood_lines(task))
    if task.constant_features:
        lines.append(f"constant in training, of no use: {', '.join(task.constant_features)}")
    return "\n".join(lines)


def _say_standardised(data: DataConfig) -> str:
    spread = SPREADS[data.std]
    return f"standardised by {spread}" if data.standardise else "not standardised"


def _say_rows(task: Task) -> str:
    train, test = f"{len(task.train_rows):,} training", f"{len(task.test_rows):,} test rows"
    if not len(task.validation_rows):
        return f"{train} and {test}"
    return f"{train}, {len(task.validation_rows):,} validation and {test}"


def figures(result: Result) -> str:
    """Describe in a few lines how the run ended."""
    metrics = result.metrics
    lines = []
    if result.status is not Status.DIVERGED:
        lines.append(f"{result.message} {metrics.step:,} steps in {result.seconds:.2f} s.")
        lines.extend(result.notes)
    baseline, shares = _baselines(result.task)
    if baseline.is_imbalanced:
        name = result.task.dataset.class_names[baseline.label]
        shares_said = ", ".join(f"{part} {share:.2%}" for part, share in shares.items())
        lines.append(f"baseline  always “{name}”: accuracy {shares_said}")
    lines.append(
        f"training  loss {metrics.train_loss:.4f}   accuracy {metrics.train_accuracy:7.2%}"
    )
    if len(result.task.validation_rows):
        lines.append(
            f"validate  loss {metrics.validation_loss:.4f}   "
            f"accuracy {metrics.validation_accuracy:7.2%}"
        )
    if len(result.task.test_rows):
        lines.append(
            f"test      loss {metrics.test_loss:.4f}   accuracy {metrics.test_accuracy:7.2%}"
        )
    else:
        lines.append("test      no test rows")
    return "\n".join(lines)


def _baselines(task: Task) -> tuple[Baseline, dict[str, float]]:
    """Return the baseline of a task, and its accuracy on each part of the rows that there is."""
    y, h = task.dataset.y, task.dataset.h
    found = Baseline.of(y[task.train_rows], h)
    parts = {
        "train": task.train_rows,
        "validation": task.validation_rows,
        "test": task.test_rows,
    }
    return found, {name: found.accuracy(y[rows]) for name, rows in parts.items() if len(rows)}


def to_json(result: Result) -> dict[str, Any]:
    """Return the result as JSON-compatible values; undefined figures are None."""
    dataset, standardiser = result.task.dataset, result.task.standardiser
    weights, (baseline, shares) = result.task.class_weights, _baselines(result.task)
    return {
        "config": result.task.config.to_dict(),
        "understood": understood_json(result.task),
        "history": {
            name: [_number(value) for value in values] for name, values in result.history.items()
        },
        # Number of training rows measured in each epoch; the final figures are of all rows.
        "history_rows": min(len(result.task.train_rows), SAMPLE),
        **{name: _number(getattr(result.metrics, name)) for name in _measured(result.task)},
        **{name: array.tolist() for name, array in zip("WbVc", result.params.arrays, strict=False)},
        "class_names": list(dataset.class_names),
        "feature_names": list(result.task.input_names),
        "mean": standardiser.mean.tolist(),
        "std": standardiser.std.tolist(),
        "std_is": SPREADS[result.task.config.data.std],
        "class_weights": None if weights is None else weights.tolist(),
        "baseline": {"class": dataset.class_names[baseline.label], "accuracy": shares},
        "seconds": result.seconds,
        "status": result.status.value,
        "converged": result.epilogue.converged,
        "notes": result.notes,
        "suggested_learning_rate": result.epilogue.rate,
        "divergence": _divergence(result.fall, result.task) if result.fall else None,
        "steps": result.metrics.step,
        "epochs": result.metrics.epoch,
    }


def _divergence(fall: Fall, task: Task) -> dict[str, Any]:
    """Return what was measured from the restored step up to the one that failed."""
    return {
        "step": fall.failed,
        "restored_step": fall.rescued,
        "measured": {
            "step": fall.steps.tolist(),
            **{name: [_number(v) for v in fall.series[name].tolist()] for name in _measured(task)},
        },
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
