"""Case ids: exact text, each once, and nothing that could be mistaken for another."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from audit_toolkit.errors import Place, Problem

Placer = Callable[[int, str | None], Place]

# First characters a spreadsheet takes for the start of a formula (OWASP, "CSV injection"; full-width forms too).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# Number formats under which Excel shows an integer as its digits.
PLAIN_NUMBER_FORMATS = ("General", "0")
BREAKS = re.compile(r"[\r\n\x00]")
HALVES = re.compile(r"[\ud800-\udfff]")
# One of them is part of every such word, and is looked for first: a register has a million ids and one total.
TOTAL_PARTS = ("total", "sum", "count", "average", "mean")
# What a spreadsheet or a report writes where it adds up: "Total", "Grand total:", "TOTALS = 12", "Mean".
TOTAL = re.compile(
    r"((.+ )?(sub[ -]?)?totals?|sum|(row )?count|(.+ )?averages?|mean)"
    r"( (number|of|cases|children|records|rows|referrals))*\s*[:=]?\s*[0-9,]*"
)


def folded(case_id: str, *, fold_case: bool = True) -> str:
    """Give what two ids share when a person would read them as the same."""
    plain = case_id.isascii() and case_id.isalnum()
    text = case_id if plain else unicodedata.normalize("NFC", re.sub(r"\s+", " ", case_id).strip())
    # A tab that an export put before a formula sign is part of the id: with a space before it, it is another.
    if case_id.startswith("\t") and text.startswith(FORMULA_STARTS):
        text = "\t" + text
    return text.casefold() if fold_case else text


def id_problems(
    ids: Sequence[str],
    place: Placer,
    *,
    formats: Mapping[int, str] | None = None,
    line_breaks: Sequence[int] = (),
    fold_case: bool = True,
) -> list[Problem]:
    """Name every id that is missing, broken, a changed number, given twice or nearly the same as another.

    `formats` gives the number format of each id that is a number in its workbook: General and 0 show all the
    digits of a whole number, any other may show digits that are not there, or hide some.
    """
    problems = [*_missing(ids, place), *_broken(ids, place, line_breaks), *_numbers(ids, place, formats or {})]
    return problems + _duplicates(ids, place, fold_case)


def join_id_problems(
    ids: Sequence[str], known: Sequence[str], place: Placer, formats: Mapping[int, str]
) -> list[Problem]:
    """Name every id of a further file that is a changed number, or nearly but not quite an id of the register."""
    problems = _numbers(ids, place, formats)
    exact = set(known)
    by_folded = {folded(each): each for each in known}
    for position, each in enumerate(ids):
        meant = by_folded.get(folded(each)) if each and each not in exact else None
        if meant is not None:
            what = f'the case id "{each}" may be the case "{meant}" of the register'
            problems.append(Problem(what, place(position, None), "Write the id alike in both files."))
    return problems


def _missing(ids: Sequence[str], place: Placer) -> list[Problem]:
    mend = "Give the case its id, or take the row out."
    return [
        Problem("the case id is empty", place(position, None), mend) for position, each in enumerate(ids) if not each
    ]


def _broken(ids: Sequence[str], place: Placer, line_breaks: Sequence[int]) -> list[Problem]:
    breaks = set(line_breaks) | {position for position, each in enumerate(ids) if BREAKS.search(each)}
    mend = 'Look for a stray quotation mark (") in this row or the one before, mend the file and read it again.'
    found = [
        Problem("the case id runs over a line break, so rows may have been swallowed", place(position, None), mend)
        for position in sorted(breaks)
    ]
    found += [
        Problem("the case id holds only spaces", place(position, None), "Give the case its id, or take the row out.")
        for position, each in enumerate(ids)
        if each and not each.strip()
    ]
    found += [
        Problem("the case id holds half a character, which no file can hold", place(position, None), "Export it again.")
        for position, each in enumerate(ids)
        if not each.isascii() and HALVES.search(each)
    ]
    return found


def _numbers(ids: Sequence[str], place: Placer, formats: Mapping[int, str]) -> list[Problem]:
    mend = "Set the column to Text before the ids are entered, or export it as CSV, so that every digit is kept."
    return [
        Problem(
            f'the case id {ids[position]} is a number shown in the format "{number_format}", not text',
            place(position, None),
            mend,
        )
        for position, number_format in sorted(formats.items())
        if number_format not in PLAIN_NUMBER_FORMATS or not re.fullmatch(r"\d{1,15}", ids[position])
    ]


def _duplicates(ids: Sequence[str], place: Placer, fold_case: bool) -> list[Problem]:
    alike = [folded(each, fold_case=fold_case) for each in ids]
    if len(set(alike)) == len(alike):
        return []
    groups: dict[str, list[int]] = defaultdict(list)
    for position, each in enumerate(alike):
        if each:
            groups[each].append(position)
    problems = []
    for positions in groups.values():
        if len(positions) > 1:
            rows = _row_list([place(position, None) for position in positions])
            written = list(dict.fromkeys(f'"{ids[position]}"' for position in positions))
            if len(written) == 1:
                what = f"the case id {written[0]} stands {len(positions)} times ({rows})"
                mend = "Keep one row a case."
            else:
                what = f"the case ids {', '.join(written)} may be the same case ({rows})"
                mend = "Keep one spelling and one row a case."
            problems.append(Problem(what, place(positions[0], None), mend))
    return problems


def _row_list(places: Sequence[Place]) -> str:
    rows = [str(place.row) for place in places]
    return "rows " + (" and ".join(rows) if len(rows) == 2 else ", ".join(rows[:-1]) + " and " + rows[-1])


def total_row_problems(ids: Sequence[str], empty_beside: Callable[[int], bool], place: Placer) -> list[Problem]:
    """Name rows that are a spreadsheet's totals and no cases: they are called so, and cells beside them are empty."""
    mend = "Take the total row out of the register."
    return [
        Problem(f'"{ids[position]}" with empty cells beside it does not look like a case', place(position, None), mend)
        for position in total_rows(ids)
        if empty_beside(position)
    ]


