"""Reading YAML into plain Python values, with the line and column of everything in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit_toolkit.errors import FileError, Place, Problem, did_you_mean, raise_if
from audit_toolkit.files.limits import YAML_ALIASES, YAML_BYTES, YAML_DEPTH, YAML_NODES
from audit_toolkit.files.reading import read_bytes, utf8_text
from audit_toolkit.files.yaml_values import TAG, scalar_value

Keys = tuple[str | int, ...]
# What the YAML library says, and what a person can do about it. The first part that occurs is taken.
PLAIN_WORDS = (
    ("'\\t' that cannot start", "a tab stands where only spaces may", "Use spaces to indent."),
    (
        "mapping values are not allowed",
        "a colon stands where none may: in a text, or in a line that is set in too far",
        "Put text that holds a colon in quotes, or line the key up with those before it.",
    ),
    ("that cannot start any token", "this character cannot begin a value", "Put the value in quotation marks."),
    ("unexpected end of stream", "a quotation mark opened here is never closed", "Close it."),
    ("unknown escape character", "a backslash in double quotes begins an unknown code", "Use single quotes."),
    ("expected ',' or", "a bracket opened here is not closed, or a comma is missing in it", "Close it with ] or }."),
    (
        "expected <block end>, but found '<scalar>'",
        "text stands where the line should end",
        "Put the whole value in quotation marks, and close each that is opened.",
    ),
    ("expected <block end>", "this line is not indented like the lines it belongs with", "Line it up with them."),
    ("undefined alias", "a * begins a reference to nothing", "Put the value in quotation marks."),
    ("could not find expected ':'", "a key without a colon", "Write it as key: value."),
    ("but found another document", "a second document begins here (---)", "Keep one document a file."),
)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A YAML file: plain values, and where each stands.

    `data` holds dict, list, str, int, bool, date, None, and Decimal for numbers with a decimal point, so
    that 87.5 is exactly that. Only true and false are truth values: Yes and No are text (YAML 1.2).
    A path is the keys and list positions (from 0) that lead to a value: `place("criteria", 2, "id")`.
    `files` names the file a value came from where that is another one than `name`.
    """

    name: str
    data: dict[str, object]
    positions: Mapping[Keys, tuple[int, int]] = field(default_factory=dict)
    literals: Mapping[Keys, str] = field(default_factory=dict)
    files: Mapping[Keys, str] = field(default_factory=dict)

    def place(self, *keys: str | int) -> Place:
        """Say where the key or item at a path stands; of a path that is not there, the nearest part that is."""
        path = tuple(keys)
        while path and path not in self.positions:
            path = path[:-1]
        line, character = self.positions.get(path, (1, 1))
        return Place(self.files.get(path, self.name), line=line, character=character)

    def literal(self, *keys: str | int) -> str | None:
        """Give a single value as it was typed (1.10, 010), or None for a mapping, a list or nothing there."""
        return self.literals.get(tuple(keys))


def read_yaml(path: str | Path) -> YamlDocument:
    """Read a YAML file; see `parse_yaml`."""
    path = Path(path)
    return parse_yaml(yaml_text(path), path.name)


def read_yaml_faults(path: str | Path) -> tuple[YamlDocument, tuple[Problem, ...]]:
    """Read a YAML file as far as it can be read, with its doubled keys, tags and the like as problems beside it.

    What is not YAML at all is still refused: past the place where it breaks, nothing can be told.
    """
    path = Path(path)
    return _parsed(yaml_text(path), path.name)


def yaml_text(path: Path) -> str:
    """Read the text of a YAML file."""
    return utf8_text(read_bytes(path, limit=YAML_BYTES), path.name)


def parse_yaml(text: str, name: str) -> YamlDocument:
    """Read YAML text whose top is a mapping.

    Raises
    ------
    FileError, with line and column: what is not YAML, in plain words; doubled keys, both lines; keys that
    are not text; tags, merges and more aliases, nodes or levels than a file written by a person has.

    Checked against: tests/bad_input/y01, y03.
    """
    document, problems = _parsed(text, name)
    raise_if(problems, FileError)
    return document


