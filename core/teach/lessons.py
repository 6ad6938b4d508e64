"""The table of lessons. Tests train each one to verify what it claims."""

from __future__ import annotations

from dataclasses import replace

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data.generators import GeneratorConfig
from core.model_family import ModelKind
from core.teach.lesson import FLAT_OUT, Band, Preset

DRAWN = DataConfig(source="drawn")


def _run(
    kind: ModelKind,
    rate: float,
    epochs: int,
    *,
    data: DataConfig = DRAWN,
    model: ModelConfig | None = None,
    batch: int | None = None,
    decay: float = 0.0,
) -> RunConfig:
    training = TrainingConfig(
        learning_rate=rate, epochs=epochs, batch_size=batch, weight_decay=decay
    )
    return RunConfig(data, model or ModelConfig(kind), training)


TOY = GeneratorConfig("toy", size=100, noise=0.5, seed=1)
APART = GeneratorConfig("separable", size=60, noise=0.3, margin=0.1, seed=4)
FAR_APART = GeneratorConfig("separable", size=60, noise=0.2, margin=0.6, seed=4)
MINGLED = GeneratorConfig("toy", size=100, noise=0.8, seed=3)
XOR = GeneratorConfig("xor", size=200, noise=0.1, seed=1)
# NEAR suffices to separate the classes; FAR adds points far on their correct side.
NEAR = (Band(0, 40, (-4, 0), (0.4, 3)), Band(1, 40, (-2.9, 0), (0.4, 3)))
FAR = (*NEAR, Band(1, 40, (4.3, 0), (0.5, 3)))
# The middle class is small, and no line separates it from the others.
ROW = (
    Band(0, 40, (-2.6, 0), (0.8, 2.2)),
    Band(1, 10, (0, 0), (0.8, 2.2)),
    Band(2, 40, (2.6, 0), (0.8, 2.2)),
)
WRONG = (((8.0, 0.4),), (0.0,))  # points from B to A: confident, and wrong
IRIS = DataConfig(features=("sepal width", "petal width"), test_fraction=0.2, split_seed=123)
LONG = DataConfig(features=("sepal length", "petal width"), test_fraction=0.2, standardise=False)
VIRGINICA = ModelConfig("binary", positive="virginica", negative="versicolor")

LECTURE, NEURON, CLASSES, LINES, DESCENT = (
    "The lecture",
    "One neuron",
    "Several classes",
    "Beyond a line",
    "Descent",
)

