"""The heads as text: each loss, its gradient and its decision, in PyTorch and in NumPy.

A row is found by the functions of a head's row in `core.train.losses.HEADS`. In each, X, Z and Y
are (n, inputs) and (n, outputs); the text leaves ∂L/∂Z in dZ. PyTorch's text makes the operations
of the functions that it stands for, in the same order: it may overwrite Z, as they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.exports.code.pieces import Language
from core.exports.plan import Plan
from core.train import losses
from core.train.losses import ABSENT, HEADS


@dataclass(frozen=True)
class Piece:
    """The same lines in each language. latex : the formula."""

    torch: tuple[str, ...]
    numpy: tuple[str, ...]
    latex: str = ""

    def of(self, language: Language) -> tuple[str, ...]:
        return self.torch if language == "torch" else self.numpy


GRADIENTS: dict[Any, Piece] = {
    losses.softmax_gradient: Piece(
        ("dZ = softmax(Z).sub_(Y)  # ∂L/∂Z = A − Y: exponential and logarithm cancel",),
        ("dZ = softmax(Z) - Y  # ∂L/∂Z = A − Y: exponential and logarithm cancel",),
    ),
    losses.sigmoid_gradient: Piece(
        ("dZ = Z.sigmoid_().sub_(Y)  # ∂L/∂Z = A − Y, with A = σ(Z)",),
        ("dZ = sigmoid(Z) - Y  # ∂L/∂Z = A − Y, with A = σ(Z)",),
    ),
    losses.perceptron_gradient: Piece(
        ("dZ = Z.copy_(Z > 0).sub_(Y)  # ŷ − y: 0 where the neuron is right",),
        ("dZ = (Z > 0) - Y  # ŷ − y: 0 where the neuron is right",),
    ),
    losses.hinge_gradient: Piece(
        (
            "signs = 1 - 2 * Y  # −(2y − 1)",
            "dZ = torch.mul(signs, signs * Z > -1, out=Z)  # 0 for rows beyond the margin",
        ),
        (
            "signs = 1 - 2 * Y  # −(2y − 1)",
            "dZ = signs * (signs * Z > -1)  # 0 for rows beyond the margin",
        ),
    ),
    losses.squared_gradient: Piece(
        ("dZ = Z.sub_(Y).mul_(2)  # ∂L/∂z = −2 (y − z)",),
        ("dZ = 2 * (Z - Y)  # ∂L/∂z = −2 (y − z)",),
    ),
    losses.sigmoid_squared_gradient: Piece(
        (
            "A = Z.sigmoid_()",
            "slope = A * (1 - A)  # σ′(z): next to 0 where the neuron is sure, right or wrong",
            "dZ = A.sub_(Y).mul_(slope).mul_(2)  # ∂L/∂z = −2 (y − a) · a (1 − a)",
        ),
        (
            "A = sigmoid(Z)",
            "slope = A * (1 - A)  # σ′(z): next to 0 where the neuron is sure, right or wrong",
            "dZ = 2 * (A - Y) * slope  # ∂L/∂z = −2 (y − a) · a (1 − a)",
        ),
    ),
    losses.pair_gradient: Piece(
        (
            f"dZ = Z.sigmoid_().sub_(Y).mul_(Y != {ABSENT})  # A − T; "
            "0 where the class is not of the pair",
        ),
        (
            f"dZ = (sigmoid(Z) - Y) * (Y != {ABSENT})  # A − T; "
            "0 where the class is not of the pair",
        ),
    ),
}

LOSSES: dict[Any, Piece] = {
    losses.softmax_cross_entropy: Piece(
        ("torch.logsumexp(Z, dim=1) - (Z * Y).sum(dim=1)",),
        ("logsumexp(Z) - (Z * Y).sum(axis=1)",),
        r"L = -\log a_y = \log\sum_j e^{z_j} - z_y,\quad \frac{\partial L}{\partial Z} = A - Y",
    ),
    losses.sigmoid_cross_entropy: Piece(
        ("(softplus(Z, threshold=80.0) - Z * Y).sum(dim=1)",),
        ("(np.logaddexp(0, Z) - Z * Y).sum(axis=1)",),
        r"L = -\sum_j y_j\log a_j + (1-y_j)\log(1-a_j) = \sum_j \log(1+e^{z_j}) - y_j z_j,\quad "
        r"\frac{\partial L}{\partial Z} = A - Y",
    ),
    losses.perceptron_criterion: Piece(
        ("torch.relu((1 - 2 * Y) * Z).sum(dim=1)",),
        ("np.maximum((1 - 2 * Y) * Z, 0).sum(axis=1)",),
        r"L = \max(0,\,-(2y-1)\,z),\quad \frac{\partial L}{\partial z} = \hat y - y",
    ),
    losses.hinge_loss: Piece(
        ("torch.relu(1 + (1 - 2 * Y) * Z).sum(dim=1)",),
        ("np.maximum(1 + (1 - 2 * Y) * Z, 0).sum(axis=1)",),
        r"L = \max(0,\,1-(2y-1)\,z)",
    ),
    losses.squared_error: Piece(
        ("(Y - Z).square().sum(dim=1)",),
        ("((Y - Z) ** 2).sum(axis=1)",),
        r"L = (y-z)^2,\quad \frac{\partial L}{\partial z} = -2\,(y-z)",
    ),
    losses.sigmoid_squared_error: Piece(
        ("(Y - torch.sigmoid(Z)).square().sum(dim=1)",),
        ("((Y - sigmoid(Z)) ** 2).sum(axis=1)",),
        r"L = (y-a)^2,\quad \frac{\partial L}{\partial z} = -2\,(y-a)\,a\,(1-a)",
    ),
    losses.pair_cross_entropy: Piece(
        (f"((softplus(Z, threshold=80.0) - Z * Y) * (Y != {ABSENT})).sum(dim=1)",),
        (f"((np.logaddexp(0, Z) - Z * Y) * (Y != {ABSENT})).sum(axis=1)",),
        r"L = -\sum_{\text{pairs with }y} t\log a + (1-t)\log(1-a),\quad "
        r"\frac{\partial L}{\partial Z} = A - T",
    ),
}

FUNCTIONS: dict[str, Piece] = {
    "softmax(": Piece(
        (
            "def softmax(Z):",
            '    """Return A = exp(z_k) / Σⱼ exp(zⱼ), row by row."""',
            "    return torch.softmax(Z.T, dim=0).T  # class by class, as Z lies in memory",
        ),
        (
            "def softmax(Z):",
            '    """Return A = exp(z_k) / Σⱼ exp(zⱼ), row by row."""',
            "    E = np.exp(Z - Z.max(axis=1, keepdims=True))  # no overflow, the same quotient",
            "    return E / E.sum(axis=1, keepdims=True)",
        ),
    ),
    "logsumexp(": Piece(
        (),
        (
            "def logsumexp(Z):",
            '    """Return log Σⱼ exp(zⱼ) of each row, without overflow."""',
            "    largest = Z.max(axis=1, keepdims=True)",
            "    return largest[:, 0] + np.log(np.exp(Z - largest).sum(axis=1))",
        ),
    ),
    "sigmoid(": Piece(
        (),
        (
            "def sigmoid(Z):",
            '    """Return σ(z) = 1 / (1 + exp(−z)), from exponents ≤ 0 only: no overflow."""',
            "    E = np.exp(-np.abs(Z))",
            "    return np.where(Z < 0, E, 1) / (1 + E)",
        ),
    ),
}


def gradient(plan: Plan, language: Language) -> tuple[str, ...]:
    """Return the lines that make dZ of Z and Y."""
    head = HEADS[plan.run.task.config.model.kind]
    found = GRADIENTS[head.gradient].of(language)
    if not plan.is_weighted:
        return found
    weights = row_weights(plan)
    times = f"dZ.mul_({weights})" if language == "torch" else f"dZ = dZ * {weights}"
    return (*found, f"{times}  # a rare class counts as much as a frequent one")


def loss(plan: Plan, language: Language) -> str:
    """Return the expression for the losses (n,) of Z and Y."""
    (found,) = LOSSES[HEADS[plan.run.task.config.model.kind].loss].of(language)
    return f"({found}) * {row_weights(plan)}[:, 0]" if plan.is_weighted else found


def latex(plan: Plan) -> str:
    """Return the formula of the loss and its derivative."""
    return LOSSES[HEADS[plan.run.task.config.model.kind].loss].latex


def row_weights(plan: Plan) -> str:
    """Return the expression for the weight (n, 1) of each row's class."""
    return "C" if plan.has_row_weights else "weights(Y)"


