"""Configuration of a run: data, model and training settings as validated values.

A RunConfig and the data set that it names determine a run completely: the window and the command
line compute the same weights from the same config.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Self, get_args

from core.errors import ConfigError
from core.language import mark, tr
from core.model_family import DEFAULT_KIND, FAMILY, check_kind
from core.optimiser_family import OPTIMISERS, PLAIN, Optimiser, OptimiserName
from core.setting_checks import (
    check_group,
    check_marks,
    check_number,
    check_one_of,
    check_switches,
    check_text,
    check_texts,
    check_two_classes,
    check_whole,
    refuse_unknown,
)

Source = Literal[
    "iris", "digits", "mnist", "drawn", "csv", "pictures", "genres", "documents", "installed"
]
Missing = Literal["skip", "fill"]
ClassWeight = Literal["none", "balanced"]
Std = Literal["sample", "population"]
Weighting = Literal["counts", "presence", "tfidf"]
Init = Literal["zeros", "random"]
HiddenActivation = Literal["relu", "tanh", "sigmoid"]
Schedule = Literal["constant", "step", "cosine", "1/t"]

SOURCES: tuple[Source, ...] = get_args(Source)
FOLDERS = ("pictures", "documents")  # sources that are folders
WITH_PATH = {"pictures": mark("a folder of pictures"), "documents": mark("a folder of texts")}
WITH_PATH |= {"csv": mark("the name of a CSV file")}
WITH_PATH |= {"installed": mark("the name of an installed data set")}
MISSING: tuple[Missing, ...] = get_args(Missing)
CLASS_WEIGHTS: tuple[ClassWeight, ...] = get_args(ClassWeight)
STDS: tuple[Std, ...] = get_args(Std)
WEIGHTINGS: tuple[Weighting, ...] = get_args(Weighting)
ENCODINGS = tuple(
    "utf-8 utf-16-le utf-16-be cp1252 cp1250 iso8859-2 cp1251 koi8-r cp866 cp1253 cp1254 cp1255 "
    "cp1256 cp1257 cp1258 cp874 gb18030 big5 cp932 euc-jp cp949 mac-roman cp437 cp850".split()
)
SEPARATORS = (",", ";", "\t", "|", " ")  # the last stands for any run of blanks
DECIMALS = (".", ",")
THOUSANDS = ("", ",", ".", " ", "'")  # the first stands for none
QUOTES = ('"', "'", "")  # the last: quotes are letters
INITS: tuple[Init, ...] = get_args(Init)
ACTIVATIONS: tuple[HiddenActivation, ...] = get_args(HiddenActivation)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)

MAX_SEED = 2**31 - 1
MAX_TEST_FRACTION = 0.9
MAX_VALIDATION_FRACTION = 0.9
MAX_COUNT = 10**9
MAX_SHARES = 1024
MAX_DEGREE = 5
MAX_COPIES = 3
MAX_HIDDEN = 256
LEAST_SIDE, MOST_SIDE = 2, 256  # of pictures that are scaled
MAX_MOMENTUM = 0.9999
MAX_WORDS = 200_000  # of a vocabulary
MAX_RATE = 1e38  # just below the largest float32, 3.4e38

SWITCHES = (
    *("missing_category", "merge_case", "any_label", "keep_totals"),
    *("colour", "invert", "sine", "deskew", "pens"),
)


@dataclass(frozen=True)
class CsvOptions:
    """User-specified format of a text table; None means detect it from the file.

    separator : " " stands for any run of blanks and tabs.
    has_header : whether the first line names the columns. encoding : of the text.
    na : the words that mean a missing value; among numbers the usual ones mean it too.
    thousands : mark between groups of three digits, "" for none. decimal : before a fraction.
    quote : around cells that hold separators; "" for none: quotes are letters.
    """

    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    has_header: bool | None = None
    thousands: str | None = None
    quote: str | None = None
    na: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        check_one_of("encoding", self.encoding, (None, *ENCODINGS))
        check_one_of("separator", self.separator, (None, *SEPARATORS))
        check_one_of("decimal", self.decimal, (None, *DECIMALS))
        check_one_of("thousands", self.thousands, (None, *THOUSANDS))
        check_one_of("quote", self.quote, (None, *QUOTES))
        check_marks(self.decimal, self.thousands)
        check_switches(self, ("has_header",), optional=True)
        check_texts("na", self.na)


@dataclass(frozen=True)
class BagOptions:
    """How documents become features: a bag of words, of those that the training rows hold.

    weighting : the number of each word in the document (“counts”), 1 if it is there (“presence”),
        or its count times how rare it is, at length 1 (“tfidf”); see `core.data.text.vocabulary`.
    keep_case : “Mars” and “mars” are two words.
    stop_words : leave out the most common words of English, such as “the”.
    bigrams : pairs of neighbouring words are features too.
    min_documents : a word is a feature if at least so many training documents hold it.
    max_words : of the features, those that are most frequent in the training documents.
    """

    weighting: Weighting = "counts"
    keep_case: bool = False
    stop_words: bool = False
    bigrams: bool = False
    min_documents: int = 2
    max_words: int = 5_000

    def __post_init__(self) -> None:
        check_one_of("weighting", self.weighting, WEIGHTINGS)
        check_switches(self, ("keep_case", "stop_words", "bigrams"))
        check_whole("min_documents", self.min_documents, 1, MAX_COUNT)
        check_whole("max_words", self.max_words, 1, MAX_WORDS)


@dataclass(frozen=True)
class DataConfig:
    """Which data set and features to use, and how to split and scale them.

    features : names or indices (from 0) of the features used as inputs; None takes the data set's
        default choice, ("all",) takes every feature. source : where the rows come from.
    test_fraction : fraction of the rows held out for testing; None uses the published test set if
        there is one, else the data set's default fraction. split_seed : decides the split.
    validation_fraction : fraction of the training rows held out for early stopping.
    standardise : None means yes for measurements and photos, and no for pixels of ink, which share
        one scale and are mostly 0.
    std : the standard deviation it divides by, of a sample (n − 1) or of a population (n).
    deskew : shear pictures until they are upright.
    copies : augmented copies of each training picture to train on; see `core.data.augmentation`.
    pens : train on bundled drawings of pens too; see `core.data.pens`.
    degree, sine : the inputs are products of the features up to this degree, and their sines.
    folder : where four IDX files are; None takes MNIST. transpose : exchange rows and columns of
        their pictures; None where that is known to be needed, as for EMNIST.
    path, reading : path of the CSV file, and its format as far as it is specified; or the path of
        a folder of pictures or texts, or the name of an installed data set.
    labels : of an array (.npy), the file with its labels.
    stream : read the rows from disk while training; None where they do not fit into memory.
    size : rows and columns that these pictures are scaled to; None keeps a common size of their
        own if it is small. colour, invert : in colour, not as greys; dark for light.
    label : name or index (from 0) of its label column; None picks the most likely one.
    text : name or index of a column of texts, which are the documents; None if it has none.
    bag : how documents become features.
    missing : skip rows with a missing number, or fill gaps with the feature's mean over the
        training rows.
    categorical : columns of words (or of few whole numbers) that go in as categories; None takes
        those of two words, ("all",) all that can.
    missing_category : missing cells of these columns are a category of their own.
    merge_case : names of classes and categories that differ only in case or blanks are one.
    any_label : take the label column even if it looks like a quantity.
    keep_totals : keep rows that seem to be no data: totals below them, the header once more.
    """

    source: Source = "iris"
    folder: str | None = None
    features: tuple[str, ...] | None = None
    test_fraction: float | None = None
    split_seed: int = 123
    standardise: bool | None = None
    degree: int = 1
    sine: bool = False
    deskew: bool = False
    copies: int = 0
    pens: bool = False
    path: str | None = None
    label: str | None = None
    missing: Missing = "skip"
    reading: CsvOptions = field(default_factory=CsvOptions)
    validation_fraction: float = 0.0
    transpose: bool | None = None
    categorical: tuple[str, ...] | None = None
    missing_category: bool = False
    merge_case: bool = False
    any_label: bool = False
    keep_totals: bool = False
    std: Std = "sample"
    size: int | None = None
    colour: bool = False
    invert: bool = False
    text: str | None = None
    bag: BagOptions = field(default_factory=BagOptions)
    stream: bool | None = None
    labels: str | None = None

    def __post_init__(self) -> None:
        check_one_of("source", self.source, SOURCES)
        for name in ("folder", "path", "text", "label", "labels"):
            check_text(name, getattr(self, name))
        if self.source in WITH_PATH and not self.path:
            what = tr(WITH_PATH[self.source])
            raise ConfigError(tr("path is not set; {what} was expected.", what=what))
        check_group("bag", self.bag, BagOptions)
        check_one_of("missing", self.missing, MISSING)
        check_group("reading", self.reading, CsvOptions)
        check_texts("features", self.features)
        check_texts("categorical", self.categorical)
        if self.size is not None:
            check_whole("size", self.size, LEAST_SIDE, MOST_SIDE)
        check_switches(self, SWITCHES)
        if self.test_fraction is not None:
            check_number("test_fraction", self.test_fraction, 0, MAX_TEST_FRACTION)
        check_number("validation_fraction", self.validation_fraction, 0, MAX_VALIDATION_FRACTION)
        check_whole("split_seed", self.split_seed, 0, MAX_SEED)
        check_switches(self, ("standardise", "transpose", "stream"), optional=True)
        check_one_of("std", self.std, STDS)
        check_whole("degree", self.degree, 1, MAX_DEGREE)
        check_whole("copies", self.copies, 0, MAX_COPIES)


@dataclass(frozen=True)
class ModelConfig:
    """A model of the family: over all classes, or one neuron for `positive` against `negative`.

    positive, negative : names or indices (from 0) of classes, for one neuron only. `negative` None
        means all other classes; `positive` None takes the last class.
    has_bias : without a bias every boundary passes through the origin of the inputs.
    hidden : units of one hidden layer between inputs and outputs; 0 for no hidden layer.
    activation : of the hidden units. kind : which model. init : of the weights.
    smoothing : α of naive Bayes, of each feature in each class; see `core.train.update`.
    """

    kind: str = DEFAULT_KIND
    positive: str | None = None
    negative: str | None = None
    init: Init = "zeros"
    has_bias: bool = True
    hidden: int = 0
    activation: HiddenActivation = "relu"
    smoothing: float = 1.0

    def __post_init__(self) -> None:
        check_kind("kind", self.kind)
        check_one_of("init", self.init, INITS)
        check_text("positive", self.positive)
        check_text("negative", self.negative)
        check_switches(self, ("has_bias",))
        check_whole("hidden", self.hidden, 0, MAX_HIDDEN)
        check_one_of("activation", self.activation, ACTIVATIONS)
        check_number("smoothing", self.smoothing, 0, MAX_RATE, above=True)
        title = tr(FAMILY[self.kind].title)
        if self.hidden and FAMILY[self.kind].is_counted:
            raise ConfigError(tr("{kind} has no hidden layer; set hidden to 0.", kind=title))
        if not self.is_neuron and (self.positive is not None or self.negative is not None):
            raise ConfigError(
                tr(
                    "{kind} takes all classes; choose classes only for the models of one neuron.",
                    kind=title,
                )
            )
        check_two_classes(self.positive, self.negative)

    @property
    def is_neuron(self) -> bool:
        """Whether the model is a single neuron that answers yes or no."""
        return FAMILY[self.kind].is_neuron

    def outputs(self, h: int) -> int:
        """Return the number of rows of W for h classes."""
        return FAMILY[self.kind].outputs(h)


@dataclass(frozen=True)
class TrainingConfig:
    """How the model is trained.

    optimiser : the update rule, a key of `core.optimiser_family.OPTIMISERS`.
    momentum : μ of momentum and Nesterov, the fraction of the velocity that is kept.
    schedule : how the learning rate decays over epochs; see `core.train.optimisers.scheduled`.
    batch_size : examples per update; None is full batch.
    weight_decay : λ of the penalty (λ/2)·‖W‖², or of an optimiser that decouples it from the
        loss; biases are not penalised.
    l1 : λ₁ of the penalty λ₁·Σ|w|; biases are not penalised.
    epochs : number of passes over the training rows.
    tolerance : stop as converged when the training loss has changed by less than this per epoch
        (in nats) over five epochs; 0 disables the test.
    patience : stop when the validation loss has not fallen for this many epochs; at the end,
        restore the epoch with the lowest one. 0 or a lack of validation rows disables both.
    class_weight : “balanced” weights each example by n / (h nᵢ) of its class i, for h classes; see
        `core.train.class_weights`.
    shares : parts of a batch whose gradients are summed in order; see `core.train.shares`.
    seed : of the random initialisation and of every shuffle. learning_rate : η.
    device : "cpu", "cuda" or "cuda:N".
    """

    learning_rate: float = 0.1
    batch_size: int | None = 32
    weight_decay: float = 0.0
    epochs: int = 100
    tolerance: float = 0.0
    seed: int = 123
    device: str = "cpu"
    optimiser: OptimiserName = PLAIN
    momentum: float = 0.9
    schedule: Schedule = "constant"
    l1: float = 0.0
    patience: int = 0
    class_weight: ClassWeight = "none"
    shares: int = 1

    def __post_init__(self) -> None:
        check_one_of("class_weight", self.class_weight, CLASS_WEIGHTS)
        check_number("learning_rate", self.learning_rate, 0, MAX_RATE, above=True)
        if self.batch_size is not None:
            check_whole("batch_size", self.batch_size, 1, MAX_COUNT)
        check_number("weight_decay", self.weight_decay, 0, MAX_RATE)
        check_whole("epochs", self.epochs, 1, MAX_COUNT)
        check_number("tolerance", self.tolerance, 0, math.inf)
        check_whole("seed", self.seed, 0, MAX_SEED)
        check_text("device", self.device, optional=False)
        check_one_of("optimiser", self.optimiser, tuple(OPTIMISERS))
        check_number("momentum", self.momentum, 0, MAX_MOMENTUM)
        check_one_of("schedule", self.schedule, SCHEDULES)
        check_number("l1", self.l1, 0, MAX_RATE)
        check_whole("patience", self.patience, 0, MAX_COUNT)
        check_whole("shares", self.shares, 1, MAX_SHARES)

    @property
    def rule(self) -> Optimiser:
        """The optimiser's row of the table."""
        return OPTIMISERS[self.optimiser]

    @property
    def l2(self) -> float:
        """λ of the penalty in the loss: 0 if the optimiser decouples weight decay."""
        return 0.0 if self.rule.decouples_decay else self.weight_decay


