"""The receipt: everything needed to replay a draw, sealed so that a changed character shows."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.files import json_bytes, read_bytes, read_json
from audit_toolkit.register import Frame
from audit_toolkit.terms import (
    AUDITOR,
    CASE_ID,
    DRAW_ORDER,
    DRAW_STATUS,
    IMPROVEMENT,
    SECOND_AUDITOR,
    STRATUM,
    TICKET,
    VERSION,
)

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 2
SEAL = "seal"
NO_PROOF = "Find the original receipt; this one can prove nothing."
SEED_IN_PLAN = "written in the plan"
SEED_AFTER = "given after the plan was committed"
SEED_GIVEN = "given at the draw, without a commitment before it"
SEED_RANDOM = "128 random bits, made at the draw"
# How a receipt hides ids and tickets, where it does.
PSEUDONYMS = "HMAC-SHA256"

# case_id, stratum, draw_order, ticket, draw_status, auditor, second_auditor
DrawnCase = tuple[str, str, int, str, str, str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Receipt:
    """What a draw was made from and what it gave.

    `files` are the register's files with digest and rows; `cases` the drawn cases and reserves, each
    (case_id, stratum, draw_order, ticket, draw_status, auditor, second_auditor); `population_all` the eligible
    units of each stratum before the round stayed clear of earlier ones, where it did. `plan` and
    `sample_sha256` are filled in when the draw belongs to a round folder; `frameworks` gives version and
    digest of each; `reaudit` the earlier round, its seed and the cases by stratum taken from it on purpose;
    `pseudonyms` how ids were replaced, "" where they were not.
    """

    seed: str
    register_size: int
    exclusions: tuple[tuple[str, int], ...]
    population: Mapping[str, int]
    allocation: Mapping[str, int]
    reserves: int
    frame_digest: str
    frame_rule: Mapping[str, object]
    files: tuple[Mapping[str, object], ...]
    cases: tuple[DrawnCase, ...]
    seed_source: str = SEED_GIVEN
    commitment: str = ""
    plan_sha256: str = ""
    plan_text: str = ""
    sample_sha256: str = ""
    stay_clear_of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    population_all: Mapping[str, int] = field(default_factory=dict)
    purpose: str = IMPROVEMENT
    unit: str = CASE_ID
    frameworks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    reaudit: Mapping[str, object] = field(default_factory=dict)
    pseudonyms: str = ""
    version: str = VERSION

    def content(self) -> dict[str, object]:
        """Give everything that is sealed, as plain values."""
        values = dataclasses.asdict(self)
        values["exclusions"] = [list(each) for each in self.exclusions]
        values["cases"] = [list(each) for each in self.cases]
        values["files"] = [dict(each) for each in self.files]
        values["frameworks"] = {name: list(each) for name, each in self.frameworks.items()}
        values["stay_clear_of"] = {name: list(cases) for name, cases in self.stay_clear_of.items()}
        return {"format": FORMAT, **values}

    @property
    def seal(self) -> str:
        """SHA-256 of the content as canonical JSON."""
        return seal_of(self.content())

    def to_dict(self) -> dict[str, object]:
        """Give the content and its seal."""
        return {**self.content(), SEAL: self.seal}

    def to_bytes(self) -> bytes:
        """Give the receipt as the bytes of receipt.json."""
        return json_bytes(self.to_dict())

    def __str__(self) -> str:
        drawn = sum(self.allocation.values())
        return (
            f"Receipt of {drawn} cases from {sum(self.population.values()):,} eligible of {self.register_size:,}\n"
            f'seed "{self.seed}" ({self.seed_source})\nframe digest {self.frame_digest}\nseal {self.seal}'
        )

    def __repr__(self) -> str:
        return str(self)


def seal_of(content: Mapping[str, object]) -> str:
    """Compute the seal of a receipt's content: SHA-256 over its canonical JSON, the seal itself left out."""
    return hashlib.sha256(json_bytes({key: value for key, value in content.items() if key != SEAL})).hexdigest()


def make_receipt(frame: Frame, allocation: Mapping[str, int], seed: str, reserves: int, drawn: pd.DataFrame) -> Receipt:
    """Write down a draw."""
    return Receipt(
        seed=seed,
        register_size=frame.register_size,
        exclusions=frame.exclusions,
        population=dict(frame.population),
        allocation=dict(allocation),
        reserves=reserves,
        frame_digest=frame.digest,
        frame_rule=dict(frame.rule),
        files=tuple({"name": each.name, "sha256": each.sha256, "rows": each.rows} for each in frame.files),
        cases=drawn_cases(drawn),
    )


