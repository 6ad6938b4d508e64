"""Command-line options of a run, shared by the terminal and the window."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import fields, replace

from core.brought_model import is_offered
from core.cli.content_options import (
    add_picture_options,
    add_text_options,
    add_variations,
    pictures_from,
    texts_from,
)
from core.cli.parser import describe_misplaced
from core.cli.reading_options import (
    add_reading_options,
    add_stream_options,
    reading_from,
    stream_from,
)
from core.cli.table_options import add_table_options, meaning_from, na_from
from core.cli.values import batch_size, number, whole, words
from core.config import (
    ACTIVATIONS,
    CLASS_WEIGHTS,
    INITS,
    MISSING,
    SCHEDULES,
    STDS,
    DataConfig,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from core.errors import LogitLabError
from core.library.sources import NAMED_SOURCES, NO_SOURCE, source_of
from core.model_family import MODEL_KINDS
from core.optimiser_family import OPTIMISERS, Optimiser


def add_run_options(parser: argparse.ArgumentParser, *, is_window: bool = False) -> None:
    """Add the options of a run, which the window and the command line share."""
    group = parser.add_argument_group("data")
    _add_source(group)
    # The window's own --size comes first there.
    add_picture_options(group, *(() if is_window else ("--size",)), "--picture-size")
    _add_features(group)
    add_text_options(group)
    add_variations(group)
    _add_model(parser.add_argument_group("model"))
    group = parser.add_argument_group("training")
    _add_updates(group)
    _add_class_weight(group)
    _add_shares(group)
    _add_stops(group)


def _add_source(group: argparse._ArgumentGroup) -> None:
    """Add the source of the rows, and how a CSV file is read."""
    data = DataConfig()
    group.add_argument(
        "data",
        nargs="?",
        type=_data,
        default=data.source,
        metavar="DATA",
        help=f"{', '.join(NAMED_SOURCES)}, or a file with a table: CSV and its like, ARFF, libsvm, "
        "JSON lines, Excel, Parquet, also as .gz or .zip; - for standard input; or a folder with a "
        "folder of pictures, or of .txt files, for each class (default: iris)",
    )
    group.add_argument(
        "--label",
        metavar="COL",
        help="name or number (from 0) of a CSV file's label column (default: one with a label's "
        "name, else the last)",
    )
    group.add_argument(
        "--missing",
        choices=MISSING,
        default=data.missing,
        help="skip a CSV file's rows that lack a number, or fill in the mean (default: skip)",
    )
    add_reading_options(group)
    add_table_options(group)
    add_stream_options(group)
    group.add_argument(
        "--data-dir",
        metavar="DIR",
        help="a folder with four IDX files, .gz or plain: MNIST's or others like them, such as "
        "Fashion-MNIST; of several sets FOLDER/emnist-letters takes one "
        "(default: $LOGITLAB_DATA, else MNIST is downloaded once)",
    )
    group.add_argument(
        "--transpose",
        action=argparse.BooleanOptionalAction,
        help="exchange rows and columns of the pictures in --data-dir (default: those of EMNIST)",
    )


def _add_features(group: argparse._ArgumentGroup) -> None:
    """Add the choice and preprocessing of features, and the split of the rows."""
    data = DataConfig()
    group.add_argument(
        "--features",
        metavar="A,B,…",
        help="names or numbers (from 0) of the features that go in, or “all” "
        "(Iris: petal length,petal width; otherwise all)",
    )
    group.add_argument(
        "--test-fraction",
        type=number,
        metavar="F",
        help="share of the rows kept for testing (default: 0.2; MNIST: its own test set)",
    )
    group.add_argument(
        "--validation-share",
        type=number,
        default=data.validation_fraction,
        metavar="F",
        help="share of the training rows that --patience watches, and that do not train "
        "(default: 0)",
    )
    group.add_argument(
        "--split-seed", type=whole, metavar="N", help="seed of the split (default: as --seed)"
    )
    group.add_argument(
        "--standardise",
        action=argparse.BooleanOptionalAction,
        help="scale each feature to mean 0 and standard deviation 1 of the training rows "
        "(default: yes; pictures of digits and the like: no)",
    )
    group.add_argument(
        "--std",
        choices=STDS,
        default=data.std,
        help="the standard deviation that --standardise divides by: of a sample, with n − 1, or of "
        "a population, with n as in NumPy and scikit-learn (default: %(default)s)",
    )
    group.add_argument(
        "--degree",
        type=whole,
        default=data.degree,
        metavar="D",
        help="add the products of features up to this degree, 1 to 5 (default: 1)",
    )
    group.add_argument("--sine", action="store_true", help="add the sine of each feature")


class _Kinds(tuple[str, ...]):
    """The models of the family; those that installed packages bring are chosen too, not listed."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or is_offered(name)