def pair_weights(language: Language) -> tuple[str, ...]:
    """Return the function from targets of pairs to the weight of each row's class."""
    data = "torch.from_numpy({0})" if language == "torch" else "{0}"
    low, more = (data.format(f'data["{name}"]') for name in ("weight_first", "weight_more"))
    total = f"((low + Y * more) * (Y != {ABSENT}))"
    return (
        f"low, more = {low}, {more}",
        "",
        "",
        "def weights(Y):",
        '    """n / (h nᵢ) of the class i of each row, as the mean of its pairs."""',
        *(("    Y = Y.T.contiguous().T",) if language == "torch" else ()),
        f"    return {total}.sum({'dim' if language == 'torch' else 'axis'}=1)[:, None] / (h - 1)",
        "",
        "",
    )


def functions(plan: Plan, language: Language) -> list[str]:
    """Return the functions that gradient, loss and Hessian call."""
    used = "\n".join((*gradient(plan, language), loss(plan, language)))
    if plan.settings.rule.needs_hessian and not plan.kind.is_identity:
        used += "sigmoid(" if plan.kind.is_sigmoid else "softmax("
    found: list[str] = []
    if plan.is_weighted and not plan.has_row_weights:
        found += pair_weights(language)
    for call, piece in FUNCTIONS.items():
        is_called = call in used.replace("torch.softmax(", "").replace("torch.logsumexp(", "")
        if is_called and piece.of(language):
            found += [*piece.of(language), "", ""]
    return found


