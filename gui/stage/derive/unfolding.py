"""Finds what a derivation shows of the followed example, on the background thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.language import tr
from core.model_family import FAMILY
from core.number_format import format_integer
from core.teach.derivations.calculus import Evaluation
from core.teach.derivations.derivation import About, Case, Derivation
from gui.derivation.tracer import Followed
from gui.kit.maths import formula
from gui.kit.maths.notation import Key
from gui.kit.maths.typesetter import symbols, symbols_of
from gui.stage.derive.live_formula import Shown, shown

if TYPE_CHECKING:  # it imports PyTorch
    from core.teach.derivations.scene import Scene

DESCENDED = [kind for kind in FAMILY.values() if kind.chain_collapses and not kind.is_counted]
LOGISTIC = next(kind.name for kind in DESCENDED if kind.is_neuron and kind.is_sigmoid)
CLASSES = next(kind.name for kind in DESCENDED if kind.is_shift_invariant)


@dataclass(frozen=True, eq=False)
class Unfolded:
    """A derivation of the followed example.

    shown : its lines, the same object while only numbers change; the first `ready` of them are
        typeset. values : the numbers.
    note : what is not the model's own, "" if all is. wanted : the kind of model that has it so.
    """

    derivation: Derivation
    followed: Followed
    scene: Scene
    shown: Shown
    values: dict[Key, float | str]
    ready: int

    @property
    def case(self) -> Case:
        return self.scene.case

    @property
    def wanted(self) -> str:
        """The kind of model that the derivation is about."""
        return LOGISTIC if self.derivation.about in (About.NEURON, About.ANY) else CLASSES

    @property
    def note(self) -> str:
        task, scene = self.followed.task, self.scene
        said = ""
        kind = FAMILY[task.config.model.kind]
        if not scene.is_own:
            if self.derivation.about is About.CLASSES:
                is_single = kind.is_neuron or kind.is_pairwise
                if is_single:
                    own = tr("These are the numbers of softmax over the logits 0 and z.")
                elif self.derivation.classes is None:
                    own = tr("These are the numbers of softmax over its logits.")
                else:
                    own = tr("These are the numbers of softmax over two of its logits.")
            elif self.derivation.about is About.HIDDEN:
                closest = FAMILY[CLASSES if kind.is_shift_invariant else LOGISTIC]
                own = tr(
                    "These are the numbers of {kind} with its logits.", kind=closest.title_in_text
                )
            else:
                own = tr("These are the numbers of a sigmoid neuron with its weights.")
                if not kind.is_neuron:
                    own = tr(
                        "These are the numbers of a sigmoid neuron with its weights for {name}.",
                        name=self.followed.shape.titles[scene.row],
                    )
            said = tr(
                "The model that trains is {kind}. {numbers}", kind=kind.title_in_text, numbers=own
            )
        if scene.rows < scene.all_rows:
            told = tr(
                "Of the batch’s {total} rows the first {n} are used.",
                total=format_integer(scene.all_rows),
                n=format_integer(scene.rows),
            )
            said += f" {told}"
        if self.followed.trace.label is None:
            told = tr("Its class is not known: it is taken to be the one that is decided for.")
            said += f" {told}"
        return said.strip()

    def in_model(self, key: Key) -> Key | None:
        """Return the part of the model that a term is about: of an input, a weight, an output.

        None for what the model that trains does not have.
        """
        name, *rest = key
        if name == "∂":
            return self._of_derivative(key)
        scene = self.scene
        match name, rest:
            case "x", [int(), *_]:
                return key
            case "W", [int(), int(j)]:
                return "W", scene.row, j
            case (("b" | "rest"), [int()]):
                return "b", scene.row
            case (("z" | "a" | "y"), [int()]):
                is_neuron = self.derivation.about is About.NEURON
                return key if scene.is_own or (is_neuron and name == "z") else None
        return None

    def _of_derivative(self, key: Key) -> Key | None:
        """Return the part of the path that a slope is about: the weight, or the activation."""
        for name in ("W", "b"):
            if name in key:
                return self.in_model(key[key.index(name) :])
        return self.in_model(key[key.index("a") : key.index("a") + 2]) if "a" in key else None


def unfold(
    derivation: Derivation, followed: Followed, known: Unfolded | None, wanted: int
) -> Unfolded:
    """Return the derivation; its lines are those of `known` if they still fit.

    The first `wanted` lines are typeset, and at least one that was not: all would take seconds.
    """
    from core.teach.derivations.scene import scene

    found = scene(derivation, followed.task, followed.snapshot, followed.trace)
    evaluation = Evaluation(found.numbers)
    fits = known is not None and known.derivation is derivation and known.case == found.case
    if known is not None and fits and known.followed.task is followed.task:
        lines, ready = known.shown, known.ready
    else:
        lines, ready = shown(derivation.lines(found.case), evaluation), 0
    until = min(max(wanted, ready + 1), len(lines.lines))
    leads = [line.lead for line in lines.lines if line.lead is not None]
    for latex in (*symbols_of(leads), *symbols(lines.lines[ready:until])):
        formula.outlines(latex)  # here, so that the window does not wait for it
    return Unfolded(derivation, followed, found, lines, lines.values(evaluation), until)