def _add_model(group: argparse._ArgumentGroup) -> None:
    model = ModelConfig()
    group.add_argument(
        "--model", choices=_Kinds(MODEL_KINDS), default=model.kind, help="(default: softmax)"
    )
    group.add_argument(
        "--classes",
        metavar="A,B",
        help="one neuron: two classes, A (0) against B (1), names or numbers",
    )
    group.add_argument(
        "--positive", metavar="A", help="one neuron: class A (1) against the rest (0)"
    )
    group.add_argument("--init", choices=INITS, default=model.init, help="(default: zeros)")
    group.add_argument(
        "--bias",
        action=argparse.BooleanOptionalAction,
        default=model.has_bias,
        help="whether outputs have a bias b (default: yes)",
    )
    group.add_argument(
        "--hidden",
        type=whole,
        default=model.hidden,
        metavar="U",
        help="units of a hidden layer, 0 to 256; they start from random weights (default: 0, none)",
    )
    group.add_argument(
        "--activation",
        choices=ACTIVATIONS,
        default=model.activation,
        help="of the hidden units (default: relu)",
    )
    group.add_argument(
        "--smoothing",
        type=number,
        default=model.smoothing,
        metavar="α",
        help="of naive Bayes: so much more of each feature in each class (default: 1)",
    )


def _add_updates(group: argparse._ArgumentGroup) -> None:
    """Add the options that determine the parameter updates."""
    training = TrainingConfig()
    group.add_argument(
        "--epochs", type=whole, default=training.epochs, metavar="N", help="(default: %(default)s)"
    )
    group.add_argument(
        "--batch-size",
        type=batch_size,
        default=training.batch_size,
        metavar="N|full",
        help="examples per update (default: %(default)s)",
    )
    group.add_argument(
        "--learning-rate",
        "--eta",
        type=number,
        default=training.learning_rate,
        metavar="η",
        help="(default: %(default)s)",
    )
    group.add_argument(
        "--weight-decay",
        type=number,
        default=training.weight_decay,
        metavar="λ",
        help="of the penalty (λ/2)·‖W‖²; with "
        f"{_names(lambda rule: rule.decouples_decay)}, weights shrink by ηλ an update instead "
        "(default: %(default)s)",
    )
    group.add_argument(
        "--optimiser",
        choices=tuple(OPTIMISERS),
        default=training.optimiser,
        help=f"the rule of the update; {_names(lambda rule: rule.is_second_order)} take all rows "
        "at once (default: %(default)s)",
    )
    group.add_argument(
        "--momentum",
        type=number,
        default=training.momentum,
        metavar="μ",
        help=f"of {_names(lambda rule: rule.uses_momentum)} (default: %(default)s)",
    )
    group.add_argument(
        "--schedule",
        choices=SCHEDULES,
        default=training.schedule,
        help="how η falls from epoch to epoch (default: constant)",
    )
    group.add_argument(
        "--l1",
        type=number,
        default=training.l1,
        metavar="λ₁",
        help="of the penalty λ₁·Σ|w|; a proximal step (soft threshold) after each update makes "
        "weights exactly 0 (default: %(default)s)",
    )


def _add_class_weight(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--class-weight",
        choices=CLASS_WEIGHTS,
        default=TrainingConfig().class_weight,
        help="balanced: each example counts n / (h nᵢ) in the loss, so that the rows of a rare "
        "class count as much as those of a frequent one (default: %(default)s)",
    )


