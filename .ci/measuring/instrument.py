"""Puts probes into a module's tree, and says what each of them means."""

import ast
from collections.abc import Iterable, Iterator, Sequence

from coverage.parser import PythonParser

__all__ = ["Arc", "instrumented"]

Arc = tuple[int, int]
"""A jump from one line to another, as coverage says it. From a line to itself: it was reached."""
_HITS = "__probes__"


def instrumented(source: str, path: str) -> tuple[ast.Module, list[list[Arc]]]:
    """The module's tree with probes, and what each of them means when it was hit."""
    parser = PythonParser(text=source, filename=path)
    parser.parse_source()
    tree = ast.parse(source, path)
    probes = _Probes(parser)
    tree.body = probes.block(tree.body)
    start = f"{_HITS} = __import__('probes').begin({path!r})"
    place = next(
        (number for number, one in enumerate(tree.body) if not _must_be_first(number, one)),
        len(tree.body),
    )
    tree.body[place:place] = ast.parse(start).body
    return ast.fix_missing_locations(tree), probes.arcs


def _must_be_first(number: int, statement: ast.stmt) -> bool:
    """A docstring, or an import from the future."""
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__"
    return (
        number == 0
        and isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


class _Probes:
    """Puts the probes of one module into its tree."""

    def __init__(self, parser: PythonParser) -> None:
        self.arcs: list[list[Arc]] = []
        self._lines = parser.statements
        self._ways: dict[int, set[int]] = {}
        for here, there in parser.arcs():
            self._ways.setdefault(here, set()).add(there)

    def block(self, statements: list[ast.stmt], *arcs: Arc) -> list[ast.stmt]:
        """The statements of a block with theirs; ``arcs`` are the ways that lead into it."""
        made: list[ast.stmt] = []
        waiting = list(arcs)  # for a place where a probe may stand
        for number, statement in enumerate(statements):
            waiting += [(line, line) for line in self._header(statement)]
            waiting += self._several(statement)
            if _must_be_first(number, statement):
                made.append(statement)
                continue
            made += self._probe(waiting, statement)
            waiting = []
            self._inside(statement)
            made.append(statement)
        if waiting and statements:
            made += self._probe(waiting, statements[-1])
        return made

    def _inside(self, statement: ast.stmt) -> None:
        match statement:
            case ast.If() | ast.While() | ast.For() | ast.AsyncFor():
                self._fork(statement)
            case ast.Try() | ast.TryStar():
                self._try(statement)
            case ast.Match():
                self._match(statement)
            case _ if hasattr(statement, "body"):  # a function, a class, a with
                statement.body = self.block(statement.body)

    def _fork(self, statement: ast.If | ast.While | ast.For | ast.AsyncFor) -> None:
        into, past = self._split(statement.lineno, statement.body)
        statement.body = self.block(statement.body, *into)
        if statement.orelse:
            statement.orelse = self.block(statement.orelse, *past)
        else:
            statement.orelse = self._probe(past, statement)

    def _try(self, statement: ast.Try | ast.TryStar) -> None:
        statement.body = self.block(statement.body)
        missed: list[Arc] = []
        for handler in statement.handlers:
            line = handler.lineno
            reached = [(line, line), *missed]
            into, missed = self._split(line, handler.body)
            if handler.type is None:
                into += reached
            else:
                handler.type = self._probed(handler.type, reached)
            handler.body = self.block(handler.body, *into)
        statement.orelse = self.block(statement.orelse)
        statement.finalbody = self.block(statement.finalbody)

    def _match(self, statement: ast.Match) -> None:
        """Where a case is hit, those above it were tried and missed."""
        tried: list[Arc] = []
        for case in statement.cases:
            line = case.pattern.lineno
            into, past = self._split(line, case.body)
            tried.append((line, line))
            case.body = self.block(case.body, *tried, *into)
            tried += past
        last = statement.cases[-1]
        is_sure = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        if tried and not (is_sure and last.guard is None):
            missed = self._probe(tried, statement)
            statement.cases.append(ast.match_case(ast.MatchAs(), None, missed))
            ast.copy_location(statement.cases[-1].pattern, last.pattern)

    def _header(self, statement: ast.stmt) -> Iterator[int]:
        """The lines that run when the statement is reached."""
        first = _first_line(statement)
        last = statement.end_lineno or first
        inner = getattr(statement, "body", None) or getattr(statement, "cases", None)
        if inner:
            last = max(_first_line(inner[0]) - 1, statement.lineno)
        return (line for line in range(first, last + 1) if line in self._lines)

    def _several(self, statement: ast.stmt) -> Iterator[Arc]:
        """The ways on from a statement that does not choose one: from the end of a finally."""
        if hasattr(statement, "body") or isinstance(statement, ast.Match):
            return
        ways = self._ways.get(statement.lineno, set())
        if len(ways) > 1:
            yield from ((statement.lineno, way) for way in ways)

    def _split(self, line: int, body: Sequence[ast.stmt]) -> tuple[list[Arc], list[Arc]]:
        """The ways on from ``line``: into the block, and past it."""
        inside = range(_first_line(body[0]), (body[-1].end_lineno or 0) + 1)
        ways = self._ways.get(line, set())
        into = [(line, way) for way in ways if way in inside]
        return into, [(line, way) for way in ways if way not in inside]

    def _number(self, arcs: Iterable[Arc]) -> int:
        self.arcs.append(list(arcs))
        return len(self.arcs) - 1

    def _probe(self, arcs: Sequence[Arc], place: ast.AST) -> list[ast.stmt]:
        if not arcs:
            return []
        made = ast.parse(f"{_HITS}[{self._number(arcs)}] = 1").body
        for node in ast.walk(made[0]):
            ast.copy_location(node, place)
        return made

    def _probed(self, expression: ast.expr, arcs: Sequence[Arc]) -> ast.expr:
        """An expression that has the same value, and marks that it was asked for."""
        text = f"{_HITS}.__setitem__({self._number(arcs)}, 1) or 0"
        made = ast.parse(text, mode="eval").body
        assert isinstance(made, ast.BoolOp)  # noqa: S101  # as it was written
        made.values[1] = expression
        for node in (made, *ast.walk(made.values[0])):
            ast.copy_location(node, expression)
        return made


def _first_line(node: ast.stmt | ast.match_case) -> int:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
