"""Make the samples: two registers, two rounds of filled workbooks, and the true answer. Run from the project's top:

    python samples/make_samples.py

Everything is made up by made_up_council.py from one seed, so that running it again gives the same files.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
from made_up_council import (
    AREAS,
    AUDITORS,
    EARLIER,
    FRAMEWORKS,
    LATER,
    OUTCOMES,
    SEED,
    Population,
    Window,
    frameworks,
    make_population,
    rate,
)
from openpyxl.worksheet.worksheet import Worksheet

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.cli import main as audit_toolkit_command

HERE = Path(__file__).resolve().parent
HEADINGS = {
    terms.CASE_ID: "Child reference",
    "area": "Area",
    "team": "Team",
    "referral_date": "Referral date",
    "went_to": "Went to",
    "outcome": "Outcome",
    "referral_decision_date": "Decision date",
    "allocation_date": "Allocated",
    "initial_assessment_authorised_date": "Initial assessment authorised",
    "core_assessment_start_date": "Core assessment started",
    "core_assessment_authorised_date": "Core assessment authorised",
    "strategy_discussion_date": "Strategy discussion",
    "conference_date": "Conference",
    "worker": "Worker",
    "manager": "Manager",
    "file_reference": "File reference",
}
STEPS = (
    ("core_assessment_start_date", "core_assessment_authorised_date"),
    ("strategy_discussion_date", "conference_date"),
)
CSV_AUDITOR = "Auditor 12"
# The answers that a limit rests on, by question: they need their evidence in the comment.
EXPLAIN = {
    question: {
        answer
        for each in framework.limits
        for name, answers in each.conditions()
        if name == question
        for answer in answers
    }
    for framework in frameworks().values()
    for question in (*framework.criterion_ids, *framework.item_ids)
}
EVIDENCE = "Looked for in the record and the chronology"
PROMPTNESS = {EARLIER.name: 7.2, LATER.name: 6.0}


def make_register(window: Window, ids: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Make a register: about 700 referrals that went to an initial assessment in the window, and others."""
    rows = []
    for number, case in enumerate(ids):
        inside = number >= 34
        went = inside and number >= 34 + 46
        rows.append(_referral(window, case, rng, inside=inside, assessed=went or not inside))
    order = rng.permutation(len(rows))
    table = pd.DataFrame([rows[each] for each in order], columns=list(HEADINGS), dtype=object)
    return table.sort_values("referral_date", kind="stable").reset_index(drop=True)


def _referral(window: Window, case: str, rng: np.random.Generator, *, inside: bool, assessed: bool) -> dict[str, str]:
    area = AREAS[rng.choice(3, p=[0.28, 0.4, 0.32])]
    team = f"{area} {rng.integers(1, 3)}"
    days = (window.last - window.first).days
    day = window.first + datetime.timedelta(int(rng.integers(0, days + 1)))
    if not inside:
        day = window.first - datetime.timedelta(int(rng.integers(1, 18)))
    row = dict.fromkeys(HEADINGS, "")
    row |= {terms.CASE_ID: case, "area": area, "team": team, "referral_date": day.isoformat()}
    row |= {"worker": f"Worker {rng.integers(1, 61):02}", "manager": f"Manager {team}"}
    row |= {"file_reference": f"F{int(case) * 7 % 99991:05}"}
    decided = _later(day, int(rng.choice(4, p=[0.55, 0.34, 0.08, 0.03])), window)
    row |= {"went_to": "initial assessment" if assessed else "no further action", "referral_decision_date": decided}
    if assessed:
        row["outcome"] = str(rng.choice(list(OUTCOMES), p=list(OUTCOMES.values())))
        row |= _assessment(window, row, day, decided, rng)
    return row


