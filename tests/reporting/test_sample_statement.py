"""The sample statement: one page on how the cases were chosen, true to the receipt and naming nobody."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import re
import shutil
import stat
from pathlib import Path

import pytest
from page_reader import SAMPLES, Page
from test_report import private_words

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.cli.main import main
from audit_toolkit.files import write_files
from audit_toolkit.reporting import SampleStatement, sample_statement, statement_html, write_sample_statement
from audit_toolkit.reporting.statement_words import since_sentences, whole_dates
from audit_toolkit.sampling import LogEntry, read_logged_sample, replace_case

HOSTILE = "<script>document.title='pwned'</script>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A round as the draw left it: nothing has come back."""
    copy = tmp_path / "february-2010"
    copy.mkdir()
    for name in ("plan.yaml", "sample.csv", "receipt.json", "commitment.json"):
        shutil.copy(SAMPLES / "february-2010" / name, copy)
    return copy


def command(*arguments: str, status: int = 0) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == status


def recorded(folder: Path, *reasons: str) -> list[str]:
    """Record the first sampled cases of North / closed, each replaced; give their ids."""
    sample, cases = read_logged_sample(folder), []
    for reason in reasons:
        rows = sample.cases
        inside = (rows["stratum"] == "North / closed") & (rows["draw_status"] == terms.SAMPLED)
        cases.append(str(rows["case_id"][inside].iloc[0]))
        day = datetime.date(2010, 2, 12)
        reserve = bool((rows["stratum"][rows["draw_status"] == terms.RESERVE] == "North / closed").any())
        sample = replace_case(sample, cases[-1], reason=reason, note="asked twice", date=day, reserve=reserve).sample
    write_files(sample.files(folder), force=True)
    return cases


def changed(statement: SampleStatement, plan: dict[str, object] | None = None, **receipt: object) -> SampleStatement:
    sealed = dataclasses.replace(statement.sample.receipt, **receipt)
    return dataclasses.replace(
        statement,
        plan=dataclasses.replace(statement.plan, **(plan or {})),
        sample=dataclasses.replace(statement.sample, receipt=sealed),
    )


def test_it_is_there_before_any_rating_is_in(folder: Path) -> None:
    statement = sample_statement(folder)
    receipt, _ = at.read_receipt(folder / "receipt.json")
    page = statement_html(statement)
    text = Page(page).text
    assert "No rating was in when this page was made." in text
    for told in (
        "776 cases stood in the register on 31 January 2010. 696 cases could be drawn",
        "60 cases were drawn. The eligible ones were first sorted into 12 strata by area and outcome",
        receipt.seed,
        receipt.seal,
        receipt.frame_digest,
        receipt.commitment,
        "audit-toolkit verify february-2010",
        "audit-toolkit verify --standalone > verify.py",
        "Estimates speak for the 696 eligible cases.",
        "12 auditors were given cases by the program, in fair shares of every stratum, by the seed.",
        "Nobody was given a case of their own team, as far as the lists say.",
        "12 of the cases were given to a second auditor",
    ):
        assert told in text, told
    assert str(statement) == (f"February 2010 review: 60 cases opened of 696 eligible, 0 rated; seal {receipt.seal}")


def test_the_tables_are_those_of_the_receipt(folder: Path) -> None:
    receipt, _ = at.read_receipt(folder / "receipt.json")
    excluded, strata, ended = Page(statement_html(sample_statement(folder))).tables
    assert excluded[1:] == [[reason, str(cases)] for reason, cases in receipt.exclusions]
    assert strata[0] == ["stratum", "eligible", "exact share", "drawn"]
    size, total = sum(receipt.allocation.values()), sum(receipt.population.values())
    assert strata[1:] == [
        [label, str(cases), f"{size * cases / total:.2f}", str(receipt.allocation[label])]
        for label, cases in sorted(receipt.population.items())
    ]
    assert ended[1:] == [["drawn at random", "60", "0", "0", "0", "0", "0", "60"]]


