"""Runs of a sweep as they are made: found among those that are kept, or made and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.errors import LogitLabError
from core.library.sweeps import kept
from core.library.sweeps.engine import Engine, Here
from core.library.sweeps.kept import DataSets, Outcome
from core.library.sweeps.plan import Planned
from core.library.sweeps.worker import Job, Made


@contextmanager
def engine(jobs: int, dask: str | None) -> Iterator[Engine]:
    """Yield who makes `jobs` runs at a time here, or as many as the cluster at an address can.

    Raises PeerError if it does not answer, ConfigError where it cannot be asked.
    """
    found = _engine(jobs, dask)
    try:
        yield found
    finally:
        found.close()


def _engine(jobs: int, dask: str | None) -> Engine:
    if dask is not None:
        from core.library.sweeps.cluster import Cluster

        return Cluster(dask)
    if jobs > 1:
        from core.library.sweeps.processes import Processes

        return Processes(jobs)
    return Here()


class Making:
    """What came of the runs so far, by their places among all that were asked for.

    on_run, is_stopped : as of `core.library.sweeps.sweep.sweep`.
    """

    def __init__(
        self,
        folder: Path,
        engine: Engine,
        on_run: Callable[[Planned, Outcome, int], object] | None,
        is_stopped: Callable[[], bool],
    ) -> None:
        self.runs: list[Planned] = []
        self.outcomes: dict[int, Outcome] = {}
        self.keys: dict[int, str] = {}
        self._folder, self._engine = folder, engine
        self._on_run, self._is_stopped = on_run, is_stopped
        self._datasets = DataSets()

    def make(self, runs: Sequence[Planned]) -> range:
        """Make those of these runs that are not kept; return the places of all of them.

        One that was stopped has no outcome. Raises SaveError, PeerError.
        """
        begin = len(self.runs)
        self.runs += runs
        found, left = dict[int, Outcome](), list[Job]()
        for number, planned in enumerate(runs, begin):
            try:
                dataset = self._datasets.load(planned.config.data)
                key = self.keys[number] = kept.key_of(planned.config, dataset)
            except LogitLabError as error:
                found[number] = Outcome(error=str(error))
                continue
            outcome = kept.read(self._folder, key)
            if outcome is None:
                left.append(Job(number, key, planned.config))
            else:
                found[number] = outcome
        for number, outcome in found.items():
            self._note(number, outcome)
        self._engine.run_all(left, self._keep, self._is_stopped)
        return range(begin, len(self.runs))

    def _keep(self, job: Job, made: Made) -> None:
        if made.run is not None:
            kept.write(self._folder, job.key, made.outcome, made.run)
        self._note(job.number, made.outcome)

    def _note(self, number: int, outcome: Outcome) -> None:
        self.outcomes[number] = outcome
        if self._on_run is not None:
            self._on_run(self.runs[number], outcome, len(self.outcomes))