def _assessment(
    window: Window, row: dict[str, str], day: datetime.date, decided: str, rng: np.random.Generator
) -> dict[str, str]:
    found = {}
    if decided:
        wait = int(rng.choice([0, 1, 2, 4], p=[0.42, 0.42, 0.1, 0.06]))
        found["allocation_date"] = _later(datetime.date.fromisoformat(decided), wait, window)
    took = max(2, round(rng.normal(PROMPTNESS[window.name], 2.0)))
    authorised = _later(day, took, window)
    found["initial_assessment_authorised_date"] = authorised
    begun = {"closed": 0.03, "child in need": 0.35, "child protection": 0.85, "looked after": 0.75}[row["outcome"]]
    if authorised and rng.random() < begun:
        start = _later(datetime.date.fromisoformat(authorised), int(rng.integers(0, 3)), window)
        found["core_assessment_start_date"] = start
        if start:
            took = round(rng.normal(33, 6))
            found["core_assessment_authorised_date"] = _later(datetime.date.fromisoformat(start), took, window)
    if row["outcome"] == "child protection":
        met = _later(day, int(rng.integers(0, 5)), window)
        found["strategy_discussion_date"] = met
        if met:
            found["conference_date"] = _later(datetime.date.fromisoformat(met), round(rng.normal(13.5, 2.5)), window)
    return found


def _later(day: datetime.date, working_days: int, window: Window) -> str:
    """Give the date so many working days on, or nothing where the register was taken before it."""
    found = at.add_working_days(day, working_days) if working_days > 0 else day
    return found.isoformat() if found <= window.snapshot else ""


