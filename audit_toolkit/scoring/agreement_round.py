"""How far the two auditors of a round agreed: on the grades of each framework, on each criterion, and overall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError, did_you_mean, raise_if
from audit_toolkit.scoring.agreements import FEW_CASES, Agreement, agreement
from audit_toolkit.scoring.criterion import Criterion
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import load_framework
from audit_toolkit.scoring.rated_round import RatedRound, read_rated_round
from audit_toolkit.scoring.responses import counted, labels_of, response_of

if TYPE_CHECKING:
    import pandas as pd

FIRST, SECOND = "first", "second"
GRADE, CRITERION, OVERALL = "grade", "criterion", "overall"
# Below this many double ratings a criterion's figure stands or falls with one or two cases.
THIN: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One thing two auditors both judged: a framework's grade, a criterion, or all criteria of a framework together.

    `n` counts the double ratings; `one_na` those where one auditor answered N/A and the other did not, which no
    measure of grades can hold. `found` is None where there is nothing to measure.
    """

    kind: str
    framework: str
    id: str
    label: str
    n: int
    one_na: int
    found: Agreement | None

    @property
    def thin(self) -> bool:
        """Whether so few were rated twice that a figure stands or falls with one or two cases."""
        return self.found is None or self.found.n_cases < THIN


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RoundAgreement:
    """How far two auditors of the same cases agreed in a round; `rows` by framework: grade, overall, each criterion."""

    name: str
    n_cases: int
    n_twice: int
    rows: tuple[Compared, ...]
    notes: tuple[str, ...] = ()

    def of(self, kind: str, framework: str | None = None) -> list[Compared]:
        """Give the rows of a kind (grade, overall, criterion), of one framework or of all."""
        return [each for each in self.rows if each.kind == kind and framework in (None, each.framework)]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a measure of each thing compared."""
        import pandas as pd

        return pd.DataFrame([{**_named(each), **one} for each in self.rows for one in _measures(each)])

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values; undefined is None."""
        rows = [{**_named(each), "agreement": each.found.to_dict() if each.found else None} for each in self.rows]
        return {
            "round": self.name,
            "n_cases": self.n_cases,
            "n_twice": self.n_twice,
            "rows": rows,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        head = f"{self.name}: {self.n_twice} of {self.n_cases} cases rated by two auditors"
        lines = [f"{each.label}: {_short(each)}" for each in self.of(GRADE)]
        return "\n".join([head, *lines, *self.notes[: 11 - len(lines)]])

    def __repr__(self) -> str:
        return str(self)


def _named(each: Compared) -> dict[str, Any]:
    return {
        "kind": each.kind,
        terms.FRAMEWORK: each.framework,
        "id": each.id,
        "label": each.label,
        "n": each.n,
        "one_na": each.one_na,
        "thin": each.thin,
    }


def _measures(each: Compared) -> list[dict[str, Any]]:
    return [] if each.found is None else each.found.to_frame().to_dict(orient="records")


def _short(each: Compared) -> str:
    return "nothing to measure" if each.found is None else "; ".join(map(str, each.found.measures))


def round_agreement(
    round_: str | Path | RatedRound, *, frameworks: Sequence[str] = (), confidence: float = 0.95
) -> RoundAgreement:
    """Measure how far the two auditors of double-rated cases agreed: grades, criteria and all criteria together.

    Parameters
    ----------
    round_ : a round folder whose ratings were collected. frameworks : names to keep to; default all of the plan.
    confidence : float in (0, 1), default 0.95.

    Returns
    -------
    RoundAgreement. Grades and graded or yes-partly-no criteria are ordinal, yes-no questions nominal, counts interval.
    Overall takes what each answer earns, on the interval scale; its intervals leave out whole cases. N/A is no grade:
    where one auditor answered N/A and the other did not, it is counted apart.

    Raises
    ------
    RatingError if a framework is not one of the round's. What `read_ratings` raises.

    Source: `agreement`. Checked against: tests/scoring/test_agreement_round.py.
    """
    read = round_ if isinstance(round_, RatedRound) else read_rated_round(round_)
    # A framework of the plan's own goes by its file as well, as the plan names it.
    own = [name for name in frameworks if name in read.plan.frameworks and name.endswith((".yaml", ".yml"))]
    files = {name: load_framework(read.plan.folder / name).name for name in own}
    frameworks = [files.get(name, name) for name in frameworks]
    unknown = [name for name in frameworks if name not in read.frameworks]
    known = list(read.frameworks)
    raise_if(
        (Problem(f"{name} is not a framework of this round", mend=did_you_mean(name, known)) for name in unknown),
        RatingError,
    )
    pairs = _pairs(read)
    rows: list[Compared] = []
    for name in frameworks or known:
        chosen = read.frameworks[name]
        rows += [_grades(read, chosen, confidence), _overall(pairs, chosen, confidence)]
        rows += [_criterion(pairs, chosen, each, confidence) for each in chosen.criteria if _asked(pairs, each)]
    twice = int(pairs[terms.CASE_ID].nunique())
    return RoundAgreement(read.plan.round, len(read.ratings.cases), twice, tuple(rows), tuple(_notes(twice, rows)))


def _pairs(read: RatedRound) -> pd.DataFrame:
    """Give one row a case and question that both auditors answered."""
    keys = [terms.CASE_ID, terms.CRITERION_ID]
    parts = []
    for table, name in ((read.ratings.table, FIRST), (read.ratings.second, SECOND)):
        rated = table[table[terms.RATING] != terms.MISSING]
        parts.append(rated[[*keys, terms.RATING]].rename(columns={terms.RATING: name}))
    return parts[0].merge(parts[1], on=keys)


def _asked(pairs: pd.DataFrame, criterion: Criterion) -> bool:
    return criterion.response != terms.TIMELINESS or bool((pairs[terms.CRITERION_ID] == criterion.id).any())


def _grades(read: RatedRound, framework: Framework, confidence: float) -> Compared:
    """Compare the grades that the two auditors' ratings come to, on the same dates."""
    import pandas as pd

    second = read.second_scores(framework).table.set_index(terms.CASE_ID)["band"]
    first = read.scores(framework).table.set_index(terms.CASE_ID)["band"].reindex(second.index).fillna("")
    both = pd.DataFrame({FIRST: first, SECOND: second}, dtype=object)
    both = both[(both[FIRST] != "") & (both[SECOND] != "")]
    found = agreement(both, categories=framework.ratings, confidence=confidence) if len(both) else None
    return Compared(GRADE, framework.name, framework.name, framework.title, len(both), 0, found)


def _criterion(pairs: pd.DataFrame, framework: Framework, criterion: Criterion, confidence: float) -> Compared:
    """Compare the two auditors' answers to one criterion."""
    own = pairs[pairs[terms.CRITERION_ID] == criterion.id].set_index(terms.CASE_ID)[[FIRST, SECOND]]
    rated, one_na = _without_na(own)
    found = None
    if len(rated) and criterion.response == terms.REPEATED:
        found = agreement(rated.map(_count), scale="interval", confidence=confidence)
    elif len(rated):
        labels = labels_of(framework, response_of(criterion))
        scale = "ordinal" if len(labels) > 2 else "nominal"
        found = agreement(rated, scale=scale, categories=labels, confidence=confidence)
    return Compared(CRITERION, framework.name, criterion.id, criterion.ask, len(rated), one_na, found)


def _overall(pairs: pd.DataFrame, framework: Framework, confidence: float) -> Compared:
    """Compare all answers of a framework by what they earn; the rows of a case stand together."""
    own = pairs[pairs[terms.CRITERION_ID].isin(framework.criterion_ids)]
    rated, one_na = _without_na(own)
    found = None
    if len(rated):
        cases = list(rated[terms.CASE_ID])
        keys = [f"{case} {question}" for case, question in zip(cases, rated[terms.CRITERION_ID], strict=True)]
        earned = rated[[FIRST, SECOND]].map(lambda text: _earned(framework, text)).set_axis(keys)
        worth = sorted({float(share) for share in framework.earns.values()} | set(earned.to_numpy().ravel()))
        found = agreement(earned, scale="interval", categories=worth[::-1], confidence=confidence, together=cases)
    return Compared(OVERALL, framework.name, framework.name, "All criteria together", len(rated), one_na, found)


def _without_na(own: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Leave N/A out, and count where one auditor said it and the other did not."""
    says = own[[FIRST, SECOND]].isin([terms.NA_RATING, terms.PENDING])
    return own[~says.any(axis=1)], int((says.sum(axis=1) == 1).sum())


def _earned(framework: Framework, text: str) -> float:
    share = counted(text)
    return float(framework.earns[text] if share is None else share)


def _count(text: str) -> float:
    share = counted(text)
    return float("nan") if share is None else float(share)


def _notes(twice: int, rows: Sequence[Compared]) -> list[str]:
    """Say what so many double ratings can carry."""
    if not twice:
        return ["No case was rated by two auditors, so it is not known how far they would agree."]
    notes = []
    if twice < FEW_CASES:
        many = "One double rating" if twice == 1 else f"{twice} double ratings"
        notes.append(f"{many} cannot carry a claim about drift: read the intervals.")
    thin = [each.id for each in rows if each.kind == CRITERION and each.thin]
    if thin:
        notes.append(
            f"Thin, with fewer than {THIN} double ratings (a figure rests on single cases): {', '.join(thin)}."
        )
    na = sum(each.one_na for each in rows if each.kind == OVERALL)
    if na:
        answers = sum(each.n for each in rows if each.kind == OVERALL) + na
        notes.append(f"In {na} of {answers} pairs of answers one auditor said N/A and the other did not.")
    return notes
