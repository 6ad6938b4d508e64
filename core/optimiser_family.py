"""The optimisers as one table: their names and update formulae.

The update rule itself is the row of the same name in `core.train.optimisers.RULES`, or, for
second-order methods, in `core.train.second_order.METHODS`. Those modules need PyTorch; this one
does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core.language import mark

OptimiserName = Literal[
    "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "newton", "lbfgs"
]
PLAIN: OptimiserName = "sgd"  # follows the gradient itself

MEAN_SQUARE_STAYS = 0.99  # α of RMSProp
MEAN_STAYS, SQUARE_STAYS = 0.9, 0.999  # β₁ and β₂ of Adam


@dataclass(frozen=True)
class Equation:
    """A formula in symbols and in numbers.

    latex, plain : the formula in LaTeX and in plain characters; <g> is the gradient that the rule
        uses, including the penalty λ; <w> are the weights.
    numbers : names of numbers, and signs; terms that a line break must not separate are written
        without a space. Settings and `Optimiser.constants` are numbers; v, s, g and d are arrays
        of the weights' shape; v2 and s2 are v and s after the update, v3 is v after the threshold.
        With λ₁ there are also u, tau where each weight has its own, r, W and W2.
    """

    latex: str
    plain: str
    numbers: str


PLAIN_DIRECTION = Equation("<g>", "<g>", "g")


@dataclass(frozen=True)
class Step:
    """A line of a derivation: the label of what is computed, and its equations."""

    label: str
    equations: tuple[Equation, ...]


@dataclass(frozen=True)
class Optimiser:
    """One optimiser of the family.

    title : its name in a list. words : what it does, one sentence.
    formula : the update of all parameters θ by their gradient g, in plain characters.
    remembers : the letter of each moment, a state variable per parameter that persists between
        updates and starts at zero.
    steps, direction : the derivation of the update direction, and its final expression. A
        second-order method solves for all parameters at once and has no steps.
    proximal : what follows the step u when λ₁ > 0. thresholds_first : u is then a step along the
        gradient, and the direction comes after the threshold; see `core.train.optimisers`.
    constants : maps the number of the update (from 1) to the constants of the formulae, by name.
    uses_momentum : μ is one of its settings.
    decouples_decay : λ shrinks the weights by a factor 1 − ηλ per update; otherwise λ is a penalty
        in the loss and part of the gradient.
    is_second_order : it uses curvature, and all rows at once. needs_hessian : it computes the full
        matrix of second derivatives.
    stable_share : maps μ to the fraction of 2/λ_max up to which η is stable on a parabola with
        largest curvature λ_max; None if there is no such bound. stable_rate : the bound as text.
    """

    name: OptimiserName
    title: str
    words: str
    formula: str
    remembers: str = ""
    steps: tuple[Step, ...] = ()
    direction: Equation = PLAIN_DIRECTION
    proximal: tuple[Step, ...] = ()
    thresholds_first: bool = False
    constants: Callable[[int], dict[str, float]] = lambda _: {}
    uses_momentum: bool = False
    decouples_decay: bool = False
    is_second_order: bool = False
    needs_hessian: bool = False
    stable_share: Callable[[float], float] | None = None
    stable_rate: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the update direction is the gradient itself."""
        return self.name == PLAIN


_VELOCITY = Step(
    mark("velocity"),
    (Equation(r"\mathbf{v} \leftarrow \mu\,\mathbf{v} + <g>", "v ← μ v + <g>", "mu× v + g = v2"),),
)
_MEAN = Step(
    mark("mean"),
    (
        Equation(
            r"\mathbf{v} \leftarrow \beta_1\mathbf{v} + (1-\beta_1)\,<g>",
            "v ← β₁ v + (1 − β₁) <g>",
            "beta1× v +1-beta1× g = v2",
        ),
    ),
)
_WARM_UP = Step(
    mark("warm-up"),  # bias correction: both means start at zero
    (
        Equation("t", "t", "t"),
        Equation(r"1-\beta_1^{t}", "1 − β₁ᵗ", "fix1"),
        Equation(r"1-\beta_2^{t}", "1 − β₂ᵗ", "fix2"),
    ),
)
_D = Equation(r"\mathbf{d}", "d", "d")