def _parsed(text: str, name: str) -> tuple[YamlDocument, tuple[Problem, ...]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        _check_size(YAML(typ="safe", pure=True).parse(text), name)
        top = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as broken:
        raise FileError(_in_plain_words(broken, name, text)) from broken
    except YAMLError as broken:
        what = "the file holds a control character or is not text"
        before = text[: getattr(broken, "position", 0)]
        place = Place(name, line=before.count("\n") + 1, character=len(before) - before.rfind("\n"))
        raise FileError(Problem(what, place, "Save it as plain UTF-8 text.")) from broken
    if top is None:
        raise FileError(Problem("the file is empty", Place(name)))
    if top.id != "mapping":
        mend = "Begin with a key and a colon."
        raise FileError(Problem("the file must hold keys and their values", _place(name, top), mend))
    builder = _Builder(name)
    data = builder.mapping(top, ())
    return YamlDocument(name, data, builder.positions, builder.literals), tuple(builder.problems)


def _in_plain_words(broken: Any, name: str, text: str) -> Problem:
    reason = f"{broken.context or ''} {broken.problem or ''}"
    what, mend = f"this is not YAML ({broken.problem or broken.context})", "Look at this line and the one before it."
    for part, words, remedy in PLAIN_WORDS:
        if part in reason:
            what, mend = words, remedy
            break
    if "found '<scalar>'" in reason and (open_quote := _open_quote(text, broken.problem_mark.index)) is not None:
        first, last = open_quote.start_mark, open_quote.end_mark
        what = f"a quotation mark opened here is closed only in line {last.line + 1}"
        return Problem(what, Place(name, line=first.line + 1, character=first.column + 1), "Close it in its own line.")
    opened = ("unexpected end of stream", "unknown escape", "expected ',' or", "could not find expected ':'")
    use_context = broken.context_mark is not None and any(part in reason for part in opened)
    mark = broken.context_mark if use_context else broken.problem_mark
    return Problem(what, Place(name, line=mark.line + 1, character=mark.column + 1), mend)


def _open_quote(text: str, end: int) -> Any | None:
    """Give the text in quotation marks over several lines that stands right before a place; None where none does."""
    from ruamel.yaml import YAML

    for token in YAML(typ="safe", pure=True).scan(text):
        if token.start_mark.index >= end:
            break
        quoted = getattr(token, "style", None) in ("'", '"') and token.start_mark.line < token.end_mark.line
        if quoted and not text[token.end_mark.index : end].strip():
            return token
    return None


def _place(name: str, node: Any) -> Place:
    return Place(name, line=node.start_mark.line + 1, character=node.start_mark.column + 1)


def _check_size(events: Iterable[Any], name: str) -> None:
    """Count nodes as they would be with every alias written out, before anything is built."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str, int]] = []
    aliases = total = 0
    for event in events:
        kind = type(event).__name__
        anchor: str = getattr(event, "anchor", None) or ""
        if kind == "DocumentStartEvent" and event.version not in (None, (1, 2)):
            _refuse("only YAML 1.2 is read", name, event, "Take out the %YAML line.")
        if kind == "AliasEvent":
            aliases += 1
            if any(each == anchor for each, _ in open_nodes):
                _refuse(f"*{anchor} refers to itself", name, event, "Write the value out.")
            total += sizes.get(anchor, 0)
        elif kind in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent"):
            total += 1
            if anchor in sizes:
                _refuse(f"the anchor &{anchor} stands twice", name, event, "Give each its own name.")
            if kind == "ScalarEvent" and anchor:
                sizes[anchor] = 1
            elif kind != "ScalarEvent":
                open_nodes.append((anchor, total - 1))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before
        _check_limits(name, event, aliases, total, len(open_nodes))


def _check_limits(name: str, event: Any, aliases: int, nodes: int, depth: int) -> None:
    if aliases > YAML_ALIASES:
        _refuse(f"the file refers back to itself (*) more than {YAML_ALIASES} times", name, event, "Write values out.")
    if nodes > YAML_NODES:
        _refuse(f"the file holds more than {YAML_NODES:,} values, counted where * repeats them", name, event, "")
    if depth > YAML_DEPTH:
        _refuse(f"the file is nested more than {YAML_DEPTH} levels deep", name, event, "")


def _refuse(what: str, name: str, event: Any, mend: str) -> None:
    raise FileError(Problem(what, _place(name, event), mend))


class _Builder:
    """Turns nodes into plain values, keeping where each stood and every problem on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.positions: dict[Keys, tuple[int, int]] = {}
        self.literals: dict[Keys, str] = {}

    def value(self, node: Any, path: Keys) -> object:
        """Give the value of any node."""
        if node.id == "mapping":
            return self.mapping(node, path)
        if node.id == "sequence":
            self._check_tag(node, "seq")
            return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]
        self.literals[path] = node.value
        try:
            return scalar_value(str(node.tag), node.value)
        except ValueError as refused:
            self.problems.append(Problem(str(refused), _place(self.name, node)))
            return None

    def mapping(self, node: Any, path: Keys) -> dict[str, object]:
        """Give the value of a mapping, its keys checked."""
        self._check_tag(node, "map")
        found: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key, item in node.value:
            word = self._key(key, alone=str(item.tag) == f"{TAG}null" and item.value == "")
            if word is None:
                continue
            if word in found:
                what = f'the key "{word}" stands twice, first in line {lines[word]}'
                self.problems.append(Problem(what, _place(self.name, key), "Keep one of them."))
                continue
            lines[word] = key.start_mark.line + 1
            self._mark(key, (*path, word))
            found[word] = self.value(item, (*path, word))
        return found

    def _item(self, node: Any, path: Keys) -> object:
        self._mark(node, path)
        return self.value(node, path)

    def _mark(self, node: Any, path: Keys) -> None:
        self.positions[path] = (node.start_mark.line + 1, node.start_mark.column + 1)

    def _key(self, key: Any, *, alone: bool) -> str | None:
        if key.id == "scalar" and str(key.tag) == f"{TAG}str":
            return str(key.value)
        if key.id != "scalar":
            what, mend = "a key must be text", "Write it as key: value."
        elif str(key.tag) == f"{TAG}merge":
            what, mend = "merging with << is not read", "Write the values out."
        else:
            what, mend = f"the key {key.value} is not text", f'Put it in quotation marks: "{key.value}".'
            if alone and str(key.tag) == f"{TAG}int":
                mend += " If the comma before it stands for a decimal, write a point: 1.5."
        self.problems.append(Problem(what, _place(self.name, key), mend))
        return None

    def _check_tag(self, node: Any, kind: str) -> None:
        if str(node.tag) != f"{TAG}{kind}":
            what = f"the tag {str(node.tag).replace(TAG, '!!')} is not read"
            self.problems.append(Problem(what, _place(self.name, node), "Take it out."))


def unknown_keys(document: YamlDocument, keys_path: Iterable[str | int], allowed: Iterable[str]) -> list[Problem]:
    """List the keys of the mapping at a path that are not allowed there, each with the nearest right one."""
    path = tuple(keys_path)
    value: object = document.data
    for key in path:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            return []
    if not isinstance(value, dict):
        return []
    known = tuple(allowed)
    return [
        Problem(f'unknown key "{key}"', document.place(*path, key), did_you_mean(key, known))
        for key in value
        if key not in known
    ]