def test_no_id_and_no_name_of_anybody(folder: Path) -> None:
    recorded(folder, terms.MISSING_FILE)
    page = statement_html(sample_statement(folder))
    private = set(private_words())
    tokens = set(re.findall(r"\w+", page))
    assert {word for word in private if " " not in word} & tokens == set()
    assert [word for word in private if " " in word and re.search(rf"\b{re.escape(word)}\b", page)] == []
    assert "asked twice" not in page
    assert [each for each in Page(page).fetched if not each.startswith("#")] == []


def test_it_counts_from_opened_to_rated_exactly(folder: Path) -> None:
    recorded(folder, terms.MISSING_FILE, terms.INELIGIBLE)
    shutil.copy(SAMPLES / "february-2010" / "ratings.csv", folder)
    statement = sample_statement(folder)
    assert statement.counts(*terms.OPENED) == {
        "ineligible": 1,
        "missing file": 1,
        "restricted": 0,
        "not returned": 0,
        "not rated yet": 2,
        "rated": 58,
    }
    page = Page(statement_html(statement))
    assert page.tables[-1][1:] == [["drawn at random", "62", "1", "1", "0", "0", "58", "2"]]
    assert (
        "2 cases were opened after the draw in place of others, the next tickets likewise. "
        "Reasons in the log: missing file (1), ineligible (1). Notes: 2."
    ) in page.text
    assert "Every count is exact, for the inspector: the page is not to be published." in page.text
    assert page.tables[1][0][-1] == "opened now"
    assert "a log of 4 entries, each sealed with the one before" in page.text
    assert f"Seal of the log {statement.sample.seal}" in page.text
    assert "22 reserves are left" in page.text
    assert "What stood in the files that could not be read." in page.text


def test_the_case_list_names_every_opened_case_and_stays_inside(folder: Path) -> None:
    first, second = recorded(folder, terms.MISSING_FILE, terms.RESTRICTED)
    page, path = write_sample_statement(folder)
    assert (page.name, path.name) == ("sample_statement.html", "case_list.csv")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert list(rows[0]) == [
        *("case_id", "stratum", "draw_order", "status", "reason", "auditor", "second_auditor", "marking")
    ]
    sample = at.read_sample(folder / "sample.csv")
    drawn = sample[sample["draw_status"] != terms.RESERVE]
    assert [row["case_id"] for row in rows] == list(drawn["case_id"])
    assert {row["marking"] for row in rows} == {"internal: names children's cases, not to be passed on"}
    told = {row["case_id"]: (row["status"], row["reason"]) for row in rows}
    assert (told.pop(first), told.pop(second)) == (("missing file", "asked twice"), ("restricted", "asked twice"))
    assert set(told.values()) == {("not rated yet", "")}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("written in the plan", "Nothing here shows when it was chosen, or that no other was tried."),
        (
            "given after the plan was committed",
            "The plan, the list of those eligible and the number of each stratum were committed before this draw. That "
            "no other seed was tried on a copy of them is shown only if it was chosen in front of witnesses and the "
            "seal stands in the minutes.",
        ),
        ("given at the draw, without a commitment before it", "nothing here shows that no other was tried"),
        ("128 random bits, made at the draw", "Nothing here shows how often it was run."),
    ],
)
def test_it_says_no_more_of_the_seed_than_can_be_shown(folder: Path, source: str, told: str) -> None:
    assert told in Page(statement_html(changed(sample_statement(folder), seed_source=source))).text


def test_it_says_whom_the_sample_speaks_for(folder: Path) -> None:
    statement = sample_statement(folder)
    population = statement.sample.receipt.population
    clear = {"population_all": {**population, "North / closed": 164}, "stay_clear_of": {"retrospective-2009": ["x"]}}
    text = Page(statement_html(changed(statement, **clear))).text
    assert "the 696 eligible cases not audited in retrospective-2009, of 736 eligible" in text
    few = {**clear, "population_all": {**population, "North / closed": 126}}
    text = Page(statement_html(changed(statement, **few))).text
    assert "the 696 eligible cases not audited in retrospective-2009, of 698 eligible" in text
    dip = Page(statement_html(changed(statement, {"purpose": "dip"}))).text
    assert "The findings speak of the cases read, and of no other: no percentage of them holds for the register." in dip
    assert "How common anything is, or whether it has changed: the round was not made to measure that." in dip