def _mean_square(symbol: str, plain: str) -> Step:
    latex = rf"\mathbf{{s}} \leftarrow {symbol}\,\mathbf{{s}} + (1-{symbol})\,<g>^{{2}}"
    text = f"s ← {plain} s + (1 − {plain}) <g>²"
    return Step(mark("mean square"), (Equation(latex, text, "stays× s +1-stays× g² = s2"),))


def _direction(latex: str, plain: str) -> Step:
    return Step(mark("direction"), (Equation(rf"\mathbf{{d}} = {latex}", f"d = {plain}", "d"),))


_ADAM = (
    _MEAN,
    _mean_square(r"\beta_2", "β₂"),
    _WARM_UP,
    _direction(
        r"\frac{\mathbf{v}/(1-\beta_1^{t})}{\sqrt{\mathbf{s}/(1-\beta_2^{t})}+\varepsilon}",
        "(v / (1 − β₁ᵗ)) / (√(s / (1 − β₂ᵗ)) + ε)",
    ),
)


def _threshold(latex: str = "<w>", plain: str = "<w>", numbers: str = "W2") -> Step:
    """Return S(u, τ) with the same τ = η λ₁ for all weights."""
    return Step(
        mark("threshold"),
        (
            Equation(r"\tau = \eta\,\lambda_1", "τ = η λ₁", "even"),
            Equation(
                rf"{latex} \leftarrow \mathrm{{sign}}\,\mathbf{{u}}"
                r"\,\max(|\mathbf{u}|-\tau,\,0)",
                f"{plain} ← sign u · max(|u| − τ, 0)",
                numbers,
            ),
        ),
    )


def _own_thresholds(latex: str, plain: str) -> tuple[Step, ...]:
    """Return S(u, τ) with λ₁ times the step of each weight."""
    return (
        Step(
            mark("thresholds"),
            (
                Equation(
                    rf"\boldsymbol{{\tau}} = \frac{{\eta\,\lambda_1}}{{{latex}}}",
                    f"τ = η λ₁ / ({plain})",
                    "tau",
                ),
            ),
        ),
        Step(
            mark("threshold"),
            (
                Equation(
                    r"<w> \leftarrow \mathrm{sign}\,\mathbf{u}"
                    r"\,\max(|\mathbf{u}|-\boldsymbol{\tau},\,0)",
                    "<w> ← sign u · max(|u| − τ, 0)",
                    "W2",
                ),
            ),
        ),
    )


_TAKEN = Step(
    mark("velocity"),  # with the threshold's part of the move
    (
        Equation(
            r"\mathbf{v} \leftarrow \mathbf{v} + (\mathbf{u} - <w>)/\eta",
            "v ← v + (u − <w>) / η",
            "v3",
        ),
    ),
)
_AHEAD = (
    Step(
        mark("velocity"),
        (
            Equation(
                r"\mathbf{v} \leftarrow \mu\,\mathbf{v} + (<w> - \mathbf{r})/\eta",
                "v ← μ v + (<w> − r) / η",
                "v2",
            ),
        ),
    ),
    Step(
        mark("weights"),
        (
            Equation(
                r"<w> \leftarrow \mathbf{r} - \eta\,\mu\,\mathbf{v}",
                "<w> ← r − η μ v",
                "r −eta×mu× v2 = W2",
            ),
        ),
    ),
)
_OWN_OF_ADAM = _own_thresholds(
    r"\sqrt{\mathbf{s}/(1-\beta_2^{t})}+\varepsilon", "√(s / (1 − β₂ᵗ)) + ε"
)


def _adam_constants(t: int) -> dict[str, float]:
    return {
        "beta1": MEAN_STAYS,
        "1-beta1": 1 - MEAN_STAYS,
        "stays": SQUARE_STAYS,
        "1-stays": 1 - SQUARE_STAYS,
        "fix1": 1 - MEAN_STAYS**t,
        "fix2": 1 - SQUARE_STAYS**t,
    }


