"""Train in the terminal, with the same trainer as the window: `app.py train DATA …`."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli import signals, terminal
from core.cli.options import add_run_options, config_from
from core.cli.parser import Parser
from core.cli.processes import place, team
from core.cli.processes.team import ALONE, Team
from core.cli.progress import Progress, ShareProgress
from core.cli.terminal import DONE, FAILED, PROGRAM
from core.cli.training import Outputs, Run, add_outputs, project_path
from core.cli.understood import understood_json, understood_lines, way_out
from core.config import FOLDERS, DataConfig, RunConfig
from core.data import sources
from core.data.preprocessing import SPREADS
from core.data.task import Task, prepare
from core.errors import DataError, PeerError, SaveError
from core.evaluate.classification import Baseline
from core.library.loop import Result, measured
from core.model_family import FAMILY
from core.number_format import format_bytes, format_count
from core.runs import model_file
from core.runs.model import Model
from core.train.history import SAMPLE
from core.train.outcome import Fall
from core.train.snapshot import Status

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.data.mnist import progress as meter

LISTED_INPUTS = 12


def main(arguments: list[str]) -> int:
    """Run the command with these arguments and return the exit code."""
    return place.run(lambda: _main(arguments))


def make_parser() -> Parser:
    """Return the parser of “train”."""
    parser = Parser(
        prog=f"{PROGRAM} train",
        description="Train a model in the terminal: the same numbers as in the window.",
    )
    add_run_options(parser)
    add_outputs(parser)
    team.add_options(parser)
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say how the data are understood, and train nothing",
    )
    return parser


def _main(arguments: list[str]) -> int:
    options = make_parser().parse_args(arguments)
    config = config_from(options)
    with team.joined(options.peer_timeout) as others:
        if options.dry_run:
            return look(config, options.json) if others.leads else DONE
        outputs = Outputs.of(options, project_path(options)) if others.leads else Outputs()
        return report(others.shared(config), outputs, others)


def look(config: RunConfig, json_path: str | None = None) -> int:
    """Say how the data are understood, as text and in JSON if requested; return the exit code."""
    terminal.check_writable(json_path)
    task = prepare(load(config.data), config)
    print(describe(task), file=terminal.stream_for_words(json_path), flush=True)
    told = {"config": task.config.to_dict(), "understood": understood_json(task)}
    terminal.write_json(told, json_path)
    return DONE


def report(config: RunConfig, outputs: Outputs | None = None, others: Team = ALONE) -> int:
    """Train, print the outcome, write what is requested; return the exit code."""
    outputs = outputs or Outputs()
    task = others.placed(prepare(load(config.data), config))
    print(describe(task), file=outputs.words, flush=True)  # before training, also into a pipe
    return finish(lambda: others.begin(task, outputs.checkpoints, load), outputs, others)


def finish(begin: Callable[[], Run], outputs: Outputs, others: Team = ALONE) -> int:
    """Train the run that `begin` returns to its end, and report it; return the exit code."""
    with signals.when_it_suits() as own:
        run, wish = begin(), others.wish(own)
        if (pace := others.pace(run.trainer)) is not None:
            print(pace, file=outputs.words, flush=True)
        try:
            result = run.train(Progress(run.trainer.settings.epochs, sys.stderr), wish)
        except PeerError as error:
            try:
                run.keep_now(has_failed=True)
            except SaveError as fault:
                raise PeerError(f"{error} {fault}") from error
            raise
        own.is_saving = True
        print(figures(result), file=outputs.words, flush=True)
        kept = _save(run, result, outputs)
    if result.status is Status.DIVERGED:
        print(f"{PROGRAM}: {' '.join(result.notes)}", file=sys.stderr)
        return FAILED
    if result.status is Status.PAUSED:
        what = f"saved {' and '.join(kept)}" if kept else "nothing was saved"
        print(f"{PROGRAM}: stopped at step {result.metrics.step:,}; {what}.", file=sys.stderr)
        return signals.exit_code(wish.number)
    return DONE


def _save(run: Run, result: Result, outputs: Outputs) -> list[str]:
    """Write project, model and JSON if requested; if one fails, the others are still written.

    Return the paths that were written.
    """
    from core.exports import card  # PyTorch: a second that --help saves
    from core.exports.exported_run import ExportedRun

    def save_model() -> Path | None:
        if outputs.model is not None:
            metrics = result.metrics
            model = Model.of(result.task, result.params, metrics.step, metrics.epoch, metrics)
            model_file.save(model, outputs.model, card.card(ExportedRun.of(run.trainer).record()))
        return outputs.model

    def save_card() -> Path | None:
        if outputs.card is not None:
            card.write(ExportedRun.of(run.trainer).record(), outputs.card)
        return outputs.card

    def save_json() -> None:
        terminal.write_json(to_json(result), outputs.json)

    errors, kept = [], []
    for what, save in (
        ("project", run.keep),
        ("model", save_model),
        ("card", save_card),
        ("", save_json),
    ):
        try:
            path = save()
        except SaveError as error:
            errors.append(error)
            continue
        if path is not None:
            print(f"{what:10}{path}", file=outputs.words, flush=True)
            kept.append(str(path))
    if errors:
        raise SaveError(" ".join(str(error) for error in errors))
    return [*kept, *([outputs.json] if outputs.json not in (None, terminal.STDOUT) else [])]


def load(data: DataConfig) -> Dataset:
    """Load the data, with a progress bar on stderr for a file or a download."""
    if data.source == "csv" or sources.is_streamed(data):
        return _read(data)
    if data.source in FOLDERS:
        return _read_folder(data)
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
    name, bar = Path(data.path or data.folder or "").name, ShareProgress(sys.stderr)

    def show(done: int, size: int) -> None:
        bar.show(done / max(size, 1), f"{name}: {done / 1e6:,.0f} of {size / 1e6:,.0f} MB")

    try:
        return sources.file_reader(data)(data, show)
    except DataError as error:
        raise way_out(error) from None
    finally:
        bar.close()


def _read_folder(data: DataConfig) -> Dataset:
    bar = ShareProgress(sys.stderr)
    try:
        return sources.folder_reader(data)(data, lambda words, share: bar.show(share, words))
    finally:
        bar.close()


def describe(task: Task) -> str:
    """Describe in a few lines what will be trained."""
    data, settings = task.config.data, task.config.training
    dataset = task.dataset
    listed = ", ".join(task.input_names[:LISTED_INPUTS])
    more = f" and {task.m - LISTED_INPUTS} more" if task.m > LISTED_INPUTS else ""
    if task.source.image_shape:
        names = f"{dataset.m:,} pixels"
    else:
        names = f"{dataset.m:,} words" if dataset.is_text else listed + more
    batch = "full" if settings.batch_size is None else f"{settings.batch_size:,}"
    kind, hidden = FAMILY[task.config.model.kind], task.config.model.hidden
    model = f"{kind.title}, {dataset.h} class{'' if dataset.h == 1 else 'es'}"
    if kind.is_neuron:
        no, yes = dataset.class_names
        model = f"{kind.title}, “{yes}” (1) against “{no}” (0)"
    if hidden:
        model += f", {format_count(hidden, 'hidden unit')}"
    how = f"η {settings.learning_rate:g}, batch {batch}, λ {settings.weight_decay:g}, "
    how += format_count(settings.epochs, "epoch")
    if kind.is_counted:
        how = f"α {task.config.model.smoothing:g}, batch {batch}"
    lines = [
        f"{dataset.name}: {_describe_rows(task)}; inputs {names}; {_describe_standardising(data)}",
        f"{model}; {how}, seed {settings.seed}, {settings.device}",
    ]
    if task.demand.is_large:
        lines.append(f"this is large: {task.demand}")
    lines.extend(map(str, dataset.notes))
    if dataset.is_streamed:
        from core.train.streamed.rows import kept_bytes

        if size := kept_bytes(task):
            lines.append(f"kept on disk as it trains, until it ends: {format_bytes(size)} of rows")
    lines.extend(understood_lines(task))
    if task.constant_features:
        lines.append(f"constant in training, of no use: {', '.join(task.constant_features)}")
    return "\n".join(lines)


def _describe_standardising(data: DataConfig) -> str:
    spread = SPREADS[data.std]
    return f"standardised by {spread}" if data.standardise else "not standardised"


def _describe_rows(task: Task) -> str:
    train, test = f"{len(task.train_rows):,} training", f"{len(task.test_rows):,} test rows"
    if task.pens:
        train += f" ({task.pens:,} of them drawings of pens)"
    if not len(task.validation_rows):
        return f"{train} and {test}"
    return f"{train}, {len(task.validation_rows):,} validation and {test}"


def figures(result: Result) -> str:
    """Describe in a few lines how the run ended."""
    metrics = result.metrics
    lines = []
    if result.status is not Status.DIVERGED:
        lines.append(
            f"{result.message} {format_count(metrics.step, 'step')} in {result.seconds:.2f} s."
        )
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
    parts = {
        "train": task.train_rows,
        "validation": task.validation_rows,
        "test": task.test_rows,
    }
    counts = {name: task.dataset.counts(rows) for name, rows in parts.items() if len(rows)}
    found = Baseline.of(counts["train"])
    return found, {name: found.accuracy(each) for name, each in counts.items()}


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
        **{name: _number(getattr(result.metrics, name)) for name in measured(result.task)},
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
            **{name: [_number(v) for v in fall.series[name].tolist()] for name in measured(task)},
        },
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
