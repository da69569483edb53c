"""The pictures: what stands in them is what was found."""

from __future__ import annotations

import io

from audit_toolkit.improvement import size_figure, size_table, size_to_detect, size_to_know, table_figure

POPULATION = {"a": 300, "b": 120}
PNG = b"\x89PNG\r\n\x1a\n"


def stars(axes) -> list[tuple[float, float]]:
    lines = [line for line in axes.lines if line.get_marker() == "*"]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in lines]


def test_power_and_width_with_the_sizes_found_marked() -> None:
    share, grades = size_to_detect(POPULATION, 0.25), size_to_detect(POPULATION, 0.25, measure="grades")
    known = size_to_know(POPULATION, 0.1)
    figure = size_figure([share, grades, known])
    above, below = figure.axes
    assert stars(above) == [(share.n, 100 * share.reached), (grades.n, 100 * grades.reached)]
    assert stars(below) == [(known.n, 100 * known.reached)]
    assert [text.get_text() for text in above.get_legend().get_texts()] == [
        f"{each.question}: {each.n}" for each in (share, grades)
    ]
    assert above.get_xlabel() == "cases in each of the two rounds"
    assert figure.get_suptitle() == "How many of 420 cases in 2 strata"
    held = io.BytesIO()
    figure.savefig(held, format="png")
    assert held.getvalue().startswith(PNG)
    assert known.plot()._repr_png_().startswith(PNG)
    assert len(known.plot().axes) == 1


def test_where_no_number_will_do_nothing_is_marked() -> None:
    never = size_to_detect(60, 0.1)
    figure = never.plot()
    assert stars(figure.axes[0]) == []
    assert figure.axes[0].get_legend().get_texts()[0].get_text().endswith(": no number")
    assert figure._repr_png_().startswith(PNG)


def test_the_table_as_a_picture() -> None:
    rows = size_table(POPULATION, [30, 60, 90])
    figure = table_figure(rows)
    above, below = figure.axes
    assert above.lines[0].get_ydata().tolist() == [100 * each.half_width for each in rows]
    assert below.lines[1].get_ydata().tolist() == [100 * each.grades_as_share for each in rows]
    assert below.get_ylabel() == "smallest rise from 50 %, points"
    assert figure._repr_png_().startswith(PNG)
