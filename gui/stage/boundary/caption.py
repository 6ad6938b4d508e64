"""The caption of the plane: what the picture of two features cannot show by itself."""

from __future__ import annotations

from core.evaluate.classification import HALF, has_threshold
from core.model_family import FAMILY
from gui.kit.plain_text import short
from gui.stage.boundary.section import Section

MOST_FEATURES = 6  # limit of the held features that are named


def caption(section: Section, threshold: float, arrows: str, thinning: int) -> str:
    """Return the caption, "" if there is nothing to state.

    threshold : on a neuron's probability. arrows : text about the gradient arrows.
    thinning : one point in this many is drawn.
    """
    task, dataset = section.task, section.task.dataset
    parts = [_held_features(section), _threshold(section, threshold), _ties(section), arrows]
    if task.constant_features:
        parts.append(f"Constant, of no use: {', '.join(map(short, task.constant_features))}.")
    if thinning > 1:
        parts.append(f"Showing one in {thinning} of {dataset.n:,} points; training uses all.")
    if task.config.data.source == "drawn":
        parts.append("A right click or Delete erases a point; keys 1 to 9 choose a class.")
    return "  ".join(part for part in parts if part)


def _held_features(section: Section) -> str:
    dataset = section.task.dataset
    if dataset.m <= 2:
        return ""
    own = dataset.units or ("",) * dataset.m
    held = [
        short(
            f"{name} {section.centre[j]:.3g} {own[j]}".rstrip()
            if mark is None
            else mark.describe(section.centre[j])
        )
        for j, (name, mark) in enumerate(
            zip(dataset.feature_names, dataset.indicators, strict=True)
        )
        if j not in section.features
    ]
    more = len(held) - MOST_FEATURES
    shown = ", ".join(held[:MOST_FEATURES]) + (f" and {more} more" if more > 0 else "")
    unit = f" {dataset.unit}" if dataset.unit else ""
    return (
        f"A plane through {dataset.m} features, the others held at their training means: "
        f"{shown}{unit}. A ring marks a point that the model gets wrong with all features."
    )


def _ties(section: Section) -> str:
    kind = FAMILY[section.task.config.model.kind]
    if not kind.is_pairwise or section.task.dataset.h < 3:
        return ""
    return "Hatched: the votes tie; of the classes that lead, the largest sum of logits decides."


def _threshold(section: Section, threshold: float) -> str:
    task = section.task
    if threshold == HALF or not has_threshold(task.config.model.kind):
        return ""
    return (
        f"The line is where p({short(task.dataset.class_names[1])}) = {threshold:.2f}, "
        "the threshold chosen under Evaluation; the colours show p itself."
    )