def drawn_cases(drawn: pd.DataFrame) -> tuple[DrawnCase, ...]:
    """Give the rows of a sample as its receipt lists them."""
    columns = (CASE_ID, STRATUM, DRAW_ORDER, TICKET, DRAW_STATUS, AUDITOR, SECOND_AUDITOR)
    return tuple(
        (str(case), str(label), int(order), str(number), str(status), str(first), str(second))
        for case, label, order, number, status, first, second in zip(*[drawn[name] for name in columns], strict=True)
    )


def read_receipt(source: str | Path | Mapping[str, object] | Receipt) -> tuple[Receipt, list[Problem]]:
    """Read a receipt and check its seal; a broken seal is a problem and not an end, so that more can be found.

    Raises
    ------
    FileError if the file is not there or is not JSON. DesignError if it is no receipt, one of another format,
    or damaged beyond reading.
    """
    if isinstance(source, Receipt):
        return source, []
    name = Path(source).name if isinstance(source, (str, Path)) else "receipt"
    value = read_json(Path(source)) if isinstance(source, (str, Path)) else source
    content = _checked_format(value, name)
    problems = []
    if content.get(SEAL) != seal_of(content):
        problems.append(Problem("the receipt was changed after it was sealed", name, NO_PROOF))
    try:
        receipt = _parts(content)
    except (KeyError, TypeError, ValueError) as fault:
        what = "the receipt is damaged: a part is missing or has another form"
        raise DesignError([*problems, Problem(what, name, "Find the original receipt.")]) from fault
    if not problems and receipt.to_dict() != content:
        problems.append(Problem("the receipt holds parts that draw did not write", name, NO_PROOF))
    if not problems and isinstance(source, (str, Path)) and read_bytes(source) != receipt.to_bytes():
        what = "the receipt was changed after it was written: its content holds, its spacing or line ends do not"
        problems.append(Problem(what, name, NO_PROOF))
    return receipt, problems


def _checked_format(value: object, name: str) -> Mapping[str, object]:
    """Refuse what is not a receipt of this format: never read as well as may be."""
    found = value.get("format", value.get("version")) if isinstance(value, Mapping) else None
    if isinstance(found, int) and found > FORMAT:
        what = f"the receipt has format {found}, newer than this version {VERSION}, which reads format {FORMAT}"
        raise DesignError(Problem(what, name, "Install the version of audit_toolkit that wrote it."))
    if isinstance(value, Mapping) and type(value.get("format")) is int and value["format"] == 1:
        what = f"the receipt has format 1, the first of version {VERSION}, and format {FORMAT} is read"
        mend = "Move it aside and draw again with its seed: the same cases come out, with a receipt of today's format."
        raise DesignError(Problem(what, name, mend))
    if not isinstance(value, Mapping) or value.get("format") != FORMAT:
        raise DesignError(Problem("this is not a receipt of a draw", name, "Give the receipt.json that draw wrote."))
    return value


def _parts(value: Mapping[str, object]) -> Receipt:
    return Receipt(
        seed=_text(value["seed"]),
        register_size=_whole(value["register_size"]),
        exclusions=tuple((_text(reason), _whole(count)) for reason, count in map(_list, _list(value["exclusions"]))),
        population={label: _whole(count) for label, count in _mapping(value["population"]).items()},
        allocation={label: _whole(count) for label, count in _mapping(value["allocation"]).items()},
        reserves=_whole(value["reserves"]),
        frame_digest=_text(value["frame_digest"]),
        frame_rule=_mapping(value["frame_rule"]),
        files=tuple(_file(each) for each in _list(value["files"])),
        cases=tuple(
            (_text(case), _text(label), _whole(order), _text(number), _text(status), _text(first), _text(second))
            for case, label, order, number, status, first, second in map(_list, _list(value["cases"]))
        ),
        seed_source=_text(value["seed_source"]),
        commitment=_text(value["commitment"]),
        plan_sha256=_text(value["plan_sha256"]),
        plan_text=_text(value["plan_text"]),
        sample_sha256=_text(value["sample_sha256"]),
        stay_clear_of={
            label: [_text(case) for case in _list(cases)] for label, cases in _mapping(value["stay_clear_of"]).items()
        },
        population_all={label: _whole(count) for label, count in _mapping(value["population_all"]).items()},
        purpose=_text(value["purpose"]),
        unit=_text(value["unit"]),
        frameworks={
            name: [_text(each) for each in _list(parts)] for name, parts in _mapping(value["frameworks"]).items()
        },
        reaudit=_mapping(value["reaudit"]),
        pseudonyms=_one_of(value["pseudonyms"], ("", PSEUDONYMS)),
        version=_text(value["version"]),
    )


def _file(value: object) -> dict[str, object]:
    file = _mapping(value)
    for text in (file["name"], file["sha256"], file.get("use", "")):
        _text(text)
    _whole(file["rows"])
    return file


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _one_of(value: object, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise ValueError
    return _text(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _mapping(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError
    return value
