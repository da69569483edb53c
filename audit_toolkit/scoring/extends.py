"""A framework made from another: what its own file says, laid over what the other's says, each with its own place."""

from __future__ import annotations

import dataclasses
import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit_toolkit.errors import AuditError, FrameworkError, Problem, nearest
from audit_toolkit.files import YamlDocument, read_yaml, read_yaml_faults

Keys = tuple[str | int, ...]

# The frameworks that ship with the toolkit, as files of the package audit_frameworks.
SHIPPED: Final = ("assessment_quality", "record_keeping", "managerial_oversight")
EXTENDS, WITHOUT = "extends", "without"
# Parts joined key by key, parts joined by the id of their entries, and parts that stay with their own file.
BY_KEY: Final = ("earns", "score", "dates", "languages", "timescales")
LANGUAGES: Final = "languages"
# Words are joined code by code, part by part, question by question and text by text.
LEVELS: Final = {LANGUAGES: 4}
BY_ID: Final = ("domains", "criteria", "items", "limits")
OWN: Final = ("framework", "version", "title", "history", "compare_with", EXTENDS, WITHOUT)


def with_parent(
    document: YamlDocument, folder: Path | None, problems: list[Problem], before: tuple[str, ...] = ()
) -> tuple[YamlDocument, tuple[str, ...]]:
    """Give a document laid over the one it extends, and that over its own, with what was taken out in words.

    A document that extends none comes back as it is. What `without` names and no parent has stays under `without`.
    A parent of another version than asked is added to the problems. Where a parent cannot be read, or leads back to
    its child, FrameworkError holds the problems so far: what else is wrong cannot be told without it.
    """
    extends = document.data.get(EXTENDS)
    if extends is None:
        return document, ()
    chain = (*before, str((folder / document.name).resolve()) if folder else document.name)
    try:
        name, version = _named(document, extends)
        parent, parent_folder, faults = _parent(document, name, folder, chain)
    except AuditError as refused:
        raise FrameworkError([*problems, *refused.problems]) from refused
    problems += faults
    if version and parent.data.get("version") != version:
        what = f"{name} is version {parent.data.get('version')} now, and version {version} is asked for"
        mend = "See what changed with framework diff, then write the version that is meant."
        problems.append(Problem(what, document.place(EXTENDS), mend))
    parent, notes = with_parent(parent, parent_folder, problems, chain)
    joined, more = _joined(parent, document)
    return joined, (*notes, *more)


def _parent(
    document: YamlDocument, name: str, folder: Path | None, chain: tuple[str, ...]
) -> tuple[YamlDocument, Path | None, tuple[Problem, ...]]:
    """Read the framework that is extended, from the toolkit or from a file beside the document."""
    if name in SHIPPED:
        return read_shipped(name), None, ()
    path = _path(document, name, folder)
    if str(path) in chain:
        what = f"{name} leads back to {document.name}: a framework cannot be made from itself"
        mend = "Let one of them extend another framework, or none."
        raise FrameworkError(Problem(what, document.place(EXTENDS), mend))
    parent, faults = read_yaml_faults(path)
    return parent, path.parent, faults


def read_shipped(name: str) -> YamlDocument:
    """Read the file of a framework that ships with the toolkit."""
    with importlib.resources.as_file(importlib.resources.files("audit_frameworks") / f"{name}.yaml") as path:
        return read_yaml(path)


def parent_name(document: YamlDocument) -> str:
    """Give the framework a document extends, as its file names it; "" where it extends none."""
    extends = document.data.get(EXTENDS)
    if isinstance(extends, dict):
        return " ".join(str(extends[key]) for key in ("framework", "version") if key in extends)
    return extends if isinstance(extends, str) else ""


