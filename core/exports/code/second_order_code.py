"""Newton's method and L-BFGS as text, after `core.train.second_order`: θ is one vector (p,)."""

from __future__ import annotations

from core.exports.code import head_code
from core.exports.code.pieces import Language, lines, when
from core.exports.code.slice_code import slices
from core.exports.plan import Plan
from core.train.second_order import ENOUGH, NEWTON, REMEMBERED, ROUNDING, SHORTEST

NEWTON_DIRECTION: dict[Language, tuple[str, ...]] = {
    "torch": (
        "def direction(theta, g, H):",
        '    """d = −H⁻¹ g: the way to the lowest point of the parabola that fits here."""',
        '    return torch.linalg.lstsq(H, -g[:, None], rcond=1e-12, driver="gelsd").solution[:, 0]',
    ),
    "numpy": (
        "def direction(theta, g, H):",
        '    """d = −H⁻¹ g: the way to the lowest point of the parabola that fits here."""',
        "    return np.linalg.lstsq(H, -g, rcond=1e-12)[0]",
    ),
}
LBFGS_DIRECTION = (
    "def direction(theta, g, H):",
    '    """d = −B g, with B from the last steps s and changes y of the gradient (Nocedal)."""',
    "    global before",
    "    if before is not None:",
    "        s, y = theta - before[0], g - before[1]",
    "        if s @ y > 1e-10 * {norm}(y) * {norm}(s):",
    "            pairs.append((s, y))",
    "    before = theta, g",
    "    d, alphas = -g, []",
    "    for s, y in reversed(pairs):",
    "        alphas.append((s @ d) / (y @ s))",
    "        d = d - alphas[-1] * y",
    "    if pairs:",
    "        s, y = pairs[-1]",
    "        d = d * ((s @ y) / (y @ y))",
    "    for (s, y), alpha in zip(pairs, reversed(alphas)):",
    "        d = d + (alpha - (y @ d) / (y @ s)) * s",
    "    return d",
)


def is_newton(plan: Plan) -> bool:
    return plan.settings.optimiser == NEWTON


def update(plan: Plan, language: Language) -> str:
    """Return the functions of the method, and `update()`."""
    return lines(
        _vectors(plan, language),
        _derivatives(plan, language),
        "",
        "",
        _mean_loss(plan, language),
        "",
        "",
        _direction(plan, language),
        "",
        "",
        _update(),
    )


def _vectors(plan: Plan, language: Language) -> list[str]:
    is_torch = language == "torch"
    flattened = (
        "torch.cat([W, b[:, None]], dim=1).double().flatten()"
        if is_torch
        else "np.concatenate([W, b[:, None]], axis=1).astype(np.float64).ravel()"
    )
    ones, zeros = (
        ("torch.ones_like", "torch.zeros_like") if is_torch else ("np.ones_like", "np.zeros_like")
    )
    moves = f"{ones}(is_weight)" if plan.has_bias else "is_weight"
    return [
        "def flat(W, b):",
        '    """All parameters as one vector of double precision, the bias last in each row."""',
        f"    return {flattened}",
        "",
        "",
        f"is_weight = flat({ones}(W), {zeros}(b))  # λ spares the biases",
        f"moves = {moves}",
        *when(
            plan.has_slices and not is_torch,
            f"rows_at_once = {plan.rows_at_once}  # the sums are the same",
        ),
        "",
        "",
        *when(plan.has_slices and is_torch, *slices(plan)),
    ]


def batches(plan: Plan, language: Language) -> tuple[str, str]:
    """Return the loop over slices of all training rows, and the names of its arrays."""
    names = ["X", "Y", *when(plan.has_row_weights, "C")]
    made, arrays = ", ".join(names), ", ".join(f"{name}_train" for name in names)
    if not plan.has_slices:
        return f"for {made} in [({arrays})]:", made
    if language == "torch":
        return f"for {made} in slices({arrays}):", made
    parts = ", ".join(f"{name}_train[i : i + rows_at_once]" for name in names)
    return f"for {made} in (({parts}) for i in range(0, n, rows_at_once)):", made


def _derivatives(plan: Plan, language: Language) -> list[str]:
    is_torch = language == "torch"
    loop, _ = batches(plan, language)
    zeros = "torch.zeros_like" if is_torch else "np.zeros_like"
    makes_h = is_newton(plan)
    size = "(len(moves), len(moves))"
    square = f"torch.zeros({size}, dtype=torch.float64)" if is_torch else f"np.zeros({size})"
    unit = " * unit" if plan.has_unit else ""
    inner = [
        *when(plan.is_packed(language), "X = inputs(X)"),
        "Z = forward(X)",
        *when(makes_h, *_hessian(plan, language)),
        *head_code.gradient(plan, language),
        *(
            ("dW.addmm_(dZ.T, X)", "db.add_(dZ.sum(dim=0))")
            if is_torch
            else ("dW += dZ.T @ X", "db += dZ.sum(axis=0)")
        ),
    ]
    diagonal = (
        "H.diagonal().add_(weight_decay * is_weight)"
        if is_torch
        else "H += np.diag(weight_decay * is_weight)"
    )
    return [
        "def derivatives():",
        '    """Return the gradient and the Hessian of the mean loss with its penalty."""',
        f"    dW, db = {zeros}(W), {zeros}(b)",
        *when(makes_h, f"    H = {square}"),
        f"    {loop}",
        *(f"        {line}" for line in inner),
        f"    g = (flat(dW{unit}, db) / n + weight_decay * is_weight * flat(W, b)) * moves",
        *when(
            makes_h,
            "    H = H / n",
            f"    {diagonal}",
            "    return g, H * moves * moves[:, None]",
        ),
        *when(not makes_h, "    return g, None"),
    ]


