"""The caption of the plane: what the picture of two features cannot show by itself."""

from __future__ import annotations

from core.data.shown_names import shown_classes, shown_features
from core.evaluate.classification import HALF, has_threshold
from core.language import tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_integer, format_plain
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
        parts.append(
            tr(
                "Constant, of no use: {features}.",
                features=", ".join(map(short, task.constant_features)),
            )
        )
    if thinning > 1:
        parts.append(
            tr(
                "Showing one in {thinning} of {n} points; training uses all.",
                thinning=thinning,
                n=format_integer(dataset.n),
            )
        )
    if task.config.data.source == "drawn":
        parts.append(tr("A right click or Delete erases a point; keys 1 to 9 choose a class."))
    return "  ".join(part for part in parts if part)


def _held_features(section: Section) -> str:
    dataset = section.task.dataset
    if dataset.m <= 2:
        return ""
    own = dataset.units or ("",) * dataset.m
    held = [
        short(
            f"{name} {format_plain(section.centre[j], 3)} {own[j]}".rstrip()
            if mark is None
            else mark.describe(section.centre[j])
        )
        for j, (name, mark) in enumerate(
            zip(shown_features(dataset), dataset.indicators, strict=True)
        )
        if j not in section.features
    ]
    more = len(held) - MOST_FEATURES
    shown = ", ".join(held[:MOST_FEATURES])
    if more > 0:
        shown = tr("{names} and {n} more", names=shown, n=more)
    unit = f" {dataset.unit}" if dataset.unit else ""
    return tr(
        "A plane through {m} features, the others held at their training means: {means}. A ring "
        "marks a point that the model gets wrong with all features.",
        m=dataset.m,
        means=f"{shown}{unit}",
    )


def _ties(section: Section) -> str:
    kind = FAMILY[section.task.config.model.kind]
    if not kind.is_pairwise or section.task.dataset.h < 3:
        return ""
    return tr(
        "Hatched: the votes tie; of the classes that lead, the largest sum of logits decides."
    )


def _threshold(section: Section, threshold: float) -> str:
    task = section.task
    if threshold == HALF or not has_threshold(task.config.model.kind):
        return ""
    return tr(
        "The line is where p({name}) = {threshold}, the threshold chosen under Evaluation; the "
        "colours show p itself.",
        name=short(shown_classes(task.dataset)[1]),
        threshold=format_fixed(threshold, 2),
    )