def _named(document: YamlDocument, extends: object) -> tuple[str, str]:
    """Read which framework is extended, and which version of it is asked for."""
    if isinstance(extends, str):
        return extends, ""
    if isinstance(extends, dict) and set(extends) <= {"framework", "version"}:
        name, version = extends.get("framework"), extends.get("version", "")
        if isinstance(name, str) and isinstance(version, str):
            return name, version
    mend = 'Write extends: assessment_quality, or extends: {framework: assessment_quality, version: "1.0.0"}.'
    raise FrameworkError(Problem("extends does not name a framework", document.place(EXTENDS), mend))


def _path(document: YamlDocument, name: str, folder: Path | None) -> Path:
    """Give the file of a parent that does not ship, beside its child."""
    place = document.place(EXTENDS)
    if not name.endswith((".yaml", ".yml")):
        near = nearest(name, SHIPPED)
        ships = f"These ship: {', '.join(SHIPPED)}; name a file by its path, ending in .yaml."
        what = f"there is no framework {name} to extend"
        raise FrameworkError(Problem(what, place, f'Did you mean "{near}"? {ships}' if near else ships))
    path = ((folder or Path()) / name).resolve()
    if not path.is_file():
        what = f"there is no file {name} to extend"
        raise FrameworkError(Problem(what, place, "Name the file as it is called from this one's folder."))
    return path


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a document with what stands below it, the file and place it stands in, and how it was typed."""

    value: object
    file: str
    position: tuple[int, int] | None = None
    literal: str | None = None


def _node(document: YamlDocument, path: Keys, value: object) -> Node:
    """Give a value of a document as a node: mappings hold nodes by key, lists hold nodes."""
    below: object = value
    if isinstance(value, dict):
        below = {key: _node(document, (*path, key), each) for key, each in value.items()}
    elif isinstance(value, list):
        below = [_node(document, (*path, position), each) for position, each in enumerate(value)]
    file = document.files.get(path, document.name)
    return Node(below, file, document.positions.get(path), document.literals.get(path))


def _joined(parent: YamlDocument, child: YamlDocument) -> tuple[YamlDocument, tuple[str, ...]]:
    """Lay a child over its parent: its own keys stand, entries of one id are joined, the rest is the parent's."""
    theirs = {key: each for key, each in _below(_node(parent, (), parent.data)).items() if key not in OWN}
    ours = _below(_node(child, (), child.data))
    notes = _take_out(theirs, ours)
    if "ratings" in ours and "earns" in theirs:
        grades = [each.value for each in _items(theirs.get("ratings"))]
        earns = {key: each for key, each in _below(theirs["earns"]).items() if key not in grades}
        theirs["earns"] = dataclasses.replace(theirs["earns"], value=earns)
    joined = dict(theirs)
    for key, node in ours.items():
        if key in BY_KEY and key in theirs:
            joined[key] = _by_key(theirs[key], node, levels=LEVELS.get(key, 1))
        elif key in BY_ID and key in theirs:
            joined[key] = _by_id(theirs[key], node)
        else:
            joined[key] = node
    return _document(child.name, joined), notes


def _take_out(theirs: dict[str, Node], ours: dict[str, Node]) -> tuple[str, ...]:
    """Take what `without` names out of the parent, with the limits that hang on it; leave there what is not found."""
    named = [str(each.value) for each in _items(ours.get(WITHOUT))]
    found = {_id(each) for key in BY_ID for each in _items(theirs.get(key))} & set(named)
    found |= {_id(each) for each in _items(theirs.get("items")) if _text(each, "after") in found}
    hanging = [each for each in _items(theirs.get("limits")) if _id(each) not in found and _asks(each) & found]
    for key in BY_ID:
        if key in theirs:
            kept = [each for each in _items(theirs[key]) if _id(each) not in found and each not in hanging]
            theirs[key] = dataclasses.replace(theirs[key], value=kept)
    if LANGUAGES in theirs:
        theirs[LANGUAGES] = _without_words(theirs[LANGUAGES], found)
    if WITHOUT in ours and isinstance(ours[WITHOUT].value, list):
        left = [each for each in _items(ours[WITHOUT]) if str(each.value) not in found]
        ours[WITHOUT] = dataclasses.replace(ours[WITHOUT], value=left)
    return tuple(
        f'Without {", ".join(sorted(_asks(each) & found))} the limit "{_text(each, "why")}" is out too.'
        for each in hanging
    )


