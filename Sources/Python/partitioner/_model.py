"""Models and plans."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Union

from . import _compiler
from ._library import call, watched

if TYPE_CHECKING:
    import onnx

#: A file, its bytes, or the message.
ModelLike = Union[str, "os.PathLike[str]", bytes, bytearray, "onnx.ModelProto"]


def _report(text: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(text)
    return report


@dataclass(frozen=True)
class Progress:
    """News of a search."""

    #: Of the best plan so far, in seconds or joules a batch.
    objective: Optional[float]
    #: What no plan is below.
    bound: float
    seconds: float
    #: Of the work, 0 to 1.
    share: Optional[float]


class Model:
    """A model that is planned, from a file or from memory."""

    def __init__(self, model: ModelLike, dimensions: Optional[Mapping[str, int]] = None) -> None:
        self.path: Optional[str] = None
        self.content: Optional[bytes] = None
        if isinstance(model, (str, os.PathLike)):
            self.path = os.fspath(model)
        elif isinstance(model, (bytes, bytearray)):
            self.content = bytes(model)
        elif hasattr(model, "SerializeToString"):
            self.content = model.SerializeToString()
        else:
            raise TypeError(f"a model is a path, bytes or an onnx.ModelProto, not {type(model).__name__}")
        self.dimensions = dict(dimensions or {})

    def _options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        given = {key: value for key, value in options.items() if value is not None}
        if self.dimensions:
            given.setdefault("dimensions", self.dimensions)
        if self.path is not None:
            given["path"] = self.path
        return given

    def _call(self, name: str, options: Mapping[str, Any], *more: object) -> str:
        given = json.dumps(self._options(options)).encode()
        return call(name, self.content, len(self.content or b""), given, *more)

    def inspect(self, largest: int = 10) -> dict[str, Any]:
        """What is in the model: operators, parameters, operations, bytes, tables, findings."""
        return _report(self._call("inspect", {"largest": largest}))

    def costs(self, **options: Any) -> dict[str, Any]:
        """What each operator costs on each kind of device; ``rows`` has one a row."""
        return _report(self._call("costs", options))

    def program(self, format: str = "mps", **options: Any) -> str:
        """The question of :meth:`plan` as an integer program for another solver: ``mps`` or ``lp``."""
        return self._call("program", options, format.encode())

    def plan(
        self, *, progress: Optional[Callable[[Progress], Optional[bool]]] = None,
        kernel: Optional[_compiler.Kernel] = None, supports: Optional[_compiler.Supports] = None,
        seconds: Optional[_compiler.Seconds] = None, **options: Any,
    ) -> Plan:
        """Plans the model. Options are those of ``partitioner_plan`` in ``partitioner.h``.

        A compiler says by ``kernel``, ``supports`` and ``seconds`` what it computes at once, what its cards run and what that
        takes; each may answer ``None`` and leave a question to the cost model. All are called on this thread before the search,
        in the order of the operators. With one of them no teams of cards are formed and no tables are split in hot and cold rows:
        see ``partitioner_plan_make``.

        :param progress: hears of the search on this thread; ends it with the best plan so far by answering ``False``.
        :param kernel: the number of the kernel that computes an operator; those with the same one are one kernel.
        :param supports: whether a kind of card runs an operator in a precision: ``supports(operator, "h100-pcie", "int8")``.
        :param seconds: of a batch on a kind of device, ``host`` or a card's model.
        """
        def heard(objective: float, bound: float, seconds: float, share: float) -> bool:
            if progress is None:
                return True
            news = Progress(None if objective < 0 else objective, bound, seconds, None if share < 0 else share)
            return progress(news) is not False

        is_compiled = kernel is not None or supports is not None or seconds is not None
        function, raised = watched(heard if progress is not None or is_compiled else None)
        if not is_compiled:
            text = self._call("plan_watched", options, function, None)
        else:
            try:
                text = _compiler.plan(self.content, self._options(options), function, raised, kernel, supports, seconds)
            except Exception:
                if raised:
                    raise raised[0] from None
                raise
        if raised:
            raise raised[0]
        return Plan(json.loads(text), self)


class Plan(dict):  # type: ignore[type-arg]
    """The content of a ``plan.json``, as a dictionary, with its model where that is known."""

    def __init__(self, document: Mapping[str, Any], model: Optional[Model] = None) -> None:
        super().__init__(document)
        self.model = model

    @property
    def text(self) -> str:
        return json.dumps(self)

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes the plan for the ``partition`` command; its model is named from the plan's folder."""
        document = dict(self)
        named = self["model"]["path"]
        if named:
            folder = os.path.dirname(os.path.realpath(path))
            document["model"] = dict(self["model"], path=os.path.relpath(os.path.realpath(named), folder))
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, sort_keys=True)
            file.write("\n")

    def _model(self) -> tuple[Optional[bytes], int]:
        content = self.model.content if self.model else None
        return content, len(content or b"")

    def check(self) -> dict[str, Any]:
        """Derives everything again from model, system and placement: ``holds`` and ``violations``."""
        return _report(call("check", self.text.encode(), *self._model(), allows_violation=True))

    def simulate(self, **options: Any) -> dict[str, Any]:
        """Replays requests; ``verdict`` says whether the plan holds. Options are those of ``partitioner_simulate``."""
        return _report(call(
            "simulate", self.text.encode(), *self._model(), json.dumps(options).encode(), allows_violation=True))

    def bucket(self, length: int) -> Plan:
        """The plan that requests of a length have in a plan with padding buckets."""
        document = json.loads(call("bucket", self.text.encode(), length))
        model = self.model
        if model is not None and (model.path or model.content) is not None:
            model = Model(model.path or model.content or b"", document["model"]["dimensions"])
        return Plan(document, model)

    def explain(self, **options: Any) -> dict[str, Any]:
        """Why the plan is as it is, and what would change it. Options are those of ``partitioner_explain``."""
        return _report(call("explain", self.text.encode(), *self._model(), json.dumps(options).encode()))

    def replan(self, model: Optional[ModelLike] = None, **options: Any) -> tuple[Plan, dict[str, Any]]:
        """The plan after a change, with frontier and moves. Options are those of ``partitioner_replan``.

        :param model: another state of the model, where it has changed; its dimensions are bound as the plan's.
        """
        changed = None if model is None else Model(model, self["model"]["dimensions"])
        if changed is not None and changed.path is not None:
            options = dict(options, newModel=changed.path)
        content = changed.content if changed else None
        answer = json.loads(call(
            "replan_model", self.text.encode(), *self._model(), content, len(content or b""), json.dumps(options).encode()))
        return Plan(answer["plan"], changed or self.model), answer["replan"]

    def compare(self, other: Mapping[str, Any]) -> str:
        """Both plans side by side as a page of HTML."""
        return call("compare", self.text.encode(), json.dumps(other).encode())

    def report(self, replayed: bool = True) -> str:
        """The plan as a page of HTML, without network or scripts; ``replayed`` adds latency under load."""
        return call("report", self.text.encode(), *self._model(), int(replayed))

    def draw(self, full: bool = False) -> str:
        """The plan as a Graphviz graph."""
        return call("draw", self.text.encode(), int(full))

    def export(
        self, folder: Optional[Union[str, "os.PathLike[str]"]] = None, *, format: str = "parts", **options: Any
    ) -> dict[str, Any]:
        """Writes ONNX models of the partitions, or the plan in a format of another tool.

        :param folder: for formats of several files; others come back as ``text``.
        :returns: ``losses``, what the format cannot say, and ``text``.
        """
        given = dict(options, format=format)
        if folder is not None:
            given["folder"] = os.fspath(folder)
        arguments = json.dumps(given).encode()
        if self.model is None or self.model.content is None:
            path = self.model.path if self.model else None
            return _report(call("export", self.text.encode(), path.encode() if path else None, arguments))
        with tempfile.TemporaryDirectory() as temporary:
            path = os.path.join(temporary, "model.onnx")
            with open(path, "wb") as file:
                file.write(self.model.content)
            return _report(call("export", self.text.encode(), path.encode(), arguments))


def load(model: ModelLike, dimensions: Optional[Mapping[str, int]] = None) -> Model:
    """A model to plan, from a path, from bytes or from an ``onnx.ModelProto``."""
    return Model(model, dimensions)


def load_plan(path: Union[str, "os.PathLike[str]"], model: Optional[ModelLike] = None) -> Plan:
    """A plan from a file. Its model is the one that it names, unless another place is given."""
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    named = document["model"]["path"]
    if model is None and named:
        model = os.path.join(os.path.dirname(os.path.realpath(path)), named)
        document["model"]["path"] = model
    dimensions = document["model"]["dimensions"]
    return Plan(document, None if model is None else Model(model, dimensions))


def frame(rows: list[dict[str, Any]]) -> Any:
    """Rows of a report as a pandas table, or as they are where pandas is not installed."""
    try:
        import pandas
    except ImportError:
        return rows
    return pandas.json_normalize(rows)
