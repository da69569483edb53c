"""Whom the figures speak for: how the opened cases ended, who was left out, and what was read on purpose."""

from __future__ import annotations

from audit_toolkit import terms
from audit_toolkit.improvement import (
    HAD_TO_BE,
    LARGE_OVERLAP,
    UNREAD,
    ChangeBounds,
    Response,
    Round,
    certainty_found,
    good_word,
    left_out,
)
from audit_toolkit.reporting.disclosure import FEWEST_CASES, kept_back_counts, kept_back_reasons
from audit_toolkit.reporting.found import UNDER
from audit_toolkit.reporting.sides import Sides, heading, key
from audit_toolkit.reporting.table import COUNT, HIDDEN, Column, ReportTable
from audit_toolkit.sampling import speaks_for

REASONS = (terms.INELIGIBLE, *UNREAD)
FEWER = f"Fewer than {FEWEST_CASES}"
OR_MORE = f"{FEWEST_CASES} or more"
SMALL_REASONS = (
    f"Reasons are kept back where one has 1 to {FEWEST_CASES - 1} cases, those without a case too, so that nobody can "
    "be found out from them."
)


def dispositions_table(sides: Sides) -> ReportTable:
    """Give how every opened case of each round ended: rated, or why not."""
    rows = []
    for _, each in sides:
        response = each.response
        hidden = _hidden(response)
        reasons = {_key(end): HIDDEN if end in hidden else response.counts[end] for end in REASONS}
        rows.append({"round": each.name, "opened": response.opened, **reasons, "rated": response.rated})
    columns = (
        Column("round", "round"),
        Column("opened", "cases opened", COUNT),
        *[Column(_key(end), end, COUNT) for end in REASONS],
        Column("rated", "rated", COUNT),
    )
    told = (
        "Opened: every case drawn, and every reserve that took the place of one. An ineligible case stands for others "
        "like it in the register. One that could not be read is made up for by the rated cases of its stratum, and "
        "still counts as not read where a reserve took its place.",
    )
    some = any(response.opened > response.rated for response in [each.response for _, each in sides])
    small = (SMALL_REASONS,) if any(HIDDEN in row.values() for row in rows) else ()
    return ReportTable("dispositions", "How the opened cases ended", columns, rows, (*(told if some else ()), *small))


def _key(end: str) -> str:
    return end.replace(" ", "_")


def _hidden(response: Response) -> set[str]:
    hidden = kept_back_reasons([response.counts[end] for end in REASONS])
    return {end for at, end in enumerate(REASONS) if at in hidden}


def unread_count(response: Response) -> str:
    """Give how many cases could not be read as a page may tell it: in figures only where no reason is kept back."""
    if not _hidden(response):
        return str(response.unread)
    return FEWER if response.unread < FEWEST_CASES else OR_MORE


def change_bounds_lines(bounds: ChangeBounds | None, counts: str, earlier: Round, later: Round) -> list[str]:
    """Say what unread cases could have made of a share in each round and of its change; nothing where none was."""
    if bounds is None:
        return []
    sides = (("Earlier round", bounds.earlier, earlier), ("Later round", bounds.later, later))
    told = [(side, each.sentence(good_word(counts), unread_count(round_.response))) for side, each, round_ in sides]
    return [f"{side}: {text}" for side, text in told if text] + [each for each in [bounds.sentence()] if each]


def certainty_table(sides: Sides) -> ReportTable:
    """Give the grades of the cases that had to be read, apart from the sample."""
    with_some = [(side, each) for side, each in sides if not each.certainty.empty]
    rows: list[dict[str, object]] = []
    for name, title in {name: one.title for _, each in with_some for name, one in each.frameworks.items()}.items():
        found = {side: certainty_found(each, name) for side, each in with_some if name in each.frameworks}
        for label in dict.fromkeys(level.label for levels in found.values() for level in levels):
            row: dict[str, object] = {"framework": title, "grade": label}
            for side, levels in found.items():
                few = levels[0].n < FEWEST_CASES
                hidden = kept_back_counts([level.count for level in levels])
                count = {level.label: HIDDEN if at in hidden else level.count for at, level in enumerate(levels)}
                row[key("n", side)] = HIDDEN if few else levels[0].n
                row[key("found", side)] = HIDDEN if few else count.get(label)
            rows.append(row)
    columns = [Column("framework", "framework"), Column("grade", "grade")]
    for side, _ in sides:
        columns.append(Column(key("n", side), heading("cases scored", side), COUNT))
        columns.append(Column(key("found", side), heading("cases at this grade", side), COUNT))
    notes = (
        "Counts of cases that were not left to chance. They stand for themselves: no figure of the sample holds them, "
        "and none adds them to it.",
    )
    return ReportTable("certainty", f"Cases {HAD_TO_BE}", tuple(columns), rows, notes if rows else ())


def whom_sentences(round_: Round) -> list[str]:
    """Say whom a round's figures speak for, what its unit is, and what was read on purpose."""
    return [*_unit(round_), *_whom(round_), *_again(round_), *_beside(round_)]


def _unit(round_: Round) -> list[str]:
    if round_.receipt.unit == terms.CASE_ID:
        return []
    one = round_.plan.unit is not None and round_.plan.unit.one_child
    read = "one case of each was read" if one else "all its eligible cases were read as one"
    return [f"The unit is not a case but what shares one {round_.receipt.unit}: {read}. Every count is of units."]


def _whom(round_: Round) -> list[str]:
    if not round_.estimated:
        return ["The figures speak of the cases audited, and of no other."]
    fewer, apart = left_out(round_), int((round_.certainty[terms.STRATUM] != "").sum())
    apart = apart if apart >= FEWEST_CASES else 0
    names = tuple(round_.receipt.stay_clear_of) or ("earlier rounds",)
    if 0 < fewer < FEWEST_CASES:
        return [f"The figures speak of the eligible cases not audited in {' or '.join(names)}: {UNDER} were left out."]
    everyone, unit = round_.eligible + fewer, round_.receipt.unit
    whom = speaks_for(round_.eligible, eligible=everyone, earlier=names, apart=apart, unit=unit)
    return [f"The figures speak of {whom}."]


def _again(round_: Round) -> list[str]:
    counts = round_.receipt.reaudit.get("counts")
    taken = sum(int(str(each)) for each in counts.values()) if isinstance(counts, dict) else 0
    drawn = sum(round_.receipt.allocation.values())
    if not taken or not drawn:
        return []
    many = f"{taken} of the {drawn}" if taken >= FEWEST_CASES else f"{FEWER} of the {drawn}"
    said = f"{many} cases were drawn on purpose from {round_.receipt.reaudit.get('round')}, to be audited again."
    if taken < LARGE_OVERLAP * drawn:
        return [said]
    return [f"{said} For them a change measures whether actions on those files were done, not practice."]


def _beside(round_: Round) -> list[str]:
    many = len(round_.certainty)
    if not many:
        return []
    told = UNDER if many < FEWEST_CASES else str(many)
    return [f"Beside the sample, {told} cases were {HAD_TO_BE}. They are reported apart and are in no estimate."]