def _hessian(plan: Plan, language: Language) -> list[str]:
    """Return the lines that add d²L/dz² ⊗ xxᵀ of a slice to H, one output's rows at a time."""
    is_torch = language == "torch"
    unit = " * unit" if plan.has_unit else ""
    rows = plan.rows_at_once if language == "numpy" else min(2 * plan.slice_rows, plan.rows_at_once)
    is_cut = min(plan.n, rows) > plan.hessians_at_once
    names = ["X", "Y", "Z", *when(plan.has_row_weights, "C")]
    made = ", ".join(names)
    body = [
        "X1 = pad(X.double()" + unit + ", (0, 1), value=1.0)  # with a 1 for the bias"
        if is_torch
        else "X1 = np.pad(X.astype(np.float64)" + unit + ", ((0, 0), (0, 1)), constant_values=1.0)",
        "Z = Z.double()" if is_torch else "Z = Z.astype(np.float64)",
        *head_code.hessian(plan, language),
        "for k in range(blocks.shape[1]):",
        "    rows = slice(k * X1.shape[1], (k + 1) * X1.shape[1])",
        "    H[rows] += X1.T @ (blocks[:, k, :, None] * X1[:, None, :])."
        + ("flatten(1)" if is_torch else "reshape(len(X1), -1)"),
    ]
    if not is_cut:
        return [
            "def add_curvature(" + made + "):",
            *(f"    {line}" for line in body),
            "",
            f"add_curvature({made})",
        ]
    split = (
        ", ".join(f"{name}.split({plan.hessians_at_once})" for name in names)
        if is_torch
        else ", ".join(
            f"np.split({name}, range({plan.hessians_at_once}, len(X), {plan.hessians_at_once}))"
            for name in names
        )
    )
    return [
        "def add_curvature(" + made + "):",
        *(f"    {line}" for line in body),
        "",
        f"for some in zip({split}):",
        "    add_curvature(*some)",
    ]


def _mean_loss(plan: Plan, language: Language) -> list[str]:
    is_torch = language == "torch"
    loop, _ = batches(plan, language)
    X = "inputs(X)" if plan.is_packed(language) else "X"
    to_float = ".float()" if is_torch else ".astype(np.float32)"
    total = "float(losses.double().sum())" if is_torch else "float(losses.sum(dtype=np.float64))"
    square = (
        "float(W.double().square().sum())"
        if is_torch
        else "float((W.astype(np.float64) ** 2).sum())"
    )
    outputs = plan.run.task.outputs
    whole = f"theta.view({outputs}, -1)" if is_torch else f"theta.reshape({outputs}, -1)"
    return [
        "def mean_loss(theta):",
        '    """Return the mean loss of all training rows, with its penalty, at θ; and W, b."""',
        f"    whole = {whole}",
        f"    W, b = whole[:, :-1]{to_float}, whole[:, -1]{to_float}",
        *when(is_torch, "    W = W.contiguous()"),
        "    total = 0.0",
        f"    {loop}",
        f"        Z = forward({X}, W, b)",
        f"        losses = {head_code.loss(plan, language)}",
        f"        total += {total}",
        f"    return total / n + weight_decay / 2 * {square}, W, b",
    ]


def _direction(plan: Plan, language: Language) -> list[str]:
    if is_newton(plan):
        return list(NEWTON_DIRECTION[language])
    norm = "torch.linalg.norm" if language == "torch" else "np.linalg.norm"
    begin = plan.run.begin
    before, pairs = "None", "[]"
    if begin is not None and begin.memory:
        stored = [
            f'(stored(data["memory_{k}_a"]), stored(data["memory_{k}_b"]))'
            for k in range(len(begin.memory))
        ]
        before, pairs = stored[-1], f"[{', '.join(stored[:-1])}]"
    to_tensor = "torch.from_numpy" if language == "torch" else "np.asarray"
    return [
        *when(before != "None", f"stored = {to_tensor}"),
        f"pairs, before = deque({pairs}, maxlen={REMEMBERED}), {before}",
        "",
        "",
        *(line.replace("{norm}", norm) for line in LBFGS_DIRECTION),
    ]


def _update() -> list[str]:
    return [
        "def update():",
        '    """Go along the direction; halve the step until the loss falls enough (Armijo)."""',
        "    theta = flat(W, b)",
        "    g, H = derivatives()",
        "    d = direction(theta, g, H) * moves",
        "    slope = float(g @ d)",
        "    if slope > 0:  # no way down: what is known of the curvature is out of date",
        "        d, slope = -g, -float(g @ g)",
        "    loss_here, _, _ = mean_loss(theta)",
        f"    noise = {ROUNDING!r} * abs(loss_here)  # what rounding to float32 hides",
        "    size = eta",
        f"    while size >= min(eta, 1) * {SHORTEST!r}:",
        "        loss_there, W_new, b_new = mean_loss(theta + size * d)",
        f"        if loss_there <= loss_here + {ENOUGH} * size * slope + noise:",
        "            W[:], b[:] = W_new, b_new",
        "            break",
        "        size = min(size / 2, 1.0)",
    ]


def imports(plan: Plan) -> tuple[str, ...]:
    return () if is_newton(plan) else ("from collections import deque",)
