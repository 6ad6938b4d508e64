"""The sections of a program with the loss, its gradient by hand, and the first-order update."""

from __future__ import annotations

from core.exports.code import head_code, second_order_code
from core.exports.code.model_code import SQUASHES
from core.exports.code.optimiser_code import SHRINK, code_of
from core.exports.code.pieces import Language, Section, lines, when
from core.exports.code.slice_code import slices
from core.exports.plan import Plan


def loss(plan: Plan, language: Language) -> Section:
    kind = plan.kind
    functions = head_code.functions(plan, language)
    needs_sigmoid = plan.hidden and language == "numpy"
    if needs_sigmoid and plan.run.task.config.model.activation == "sigmoid":
        text = [*head_code.FUNCTIONS["sigmoid("].numpy, "", ""]
        functions = functions if text[0] in functions else [*functions, *text]
    words = (
        f"The loss of one example is the {kind.loss}, L = {kind.formula}. Its derivative by the "
    )
    words += f"logit is ∂L/∂z = {kind.gradient}, and by the chain rule ∂L/∂W = dZᵀ X."
    return Section(
        "Loss and gradient",
        words,
        lines(
            functions,
            head_code.decision(plan, language),
            "",
            "",
            _answers(plan, language),
            when(not plan.settings.rule.is_second_order, "", "", *_gradient(plan, language)),
        ),
        head_code.latex(plan),
    )


def row_names(plan: Plan) -> str:
    return "X, Y, C" if plan.has_row_weights else "X, Y"


def _answers(plan: Plan, language: Language) -> list[str]:
    X = "inputs(X)" if plan.is_packed(language) else "X"
    return [
        f"def answers({row_names(plan)}):",
        '    """Return the loss of each row and the class that the model gives it, (n,) each."""',
        f"    Z = forward({X})",
        f"    return {head_code.loss(plan, language)}, decide(Z)",
    ]


def _gradient(plan: Plan, language: Language) -> list[str]:
    """Return the function that gives the sums of the gradients over rows."""
    is_torch, hidden = language == "torch", plan.hidden
    axis = "dim" if is_torch else "axis"
    body = [
        *when(plan.is_packed(language), "X = inputs(X)"),
        *when(hidden, "H = hidden_units(X)"),
    ]
    if hidden:
        affine = "torch.addmm(b[:, None], W, H.T).T" if is_torch else "H @ W.T + b"
        body.append(f"Z = {affine}")
    else:
        body.append("Z = forward(X)")
    body += head_code.gradient(plan, language)
    if hidden:
        slope = SQUASHES[plan.run.task.config.model.activation][2]
        body.append(
            f"dH = (dZ @ W).mul_({slope})  # back through W and the activation f"
            if is_torch
            else f"dH = (dZ @ W) * ({slope})  # back through W and the activation f"
        )
    last = "H" if hidden else "X"
    sums = {
        "W": ("dZ.T", last),
        "b": ("dZ", ""),
        "V": ("dH.T", "X"),
        "c": ("dH", ""),
    }
    in_slices = is_torch and plan.slices_batches
    head = [
        f"def gradient({row_names(plan)}):",
        f'    """Return the sums over these rows of ∂L/∂{", ∂L/∂".join(plan.letters)}."""',
    ]
    if not in_slices:
        products = [
            f"{left} @ {right}" if right else f"{left}.sum({axis}=0)"
            for left, right in (sums[name] for name in plan.letters)
        ]
        return [*head, *(f"    {line}" for line in [*body, f"return [{', '.join(products)}]"])]
    names = row_names(plan)
    added = [
        f"d{name}.addmm_({left}, {right})" if right else f"d{name}.add_({left}.sum(dim=0))"
        for name, (left, right) in ((name, sums[name]) for name in plan.letters)
    ]
    made = ", ".join(f"d{name}" for name in plan.letters)
    zeros = ", ".join(f"torch.zeros_like({name})" for name in plan.letters)
    return [
        *slices(plan),
        *head,
        f"    {made} = {zeros}",
        f"    for {names} in slices({names}):",
        *when(
            not plan.is_packed(language) and not plan.takes_all, "        X = X.clone()  # aligned"
        ),
        *(f"        {line}" for line in [*body, *added]),
        f"    return [{made}]",
    ]


# Update ---------------------------------------------------------------------------------------


def update(plan: Plan, language: Language) -> Section:
    rule = plan.settings.rule
    words = f"{rule.title}: {rule.words} {rule.formula}."
    if rule.is_second_order:
        return Section("Update", words, second_order_code.update(plan, language))
    if plan.is_plain:
        return Section("Update", words, lines(_plain_update(plan, language)))
    return Section("Update", words, lines(_rule_update(plan, language)))


def _plain_update(plan: Plan, language: Language) -> list[str]:
    globals_ = [] if language == "torch" else [f"    global {', '.join(plan.letters)}"]
    return [
        "def update(gradients, k):",
        '    """Move all parameters by the gradients, summed over k rows."""',
        *globals_,
        *(f"    {line}" for line in _plain_steps(plan, language)),
    ]


