"""The names of `import logitlab`, which imports this module with the first of them."""

from core.brought_model import Neuron
from core.data.installed import Rows
from core.errors import LogitLabError
from core.library.data import Data, load
from core.library.figure import Figure
from core.library.figures import boundary, confusion, curves, weights
from core.library.loop import Result
from core.library.prediction import Evaluation, Predictions, evaluate, predict
from core.library.projects import open_model, open_project
from core.library.run import Run
from core.library.sweeps.sweep import Sweep, sweep
from core.runs.model import Model

__all__ = [
    "Data",
    "Evaluation",
    "Figure",
    "LogitLabError",
    "Model",
    "Neuron",
    "Predictions",
    "Result",
    "Rows",
    "Run",
    "Sweep",
    "boundary",
    "confusion",
    "curves",
    "evaluate",
    "load",
    "open_model",
    "open_project",
    "predict",
    "sweep",
    "weights",
]
