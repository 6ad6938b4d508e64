"""The sections of a program that read its data file: rows, targets, and what is measured."""

from __future__ import annotations

from core.exports.code import head_code, second_order_code
from core.exports.code.optimiser_code import code_of
from core.exports.code.pieces import Language, Section, lines, when
from core.exports.plan import Plan


def data(plan: Plan, language: Language, place: str) -> Section:
    is_torch, uses_math = language == "torch", plan.settings.schedule == "cosine"
    softplus = is_torch and "softplus(" in head_code.loss(plan, language)
    one_hot = is_torch and not (plan.kind.is_neuron or plan.kind.is_pairwise)
    named = [
        name
        for name, is_used in (
            ("one_hot", one_hot),
            ("pad", is_torch and plan.settings.rule.needs_hessian),
            ("softplus", softplus),
        )
        if is_used
    ]
    is_second = plan.settings.rule.is_second_order
    if not is_second:
        uses_math |= any("math." in line for line in code_of(plan.settings.optimiser).torch)
    code = lines(
        when(uses_math, "import math"),
        when(is_second, *second_order_code.imports(plan)),
        when("Path(" in place, "from pathlib import Path"),
        "",
        "import numpy as np",
        when(is_torch, "import torch"),
        when(plan.is_text, "from scipy.sparse import csr_array, vstack"),
        when(named, f"from torch.nn.functional import {', '.join(named)}"),
        "",
        when(is_torch, "torch.set_num_threads(1)  # one thread always adds up in the same order"),
        f"with np.load({place}) as file:",
        "    data = dict(file)",
        'classes = data["classes"].tolist()',
    )
    words = (
        "The file beside this program holds the rows as the model saw them: those for training, "
        "for testing and for validation apart."
    )
    return Section("Data", words, code.lstrip())


def inputs(plan: Plan, language: Language) -> Section:
    tensor = "torch.from_numpy({0})" if language == "torch" else "{0}"
    words = "X has a row for each example and a column for each input; Y has the targets."
    made: list[str] = []
    if plan.is_bytes:
        words += " Pixels stay bytes, a quarter of the memory, until they are used."
        made += _pixels(plan, language)
        read = tensor.format('data["X_{0}"]')
    elif plan.is_text:
        words += " Most words are not in a document: only the others are kept, as SciPy has them."
        made += _documents(plan, language)
        read = 'documents("{0}")'
    elif plan.is_standardised:
        words += " Each input is standardised: x ↦ (x − mean) / std of the training rows."
        made += [
            "def standardised(X):",
            "    return " + tensor.format('((X - data["mean"]) / data["std"]).astype(np.float32)'),
            "",
            "",
        ]
        read = 'standardised(data["X_{0}"])'
    else:
        read = tensor.format('data["X_{0}"].astype(np.float32)')
    parts = [
        "train",
        *when(_has(plan, "test"), "test"),
        *when(_has(plan, "validation"), "validation"),
    ]
    made += [f"X_{part} = {read.format(part)}" for part in parts]
    made += [f"y_{part} = " + tensor.format(f'data["y_{part}"]') for part in parts]
    made += ["(n, m), h = X_train.shape, len(classes)", "", ""]
    made += [*head_code.targets(plan, language), "", ""]
    made.append("Y_train = targets(y_train)")
    if plan.has_row_weights:
        words += " C has the weight of each example's class, n / (h nᵢ) for nᵢ rows of class i."
        made += [
            "class_weights = " + tensor.format('data["class_weights"]'),
            "C_train = class_weights[y_train][:, None]",
        ]
    return Section(
        "Inputs and targets", words, lines(made, "", *_measured_rows(plan, language, parts))
    )


def _documents(plan: Plan, language: Language) -> list[str]:
    dense = "torch.from_numpy(X.toarray())" if language == "torch" else "X.toarray()"
    return [
        "def documents(part):",
        '    """Return the numbers of the words in the documents of a part, sparse."""',
        '    values, columns, starts = (data[f"X_{part}_{name}"] for name in '
        '("values", "columns", "starts"))',
        '    shape = len(data[f"y_{part}"]), len(data["inputs"])',
        "    return csr_array((values, columns, starts), shape=shape)",
        "",
        "",
        *when(
            plan.is_packed(language),
            "def inputs(X):",
            f"    return {dense}  # few rows at once",
            "",
            "",
        ),
    ]


def _has(plan: Plan, part: str) -> bool:
    return part in plan.parts


def _pixels(plan: Plan, language: Language) -> list[str]:
    is_torch = language == "torch"
    to_float = ".float()" if is_torch else ".astype(np.float32)"
    scale = plan.run.task.dataset.scale
    said = f"{scale:g}" if scale == int(scale) else repr(scale)
    if not plan.is_standardised:
        return [
            *when(
                plan.has_unit,
                f"unit = 1 / {said}  # of a pixel; the few weights are scaled, not the many pixels",
                "",
                "",
            ),
            "def inputs(X):",
            f"    return X{to_float}",
            "",
            "",
        ]
    made = (
        'torch.from_numpy(data["{0}"] * {1}).float()'
        if is_torch
        else '(data["{0}"] * {1}).astype(np.float32)'
    )
    return [
        f"mean = {made.format('mean', said)}  # of the training rows' pixels, 0 … {said}",
        f"std = {made.format('std', said)}",
        "",
        "",
        "def inputs(X):",
        f"    return (X{to_float} - mean) / std",
        "",
        "",
    ]


def _measured_rows(plan: Plan, language: Language, parts: list[str]) -> list[str]:
    """Return the rows that are measured after an epoch, one part after the other."""
    cat = "torch.cat" if language == "torch" else "np.concatenate"
    pick = "[sample]" if plan.is_sampled else ""
    joined = {
        name: ", ".join([f"{name}_train{pick}", *(f"{name}_{part}" for part in parts[1:])])
        for name in ("X", "y")
    }
    cats = {name: f"{cat}([{each}])" for name, each in joined.items()}
    if plan.is_text:
        cats["X"] = f'vstack([{joined["X"]}], format="csr")'
    places, start = [], 0
    for name, count in plan.parts.items():
        places.append(f'"{name}": slice({start}, {start + count})')
        start += count
    return [
        *when(
            plan.is_sampled,
            'sample = data["sample"]  # of the training rows: measuring all would take long',
        ),
        *(f"{name}_all = {cats[name]}" for name in joined),
        "Y_all = targets(y_all)",
        *when(plan.has_row_weights, "C_all = class_weights[y_all][:, None]"),
        f"parts = {{{', '.join(places)}}}",
    ]
