"""Sweeps: many questions into one file, a line each."""

from __future__ import annotations

import json
import os
from typing import Any, Callable, Mapping, NamedTuple, Optional, Union

from ._library import SWEEP_PROGRESS, call

PathLike = Union[str, "os.PathLike[str]"]


class SweepProgress(NamedTuple):
    """Where a sweep is."""

    finished: int
    total: int
    #: ``None`` where it is not known yet.
    seconds_left: Optional[float]


def sweep(
    question: Mapping[str, Any], output: PathLike, *,
    progress: Optional[Callable[[SweepProgress], Optional[bool]]] = None, **options: Any,
) -> dict[str, Any]:
    """Plans every point of a question into a file; called again with the same output it goes on where it ended.

    :param question: as ``solver/schema/sweep.schema.json`` has it: ``{"models": ["m.onnx"], "cards": "1..6"}``.
    :param output: CSV, or JSON Lines where the name ends in ``.jsonl``.
    :param progress: called now and then; ``False`` ends the sweep, and what is finished is kept.
    :param options: those of ``partitioner_sweep``: ``shard``, ``shards``, ``threads``.
    :returns: ``path``, ``total``, ``found``, ``planned``, ``infeasible``, ``refused``, ``isComplete``.
    """
    raised: list[BaseException] = []

    def hear(_: object, finished: int, total: int, seconds_left: float) -> int:
        if progress is None or total < 0:
            return 0
        try:
            answer = progress(SweepProgress(finished, total, seconds_left if seconds_left >= 0 else None))
        except BaseException as error:  # KeyboardInterrupt too ends the sweep
            raised.append(error)
            return 1
        return 1 if answer is False else 0

    # Heard also where nobody listens, so that Ctrl-C is.
    outcome = call(
        "sweep", json.dumps(question).encode(), os.fsencode(output), json.dumps(options).encode(), SWEEP_PROGRESS(hear),
        None)
    if raised:
        raise raised[0]
    return dict(json.loads(outcome))


def merge_sweep(output: PathLike) -> int:
    """Joins the parts of a sweep that lie beside its output into it, and answers how many points it has."""
    return int(json.loads(call("sweep_merge", os.fsencode(output)))["total"])


def pareto(sweep: PathLike, format: str = "html") -> str:
    """The points of a finished sweep that no other beats, as a page, or as a picture with ``format="svg"``."""
    return call("pareto", os.fsencode(sweep), format.encode())
