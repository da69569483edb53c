"""The rooms and their one-way rule, read from the code itself: an arrow to the right, or a print in a room, fails."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import audit_toolkit as at

PACKAGE = Path(__file__).resolve().parent.parent / "audit_toolkit"
ROOMS = ("files", "register", "sampling", "scoring", "improvement", "reporting", "cli")
# The largest room has rooms of its own, by the same rule.
INNER_ROOMS = {"improvement": ("estimates", "changes", "planning", "rounds")}
SHARED = ("errors", "terms")
# Rooms that may touch the world: files reads and writes, cli talks to a person.
OPEN_ROOMS = ("files", "cli")
# A program of its own, handed to people who have nothing else of ours: it reads its files and prints what it finds.
PROGRAMS = ("standalone.py",)
OUTSIDE_MODULES = {"logging", "subprocess", "time", "socket", "shutil", "tempfile", "secrets", "os", "sys", "urllib"}
OUTSIDE_CALLS = {"print", "input", "open", "eval", "exec", "__import__", "breakpoint"}
OUTSIDE_METHODS = {
    *("now", "today", "utcnow", "getenv", "putenv", "read_csv", "read_excel", "to_csv", "to_excel"),
    *("write_text", "write_bytes", "read_bytes", "mkdir", "unlink", "rmdir", "touch", "urlopen"),
}
MOST_LINES, MOST_BODY = 300, 50
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """Give the room a file stands in; "" for the package's own front door, errors and terms by their names."""
    parts = path.relative_to(PACKAGE).parts
    if len(parts) > 1:
        return parts[0]
    return "" if parts[0] == "__init__.py" else parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Give each import as (line, module, name); relative ones are given with their dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, "." * node.level + (node.module or ""), alias.name) for alias in node.names)


def wrong_arrows(source: str, room: str) -> list[str]:
    """List the imports of this package that a file of `room` may not make."""
    found = []
    for line, module, name in imports(ast.parse(source)):
        if module.startswith("."):
            found.append(f"line {line}: {module} is relative")
        if module.split(".")[0] != "audit_toolkit":
            continue
        parts = module.split(".")[1:] or [name]
        target, deep = parts[0], len(parts) > 1
        if room in SHARED:
            found.append(f"line {line}: {room} imports {target}")
        elif target in SHARED or room == "":
            continue
        elif target not in ROOMS:
            found.append(f"line {line}: {target} is no room")
        elif ROOMS.index(target) > ROOMS.index(room):
            found.append(f"line {line}: {room} imports {target}, which is to its right")
        elif target != room and deep:
            found.append(f"line {line}: {module} is reached past its __init__")
    return found


def wrong_inner_arrows(source: str, room: str, inner: str) -> list[str]:
    """List the imports, inside a room that has rooms of its own, that point to one further to the right."""
    order = INNER_ROOMS.get(room, ())
    found = []
    for line, module, _ in imports(ast.parse(source)):
        parts = module.split(".")
        inside = inner in order and parts[:2] == ["audit_toolkit", room] and len(parts) > 2 and parts[2] in order
        if inside and order.index(parts[2]) > order.index(inner):
            found.append(f"line {line}: {inner} imports {parts[2]}, which is to its right")
    return found