def total_rows(ids: Sequence[str]) -> list[int]:
    """Give the positions of ids that are words for a sum."""
    every = "\n".join(ids).casefold()
    if not any(part in every for part in TOTAL_PARTS):
        return []
    return [position for position, each in enumerate(ids) if TOTAL.fullmatch(folded(each)) is not None]


def sum_notes(ids: Sequence[str], rows: Sequence[int]) -> list[str]:
    """Point to ids that are words for a sum though cells beside them are filled: `rows` (n) as a spreadsheet shows."""
    return [
        f'The case id "{ids[position]}" (row {rows[position]}) is a word for a sum: look that it is a case.'
        for position in total_rows(ids)
    ]


def number_note(formats: Mapping[int, str], rows: Sequence[int]) -> list[str]:
    """Say how many ids were numbers in the workbook and are taken as their digits."""
    if not formats:
        return []
    first = rows[min(formats)]
    which = f"1 case id is a number (row {first})" if len(formats) == 1 else f"{len(formats):,} case ids are numbers"
    more = "" if len(formats) == 1 else f", first on row {first}"
    return [f"{which} in the workbook, not text{more}; the digits shown are taken. Look that no leading zero was lost."]


def id_notes(ids: Sequence[str], rows: Sequence[int]) -> list[str]:
    """Say what is odd about the ids without being wrong: formula starts, letters of two alphabets."""
    notes = []
    formulas = sum(each.startswith(FORMULA_STARTS) or each.lstrip(' "').startswith(FORMULA_STARTS) for each in ids)
    if formulas:
        begin = (
            "1 case id begins like a formula; it is kept as it is"
            if formulas == 1
            else (f"{formulas:,} case ids begin like a formula; they are kept as they are")
        )
        notes.append(f"{begin}, and as text in workbooks.")
    if all(each.isascii() for each in ids):
        return notes
    shortened = [each for each in ids if re.fullmatch(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]+", each)]
    if shortened:
        notes.append(
            f"{len(shortened)} case ids look like numbers a spreadsheet shortened (such as {shortened[0]}): "
            "compare them with the case system before drawing."
        )
    notes += _length_notes(ids)
    scripts: dict[str, list[int]] = defaultdict(list)
    for each, row in zip(ids, rows, strict=True):
        for script in _scripts(each):
            scripts[script].append(row)
    if len(scripts) > 1:
        counts = "; ".join(
            f"{name.title()} in {len(found)} (first on row {found[0]})"
            for name, found in sorted(scripts.items(), key=lambda item: (-len(item[1]), item[0]))
        )
        notes.append(f"The case ids mix letters of several alphabets that can look alike: {counts}. All are kept.")
    return notes


def _length_notes(ids: Sequence[str]) -> list[str]:
    """Say where some ids of digits are shorter than the rest, which keep leading zeros: a spreadsheet drops those."""
    digits = [each for each in ids if re.fullmatch(r"[0-9]+", each)]
    padded = [each for each in digits if each.startswith("0") and len(each) > 1]
    if not padded:
        return []
    full = max(len(each) for each in padded)
    short = [each for each in digits if len(each) < full]
    if not short:
        return []
    return [
        f"{len(short)} case ids have fewer digits than the {full} of {padded[0]} (such as {short[0]}): "
        "leading zeros may have been lost. Compare them with the case system before drawing."
    ]


def _scripts(text: str) -> set[str]:
    if text.isascii():
        return {"LATIN"} if any(each.isalpha() for each in text) else set()
    names = [unicodedata.name(each, "UNNAMED") for each in text if each.isalpha()]
    return {name.split()[0] for name in names if not name.startswith("FULLWIDTH")}


def suggest_id(case_id: str, known: Sequence[str]) -> str | None:
    """Give the one known id that a spreadsheet could have turned into this one, or None: suggested, never applied."""
    wanted = _bare(case_id)
    found = [each for each in known if _bare(each) == wanted]
    return found[0] if len(found) == 1 else None


def suggest_ids(case_ids: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Give, for each id that is not known, the one known id it may stand for: `suggest_id` for many at once."""
    there = set(known)
    missing = [each for each in dict.fromkeys(case_ids) if each and each not in there]
    if not missing:
        return {}
    by_bare: dict[str, list[str]] = defaultdict(list)
    for each in known:
        by_bare[_bare(each)].append(each)
    return {each: by_bare[_bare(each)][0] for each in missing if len(by_bare.get(_bare(each), ())) == 1}


def _bare(case_id: str) -> str:
    text = folded(case_id)
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?e\+?[0-9]{1,2}", text):
        mantissa, exponent = re.split(r"e\+?", text)
        whole, _, part = mantissa.partition(".")
        digits = whole + part + "0" * max(0, int(exponent) - len(part))
        return digits.lstrip("0")
    text = re.sub(r"^0+(?=.)", "", text)
    return re.sub(r"(?<=\d)\.0*$", "", text) if re.fullmatch(r"\d+\.\d*", text) else text