def _without_words(languages: Node, gone: set[str]) -> Node:
    """Take the words of questions that are gone out of every language."""
    found = {}
    for code, language in _below(languages).items():
        parts = _below(language)
        if isinstance(language.value, dict) and "questions" in parts:
            kept = {key: each for key, each in _below(parts["questions"]).items() if key not in gone}
            parts["questions"] = dataclasses.replace(parts["questions"], value=kept)
            language = dataclasses.replace(language, value=parts)
        found[code] = language
    return dataclasses.replace(languages, value=found) if isinstance(languages.value, dict) else languages


def _asks(limit: Node) -> set[str]:
    """Give the questions whose answers a limit looks at."""
    return {_text(limit, "if"), *_below(_below(limit).get("also"))}


def _text(entry: Node, key: str) -> str:
    """Give a text of a mapping, "" where there is none."""
    node = _below(entry).get(key)
    return node.value if node is not None and isinstance(node.value, str) else ""


def _by_key(theirs: Node, ours: Node, *, levels: int = 1) -> Node:
    """Join two mappings: ours stands where both have a key, or is joined in turn. What is no mapping is ours."""
    if not isinstance(ours.value, dict) or not isinstance(theirs.value, dict):
        return ours
    joined = {**theirs.value, **ours.value}
    for key in theirs.value.keys() & ours.value.keys() if levels > 1 else ():
        joined[key] = _by_key(theirs.value[key], ours.value[key], levels=levels - 1)
    return dataclasses.replace(ours, value=joined)


def _by_id(theirs: Node, ours: Node) -> Node:
    """Join two lists by the ids of their entries, which are joined key by key: the parent's order, then what is new."""
    if not isinstance(ours.value, list):
        return ours
    own: dict[str, Node] = {}
    # An id that stands twice here stays twice, to be told.
    twice = [each for each in ours.value if _id(each) and own.setdefault(_id(each), each) is not each]
    known = {_id(each): each for each in _items(theirs) if _id(each)}
    first = [_by_key(each, own[_id(each)]) if _id(each) in own else each for each in _items(theirs)]
    new = [each for each in ours.value if _id(each) not in known]
    again = [_by_key(known[_id(each)], each) for each in twice if _id(each) in known]
    return dataclasses.replace(ours, value=[*first, *new, *again])


def _below(node: Node | None) -> dict[str, Node]:
    """Give the nodes of a mapping by key, none where it is no mapping."""
    return dict(node.value) if node is not None and isinstance(node.value, dict) else {}


def _items(node: Node | None) -> list[Node]:
    """Give the nodes of a list, none where it is no list."""
    return list(node.value) if node is not None and isinstance(node.value, list) else []


def _id(entry: Node) -> str:
    """Give the id of an entry of a list, "" where it has none."""
    return _text(entry, "id")


def _document(name: str, top: Mapping[str, Node]) -> YamlDocument:
    """Give nodes as a document of plain values that knows the file and place of each."""
    positions: dict[Keys, tuple[int, int]] = {}
    literals: dict[Keys, str] = {}
    files: dict[Keys, str] = {}

    def plain(node: Node, path: Keys) -> object:
        files[path] = node.file
        if node.position is not None:
            positions[path] = node.position
        if node.literal is not None:
            literals[path] = node.literal
        if isinstance(node.value, dict):
            return {key: plain(each, (*path, key)) for key, each in node.value.items()}
        if isinstance(node.value, list):
            return [plain(each, (*path, position)) for position, each in enumerate(node.value)]
        return node.value

    data = {key: plain(node, (key,)) for key, node in top.items()}
    return YamlDocument(name, data, positions, literals, files)
