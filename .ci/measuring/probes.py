"""Measures what is covered by probes in the code itself, for coverage.py as its plugin.

Python 3.11 traces by calling out for each function and line of every package, which more than
doubles what the tests cost. So modules that are measured are given a statement that marks a byte
before each of theirs, when they are imported; everything else runs as ever. What the marks mean is
said in coverage.py's own words, the jumps of its parser, and reported by it.

A statement with several ways on, such as an ``if``, marks the way that it took. The end of a
``finally`` cannot: its ways on count as taken where both ends were reached.
"""

import hashlib
import marshal
import os
import sys
import tempfile
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any, ClassVar

from coverage import control
from coverage.core import Core
from coverage.disposition import FileDisposition
from instrument import Arc, instrumented

__all__ = ["begin", "coverage_init"]


def coverage_init(*_: object) -> None:
    """Puts the probes in the place of the tracer. Coverage calls it in each process."""
    vars(control)["Core"] = ProbeCore  # there is no other door for a kind of one's own


class ProbeCore(Core):
    """Says what kind of tracer there is."""

    def __init__(self, **_: object) -> None:
        self.tracer_class = ProbeTracer
        self.tracer_kwargs = {}
        self.file_disposition_class = FileDisposition
        self.supports_plugins = self.supports_dynamic_contexts = False
        self.packed_arcs = self.systrace = False


class ProbeTracer(MetaPathFinder):
    """Finds the modules that are measured, and tells coverage what their probes have seen."""

    running: ClassVar["ProbeTracer | None"] = None

    def __init__(self) -> None:
        self.data: dict[str, set[Arc]] = {}
        self.should_trace: Any = None
        self.concur_id_func: Any = None  # it works in greenlets and threads as anywhere
        self._modules: list[tuple[str, bytearray, list[list[Arc]]]] = []
        self._others: set[str] = set()  # packages of which nothing is measured

    def start(self) -> None:
        """From now on, what is imported is measured."""
        ProbeTracer.running = self
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """What is there goes on marking, and nobody asks."""

    def activity(self) -> bool:
        """Whether there is anything to write; gathers it."""
        for name, hits, arcs in self._modules:
            seen = [number for number, hit in enumerate(hits) if hit]
            self.data.setdefault(name, set()).update(arc for one in seen for arc in arcs[one])
        return any(self.data.values())

    def reset_activity(self) -> None:
        """It has been written. Writing it twice is as good as once."""

    def get_stats(self) -> None:
        """There are none."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The module with probes, where it is one that is measured."""
        package = fullname.partition(".")[0]
        if package in self._others or package in sys.stdlib_module_names:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not SourceFileLoader or spec.origin is None:
            return None
        frame = SimpleNamespace(f_globals={"__name__": fullname, "__file__": spec.origin})
        found = self.should_trace(spec.origin, frame)
        if not found.trace:
            if fullname == package:
                self._others.add(package)
            return None
        spec.loader = ProbeLoader(fullname, spec.origin, found.source_filename)
        return spec

    def watch(self, name: str, arcs: list[list[Arc]]) -> bytearray:
        """The bytes that the module's probes mark."""
        hits = bytearray(len(arcs))
        self._modules.append((name, hits, arcs))
        return hits


def begin(name: str) -> bytearray:
    """What a module with probes calls first."""
    assert ProbeTracer.running is not None  # noqa: S101  # its loader came from there
    return ProbeTracer.running.watch(*ProbeLoader.loaded[name])


class ProbeLoader(SourceFileLoader):
    """Loads a module with its probes; they are kept beside what Python keeps of it."""

    loaded: ClassVar[dict[str, tuple[str, list[list[Arc]]]]] = {}

    def __init__(self, fullname: str, path: str, source_name: str) -> None:
        super().__init__(fullname, path)
        self._source_name = source_name

    def get_code(self, fullname: str) -> CodeType:
        """The module's code, from its file or as it was made of the same text before."""
        path = Path(self.get_filename(fullname))
        source = path.read_bytes()
        explain = _explaining(fullname, path)
        made = f"{sys.version}\0{path}\0{explain is None}\0".encode() + _OWN + source
        digest = hashlib.sha256(made).digest()
        kept = path.parent / "__pycache__" / f"{path.stem}.probes.{digest.hex()[:16]}"
        try:
            code, arcs = marshal.loads(kept.read_bytes())  # noqa: S302  # our own
        except (OSError, ValueError, EOFError):
            tree, arcs = instrumented(source.decode(), str(path))
            if explain is not None:
                explain(tree, source)
            code = compile(tree, path, "exec", dont_inherit=True)
            _keep(kept, marshal.dumps((code, arcs)))
        self.loaded[str(path)] = self._source_name, arcs
        assert isinstance(code, CodeType)  # noqa: S101
        return code


_HERE = Path(__file__)
_OWN = b"".join(one.read_bytes() for one in (_HERE, _HERE.with_name("instrument.py")))


def _keep(file: Path, content: bytes) -> None:
    """Writes it whole or not at all, since several processes may."""
    try:
        file.parent.mkdir(exist_ok=True)
        for old in file.parent.glob(f"{file.name.partition('.')[0]}.probes.*"):
            old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as written:
            written.write(content)
        os.replace(written.name, file)  # noqa: PTH105
    except OSError:
        return  # it is made anew each time


def _explaining(fullname: str, path: Path) -> Any:
    """What pytest does to a module whose assertions it explains; ``None`` where it would not."""
    pytest: Any = sys.modules.get("_pytest.assertion.rewrite")
    if pytest is None:
        return None
    found = (one for one in sys.meta_path if isinstance(one, pytest.AssertionRewritingHook))
    hook: Any = next(found, None)
    # Pytest has no public way to ask.
    if hook is None or not hook._should_rewrite(fullname, str(path), _Silent()):  # noqa: SLF001
        return None
    return lambda tree, source: pytest.rewrite_asserts(tree, source, str(path), hook.config)


class _Silent:
    def trace(self, *_: object) -> None:
        """Pytest tells of what it does; nobody listens."""
