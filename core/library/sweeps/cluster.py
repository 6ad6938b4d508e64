"""Runs on the machines of a cluster, by Dask."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from typing import cast

from core.errors import ConfigError, PeerError
from core.library.sweeps import worker
from core.library.sweeps.engine import Note, follow
from core.library.sweeps.kept import Outcome
from core.library.sweeps.worker import Job, Made

NEEDED = "A cluster is asked by Dask: pip install distributed, or logitlab[cluster]."
PATIENCE = 30  # seconds until a scheduler has answered, and has a worker
KILLED = "the workers that it was given to ended, perhaps for want of memory."


class Cluster:
    """Makes runs on all workers of the scheduler at an address, such as `tcp://host:8786`.

    Raises PeerError if it does not answer or has no worker, ConfigError without Dask.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
            from distributed.comm.addressing import resolve_address
        except ImportError:
            raise ConfigError(NEEDED) from None
        for name in ("distributed", "distributed.client"):  # what is lost is said once
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._address = address
        try:
            resolve_address(address)  # of what is none, a client would wait in vain
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:  # nobody is there; it is no address
            raise PeerError(f"No scheduler of Dask answers at {address}.") from error
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            self.close()
            raise PeerError(
                f"The scheduler at {address} has no workers; start some: dask worker {address}"
            ) from error
        self._executor = self._client.get_executor(pure=False)

    def run_all(self, jobs: Sequence[Job], note: Note, is_stopped: Callable[[], bool]) -> None:
        try:
            follow(jobs, self._submit, len(jobs), note, is_stopped, self._made)
        except CancelledError as error:
            raise self._lost() from error
        except RuntimeError as error:
            if self._client.status == "running":
                raise
            raise self._lost() from error

    def close(self) -> None:
        self._client.close(timeout=1)

    def _submit(self, job: Job) -> Future[Made]:
        return cast("Future[Made]", self._executor.submit(worker.work_in_cluster, job))

    def _made(self, future: Future[Made]) -> Made:
        """Return what came of a run; one whose workers were killed has failed by itself."""
        error = future.exception()
        if isinstance(error, ImportError):
            raise PeerError(
                f"The workers at {self._address} cannot load the program: {error}. Install the "
                "same version on their machines."
            ) from error
        if error is None:
            return future.result()
        is_killed = type(error).__name__ == "KilledWorker"
        return Made(Outcome(error=KILLED if is_killed else f"{type(error).__name__}: {error}"))

    def _lost(self) -> PeerError:
        return PeerError(
            f"The scheduler at {self._address} no longer answers. Runs that ended are kept; "
            "start again to go on."
        )