def _add_shares(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--shares",
        type=whole,
        default=TrainingConfig().shares,
        metavar="K",
        help="cut each batch into K shares and sum their gradients in order, as K processes of "
        "torchrun do, with the same numbers (default: 1, or as many as there are processes)",
    )


def _names(is_one: Callable[[Optimiser], bool]) -> str:
    """Return the names of the matching optimisers, as in “momentum and nesterov”."""
    return " and ".join(name for name, optimiser in OPTIMISERS.items() if is_one(optimiser))


def _add_stops(group: argparse._ArgumentGroup) -> None:
    """Add the stopping rules, the seed and the device."""
    training = TrainingConfig()
    group.add_argument(
        "--patience",
        type=whole,
        default=training.patience,
        metavar="N",
        help="stop when the validation loss has not fallen for N epochs, and return to the epoch "
        "with the least; needs --validation-share (default: 0, never)",
    )
    group.add_argument(
        "--tolerance",
        type=number,
        default=training.tolerance,
        metavar="T",
        help="stop when the loss changes by less than T per epoch (default: 0, never)",
    )
    group.add_argument(
        "--seed", type=whole, default=training.seed, metavar="N", help="(default: %(default)s)"
    )
    group.add_argument("--device", default=training.device, help="cpu or cuda (default: cpu)")


def config_from(options: argparse.Namespace) -> RunConfig:
    """Build a config from parsed options; raise LogitLabError if they contradict each other."""
    negative, positive = _classes_of(options)
    if options.patience and not options.validation_share:
        raise LogitLabError(
            "--patience watches validation rows, and there are none; set some of the training rows "
            "aside, as in --validation-share 0.1."
        )
    training = _training_from(options)  # first: errors in --seed must name it
    model = ModelConfig(
        options.model,
        positive,
        negative,
        options.init,
        options.bias,
        options.hidden,
        options.activation,
        options.smoothing,
    )
    return RunConfig(training=training, data=_data_from(options), model=model)


def _classes_of(options: argparse.Namespace) -> tuple[str | None, str | None]:
    """Return a neuron's class 0 and class 1 as given on the command line, None if not given."""
    if options.classes is None:
        return None, options.positive
    names = [name.strip() for name in options.classes.split(",")]
    if len(names) != 2 or options.positive is not None:
        raise LogitLabError(
            "--classes takes two classes, as in --classes setosa,virginica, and no --positive."
        )
    return names[0], names[1]


def _training_from(options: argparse.Namespace) -> TrainingConfig:
    return TrainingConfig(
        **{each.name: getattr(options, each.name) for each in fields(TrainingConfig)}
    )


def _data_from(options: argparse.Namespace) -> DataConfig:
    source, path = options.data if isinstance(options.data, tuple) else (options.data, None)
    is_idx = source == "mnist" and path is not None
    return DataConfig(
        source=source,
        path=None if is_idx else path,
        folder=path if is_idx else options.data_dir,
        label=options.label,
        missing=options.missing,
        reading=replace(reading_from(options), na=na_from(options)),
        transpose=options.transpose,
        features=None if options.features is None else tuple(words(options.features)),
        test_fraction=options.test_fraction,
        split_seed=options.seed if options.split_seed is None else options.split_seed,
        standardise=options.standardise,
        std=options.std,
        degree=options.degree,
        sine=options.sine,
        deskew=options.deskew,
        copies=options.copies,
        pens=options.pens,
        validation_fraction=options.validation_share,
        **meaning_from(options),
        **pictures_from(options),
        **texts_from(options),
        **stream_from(options),
    )


def _data(text: str) -> str | tuple[str, str]:
    """Parse the name of a data set, or return the source of a file or a folder, and its path."""
    source, path = source_of(text) or (None, None)
    misplaced = describe_misplaced(text) if source in (None, "csv") else ""
    if source is None or misplaced:
        raise argparse.ArgumentTypeError(misplaced or NO_SOURCE.format(text))
    return source if path is None else (source, path)
