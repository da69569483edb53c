"""Sealing a version of a framework: one more line of its history, written at the end of its file."""

from __future__ import annotations

import textwrap

from audit_toolkit.errors import FileError, FrameworkError, Place, Problem
from audit_toolkit.files import YamlDocument, parse_yaml
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.versions import sealed

HISTORY = "history"
WIDTH = 110
COMMENT = "# What each version held: entries are added by `audit-toolkit framework seal`."


def history_line(framework: Framework) -> str:
    """Give the entry that seals this version, as it stands under `history:` in the file."""
    found = sealed(framework)
    # A no-break space keeps each id and its digest on one line.
    criteria = ", ".join(f'{each}:\u00a0"{digest}"' for each, digest in found.criteria.items())
    wrapped = textwrap.fill(f"criteria: {{{criteria}}}", WIDTH, initial_indent="    ", subsequent_indent="      ")
    entry = [f'  - version: "{found.version}"', f'    digest: "{found.digest}"', wrapped.replace("\u00a0", " ")]
    return "\n".join(entry) + "\n"


def sealed_text(text: str, name: str, framework: Framework) -> str:
    """Give the text of a framework's file with this version sealed at its end; as it is where it is sealed already.

    Parameters
    ----------
    text : the file as read. name : what to call it in messages. framework : what it holds, without faults.

    Raises
    ------
    FrameworkError
        The history is not the last part of the file: the line is given, to be put there by hand.

    Checked against: tests/scoring/test_seal.py.
    """
    if any(each.version == framework.version for each in framework.history):
        return text
    document = parse_yaml(text, name)
    line = history_line(framework)
    lead = text if text.endswith("\n") else text + "\n"
    if HISTORY not in document.data:
        after = f"{lead}\n{COMMENT}\n{HISTORY}:\n{line}"
        return _held(document, after, line)
    last = list(document.data)[-1] == HISTORY
    entries = document.data[HISTORY]
    block = isinstance(entries, list) and bool(entries) and _is_block(text, document.place(HISTORY))
    if not (last and block):
        raise _by_hand("history is not the last part of the file, or is not written one entry a line", document, line)
    return _held(document, lead + line, line)


def _held(document: YamlDocument, after: str, line: str) -> str:
    """Give the new text, which must hold all that the old one held; where it does not, the entry goes in by hand."""
    try:
        data = parse_yaml(after, document.name).data
    except FileError as refused:
        raise _by_hand("an entry cannot be added at the end of the file", document, line) from refused
    if {key: each for key, each in data.items() if key != HISTORY} != {
        key: each for key, each in document.data.items() if key != HISTORY
    }:
        raise _by_hand("an entry at the end of the file would change what it holds", document, line)
    return after


def _by_hand(what: str, document: YamlDocument, line: str) -> FrameworkError:
    """Say that the entry is to be put in by hand, and give it."""
    version, digest, criteria = (" ".join(part.split()) for part in line.split("\n", 2))
    entry = ", ".join((version.removeprefix("- "), digest, criteria))
    return FrameworkError(Problem(what, document.place(HISTORY), f"Add this entry under history: - {{{entry}}}"))


def _is_block(text: str, place: Place) -> bool:
    """Say whether the history has its entries on lines of their own, each behind two spaces and a dash."""
    lines = text.splitlines()[place.line or 0 :]
    entries = [line for line in lines if line.lstrip().startswith("-")]
    return bool(entries) and all(line.startswith("  - ") for line in entries)
