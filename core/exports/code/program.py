"""A program that repeats a run, section by section, in PyTorch or in NumPy."""

from __future__ import annotations

from core.exports.code import data_code, learning_code, model_code
from core.exports.code.loop import settings_lines, training
from core.exports.code.pieces import Language, Section, lines, when
from core.exports.plan import Plan


def sections(plan: Plan, language: Language, data: str, *, charts: bool = False) -> list[Section]:
    """Return the program. data : an expression for the path of its data file.

    charts : it keeps the figures of all epochs in `history`, for a chart.
    """
    return [
        data_code.data(plan, language, data),
        _settings(plan),
        data_code.inputs(plan, language),
        model_code.model(plan, language),
        learning_code.loss(plan, language),
        learning_code.update(plan, language),
        Section(
            "Training",
            f"{plan.steps:,} updates. After an epoch, a pass over the training rows, the loss and "
            "the accuracy are measured.",
            training(plan, language, charts=charts),
        ),
        _result(plan, language),
    ]


def _settings(plan: Plan) -> Section:
    return Section("Settings", "All that decides the run, besides the rows.", settings_lines(plan))


def _result(plan: Plan, language: Language) -> Section:
    is_torch = language == "torch"
    compared = [
        (
            f'np.abs({name}.numpy() - data["{name}_run"]).max()'
            if is_torch
            else f'np.abs({name} - data["{name}_run"]).max()'
        )
        for name in plan.all_letters
    ]
    words = "The weights, and how far they are from those of the run that this program repeats."
    code = [
        *when(plan.is_sampled, *_whole(plan, language)),
        "difference = max(",
        *(f"    {each}," for each in compared),
        ")",
        'print(f"largest difference from the weights of the run: {difference:g}")',
        "print(W, b)",
    ]
    return Section("Result", words, lines(code))


def _whole(plan: Plan, language: Language) -> list[str]:
    """Return the figures of all training rows, of which a sample was measured meanwhile."""
    is_torch = language == "torch"
    names = learning_code.row_names(plan).split(", ")
    arrays = ", ".join(f"{name}_train[i : i + {plan.rows_at_once}]" for name in names)
    loss = "losses.double().sum().item()" if is_torch else "losses.sum(dtype=np.float64)"
    hits = f"(decided == y_train[i : i + {plan.rows_at_once}]).sum()" + (
        ".item()" if is_torch else ""
    )
    return [
        "total = right = 0",
        f"for i in range(0, n, {plan.rows_at_once}):",
        f"    losses, decided = answers({arrays})",
        f"    total += {loss}",
        f"    right += {hits}",
        'print(f"all training rows: loss {total / n:.4f}, accuracy {right / n:.2%}")',
        "",
    ]