def outside(source: str) -> list[str]:
    """List what a pure room may not do: print, open, ask the clock or the environment, log, run programs."""
    tree = ast.parse(source)
    found = [
        f"line {line}: imports {module}" for line, module, _ in imports(tree) if module.split(".")[0] in OUTSIDE_MODULES
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            call = node.func
            if isinstance(call, ast.Name) and call.id in OUTSIDE_CALLS:
                found.append(f"line {node.lineno}: {call.id}()")
            if isinstance(call, ast.Attribute) and call.attr in {*OUTSIDE_METHODS, "open"}:
                found.append(f"line {node.lineno}: .{call.attr}()")
        elif isinstance(node, ast.Attribute) and node.attr == "environ":
            found.append(f"line {node.lineno}: environ")
        elif isinstance(node, ast.Global):
            found.append(f"line {node.lineno}: global {', '.join(node.names)}")
    return found


def refused_style(source: str) -> list[str]:
    """List what STYLE refuses anywhere: assert, star imports, excepts that catch everything, marks that hush tools."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            found.append(f"line {node.lineno}: assert")
        if isinstance(node, ast.ExceptHandler) and _catches_all(node.type):
            found.append(f"line {node.lineno}: catches everything")
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            found.append(f"line {node.lineno}: star import")
    marks = ("# type: " + "ignore", "# no" + "qa", "TO" + "DO", "FIX" + "ME")
    for number, line in enumerate(source.splitlines(), 1):
        found += [f"line {number}: {mark}" for mark in marks if mark in line]
    return found


def _catches_all(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        each is None or (isinstance(each, ast.Name) and each.id in ("Exception", "BaseException")) for each in names
    )


def long_functions(source: str) -> list[str]:
    """List the functions whose body, without its docstring, has more than MOST_BODY lines."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if length > MOST_BODY:
                found.append(f"line {node.lineno}: {node.name} has {length} lines")
    return found


def exported(source: str) -> list[str]:
    """Give the names in a module's written-out __all__."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(each, ast.Name) and each.id == "__all__" for each in node.targets
        ):
            names: list[str] = ast.literal_eval(node.value)
            return names
    return []


def undocumented(path: Path) -> list[str]:
    """List the names a room exports whose definition in the room's files has no docstring."""
    defined: dict[str, bool] = {}
    for file in path.parent.rglob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                defined[node.name] = defined.get(node.name, False) or ast.get_docstring(node) is not None
    return [name for name in exported(path.read_text(encoding="utf-8")) if not defined.get(name, True)]


@pytest.fixture(params=FILES, ids=[str(path.relative_to(PACKAGE)) for path in FILES])
def file(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_file_stands_in_a_known_room() -> None:
    assert {room_of(path) for path in FILES} <= {"", *SHARED, *ROOMS}
    assert set(ROOMS) <= {room_of(path) for path in FILES}


def test_a_file_keeps_the_rules_of_its_room(file: Path) -> None:
    source, room = file.read_text(encoding="utf-8"), room_of(file)
    assert wrong_arrows(source, room) == []
    assert wrong_inner_arrows(source, room, file.parent.name) == []
    assert room in OPEN_ROOMS or file.name in PROGRAMS or outside(source) == []
    assert refused_style(source) == []
    assert len(source.splitlines()) <= MOST_LINES
    assert long_functions(source) == []
    assert ast.get_docstring(ast.parse(source)) is not None
    assert source == "" or "from __future__ import annotations" in source


def test_the_front_door_names_the_same_for_people_and_for_type_checkers() -> None:
    """`import audit_toolkit as at` gives what its stub types, each from the room that the stub says."""
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    typed = {name: module for _, module, name in imports(stub)}
    assert sorted([*typed, "__version__"]) == at.__all__ == dir(at)
    for name, module in typed.items():
        assert getattr(at, name) is getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_of_a_room_is_written_out_and_documented(room: str) -> None:
    front = PACKAGE / room / "__init__.py"
    names = exported(front.read_text(encoding="utf-8"))
    assert names
    assert sorted(set(names)) == sorted(names)
    assert undocumented(front) == []


@pytest.mark.parametrize(
    ("source", "room", "found"),
    [
        (
            "from audit_toolkit.scoring import score_cases",
            "sampling",
            "line 1: sampling imports scoring, which is to its right",
        ),
        ("def f():\n    import audit_toolkit.cli", "reporting", "line 2: reporting imports cli, which is to its right"),
        (
            "from audit_toolkit import improvement",
            "scoring",
            "line 1: scoring imports improvement, which is to its right",
        ),
        (
            "from audit_toolkit.files.atomic import write_files",
            "cli",
            "line 1: audit_toolkit.files.atomic is reached past its __init__",
        ),
        ("from audit_toolkit.files import read_table", "errors", "line 1: errors imports files"),
        ("from audit_toolkit.utils import x", "cli", "line 1: utils is no room"),
        ("from . import draw", "sampling", "line 1: . is relative"),
    ],
)
def test_a_wrong_arrow_is_found(source: str, room: str, found: str) -> None:
    assert wrong_arrows(source, room) == [found]


def test_a_wrong_arrow_inside_a_room_is_found() -> None:
    source = "from audit_toolkit.improvement.rounds.plot import change_figure"
    assert wrong_inner_arrows(source, "improvement", "estimates") == [
        "line 1: estimates imports rounds, which is to its right"
    ]
    assert wrong_inner_arrows(source, "improvement", "rounds") == []


def test_every_file_of_a_large_room_stands_in_one_of_its_rooms() -> None:
    for room, inner in INNER_ROOMS.items():
        front = {"__init__.py", "picture.py"}
        assert {path.name for path in (PACKAGE / room).glob("*.py")} == front
        assert {path.name for path in (PACKAGE / room).iterdir() if path.is_dir()} - {"__pycache__"} == set(inner)


def test_right_arrows_pass() -> None:
    source = (
        "from audit_toolkit import terms\nfrom audit_toolkit.files import a\nfrom audit_toolkit.scoring.score import b"
    )
    assert wrong_arrows(source, "scoring") == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("print('x')", "line 1: print()"),
        ("def f(p):\n    with open(p) as g: pass", "line 2: open()"),
        ("p.open()", "line 1: .open()"),
        ("import datetime\nx = datetime.date.today()", "line 2: .today()"),
        ("from os import environ", "line 1: imports os"),
        ("x.environ['A']", "line 1: environ"),
        ("import logging", "line 1: imports logging"),
        ("def f():\n    from subprocess import run", "line 2: imports subprocess"),
        ("def f():\n    global x", "line 2: global x"),
    ],
)
def test_what_a_pure_room_may_not_do_is_found(source: str, found: str) -> None:
    assert outside(source) == [found]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("assert x", "line 1: assert"),
        ("try: pass\nexcept: pass", "line 2: catches everything"),
        ("try: pass\nexcept (OSError, Exception): pass", "line 2: catches everything"),
        ("from x import *", "line 1: star import"),
        ("x = 1  # type: " + "ignore", "line 1: # type: " + "ignore"),
    ],
)
def test_what_style_refuses_is_found(source: str, found: str) -> None:
    assert refused_style(source) == [found]


def test_a_long_function_is_found_and_its_docstring_not_counted() -> None:
    body, words = "    x = 1\n" * 50, '    """' + "word\n" * 30 + '"""\n'
    assert long_functions("def f():\n" + words + body) == []
    assert long_functions("def f():\n" + body + "    y = 2\n") == ["line 1: f has 51 lines"]


def test_an_undocumented_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "draw.py").write_text('def told():\n    """Say it."""\n\n\ndef bare():\n    pass\n', encoding="utf-8")
    front = tmp_path / "__init__.py"
    front.write_text('from draw import bare, told\n__all__ = ["bare", "told"]\n', encoding="utf-8")
    assert undocumented(front) == ["bare"]
