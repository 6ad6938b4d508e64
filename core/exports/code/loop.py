"""The settings of a program that repeats a run, and its loop over epochs or updates."""

from __future__ import annotations

from core.exports.code.pieces import Language, lines, when
from core.exports.plan import LETTERS, Plan
from core.train.optimisers import FALLS, TENTH

WORDS = {
    "learning_rate": "η, the learning rate",
    "batch_size": "rows of an update",
    "weight_decay": "λ of the penalty (λ/2)·‖W‖²",
    "l1": "λ₁ of the penalty λ₁·Σ|w|",
    "momentum": "μ, the share of the velocity that stays",
    "epochs": "planned epochs, over which η falls",
}
SCHEDULED = {
    "step": f"eta_0 * 0.5 ** ({FALLS} * epoch // planned)",
    "cosine": "eta_0 * 0.5 * (1 + math.cos(math.pi * epoch / planned))",
    "1/t": f"eta_0 / (1 + {TENTH} * epoch / planned)",
}


def letter(plan: Plan, name: str) -> str:
    """Return a setting's name in the program; η of a schedule is made of another number."""
    if name == "learning_rate" and plan.settings.schedule != "constant":
        return "eta_0"
    return LETTERS[name]


def settings_lines(plan: Plan) -> str:
    """Return the settings that this run needs, each with what it is."""
    first = plan.segments[0][1]
    is_needed = {
        "learning_rate": True,
        "batch_size": not plan.takes_all or "batch_size" in plan.changed,
        "weight_decay": plan.ever("weight_decay") or first.rule.is_second_order,
        "l1": plan.ever("l1"),
        "momentum": first.rule.uses_momentum,
        "epochs": first.schedule != "constant",
    }
    found = []
    for name, needed in is_needed.items():
        if needed:
            value = plan.literal(name, first)
            if value == "n":
                value = str(plan.n)
            found.append(f"{letter(plan, name)} = {value}  # {WORDS[name]}")
    if plan.is_walked:
        found.append(f"steps = {plan.steps}  # updates, all told")
    else:
        found.append(f"epochs = {plan.epochs}  # passes over the training rows")
    if not plan.takes_all or plan.draws_start:
        found.append(f"seed = {first.seed}  # of the start and of every shuffle")
    if plan.patience:
        found.append(f"patience = {plan.patience}  # epochs without a lower validation loss")
    return lines(found)


def training(plan: Plan, language: Language, *, charts: bool) -> str:
    """Return the loop, with the functions that it calls."""
    uses_order = not plan.takes_all
    scheduled = _scheduled(plan)
    return lines(
        when(language == "numpy" and uses_order, *_shuffled()),
        when(scheduled, *scheduled),
        _report(plan, language, charts=charts),
        "",
        "",
        when(charts, "history = []  # epoch, then loss and accuracy of each part"),
        when(plan.run.is_best, 'best_loss = float("inf")'),
        _walk(plan, language) if plan.is_walked else _epochs(plan, language),
        when(plan.run.is_best, *_return_to_best(plan, language)),
    )


def _shuffled() -> list[str]:
    return [
        "def shuffled(n):",
        '    """Return 0 … n − 1 in the order that torch.randperm draws from this twister."""',
        "    order = np.arange(n)",
        "    draws = generator.randint(0, 2**32, n - 1, dtype=np.uint32) % np.arange(n, 1, -1)",
        "    for i, drawn in enumerate(draws.tolist()):",
        "        order[i], order[i + drawn] = order[i + drawn], order[i]",
        "    return order",
        "",
        "",
    ]


def _scheduled(plan: Plan) -> list[str]:
    schedule = plan.settings.schedule
    if schedule == "constant":
        return []
    return [
        "def scheduled(epoch):",
        '    """Return η for an epoch, counted from 0."""',
        *when(
            plan.outlives_schedule,
            "    epoch = min(epoch, planned - 1)  # after the planned epochs it stays",
        ),
        f"    return {SCHEDULED[schedule]}",
        "",
        "",
    ]


def _report(plan: Plan, language: Language, *, charts: bool) -> list[str]:
    is_torch = language == "torch"
    names = ["X_all", "Y_all", *when(plan.has_row_weights, "C_all")]
    loss = (
        "losses[rows].double().mean().item()" if is_torch else "losses[rows].mean(dtype=np.float64)"
    )
    right = "right[rows].double().mean().item()" if is_torch else "right[rows].mean()"
    if plan.slices_measured:
        size = plan.rows_at_once
        cat = "torch.cat" if is_torch else "np.concatenate"
        parts = ", ".join(f"{name}[i : i + {size}]" for name in names)
        measured = [
            f"pieces = [answers({parts}) for i in range(0, len(Y_all), {size})]",
            f"losses, decided = ({cat}(piece) for piece in zip(*pieces))",
        ]
    else:
        measured = [f"losses, decided = answers({', '.join(names)})"]
    return [
        "def report(epoch):",
        '    """Measure the model after an epoch, and print loss and accuracy of each part."""',
        *(f"    {line}" for line in measured),
        "    right = decided == y_all",
        "    figures = {",
        f"        name: ({loss}, {right})",
        "        for name, rows in parts.items()",
        "    }",
        "    said = (",
        '        f"{name} loss {loss:.4f} accuracy {share:7.2%}"',
        "        for name, (loss, share) in figures.items()",
        "    )",
        '    print(f"epoch {epoch:>4}", *said, sep="   ")',
        *when(charts, "    history.append((epoch, figures))"),
        *when(plan.run.is_best, '    return figures["validation"][0]'),
    ]


