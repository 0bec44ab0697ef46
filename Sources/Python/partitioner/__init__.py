"""Decides what of a neural network runs where on a host and its accelerator cards."""

from ._compiler import Operator, Tensor
from ._library import PartitionError, library_path, version
from ._model import Model, Plan, Progress, frame, load, load_plan
from ._run import Outcome, run
from ._sweep import SweepProgress, merge_sweep, pareto, sweep

__all__ = [
    "Model", "Operator", "Outcome", "PartitionError", "Plan", "Progress", "SweepProgress", "Tensor", "frame", "library_path", "load",
    "load_plan", "merge_sweep", "pareto", "run", "sweep", "version",
]