def test_it_says_the_sentence_of_the_plan(folder: Path) -> None:
    shutil.copy(SAMPLES / "register_2010-01-31.csv", folder.parent)
    for name in ("auditors.csv", "retrospective-2009"):
        source = SAMPLES / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder.parent / name)
    planned = at.plan_review(folder)
    assert f"Estimates speak for {planned.speaks_for}." in Page(statement_html(sample_statement(folder))).text


def test_a_round_with_nothing_to_stay_clear_of_does_not_name_it(folder: Path) -> None:
    statement = sample_statement(folder)
    everyone = {**statement.sample.receipt.population, "North / closed": 164}
    clear = {"population_all": everyone, "stay_clear_of": {"empty": [], "retrospective-2009": ["x"]}}
    text = Page(statement_html(changed(statement, **clear))).text
    assert "Estimates speak for the 696 eligible cases not audited in retrospective-2009, of 736 eligible." in text


def test_counts_left_out_by_a_rule_are_exact_however_small(folder: Path) -> None:
    left = (("on the must-audit list", 2), ("audited in r1", 173), ("not: closed from 2009-09-01 to 2010-01-31", 1))
    page = statement_html(changed(sample_statement(folder), exclusions=left))
    assert Page(page).tables[0][1:] == [
        ["on the must-audit list", "2"],
        ["audited in r1", "173"],
        ["not: closed from 1 September 2009 to 31 January 2010", "1"],
    ]
    assert "too few" not in page


def test_a_round_that_reads_cases_again_gives_both_seeds(folder: Path) -> None:
    statement = sample_statement(folder)
    again = {"round": "retrospective-2009", "seed": "3 1 4", "counts": {"North / closed": 3, "East / closed": 2}}
    page = Page(statement_html(changed(statement, reaudit=again)))
    seed = statement.sample.receipt.seed
    for told in (
        "5 of the 60 come on purpose by the tickets of retrospective-2009, so that what it read is read again.",
        "A case's ticket is the SHA-256 of a seed, a comma and its id. There are two seeds. First, 5 of the 60 are the "
        "smallest tickets of their strata by the earlier seed, that of retrospective-2009. Then, among all others, 55 "
        "are the smallest by the new seed, in order; the next ones by the new seed are reserves and are used in that "
        "order only.",
        f"""One ticket by hand, by the new seed: printf '%s,%s' "{seed}" "$id" | sha256sum""",
        """One ticket by the earlier seed: printf '%s,%s' "3 1 4" "$id" | sha256sum""",
    ):
        assert told in page.text, told
    assert "The sample of a stratum is its smallest tickets" not in page.text
    head, *rows = page.tables[1]
    assert head == ["stratum", "eligible", "exact share", "drawn", "by the earlier seed"]
    assert {row[0]: row[-1] for row in rows if row[-1] != "0"} == {"East / closed": "2", "North / closed": "3"}


def test_families_are_counted_as_units(folder: Path) -> None:
    statement = sample_statement(folder)
    left = sum(count for _, count in statement.sample.receipt.exclusions)
    size = 900 + left
    family = changed(statement, {"unit": at.Unit("family", one_child=True)}, unit="family", register_size=size)
    page = Page(statement_html(family))
    for told in (
        "696 units (family), together holding 900 cases, could be drawn",
        "60 units (family) were drawn.",
        "each stratum gives a number fixed before the draw, in proportion to its eligible units, and at least 2",
        "Of each unit one child is read, the one with the smallest ticket.",
        "A unit's ticket is the SHA-256 of the seed, a comma and its family.",
        "Estimates speak for the 696 eligible units (family).",
        "12 auditors were given units (family) by the program, in fair shares of every stratum, by the seed.",
        "12 of the units (family) were given to a second auditor, who does not see the first rating.",
        "A unit that cannot be read stays in this account also where a reserve took its place; 24 reserves are left.",
    ):
        assert told in page.text, told
    assert page.tables[-1][0][0] == "units (family)"
    whole = changed(family, {"unit": at.Unit("family")})
    assert "Of each unit all its eligible cases are read, as one." in Page(statement_html(whole)).text


