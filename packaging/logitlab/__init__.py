"""Logit Lab as a library: the runs of the window and of the command line, from Python.

>>> import logitlab as ll
>>> run = ll.Run("iris", epochs=20, learning_rate=0.3)
>>> result = run.train()
>>> ll.evaluate(run).accuracy > 0.9
True

load, Data                    a data set
Run, Result                   a run: trained, stepped, kept; what came of it
predict, Predictions          a model is asked about rows
evaluate, Evaluation          how good it is, with intervals
curves, confusion, weights, boundary    figures, which a notebook shows without a display
open_project, open_model      what was kept by a run, the window or the command line
sweep, Sweep                  many runs over a grid or at random, as a table with intervals
Rows, Neuron                  what a package brings: a data set, a model
LogitLabError                 what goes wrong, in a sentence

Nothing is imported before it is used: PyTorch takes a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.library.public import *  # noqa: F403 - editors and type checkers read it there

    __version__: str
else:
    OWN = ("app", "core", "gui", "assets")

    def __getattr__(name: str) -> object:
        if name == "__version__":
            from core import VERSION

            return VERSION
        # `from logitlab import assets` asks here first, also while the library is being imported.
        if name in OWN or (name.startswith("__") and name != "__all__"):
            raise AttributeError(f"module “logitlab” has no “{name}”")
        from core.library import public

        if name != "__all__" and name not in public.__all__:
            raise AttributeError(f"module “logitlab” has no “{name}”")
        return getattr(public, name)

    def __dir__() -> list[str]:
        from core.library import public

        return [*public.__all__, "__version__"]
