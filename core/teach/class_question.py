"""The question of a lesson as a class is asked it, and what its answers are worth."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.classroom.messages import Answer, Choice, Number, Spot
from core.classroom.room import Activity
from core.classroom.shared_plane import SharedPlane, thinned
from core.language import mark, tr
from core.teach.plot_question import ON_CURVE, PlotQuestion
from core.teach.predicted.place import Target
from core.teach.question import Question

RIGHT, WRONG = mark("✓ Right."), mark("Not so.")
ON_PLANE = mark("The plane shows it.")


def can_be_asked(question: Question | PlotQuestion | None) -> bool:
    """Return whether phones can answer: by a choice, a number, or a place on the plane."""
    if isinstance(question, PlotQuestion):
        return question.kind == "click" and question.target not in ON_CURVE
    return question is not None


@dataclass(frozen=True, eq=False)
class ClassQuestion:
    """A question that can be asked, with the plane on which a place is asked for.

    text : what it asks, as plain text.
    """

    text: str
    question: Question | PlotQuestion
    plane: SharedPlane | None = None

    @property
    def activity(self) -> Activity:
        """What phones are asked to do."""
        if isinstance(self.question, PlotQuestion):
            return Activity("spot", self.text, plane=self.plane)
        if self.question.choices:
            return Activity("question", self.text, answers=self.question.choices)
        return Activity("number", self.text)

    @property
    def truth(self) -> float | None:
        """The number that is asked for; None if none is."""
        answer = self.question.answer if isinstance(self.question, Question) else ""
        return answer if isinstance(answer, float) else None

    def is_right(self, answer: Answer | None, target: Target | None) -> bool:
        """Return whether an answer is right; target : where a place had to be touched."""
        question = self.question
        match answer:
            case Choice(number) if isinstance(question, Question):
                return question.choices[number] == question.answer
            case Number(value) if isinstance(question, Question):
                return question.is_near(value)
            case Spot(x, y) if isinstance(question, PlotQuestion) and self.plane and target:
                (spot,) = self.plane.values(np.array([[x, y]])).tolist()
                return target.distance((spot[0], spot[1]), self.plane.size) <= question.tolerance
        return False

    def told(self, answer: Answer | None, target: Target | None) -> dict[str, object]:
        """Return the message for a phone that has given this answer, None for none."""
        if self.is_right(answer, target):
            said = tr(RIGHT)
        else:
            where = tr(ON_PLANE) if target is not None and target.places else ""
            said = f"{tr(WRONG) if answer else ''} {self.solution(target)} {where}".strip()
        return {"said": said, "is_over": True} | self._shown(target)

    def replies(self, target: Target | None) -> Callable[[Answer | None], str]:
        """Return what gives the text for a phone by its answer; each text is made once."""
        texts: dict[tuple[bool, bool], str] = {}

        def reply(answer: Answer | None) -> str:
            worth = self.is_right(answer, target), answer is None
            if worth not in texts:
                texts[worth] = json.dumps(self.told(answer, target))
            return texts[worth]

        return reply

    def solution(self, target: Target | None) -> str:
        """Return a sentence that says the right answer."""
        if isinstance(self.question, Question):
            return tr("The answer was {solution}.", solution=self.question.solution)
        return "" if target is None else target.words

    def _shown(self, target: Target | None) -> dict[str, object]:
        if self.plane is None or target is None:
            return {}
        return {"truth": [thinned(self.plane.shares(line)) for line in target.places]}