def _plain_steps(plan: Plan, language: Language) -> list[str]:
    """Return θ ← (1 − η λ) θ − η ∇ for each parameter, where ∇ is the mean over k rows."""
    is_torch = language == "torch"
    made = ", ".join(f"d{name}" for name in plan.letters)
    found = [f"{made} = gradients" if len(plan.letters) > 1 else f"({made},) = gradients"]
    for name in plan.letters:
        unit = " * unit" if plan.has_unit and name == plan.into else ""
        if plan.ever("weight_decay") and name in "WV":
            stays = "1 - eta * weight_decay"
            decay = f"{name}.mul_({stays})" if is_torch else f"{name} *= {stays}"
            found.append(f"{decay}  # λ pulls the weights to 0")
        step = (
            f"{name}.sub_(d{name}, alpha=eta{unit} / k)"
            if is_torch
            else f"{name} -= eta{unit} / k * d{name}"
        )
        found.append(f"{step}  # {name} ← {name} − η ∂L/∂{name}, the mean of k rows")
    return found


def _rule_update(plan: Plan, language: Language) -> list[str]:
    is_torch, rule = language == "torch", plan.settings.rule
    code, begin = code_of(plan.settings.optimiser), plan.run.begin
    moments, proximal = tuple(rule.remembers), plan.ever("l1")
    arguments = ", ".join(("theta", "g", *moments))
    found = [f"parameters = [{', '.join(plan.letters)}]"]
    if plan.has_unit:
        units = ["unit" if name == plan.into else "1.0" for name in plan.letters]
        found.append(f"scales = [{', '.join(units)}]  # units of what each is multiplied by")
    zeros = "torch.zeros_like(theta)" if is_torch else "np.zeros_like(theta)"
    if begin is not None and moments:
        tensor = "torch.from_numpy({0}).clone()" if is_torch else "{0}.copy()"
        each = [
            "["
            + ", ".join(tensor.format(f'data["{name}_moment{k}"]') for k in range(len(moments)))
            + "]"
            for name in plan.letters
        ]
        found += ["memory = [  # of the optimiser, as it stood", *(f"    {e}," for e in each), "]"]
    elif moments:
        inner = ", ".join([zeros] * len(moments))
        found.append(
            f"memory = [[{inner}] for theta in parameters]  # {', '.join(moments)} of each"
        )
    found.append(f"t = {begin.updates if begin else 0}  # updates made")
    found += ["", ""]
    if proximal:
        found += [*SHRINK[language], "", ""]
    found += [f"def rule({arguments}):", *(f"    {line}" for line in code.of(language)), "", ""]
    if proximal:
        found += [
            f"def rule_with_l1({arguments}):  # exact zeros: λ₁ |w| has a kink at 0",
            *(f"    {line}" for line in code.of(language, proximal=True)),
            "",
            "",
        ]
    return [*found, *_rule_loop(plan, language)]


def _rule_loop(plan: Plan, language: Language) -> list[str]:
    is_torch, rule = language == "torch", plan.settings.rule
    state = bool(rule.remembers)
    given = ["parameters", "gradients", *when(plan.has_unit, "scales"), *when(state, "memory")]
    taken = ["theta", "g", *when(plan.has_unit, "scale"), *when(state, "moments")]
    scale = "scale / k" if plan.has_unit else "1 / k"
    rest = "theta, g, *moments" if state else "theta, g"
    body = [f"g.mul_({scale})" if is_torch else f"g = g * ({scale})  # the mean of k rows"]
    if plan.ever("weight_decay"):
        body += [
            "if theta.ndim == 2:  # biases are spared",
            "    "
            + (
                (
                    "theta.mul_(1 - eta * weight_decay)"
                    if is_torch
                    else "theta *= 1 - eta * weight_decay"
                )
                if rule.decouples_decay
                else (
                    "g.add_(theta, alpha=weight_decay)"
                    if is_torch
                    else "g = g + weight_decay * theta"
                )
            ),
        ]
    if plan.ever("l1"):
        weights = "theta.ndim == 2" + ("" if plan.always("l1") else " and l1")
        body += [f"if {weights}:", f"    rule_with_l1({rest})", "else:", f"    rule({rest})"]
    else:
        body.append(f"rule({rest})")
    plain = rule.is_plain and not plan.always("l1")
    return [
        "def update(gradients, k):",
        '    """Move all parameters by the gradients, summed over k rows."""',
        "    global t" + ("" if is_torch or not plain else f", {', '.join(plan.letters)}"),
        "    t += 1",
        *when(
            plain,
            "    if not l1:",
            *(f"        {line}" for line in _plain_steps(plan, language)),
            "        return",
        ),
        f"    for {', '.join(taken)} in zip({', '.join(given)}):",
        *(f"        {line}" for line in body),
    ]