OPTIMISERS: dict[OptimiserName, Optimiser] = {
    optimiser.name: optimiser
    for optimiser in (
        Optimiser(
            name="sgd",
            title=mark("SGD"),
            words=mark("Gradient descent: straight down the gradient of the batch."),
            formula="θ ← θ − η g",
            proximal=(_threshold(),),
            stable_share=lambda _: 1.0,
            stable_rate="2/λ_max",
        ),
        Optimiser(
            name="momentum",
            title=mark("momentum"),
            words=mark("A velocity gathers the gradients."),
            formula="v ← μ v + g;  θ ← θ − η v",
            remembers="v",
            steps=(_VELOCITY,),
            direction=Equation(r"\mathbf{v}", "v", "v2"),
            proximal=(_threshold(), _TAKEN),
            uses_momentum=True,
            stable_share=lambda mu: 1 + mu,
            stable_rate="2(1 + μ)/λ_max",
        ),
        Optimiser(
            name="nesterov",
            title=mark("Nesterov"),
            words=mark("Momentum that looks ahead to where the velocity leads."),
            formula="v ← μ v + g;  θ ← θ − η (g + μ v)",
            remembers="v",
            steps=(_VELOCITY,),
            direction=Equation(r"(<g> + \mu\,\mathbf{v})", "(<g> + μ v)", "( g +mu× v2 )"),
            proximal=(_threshold(r"\mathbf{r}", "r", "r"), *_AHEAD),
            thresholds_first=True,
            uses_momentum=True,
            stable_share=lambda mu: (1 + mu) / (1 + 2 * mu),
            stable_rate="2(1 + μ)/((1 + 2μ) λ_max)",
        ),
        Optimiser(
            name="rmsprop",
            title=mark("RMSProp"),
            words=mark("Each parameter has a rate of its own."),
            formula="s ← 0.99 s + 0.01 g²;  θ ← θ − η g / (√s + ε)",
            remembers="s",
            steps=(
                _mean_square(r"\alpha", "α"),
                _direction(
                    r"\frac{\mathbf{g}}{\sqrt{\mathbf{s}}+\varepsilon}",
                    "g / (√s + ε)",
                ),
            ),
            direction=_D,
            proximal=_own_thresholds(r"\sqrt{\mathbf{s}}+\varepsilon", "√s + ε"),
            constants=lambda _: {"stays": MEAN_SQUARE_STAYS, "1-stays": 1 - MEAN_SQUARE_STAYS},
        ),
        Optimiser(
            name="adam",
            title=mark("Adam"),
            words=mark("RMSProp with momentum."),
            formula="v ← 0.9 v + 0.1 g;  s ← 0.999 s + 0.001 g²;  θ ← θ − η v̂ / (√ŝ + ε)",
            remembers="vs",
            steps=_ADAM,
            direction=_D,
            proximal=_OWN_OF_ADAM,
            constants=_adam_constants,
        ),
        Optimiser(
            name="adamw",
            title=mark("AdamW"),
            words=mark("Adam with weight decay beside the gradient: λ shrinks all weights alike."),
            formula=mark(
                "v ← 0.9 v + 0.1 g;  s ← 0.999 s + 0.001 g²;  "
                "θ ← θ − η (v̂ / (√ŝ + ε) + λ θ), biases without λ"
            ),
            remembers="vs",
            steps=_ADAM,
            direction=_D,
            proximal=_OWN_OF_ADAM,
            constants=_adam_constants,
            decouples_decay=True,
        ),
        Optimiser(
            name="newton",
            title=mark("Newton"),
            words=mark(
                "Newton’s step comes from the whole curvature: from the gradient and the second "
                "derivatives of the loss over all training rows, solved for all parameters at once."
            ),
            formula=mark("θ ← θ − η H⁻¹ g with the Hessian H of all rows; η = 1 is the full step"),
            is_second_order=True,
            needs_hessian=True,
        ),
        Optimiser(
            name="lbfgs",
            title=mark("L-BFGS"),
            words=mark(
                "L-BFGS’s step comes from the whole curvature: from the gradient over all "
                "training rows and from how it changed in the last steps, for all parameters "
                "at once."
            ),
            formula=mark("θ ← θ − η B g, B learnt from the last ten steps, on all rows"),
            is_second_order=True,
        ),
    )
}