@dataclass(frozen=True)
class RunConfig:
    """All settings of a run."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        rule, kind = self.training.rule, FAMILY[self.model.kind]
        if not rule.is_second_order:
            return
        if self.model.hidden or not (kind.is_convex and kind.is_smooth):
            raise ConfigError(
                tr(
                    "{rule} is for losses with one smooth valley, which {model} has not; choose "
                    "another optimiser.",
                    rule=tr(rule.title),
                    model=tr("a hidden layer") if self.model.hidden else tr(kind.title),
                )
            )
        if self.training.l1:
            said = tr(
                "{rule} needs a smooth loss; set the L1 penalty λ₁ to 0.", rule=tr(rule.title)
            )
            raise ConfigError(said)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON-compatible values; `from_dict` reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """Read the result of `to_dict`, or a part of it; raise ConfigError for an unknown key."""
        parts = {"data": DataConfig, "model": ModelConfig, "training": TrainingConfig}
        if not isinstance(values, dict):
            raise ConfigError(
                tr("The config is {value}; groups of settings were expected.", value=repr(values))
            )
        refuse_unknown("config", values, parts)
        return cls(**{name: _part(name, parts[name], values[name]) for name in values})


def _part(name: str, kind: type[Any], values: Any) -> Any:
    check_group(f"“{name}”", values, dict)
    refuse_unknown(name, values, [f.name for f in fields(kind)])
    lists = [key for key in ("features", "categorical", "na") if isinstance(values.get(key), list)]
    values = values | {key: tuple(values[key]) for key in lists}
    for key, group in (("reading", CsvOptions), ("bag", BagOptions)):
        if isinstance(values.get(key), dict):
            values = values | {key: _part(key, group, values[key])}
    return kind(**values)