def eligible(register: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Give the cases of a register that its round draws from."""
    inside = register["referral_date"] >= window.first.isoformat()
    found: pd.DataFrame = register[inside & (register["went_to"] == "initial assessment")].reset_index(drop=True)
    return found


def facts_of(cases: pd.DataFrame) -> pd.DataFrame:
    """Give the dates a careful auditor finds: those of the register, and N/A for steps that were not begun."""
    rows = []
    for row in cases.to_dict("records"):
        dates = {name: row[name] for name in HEADINGS if name.endswith("_date")}
        for start, end in STEPS:
            if not dates[start]:
                dates[start] = dates[end] = terms.NA_RATING
        rows += [(row[terms.CASE_ID], name, value) for name, value in dates.items()]
    return pd.DataFrame(rows, columns=list(terms.FACT_COLUMNS), dtype=object)


def computed_answers(cases: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Work out the timeliness of every case from its dates."""
    facts = facts_of(cases)
    found = {}
    for framework in frameworks().values():
        asked = next(each.id for each in framework.criteria if each.response == terms.GRADED)
        rated = pd.DataFrame({terms.CASE_ID: cases[terms.CASE_ID], terms.CRITERION_ID: asked, terms.RATING: "Good"})
        scores = at.score_cases(rated, framework, facts=facts, as_of=window.snapshot)
        for criterion in framework.computed:
            found[criterion.id] = scores.answers[criterion.id].reindex(cases[terms.CASE_ID])
    return pd.DataFrame(found)


def populations() -> tuple[dict[str, pd.DataFrame], dict[str, Population]]:
    """Make both registers and, of each, the eligible cases with their real quality."""
    rng = np.random.default_rng(SEED)
    ids = [f"{number:07}" for number in rng.choice(np.arange(10_000, 1_900_000), 1_560, replace=False)]
    registers, made = {}, {}
    for window, part in ((EARLIER, ids[:784]), (LATER, ids[784:])):
        registers[window.name] = make_register(window, part, rng)
        cases = eligible(registers[window.name], window)
        made[window.name] = make_population(window, cases, computed_answers(cases, window), rng)
    return registers, made


def true_answer(made: dict[str, Population]) -> pd.DataFrame:
    """Rate every case by every auditor and give the share good or better, over the auditors, by framework."""
    rows = []
    shares: dict[tuple[str, str], pd.Series] = {}
    for name, population in made.items():
        rng = np.random.default_rng(SEED + 1)
        every = np.arange(len(population.cases))
        total = {framework: np.zeros(len(every)) for framework in FRAMEWORKS}
        for auditor in range(AUDITORS):
            answers = rate(population, every, np.full(len(every), auditor), rng)
            for framework, loaded in frameworks().items():
                total[framework] += good(answers, loaded) / AUDITORS
        for framework in FRAMEWORKS:
            shares[name, framework] = pd.Series(total[framework])
    for framework in FRAMEWORKS:
        for domain in ("all cases", *OUTCOMES):
            inside = [(made[name].cases["outcome"] == domain) | (domain == "all cases") for name in made]
            before, after = (
                float(shares[name, framework][mask].mean()) for name, mask in zip(made, inside, strict=True)
            )
            rows.append((framework, domain, f"{before:.3f}", f"{after:.3f}", f"{after - before:+.3f}"))
    return pd.DataFrame(
        rows, columns=["framework", "cases", "earlier_good_or_better", "later_good_or_better", "change"]
    )


def good(answers: pd.DataFrame, framework: at.Framework) -> np.ndarray:
    """Say of each case whether its grade is good or better."""
    from audit_toolkit.scoring import score_answers

    bands = score_answers(answers, framework)["band"]
    found: np.ndarray = bands.isin(framework.good_or_better).to_numpy(dtype=float)
    return found


def fill_round(folder: Path, population: Population, rng: np.random.Generator) -> None:
    """Fill in the workbooks of a drawn round as its auditors would, and put them in returned/."""
    sample = at.read_sample(folder / terms.SAMPLE_FILE)
    sample = sample[sample[terms.DRAW_STATUS] == terms.SAMPLED]
    rows = {case: row for row, case in enumerate(population.cases[terms.CASE_ID])}
    names = [f"Auditor {number:02}" for number in range(1, AUDITORS + 1)]
    given: dict[tuple[str, str], pd.Series] = {}
    for column in (terms.AUDITOR, terms.SECOND_AUDITOR):
        rated = sample[sample[column] != ""]
        which = np.array([rows[case] for case in rated[terms.CASE_ID]])
        who = np.array([names.index(name) for name in rated[column]])
        answers = rate(population, which, who, rng)
        for case, name in zip(rated[terms.CASE_ID], rated[column], strict=True):
            given[name, case] = answers.loc[case]
    facts = facts_of(population.cases).set_index([terms.CASE_ID, terms.FACT])[terms.VALUE]
    returned = folder / terms.RETURNED
    returned.mkdir(exist_ok=True)
    for name in names:
        mine = {case: answers for (auditor, case), answers in given.items() if auditor == name}
        if name == CSV_AUDITOR:
            own = set(sample.loc[sample[terms.AUDITOR] == name, terms.CASE_ID])
            write_csv(returned / "Auditor_12.csv", name, mine, own, rng)
        else:
            fill_workbook(folder / terms.WORKBOOKS / f"{name.replace(' ', '_')}.xlsx", returned, mine, facts, rng)


def fill_workbook(
    issued: Path, returned: Path, mine: dict[str, pd.Series], facts: pd.Series, rng: np.random.Generator
) -> None:
    """Fill one workbook: ratings, reasons for N/A, missing dates, and one alert in the later round's fifth."""
    book = openpyxl.load_workbook(issued)
    sheet = book["Ratings"]
    at_column = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        case, question = sheet.cell(row, at_column["case_id"]).value, sheet.cell(row, at_column["criterion_id"]).value
        answer = "" if rng.random() < 0.004 else str(mine[case][question])
        if answer:
            sheet.cell(row, at_column["rating"]).value = answer
        if answer == terms.NA_RATING:
            sheet.cell(row, at_column["na_reason"]).value = na_reason(question)
        elif answer in EXPLAIN.get(question, ()):
            sheet.cell(row, at_column["comment"]).value = EVIDENCE
    if "Dates" in book.sheetnames:
        dates = book["Dates"]
        for row in range(2, dates.max_row + 1):
            case, fact, value = dates.cell(row, 1).value, dates.cell(row, 2).value, dates.cell(row, 4)
            if value.value in (None, "") and facts[case, fact] == terms.NA_RATING:
                value.value = terms.NA_RATING
    fill_actions(book["Actions"], mine)
    if issued.name == "Auditor_05.xlsx" and issued.parents[1].name == LATER.name:
        book["Cases"].cell(2, [cell.value for cell in book["Cases"][1]].index("immediate_danger") + 1).value = terms.YES
        told = [cell.value for cell in book["Cases"][1]].index("what_and_who_was_told") + 1
        book["Cases"].cell(2, told).value = "No working lock on the door; team manager told the same day"
    save(book, returned / issued.name)


def fill_actions(sheet: Worksheet, mine: dict[str, pd.Series]) -> None:
    """Ask for what must happen next where a child was not seen: one action a case, without a day when it was done."""
    at_column = {cell.value: cell.column for cell in sheet[1]}
    unseen = [case for case in sorted(mine) if mine[case]["AQ02"] == terms.NO]
    for row, case in enumerate(unseen, 2):
        action = {"case_id": case, "action": "See the child alone and record it", "action_owner": "Team manager"}
        for name, text in {**action, "action_due": "26/02/2010"}.items():
            sheet.cell(row, at_column[name]).value = text


def na_reason(question: str) -> str:
    """Give the first reason a framework allows for not answering a question."""
    for framework in frameworks().values():
        if question in framework.criterion_ids:
            reasons = framework.criterion(question).na_reasons
            return reasons[0] if reasons else "does not apply"
    return "does not apply"


def comment_on(question: str, answer: str) -> str:
    """Give what an auditor writes beside an answer in a CSV: the reason for N/A, or the evidence."""
    if answer == terms.NA_RATING:
        return na_reason(question)
    return EVIDENCE if answer in EXPLAIN.get(question, ()) else ""


def save(book: openpyxl.Workbook, path: Path) -> None:
    """Save a workbook with fixed times, so that the same content is the same file."""
    held = io.BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as fixed:
        for entry in made.infolist():
            content = made.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2010-02-12T09:00:00Z", content)
            fixed.writestr(zipfile.ZipInfo(entry.filename, (2010, 2, 12, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)


def write_csv(path: Path, name: str, mine: dict[str, pd.Series], own: set[str], rng: np.random.Generator) -> None:
    """Write the one auditor's ratings that come back as a CSV, steps not begun as N/A."""
    computed = {each.id for framework in frameworks().values() for each in framework.computed}
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerow(terms.RATING_COLUMNS)
        for case in sorted(mine):
            for question, answer in mine[case].items():
                by_hand = question not in computed or (answer == terms.NA_RATING and case in own)
                if by_hand and rng.random() >= 0.004:
                    rows.writerow([case, question, answer, name, comment_on(question, answer)])


def run(*arguments: str) -> None:
    """Run a command of the toolkit, as a person would."""
    try:
        audit_toolkit_command(list(arguments))
    except SystemExit as ended:
        if ended.code:
            raise


def main() -> None:
    """Make everything."""
    registers, made = populations()
    for window in (EARLIER, LATER):
        file = HERE / f"register_{window.snapshot.isoformat()}.csv"
        shown = registers[window.name].copy()
        for name in HEADINGS:
            if name.endswith("_date"):
                shown[name] = ["/".join(reversed(text.split("-"))) for text in shown[name]]
        shown.rename(columns=HEADINGS).to_csv(file, index=False, lineterminator="\r\n", encoding="utf-8-sig")
        folder = HERE / window.name
        # Alerts are never forgotten, not even with --force: those of an earlier making would stay.
        (folder / terms.ALERTS_FILE).unlink(missing_ok=True)
        run("plan", str(folder), "--force")
        run("draw", str(folder), "--force")
        fill_round(folder, made[window.name], np.random.default_rng([SEED, window.snapshot.toordinal()]))
        run("collect", str(folder), "--force")
        run("score", str(folder), "--force")
    true_answer(made).to_csv(HERE / "truth.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
