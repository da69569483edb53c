"""Where casework stands in one round: shares good or better, grades, limits and criteria, without a comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit_toolkit import terms
from audit_toolkit.improvement.estimates.bounds import Bounds, response_bounds
from audit_toolkit.improvement.estimates.estimate import estimate_share
from audit_toolkit.improvement.estimates.grades import grade_distribution
from audit_toolkit.improvement.estimates.intervals import NOWHERE, Interval
from audit_toolkit.improvement.planning.detectable import detectable_share
from audit_toolkit.improvement.rounds.measures import GRADES, SHARE, Measure, good_word, measures_of
from audit_toolkit.improvement.rounds.round import Round

if TYPE_CHECKING:
    import pandas as pd

GRADE: Final = "grade"
LIMIT: Final = "limit"
CERTAINTY: Final = "certainty"
LEVEL_COLUMNS: Final = (
    *("framework", "kind", "id", "label", "n", "count", "share", "ci_low", "ci_high"),
    *("none_good", "all_good", "notes"),
)
ONE_ROUND: Final = (
    "One round shows where casework stands. It cannot show whether that has changed: that takes a second round."
)
COUNTS_ONLY: Final = "Counts of the cases audited, which were not drawn at random to stand for the register."
HAD_TO_BE: Final = "read because they had to be"


@dataclass(frozen=True, slots=True)
class Level:
    """One figure of a round: a share good or better, a grade, a limit or a criterion, or a grade of certainty cases.

    `counts` is what counts, and of a limit the best grade it allows. `n` counts the cases scored (or answered, for a
    criterion) and `count` those of them it is true of. `share` (0-1)
    is the estimate for the register, nan for a limit and wherever cases were not drawn at random for it.
    `detectable` is the true rise that two such rounds would show 8 times in 10, given for shares good or better;
    `bounds` what the share would be had none and had all of the unread cases been good.
    """

    kind: str
    framework: str
    title: str
    id: str
    label: str
    counts: str
    n: int
    count: int
    share: float = math.nan
    ci: Interval = NOWHERE
    detectable: float = math.nan
    notes: tuple[str, ...] = ()
    bounds: Bounds | None = None

    def row(self) -> tuple[object, ...]:
        """Give the row of the table of levels."""
        unread = (self.bounds.low, self.bounds.high) if self.bounds else (math.nan, math.nan)
        figures = (self.n, self.count, self.share, self.ci.low, self.ci.high, *unread)
        return (self.framework, self.kind, self.id, self.label, *figures, " ".join(self.notes))

    def figures(self) -> str:
        """Say the share with its interval, or the count where there is no estimate."""
        if math.isnan(self.share):
            return f"{self.count} of {self.n}"
        text = f"{100 * self.share:.0f} %"
        if math.isnan(self.ci.low):
            return text
        return f"{text} (95 % interval {100 * self.ci.low:.0f} to {100 * self.ci.high:.0f})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Levels:
    """Where casework stood in one round: every framework, the primary one first. Nothing is kept back in it."""

    round: Round
    rows: tuple[Level, ...]
    notes: tuple[str, ...] = ()

    @property
    def estimated(self) -> bool:
        """Whether the cases were drawn at random to stand for the register; without that there are counts alone."""
        return self.round.estimated

    def of(self, kind: str, framework: str | None = None) -> list[Level]:
        """Give the rows of a kind (good_or_better, grade, limit, criterion, certainty), of one framework or of all."""
        return [row for row in self.rows if row.kind == kind and framework in (None, row.framework)]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a figure; undefined ones are nan."""
        import pandas as pd

        return pd.DataFrame([row.row() for row in self.rows], columns=list(LEVEL_COLUMNS))

    def to_dict(self) -> dict[str, object]:
        """Give the levels as plain values; None where undefined."""
        rows = [dict(zip(LEVEL_COLUMNS, map(_plain, row.row()), strict=True)) for row in self.rows]
        return {"round": self.round.name, "levels": rows, "notes": list(self.notes)}

    def summary(self) -> str:
        """Say in a few lines where each framework stands and which limits fired."""
        lines = [f"{self.round.name}: where casework stands", ""]
        for share in self.of(SHARE):
            lines.append(f"{share.title}, {share.counts}: {share.figures()}; {share.n} cases scored")
            grades = self.of(GRADE, share.framework)
            lines.append("    " + ", ".join(f"{each.label} {_short(each)}" for each in grades))
            fired = [f"{each.id} in {each.count}" for each in self.of(LIMIT, share.framework) if each.count]
            lines.append(f"    Limits that fired: {', '.join(fired) or 'none'}")
            lines += [f"    {unread}" for unread in [unread_sentence(share)] if unread]
            lines += [f"    {apart}" for apart in [certainty_sentence(self.of(CERTAINTY, share.framework))] if apart]
        return "\n".join([*lines, *self.notes])

    def __str__(self) -> str:
        return "\n".join(self.summary().splitlines()[:12])

    def __repr__(self) -> str:
        return str(self)