PRESETS: tuple[Preset, ...] = (
    Preset(
        key="toy",
        group=LECTURE,
        title="Toy data, one neuron",
        config=_run("binary", 0.1, 30, data=replace(DRAWN, test_fraction=0.3)),
        data=TOY,
        speed=5,
        watch="The loss starts at ln 2 = 0.693, the cost of guessing. How soon is the line right?",
        shows="The line is right after the first epoch. The loss falls on, because the neuron "
        "grows surer of the same answers.",
    ),
    Preset(
        key="iris",
        group=LECTURE,
        title="Iris, two features",
        config=_run("softmax", 0.1, 50, data=IRIS),
        speed=10,
        watch="Three classes, three lines. Which class is found first, and which two stay mixed?",
        shows="After 50 epochs the loss is about 0.49 and 86 % are right (the lecture, which split "
        "the rows in another way: 0.48 and 85.8 %).",
    ),
    Preset(
        key="mnist",
        group=LECTURE,
        title="MNIST, 25 epochs",
        config=_run("softmax", 0.1, 25, data=DataConfig(source="mnist"), batch=256),
        speed=FLAT_OUT,
        tab="Weights",
        watch="Each row of W is a picture. When can you read the digits in the weights?",
        shows="About 92 % of the training digits are right, and as many of the test digits: a "
        "linear model has little to overfit with.",
    ),
    Preset(
        key="squared",
        group=LECTURE,
        title="Squared error, wrong start",
        config=_run("mse", 0.5, 400),
        data=FAR_APART,
        start=WRONG,
        watch="The neuron starts sure of the wrong answers. How long does accuracy stay near 0?",
        shows="a(1 − a) is almost 0 where it is sure, so mistakes hardly pull: after 400 epochs "
        "most are left. K keeps the curve.",
    ),
    Preset(
        key="entropy",
        group=LECTURE,
        title="Cross-entropy, same start",
        config=_run("binary", 0.5, 400),
        data=FAR_APART,
        start=WRONG,
        watch="The same points, start and learning rate as with squared error; only the loss is "
        "another.",
        shows="The gradient is a − y: the worse the mistake, the harder it pulls. All points are "
        "right within 40 epochs.",
    ),
    Preset(
        key="perceptron-apart",
        group=NEURON,
        title="Perceptron, separable",
        config=_run("perceptron", 0.1, 20, batch=1),
        data=APART,
        speed=50,
        watch="One point at a time; only mistakes move the line. When does it stop?",
        shows="At zero mistakes nothing pulls any more. The line stands still for good, even if it "
        "lies close to the points.",
    ),
    Preset(
        key="perceptron-mingled",
        group=NEURON,
        title="Perceptron, not separable",
        config=_run("perceptron", 0.1, 50, batch=1),
        data=MINGLED,
        speed=200,
        watch="No line is right for every point. Does the accuracy settle?",
        shows="It never settles: there is always a mistake, and each one moves the line by as much "
        "as the first did.",
    ),
    Preset(
        key="adaline-far",
        group=NEURON,
        title="ADALINE and far points",
        config=_run("adaline", 0.1, 200),
        data=FAR,
        speed=20,
        watch="The far points are right already. What do they do to the line between the near "
        "ones?",
        shows="Squared error blames z for being above 1, so far points pull the line into their "
        "own class. Erase them (Alt+X): it comes back.",
    ),
    Preset(
        key="logistic-far",
        group=NEURON,
        title="Logistic and far points",
        config=_run("binary", 1.0, 500),
        data=FAR,
        speed=50,
        watch="The same points, now with a sigmoid and cross-entropy. Where is the line now?",
        shows="Far and right costs nothing: a − y is about 0 there. The near points alone decide, "
        "and all are right.",
    ),
    Preset(
        key="rest",
        group=CLASSES,
        title="One vs rest, three in a row",
        config=_run("ovr", 1.0, 300, decay=0.002),
        data=ROW,
        watch="B lies between A and C. Can one line part it from all the rest?",
        shows="B's neuron finds no line and gives every point the same small chance; A's or C's "
        "is always larger, so no B is found.",
    ),
    Preset(
        key="softmax-row",
        group=CLASSES,
        title="Softmax, three in a row",
        config=_run("softmax", 1.0, 300, decay=0.002),
        data=ROW,
        watch="The same points. B's weights may stay small: what matters is the difference of two "
        "logits.",
        shows="Trained together, A and C fall below B in the middle: softmax finds all of B.",
    ),
    Preset(
        key="pairs",
        group=CLASSES,
        title="One vs one, three in a row",
        config=_run("ovo", 1.0, 300, decay=0.002),
        data=ROW,
        watch="Three neurons, one for each pair. Which of them ever sees a B?",
        shows="Each pair can be parted by a line, so two of three votes are for B in the middle. "
        "h classes take h(h − 1)/2 neurons.",
    ),
    Preset(
        key="xor",
        group=LINES,
        title="XOR with a line",
        config=_run("softmax", 0.5, 200),
        data=XOR,
        watch="Each class has two opposite corners. What does the loss start at, and where does it "
        "end?",
        shows="No line does better than guessing: the loss stays near ln 2 = 0.693, accuracy near "
        "one half.",
    ),
    Preset(
        key="xor-degree",
        group=LINES,
        title="XOR with x₁x₂",
        config=_run("softmax", 0.5, 200, data=replace(DRAWN, degree=2)),
        data=XOR,
        watch="The inputs are now x₁, x₂, x₁², x₁x₂ and x₂². Which one will the weights pick?",
        shows="In x₁x₂ the classes are parted by a plane: a linear model of the right features "
        "draws curves.",
    ),
    Preset(
        key="xor-hidden",
        group=LINES,
        title="XOR with a hidden layer",
        config=_run(
            "softmax",
            0.5,
            400,
            model=ModelConfig("softmax", hidden=8, activation="tanh"),
        ),
        data=XOR,
        watch="Eight tanh units find features of their own. Does the loss wait before it falls?",
        shows="The hidden layer bends the plane until its last layer, the same softmax, needs no "
        "more than lines.",
    ),
    Preset(
        key="unscaled",
        group=DESCENT,
        title="Features as they are",
        config=_run("binary", 0.1, 200, data=LONG, model=VIRGINICA),
        speed=20,
        watch="Sepal lengths are about 6 cm, petal widths 1.5. Where is the loss after 200 epochs?",
        shows="Far from 0 and unlike, the features make the loss a narrow valley: it is still far "
        "above the 0.20 at its foot.",
    ),
    Preset(
        key="scaled",
        group=DESCENT,
        title="Features standardised",
        config=_run("binary", 0.1, 200, data=replace(LONG, standardise=True), model=VIRGINICA),
        speed=20,
        watch="The same rows and η; each feature has mean 0 and standard deviation 1 now.",
        shows="The valley is round: 20 epochs do more than 200 did before.",
    ),
    Preset(
        key="too-fast",
        group=DESCENT,
        title="Too large a learning rate",
        config=_run("adaline", 0.68, 200),
        data=TOY,
        speed=2,
        watch="The first steps look good. On which side of the valley does each step end?",
        shows="Each step overshoots and lands higher on the other side, until the run diverges. "
        "The button below takes a smaller η.",
    ),
    Preset(
        key="one-example",
        group=DESCENT,
        title="One example a step",
        config=_run("binary", 0.5, 10, batch=1),
        data=MINGLED,
        speed=100,
        watch="Every step follows one point alone. Does the loss keep still at its least?",
        shows="Single examples disagree, so the line trembles for ever; a smaller η or a larger "
        "batch calms it.",
    ),
    Preset(
        key="growing",
        group=DESCENT,
        title="Weights that grow for ever",
        config=_run("binary", 1.0, 5000),
        data=FAR_APART,
        speed=500,
        has_log_loss=True,
        watch="All points are right after two steps. Does the loss come to rest, or the band "
        "between the colours?",
        shows="Larger weights are always a little better here, so they grow without end, and the "
        "loss tends to 0.",
    ),
    Preset(
        key="held",
        group=DESCENT,
        title="Weights held by λ",
        config=_run("binary", 1.0, 5000, decay=0.02),
        data=FAR_APART,
        speed=500,
        has_log_loss=True,
        watch="The same points, but large weights cost: λ = 0.02. What becomes of loss and band?",
        shows="Soon growing costs more than it gains: the weights come to rest, and the neuron "
        "stays modestly sure.",
    ),
)

BY_KEY = {preset.key: preset for preset in PRESETS}


def after(preset: Preset) -> Preset | None:
    """Return the lesson that follows, if any."""
    position = PRESETS.index(preset) + 1
    return PRESETS[position] if position < len(PRESETS) else None
