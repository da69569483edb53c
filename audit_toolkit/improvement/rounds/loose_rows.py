"""Rows of somebody else's sample that are no cases, or whose ids and labels cannot be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audit_toolkit.errors import Place, Problem
from audit_toolkit.files import Table
from audit_toolkit.improvement.estimates.design import quoted
from audit_toolkit.register import id_problems, spellings_alike, total_row_problems, total_rows, typed_id_problems

TAKE_OUT = "Take the row out."


def stratum_problems(table: Table, strata: Sequence[str]) -> list[Problem]:
    """Name empty strata, and labels that a person would read as one."""
    problems = []
    for column in strata:
        problems += [
            Problem("the stratum is empty", table.place(position, column), "Give the case its stratum.")
            for position, cell in enumerate(table.cells[column].tolist())
            if not cell.strip()
        ]
        problems += alike_problems(table, column)
    return problems


def alike_problems(table: Table, column: str) -> list[Problem]:
    """Name values of a column that a person would read as one."""
    cells = table.cells[column].tolist()
    return [
        Problem(
            f"{quoted(group)} look the same and would be counted apart",
            table.place(sorted(cells.index(each) for each in group)[1], column),
            "Write them alike.",
        )
        for group in spellings_alike(cells)
    ]


def case_problems(table: Table, case: str | None) -> list[Problem]:
    """Name what is wrong with the ids; nothing where no column of them was named."""
    if case is None:
        return []
    ids = table.cells[case].tolist()

    def place(position: int, column: str | None) -> Place:
        return table.place(position, column or case)

    def empty_beside(position: int) -> bool:
        return not all(table.cells.drop(columns=case).iloc[position])

    problems = typed_id_problems(table, case)
    formats = {} if table.typed else table.number_formats.get(case, {})
    problems += id_problems(ids, place, formats=formats, line_breaks=table.line_breaks.get(case, ()))
    totals = total_row_problems(ids, empty_beside, place)
    return [*problems, *(Problem(each.what, each.where, TAKE_OUT) for each in totals)]


def sum_row_problems(table: Table, value: str, case: str | None) -> list[Problem]:
    """Name rows that hold a sum and no case: a word for it with nothing else beside the answer, or the answer alone."""
    others = [name for name in table.columns if name not in (value, case)]
    problems = []
    for position, row in enumerate(table.cells[others].itertuples(index=False, name=None)):
        filled = [(name, cell) for name, cell in zip(others, row, strict=True) if cell.strip()]
        answer = str(table.cells[value].iloc[position])
        unnamed = case is None or not str(table.cells[case].iloc[position]).strip()
        if len(filled) == 1 and len(others) > 1 and total_rows([filled[0][1]]) and unnamed:
            what = f'"{filled[0][1]}" with empty cells beside it does not look like a case'
            problems.append(Problem(what, table.place(position, filled[0][0]), TAKE_OUT))
        elif not filled and case is None and others and answer.strip():
            what = f"nothing but {answer} stands in the row, which does not look like a case"
            problems.append(Problem(what, table.place(position, value), TAKE_OUT))
    return problems


def beside_sums(problems: Sequence[Problem], sums: Sequence[Problem]) -> list[Problem]:
    """Leave out what else is wrong in the rows of sums: they have to go anyway."""
    rows = {(each.where.file, each.where.row) for each in sums if isinstance(each.where, Place)}
    return [
        each for each in problems if not (isinstance(each.where, Place) and (each.where.file, each.where.row) in rows)
    ]


def too_many_drawn(table: Table, labels: Sequence[str], population: Mapping[str, float]) -> list[Problem]:
    """Name strata with more cases in the sample than there are."""
    problems = []
    for label in dict.fromkeys(labels):
        drawn, held = labels.count(label), population.get(label)
        if held is not None and drawn > held:
            what = f'{drawn} cases of stratum "{label}" are in the sample, and it has {held:g}'
            mend = "Check the count, or whether a case stands twice."
            problems.append(Problem(what, table.place(labels.index(label)), mend))
    return problems
