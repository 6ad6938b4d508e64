"""The section of a program with its model: the start of the weights, and the way forward."""

from __future__ import annotations

from core.exports.code.pieces import Language, Section, lines, when
from core.exports.plan import Plan
from core.train.models import RANDOM_STD


def model(plan: Plan, language: Language) -> Section:
    hidden = plan.hidden
    words = "Z = X Wᵀ + b: a row of logits for each example."
    if hidden:
        words = "Z = H Wᵀ + b with the hidden units H = f(X Vᵀ + c)."
    latex = r"H = f(X V^\top + c),\quad Z = H W^\top + b" if hidden else r"Z = X W^\top + b"
    return Section(
        "Model",
        words,
        lines(_generator(plan, language), _start(plan, language), "", "", _forward(plan, language)),
        latex,
    )


def _generator(plan: Plan, language: Language) -> list[str]:
    """Return the generator of start and shuffles, which is not needed without either."""
    begin = plan.run.begin
    is_used = not plan.takes_all or plan.draws_start
    if language == "torch":
        if begin is not None:
            return [
                "generator = torch.Generator()  # as it stood",
                'generator.set_state(torch.from_numpy(data["generator"]))',
            ]
        return ["generator = torch.Generator().manual_seed(seed)"] if is_used else []
    if plan.takes_all:
        return []
    if begin is None and not plan.draws_start:
        return ["generator = np.random.RandomState(seed)  # the twister of torch.Generator, too"]
    return [
        "generator = np.random.RandomState()  # PyTorch's generator, as it stood",
        'generator.set_state(("MT19937", data["twister"], int(data["twister_place"])))',
    ]


def _start(plan: Plan, language: Language) -> list[str]:
    is_torch, run = language == "torch", plan.run
    tensor = "torch.from_numpy({0}).clone()" if is_torch else "{0}.copy()"
    stored = [f"{name} = " + tensor.format(f'data["{name}_start"]') for name in plan.all_letters]
    if run.begin is not None:
        return [f"# The run goes on from its step {run.begin.step:,}.", *stored]
    drawn = _drawn(plan) if is_torch else stored
    if not plan.draws_start:
        zeros = "torch.zeros({0})" if is_torch else "np.zeros({0}, dtype=np.float32)"
        outputs = run.task.outputs
        shape = "({0}, m)" if not is_torch else "{0}, m"
        drawn = [
            f"W = {zeros.format(shape.format(outputs))}  # the loss is "
            + ("convex: zeros are a good start" if plan.kind.is_convex else "flat enough at zeros"),
            f"b = {zeros.format(outputs)}",
        ]
    if run.start is None:
        return drawn
    return [
        *when(
            is_torch and plan.draws_start,
            *drawn,
            "# Other weights were chosen; those were drawn all the same, before the shuffles.",
        ),
        *stored,
    ]


def _drawn(plan: Plan) -> list[str]:
    model, outputs = plan.run.task.config.model, plan.run.task.outputs
    if not model.hidden:
        return [
            f"W = torch.zeros({outputs}, m).normal_(0, {RANDOM_STD}, generator=generator)",
            f"b = torch.zeros({outputs})",
        ]
    gain = 2 if model.activation == "relu" else 1
    return [
        f"hidden = {model.hidden}  # units; the spreads keep the variance of the activations",
        f"V = torch.empty(hidden, m).normal_(0, ({gain} / m) ** 0.5, generator=generator)",
        f"W = torch.empty({outputs}, hidden).normal_(0, (1 / hidden) ** 0.5, generator=generator)",
        f"b, c = torch.zeros({outputs}), torch.zeros(hidden)",
    ]


SQUASHES = {
    "relu": ("torch.relu({0})", "np.maximum({0}, 0)", "H > 0"),
    "tanh": ("torch.tanh({0})", "np.tanh({0})", "1 - H * H"),
    "sigmoid": ("torch.sigmoid({0})", "sigmoid({0})", "H * (1 - H)"),
}


def _forward(plan: Plan, language: Language) -> list[str]:
    is_torch, model = language == "torch", plan.run.task.config.model
    into = f"({plan.into} * unit)" if plan.has_unit else plan.into
    why = "  # as (W Xᵀ + b)ᵀ: class by class" if is_torch else ""
    affine = "torch.addmm({b}[:, None], {W}, {X}.T).T" if is_torch else "{X} @ {W}.T + {b}"
    if not plan.hidden:
        arguments = "X, W=W, b=b" if plan.settings.rule.is_second_order else "X"
        return [
            f"def forward({arguments}):",
            '    """Return the logits Z (n, outputs) of the inputs X (n, m)."""',
            f"    return {affine.format(X='X', W=into, b='b')}{why}",
        ]
    squash = SQUASHES[model.activation][0 if is_torch else 1]
    return [
        "def hidden_units(X):",
        '    """Return the activations H (n, units) of the hidden units."""',
        f"    return {squash.format(affine.format(X='X', W=into, b='c'))}",
        "",
        "",
        "def forward(X):",
        '    """Return the logits Z (n, outputs) of the inputs X (n, m)."""',
        f"    return {affine.format(X='hidden_units(X)', W='W', b='b')}",
    ]