def targets(plan: Plan, language: Language) -> tuple[str, ...]:
    """Return the function from class numbers y (n,) to targets Y (n, outputs)."""
    is_torch = language == "torch"
    if plan.kind.is_neuron:
        made = "y[:, None].float()" if is_torch else "y[:, None].astype(np.float32)"
        return ("def targets(y):", '    """1 for yes, 0 for no."""', f"    return {made}")
    if plan.kind.is_pairwise:
        pairs = "torch.triu_indices(h, h, 1)" if is_torch else "np.triu_indices(h, 1)"
        full = "torch.full" if is_torch else "np.full"
        made = f"    Y = {full}((len(y), len(first)), {ABSENT}" + (
            ")" if is_torch else ", dtype=np.float32)"
        )
        return (
            f"first, second = {pairs}  # the pairs of classes: i against j > i",
            "",
            "",
            "def targets(y):",
            f'    """0 for class i of a pair, 1 for class j; {ABSENT} for any other class."""',
            made,
            "    Y[y[:, None] == first] = 0.0",
            "    Y[y[:, None] == second] = 1.0",
            "    return Y.T.contiguous().T  # in memory class by class, as Z"
            if is_torch
            else "    return Y",
        )
    one_hot = (
        "one_hot(y, h).T.float().contiguous().T  # in memory class by class, as Z"
        if is_torch
        else "np.eye(h, dtype=np.float32)[y]"
    )
    return (
        "def targets(y):",
        '    """1 for the class, 0 for all others."""',
        f"    return {one_hot}",
    )


def decision(plan: Plan, language: Language) -> tuple[str, ...]:
    """Return the function from logits Z (n, outputs) to class numbers (n,)."""
    is_torch = language == "torch"
    kind = plan.kind
    if kind.is_neuron:
        then = ".long()" if is_torch else ".astype(np.int64)"
        return (
            "def decide(Z):",
            f'    """Yes where z > {kind.threshold:g}."""',
            f"    return (Z[:, 0] > {kind.threshold:g}){then}",
        )
    if not kind.is_pairwise:
        axis = "dim" if is_torch else "axis"
        return (
            "def decide(Z):",
            '    """The class with the largest logit."""',
            f"    return Z.argmax({axis}=1)",
        )
    head = (
        "def decide(Z):",
        '    """Each pair votes for one of its classes; the sums of logits break ties."""',
    )
    if is_torch:
        return (
            *head,
            "    wins = (Z.T > 0).float()",
            "    votes, sums = torch.zeros(h, len(Z)), torch.zeros(h, len(Z))",
            "    votes.index_add_(0, second, wins).index_add_(0, first, 1 - wins)",
            "    sums.index_add_(0, second, Z.T).index_add_(0, first, -Z.T)",
            "    return (votes + sums / (3 * (sums.abs() + 1))).argmax(dim=0)",
        )
    return (
        *head,
        "    of_first, of_second = np.eye(h)[first], np.eye(h)[second]",
        "    votes = (Z > 0) @ of_second + (Z <= 0) @ of_first",
        "    sums = Z @ (of_second - of_first)",
        "    return (votes + sums / (3 * (np.abs(sums) + 1))).argmax(axis=1)",
    )


def hessian(plan: Plan, language: Language) -> tuple[str, ...]:
    """Return the lines that make `blocks`, d²L/dz² of each row (n, outputs, outputs)."""
    kind, is_torch = plan.kind, language == "torch"
    weighted = when_weighted(plan, f"blocks = blocks * {row_weights(plan)}[:, :, None]")
    if kind.is_identity:
        two = "torch.full_like(Z, 2.0)" if is_torch else "np.full_like(Z, 2.0)"
        return (f"blocks = {two}[:, :, None]  # ∂²L/∂z² = 2", *weighted)
    if kind.is_sigmoid:
        slope = "A * (1 - A)" + (f" * (Y != {ABSENT})" if kind.is_pairwise else "")
        diagonal = (
            f"torch.diag_embed({slope})"
            if is_torch
            else f"({slope})[:, :, None] * np.eye(Z.shape[1])"
        )
        made = "torch.sigmoid(Z)" if is_torch else "sigmoid(Z)"
        return (f"A = {made}", f"blocks = {diagonal}  # ∂²L/∂z² = a (1 − a)", *weighted)
    diagonal = "torch.diag_embed(A)" if is_torch else "A[:, :, None] * np.eye(Z.shape[1])"
    return (
        "A = softmax(Z)",
        f"blocks = {diagonal} - A[:, :, None] * A[:, None, :]  # ∂²L/∂z² = diag(a) − a aᵀ",
        *weighted,
    )


def when_weighted(plan: Plan, line: str) -> tuple[str, ...]:
    return (line,) if plan.is_weighted else ()
