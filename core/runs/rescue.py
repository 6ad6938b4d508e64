"""Analysis of a finished run: its convergence and, if it did not learn, a rate that does.

A rate is suggested only if a trial with it has learnt. A trial makes the same updates that the run
would make with it, from its start. If no rate learns, settings are neutralised one at a time until
a trial learns: the last one neutralised is named as the cause.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.config import TrainingConfig
from core.explain.convergence import judge
from core.language import tr
from core.number_format import format_integer, format_plain
from core.slices import finish
from core.train.health import Health
from core.train.history import RESCUED, Mark
from core.train.outcome import Epilogue
from core.train.snapshot import Status
from core.train.stopping import one_digit
from core.train.trainer import Trainer
from core.train.warm_start import stand_like, twin_of

DECADES = 8  # of learning rates to try
WORK = 2**31  # most multiplications of a trial,
FEWEST, MOST = 20, 300  # bounds of its number of updates
USUAL_MOMENTUM = 0.9


def epilogue_of(trainer: Trainer) -> Epilogue:
    """Return the analysis of a run that is over."""
    return finish(write(trainer))


def recover(trainer: Trainer) -> None:
    """Continue with the learning rate suggested by the epilogue, if any."""
    suggestion = trainer.epilogue
    if suggestion is None or suggestion.rate is None:
        return
    if suggestion.is_from_start:
        start = trainer.timeline.oldest
        if trainer.outcome is Status.DIVERGED:
            trainer.history.return_further(start.step)
        trainer.return_to(start)
        trainer.history.mark(Mark(start.step, RESCUED))
        trainer.last_stable = start
        trainer.measure()
    trainer.set_hyperparameters(learning_rate=suggestion.rate)
    trainer.go_on()


def write(trainer: Trainer) -> Generator[None, None, Epilogue]:
    """Return the analysis of a run that is over, yielding after each slice."""
    outcome = trainer.outcome
    assert outcome is not None
    metrics = trainer.measure(exact=True)
    yield
    if trainer.outcome is Status.DIVERGED:
        return (yield from _Search(trainer).rescue())
    found = judge(trainer.task, trainer.params(), trainer.settings, outcome, metrics)
    health = Health.of(trainer.task)
    is_first_order = not trainer.settings.rule.is_second_order
    if found.converged or health.has_learnt(health.cost(metrics)) or not is_first_order:
        return found
    tried = yield from _Search(trainer).rescue()
    return replace(tried, notes=(*found.notes[:1], *tried.notes))


@dataclass(frozen=True)
class _Trial:
    """The cost of a trial at this rate: at its start, and the mean over its last third."""

    rate: float
    before: float
    after: float
    updates: int


class _Search:
    """Tries settings on a twin of a trainer that diverged, or learnt nothing."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer, self._twin = trainer, twin_of(trainer)
        self._health = Health.of(trainer.task)
        self._has_diverged = trainer.outcome is Status.DIVERGED
        size = sum(array.size for array in trainer.params().arrays)
        self._updates = max(FEWEST, min(MOST, WORK // (trainer.batch_size * size)))

    def rescue(self) -> Generator[None, None, Epilogue]:
        """Return an epilogue with a rate that learns, or with a note on the cause."""
        trainer, settings = self._trainer, self._trainer.settings
        found = yield from self._best(settings, self._rates)
        if found is not None:
            is_later = trainer.step_count > trainer.timeline.oldest_step
            from_here = None
            if self._has_diverged and is_later:
                from_here = yield from self._try(settings, found.rate, at_start=False)
            if from_here is not None and self._health.keeps(from_here.before, from_here.after):
                return self._suggest(from_here)
            return self._suggest(found, is_from_start=is_later)
        for words, changes in _suspects(settings):
            milder = replace(settings, **changes)
            found = yield from self._best(milder, [settings.learning_rate, *self._rates])
            if found is not None:
                return Epilogue(False, (self._blame(words, found),))
        return Epilogue(False, (self._nothing_helps(),))

    @property
    def _rates(self) -> list[float]:
        """The learning rates to try, the largest first."""
        settings, stopping = self._trainer.settings, self._trainer.stopping
        largest = one_digit(stopping.safe_rate(settings))
        if self._has_diverged:
            largest = stopping.suggested_learning_rate(settings)
        rates = [float(f"{largest / 10**k:.1g}") for k in range(DECADES)]
        return [rate for rate in rates if rate != settings.learning_rate]

    def _best(
        self, settings: TrainingConfig, rates: Sequence[float]
    ) -> Generator[None, None, _Trial | None]:
        """Return the trial of the first rate that learns from the start, or the next if better."""
        best: _Trial | None = None
        for rate in rates:
            trial = yield from self._try(settings, rate, at_start=True)
            if trial is not None and not self._health.learns(trial.before, trial.after):
                trial = None
            if best is not None:
                return trial if trial and trial.after < best.after else best
            best = trial
        return best

    def _try(
        self, settings: TrainingConfig, rate: float, *, at_start: bool
    ) -> Generator[None, None, _Trial | None]:
        """Run a trial; return its costs, None if it diverged."""
        twin, cost = self._twin, self._health.cost
        changed = replace(settings, learning_rate=rate)
        stand_like(twin, self._trainer, changed, at_start=at_start)
        before, begun = cost(twin.metrics), twin.step_count
        costs: list[tuple[int, float]] = []
        while twin.step_count < begun + self._updates and twin.outcome is None:
            twin.advance(begun + self._updates - twin.step_count)
            if not costs or twin.metrics.step != costs[-1][0]:
                costs.append((twin.metrics.step, cost(twin.metrics)))
            yield
        if twin.outcome is not Status.DIVERGED:
            costs.append((twin.step_count, cost(twin.measure())))
        if twin.outcome is Status.DIVERGED:
            return None
        updates = twin.step_count - begun
        late = [c for step, c in costs if step > begun + updates * 2 // 3]
        return _Trial(rate, before, sum(late) / len(late), updates)

    def _suggest(self, trial: _Trial, *, is_from_start: bool = False) -> Epilogue:
        values = {
            "rate": format_plain(trial.rate, 6),
            "change": self._change(trial),
            "steps": format_integer(trial.updates),
        }
        text = tr("With η = {rate} it learns: {change} in {steps} steps on trial.", **values)
        if is_from_start:
            text = tr(
                "With η = {rate} from the start it learns: {change} in {steps} steps on trial.",
                **values,
            )
        return Epilogue(False, (text,), trial.rate, is_from_start)

    def _change(self, trial: _Trial) -> str:
        if self._health.is_by_mistakes:
            before, after = (f"{each:.0%}" for each in (trial.before, trial.after))
            return tr("mistakes {before} → {after}", before=before, after=after)
        before, after = (format_plain(each, 3) for each in (trial.before, trial.after))
        return tr("loss {before} → {after}", before=before, after=after)

    def _blame(self, text: str, trial: _Trial) -> str:
        rate = format_plain(trial.rate, 6)
        return tr(
            "No η learnt on trial, for {cause}: then η = {rate} learns.", cause=text, rate=rate
        )

    def _nothing_helps(self) -> str:
        data = self._trainer.task.config.data
        if data.standardise is False:
            return tr("No η learnt on trial. Switch standardisation on.")
        return tr("No η learnt on trial. Try another model, or other features.")


def _suspects(settings: TrainingConfig) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield settings that may prevent learning at any rate: message and changes to undo it."""
    l1, decay, mu = settings.l1, settings.weight_decay, settings.momentum
    if l1:
        yield (
            tr("the penalty λ₁ = {l1} is too large. Set it to 0", l1=format_plain(l1, 6)),
            {"l1": 0.0},
        )
    if decay:
        yield (
            tr("the penalty λ = {decay} is too large. Set it to 0", decay=format_plain(decay, 6)),
            {"weight_decay": 0.0},
        )
    if mu > USUAL_MOMENTUM and settings.rule.uses_momentum:
        text = tr(
            "the momentum μ = {mu} is too large. Set it to {usual}",
            mu=format_plain(mu, 6),
            usual=format_plain(USUAL_MOMENTUM, 6),
        )
        yield text, {"momentum": USUAL_MOMENTUM}
    if l1 and decay:
        text = tr(
            "the penalties λ₁ = {l1} and λ = {decay} are too large. Set both to 0",
            l1=format_plain(l1, 6),
            decay=format_plain(decay, 6),
        )
        yield text, {"l1": 0.0, "weight_decay": 0.0}