def round_levels(round_: Round) -> Levels:
    """Say where casework stands in one round: shares, grades, limits and criteria of every framework.

    Parameters
    ----------
    round_ : a scored round, as `read_round` gives it.

    Returns
    -------
    Levels. Shares are estimates for the round's register: weighted by stratum, with Korn and Graubard's interval and
    the finite population correction. A round of another purpose than improvement gets counts, without an interval.

    Raises
    ------
    DesignError as `estimate_share`.

    Source: `estimate_share` and `grade_distribution`. Checked against: tests/improvement/test_levels.py.
    """
    rows: list[Level] = []
    for measure in measures_of(round_):
        if measure.kind == GRADES:
            rows += [*grades_found(round_, measure.framework), *limits_fired(round_, measure.framework)]
            rows += certainty_found(round_, measure.framework)
        else:
            rows.append(_share(round_, measure))
    notes = (ONE_ROUND,) if round_.estimated else (COUNTS_ONLY, ONE_ROUND)
    return Levels(round_, tuple(rows), (*round_.notes, *account_sentences(round_), *notes))


def account_sentences(round_: Round) -> list[str]:
    """Say how the opened cases ended that were not rated; of a round that is no sample, without weights."""
    response = round_.response
    if round_.estimated:
        return response.sentences()
    silent = response.opened - response.rated
    return [f"{silent} of {response.opened} cases were not rated."] if silent else []


def unread_sentence(level: Level, unread: str = "") -> str:
    """Say what unread cases could have made of a share, or nothing where every case was read."""
    return level.bounds.sentence(good_word(level.counts), unread) if level.bounds else ""


def certainty_sentence(levels: Sequence[Level]) -> str:
    """Say the grades of the cases read because they had to be, apart from the sample; nothing where there are none."""
    if not levels:
        return ""
    grades = ", ".join(f"{each.label} {each.count}" for each in levels)
    return f"Apart from the sample, {levels[0].n} cases scored that were {HAD_TO_BE}: {grades}"


def grades_found(round_: Round, framework: str) -> list[Level]:
    """Give each grade of a framework, best first: how many scored cases have it, and its share of the register."""
    chosen = round_.frameworks[framework]
    bands = round_.bands(framework)
    codes = {float(code): label for code, label in chosen.codes.items()}
    best_first = sorted(codes, reverse=True)
    shares: dict[object, float] = {}
    if round_.estimated:
        found = round_.outcomes(bands)
        shares = dict(grade_distribution(found.values, found.strata, found.population, ratings=best_first))
    scored = int(bands.notna().sum())
    named = [(GRADE, framework, chosen.title, codes[code], codes[code], "") for code in best_first]
    return [
        Level(*names, scored, int((bands == code).sum()), shares.get(code, math.nan))
        for names, code in zip(named, best_first, strict=True)
    ]


def certainty_found(round_: Round, framework: str) -> list[Level]:
    """Give how many certainty cases have each grade of a framework: counts alone, never mixed into the sample."""
    if round_.certainty.empty:
        return []
    chosen = round_.frameworks[framework]
    bands = round_.bands_of(framework, round_.certainty.index)
    scored = int(bands.notna().sum())
    return [
        Level(CERTAINTY, framework, chosen.title, label, label, "", scored, int((bands == code).sum()))
        for code, label in sorted(((float(code), label) for code, label in chosen.codes.items()), reverse=True)
    ]


def limits_fired(round_: Round, framework: str) -> list[Level]:
    """Give each limit of a framework, in its order, and in how many scored cases it fired."""
    chosen = round_.frameworks[framework]
    table = round_.scores[framework].table.set_index(terms.CASE_ID)
    bands = round_.bands(framework)
    scored_cases = bands.index[bands.notna()]
    fired = [f"; {text}; " for text in table.reindex(scored_cases)["limits_fired"].fillna("")]
    scored = len(scored_cases)
    # As scores.csv names a limit; two limits of one question and reason are told together.
    named = {f"{each.criterion}: {each.why}": each for each in chosen.limits}
    return [
        Level(
            LIMIT,
            framework,
            chosen.title,
            limit.criterion,
            text,
            limit.no_better_than,
            scored,
            sum(f"; {text}; " in each for each in fired),
        )
        for text, limit in named.items()
    ]


def _share(round_: Round, measure: Measure) -> Level:
    """Give the share good or better of a framework, or the share of a criterion that counts."""
    values = measure.values(round_)
    n, count = int(values.notna().sum()), int((values == 1).sum())
    title = round_.frameworks[measure.framework].title
    named = (measure.kind, measure.framework, title, measure.id, measure.label, measure.counts)
    if not round_.estimated:
        return Level(*named, n, count)
    design = round_.outcomes(values)
    lost = set(round_.response.lost)
    collapse = {one: other for one, other in round_.plan.collapse.items() if not {one, other} & lost} or None
    found = estimate_share(design.values, design.strata, design.population, collapse=collapse)
    rise = _detectable(round_, values, found.value) if measure.kind == SHARE else math.nan
    bounds = None
    if round_.response.unread and not math.isnan(found.value):
        bounds = response_bounds(values, round_.strata, round_.population, round_.status)
    return Level(*named, n, count, found.value, found.ci, rise, found.notes, bounds)


def _detectable(round_: Round, values: pd.Series, share: float) -> float:
    """Give the true rise that two rounds like this one would show 8 times in 10."""
    counts = round_.strata[values.notna()].value_counts().to_dict()
    if not counts or math.isnan(share):
        return math.nan
    collapse = dict(round_.plan.collapse) or None
    held = round_.response.eligible_population
    return detectable_share(share, counts, counts, held, collapse=collapse).true_change


def _short(level: Level) -> str:
    return f"{level.count}" if math.isnan(level.share) else f"{100 * level.share:.0f} %"


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value