def _epochs(plan: Plan, language: Language) -> list[str]:
    """Return the loop over whole epochs, with the same settings throughout."""
    is_plain = plan.settings.schedule == "constant"
    head = [
        "report(0)",
        "for epoch in range(1, epochs + 1):",
        *when(not is_plain, "    eta = scheduled(epoch - 1)"),
    ]
    if plan.settings.rule.is_second_order:
        body = ["update()"]
    elif plan.takes_all:
        body = [f"update(gradient({_all_rows(plan)}), n)"]
    else:
        order = "torch.randperm(n, generator=generator)" if language == "torch" else "shuffled(n)"
        body = [
            f"order = {order}  # all rows once, in a new order",
            "for start in range(0, n, batch_size):",
            "    rows = order[start : start + batch_size]",
            f"    update(gradient({_rows(plan, language)}), len(rows))",
        ]
    return [*head, *(f"    {line}" for line in [*body, *_end_of_epoch(plan, language)])]


def _rows(plan: Plan, language: Language) -> str:
    """Return the rows of an update, of SciPy's matrix by NumPy's numbers."""
    names = ["Y_train[rows]", *when(plan.has_row_weights, "C_train[rows]")]
    numbers = "rows.numpy()" if plan.is_text and language == "torch" else "rows"
    return ", ".join([f"X_train[{numbers}]", *names])


def _all_rows(plan: Plan) -> str:
    return ", ".join(["X_train", "Y_train", *when(plan.has_row_weights, "C_train")])


def _end_of_epoch(plan: Plan, language: Language) -> list[str]:
    if plan.run.is_best:
        copy = "clone" if language == "torch" else "copy"
        copies = ", ".join(f"{name}.{copy}()" for name in plan.all_letters)
        return [
            "validation_loss = report(epoch)",
            "if validation_loss < best_loss:",
            f"    best_loss, best_epoch, best = validation_loss, epoch, [{copies}]",
            *when(plan.patience, "elif epoch - best_epoch >= patience:", "    break"),
        ]
    if plan.every == 1:
        return ["report(epoch)"]
    last = "step == steps" if plan.is_walked else "epoch == epochs"
    return [f"if epoch % {plan.every} == 0 or {last}:", "    report(epoch)"]


def _walk(plan: Plan, language: Language) -> list[str]:
    """Return the loop over updates, between which settings may change."""
    begin, has_schedule = plan.run.begin, plan.settings.schedule != "constant"
    where = (begin.step, begin.epoch, begin.taken) if begin else (0, 0, 0)
    is_second = plan.settings.rule.is_second_order
    found = [f"step, epoch, taken = {where[0]}, {where[1]}, {where[2]}  # rows taken of an epoch"]
    if begin is not None and begin.order is not None:
        tensor = "torch.from_numpy" if language == "torch" else "np.asarray"
        found.append(f'order = {tensor}(data["order"])  # of the epoch in progress')
    letters = [letter(plan, name) for name in plan.changed]
    if letters:
        comma = "," if len(letters) == 1 else ""
        found += [
            f"changes = {{  # {', '.join(letters)} from a step on",
            *(
                f"    {step}: ({', '.join(values)}{comma}),"
                for step, values in plan.changes.items()
            ),
            "}",
        ]
    found += ["report(epoch)", "while step < steps:"]
    body = list(
        when(
            letters,
            "if step in changes:",
            f"    {', '.join(letters)}{',' if len(letters) == 1 else ''} = changes[step]",
        )
    )
    if has_schedule:
        body.append("eta = scheduled(epoch)")
    if is_second:
        body += ["update()", "step, taken = step + 1, n"]
    elif plan.takes_all:
        body += [f"update(gradient({_all_rows(plan)}), n)", "step, taken = step + 1, n"]
    else:
        body += _next_rows(plan, language)
    found += [f"    {line}" for line in body]
    found += ["    if taken == n:", "        taken, epoch = 0, epoch + 1"]
    found += [f"        {line}" for line in _end_of_epoch(plan, language)]
    if not plan.takes_all and not plan.run.is_best:
        found += ["if taken:", "    report(round(epoch + taken / n, 2))"]
    return found


def _next_rows(plan: Plan, language: Language) -> list[str]:
    is_torch, begin = language == "torch", plan.run.begin
    order = "torch.randperm(n, generator=generator)" if is_torch else "shuffled(n)"
    every = "torch.arange(n)" if is_torch else "np.arange(n)"
    is_drawn = begin is not None and begin.order is not None and not begin.taken
    new = "taken == 0" + (f" and step > {begin.step}" if is_drawn and begin else "")
    if plan.n in plan.sizes:
        drawn = [
            f"if {new} and batch_size < n:  # all rows once, in a new order",
            f"    order = {order}",
            "elif taken == 0 and batch_size == n:",
            f"    order = {every}",
        ]
    else:
        drawn = [f"if {new}:  # all rows once, in a new order", f"    order = {order}"]
    return [
        *drawn,
        "rows = order[taken : taken + batch_size]",
        f"update(gradient({_rows(plan, language)}), len(rows))",
        "step, taken = step + 1, taken + len(rows)",
    ]


def _return_to_best(plan: Plan, language: Language) -> list[str]:
    restore = "    theta.copy_(value)" if language == "torch" else "    theta[:] = value"
    return [
        f"for theta, value in zip([{', '.join(plan.all_letters)}], best):",
        restore,
        'print(f"the validation loss was least after epoch {best_epoch}: these are its weights")',
    ]