def test_cases_added_after_the_draw_are_counted_with_their_reasons(folder: Path) -> None:
    statement = sample_statement(folder)
    waiting = statement.sample.cases[statement.sample.cases["draw_status"] == terms.RESERVE].head(3)
    entries = [
        LogEntry("extend", row.case_id, terms.SAMPLED, row.stratum, row.draw_order, reason=reason, note=note)
        for row, (reason, note) in zip(
            waiting.itertuples(), [("size 62", "asked for"), ("size 62", ""), ("size 63", "")], strict=True
        )
    ]
    text = " ".join(since_sentences(entries, statement.sample.receipt))
    assert text == (
        "3 cases were added after the draw, the next tickets of their strata. "
        "Reasons in the log: size 62 (2), size 63 (1). Notes: 1."
    )
    assert since_sentences(entries[:1], statement.sample.receipt) == [
        "1 case was added after the draw, the next tickets of their strata. Reason in the log: size 62 (1). Notes: 1."
    ]


def test_the_command_for_the_check_names_the_files_there_are(folder: Path) -> None:
    without = Page(statement_html(sample_statement(folder))).text
    assert "python3 verify.py receipt.json --sample sample.csv One ticket by hand" in without
    recorded(folder, terms.MISSING_FILE)
    text = Page(statement_html(sample_statement(folder))).text
    assert "python3 verify.py receipt.json --sample sample.csv --log log.csv One ticket by hand" in text


def test_no_date_is_broken_across_lines() -> None:
    assert whole_dates("seen 2010-01-31 & register_2010-01-31.csv, 2010-13-01") == (
        'seen <span class="date">31 January 2010</span> &amp; register_<span class="date">2010-01-31</span>.csv, '
        '<span class="date">2010-13-01</span>'
    )


def test_joined_strata_are_named(folder: Path) -> None:
    statement = sample_statement(folder)
    rule = {"below": 24, "become": "Other", "joined": ["East / closed", "North / closed"]}
    frame_rule = {**statement.sample.receipt.frame_rule, "small_strata": rule}
    text = Page(statement_html(changed(statement, frame_rule=frame_rule))).text
    assert "Strata with fewer than 24 were joined into Other: East / closed, North / closed." in text


def test_many_strata_stand_side_by_side_and_the_rest_are_counted(folder: Path) -> None:
    statement = sample_statement(folder)
    labels = {f"Area {number:03}": 10 + number for number in range(80)}
    allocation = dict.fromkeys(labels, 2)
    page = Page(statement_html(changed(statement, population=labels, allocation=allocation)))
    assert [len(table) - 1 for table in page.tables[1:-1]] == [20, 20, 20]
    assert "And 20 more strata, which the receipt lists." in page.text


def test_hostile_names_are_only_text(folder: Path) -> None:
    statement = sample_statement(folder)
    page = statement_html(
        changed(statement, {"round": HOSTILE, "made_up": HOSTILE}, exclusions=((HOSTILE, 9),), seed=HOSTILE)
    )
    assert "<script" not in page
    assert Page(page).text.count(HOSTILE) >= 4


def test_a_sample_that_was_changed_gets_no_statement(folder: Path) -> None:
    path = folder / "sample.csv"
    path.write_bytes(path.read_bytes().replace(b"Auditor 11", b"Auditor 12", 1))
    with pytest.raises(at.DesignError, match=r"^sample\.csv"):
        sample_statement(folder)


def test_the_command_writes_both_and_says_which_is_internal(folder: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(folder.parent)
    command("report", "february-2010", "--sample-statement")
    assert capsys.readouterr().err.splitlines() == [
        "Written: february-2010/sample_statement.html, one page to print or hand over; it names nobody.",
        "Internal: february-2010/case_list.csv names the cases and their auditors. Keep it inside.",
    ]
    command("report", "february-2010", "--sample-statement", "-o", "-")
    written = (folder / "sample_statement.html").read_text(encoding="utf-8")
    assert capsys.readouterr().out.rstrip("\n") == written.rstrip("\n")
    command("report", "february-2010", "--sample-statement", "--anyway", status=2)
    assert "--sample-statement is about one round: leave --earlier and --anyway out." in capsys.readouterr().err
