"""One draw in a process of its own: python -m benchmarks.draw_tasks NAME FRAME COUNTS RESULT

FRAME is a Parquet file with case_id and stratum, COUNTS a JSON object of cases by stratum. RESULT is written: the
seconds that the draw itself took, after the imports and the reading, and the ids that were drawn.

    python -m benchmarks.draw_tasks lay_out FRAME COUNTS ROWS

writes such a frame, the same frame with its rows shuffled beside it, and the counts. The benchmark itself imports
nothing large, because a process counts the memory of the one that started it as its own.
"""

from __future__ import annotations

import importlib
import json
import random
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

STRATA, CASES = 60, 1200
Counts = Mapping[str, int]
# The drawing itself, the reading before it left out: a function that gives the ids.
Draw = Callable[[], list[str]]
SEED = 41352


def population(rows: int) -> dict[str, int]:
    """Give 60 uneven strata, each a little smaller than the one before: of a million, from 144,518 to 5,461."""
    shares = [(number + 1) ** -0.8 for number in range(STRATA)]
    sizes = [int(rows * share / sum(shares)) for share in shares]
    sizes[0] += rows - sum(sizes)
    return {f"S{number:02}": size for number, size in enumerate(sizes)}


def lay_out(frame: Path, counts: Path, rows: int) -> None:
    """Write the frame, the same frame with its rows shuffled, and the allocation."""
    import pandas as pd

    from audit_toolkit import allocate

    sizes = population(rows)
    labels = [label for label, size in sizes.items() for _ in range(size)]
    random.Random(5).shuffle(labels)
    units = pd.DataFrame({"case_id": [f"{number:08}" for number in range(rows)], "stratum": labels})
    units.to_parquet(frame)
    units.sample(frac=1, random_state=1).to_parquet(frame.with_name("shuffled.parquet"))
    counts.write_text(json.dumps(allocate(sizes, CASES)), encoding="utf-8")


def toolkit(frame: Path, counts: Counts) -> Draw:
    """Draw from a frame whose ids were checked and digested: the tickets, the sample and its receipt."""
    import pandas as pd

    import audit_toolkit as at

    units = at.build_frame(at.read_register(pd.read_parquet(frame)), strata=["stratum"])
    return lambda: list(at.draw_sample(units, allocation=counts, seed=str(SEED)).cases["case_id"])


def toolkit_checked(frame: Path, counts: Counts) -> Draw:
    """Draw from a plain DataFrame: the ids checked one by one, the frame and its digest, then the draw."""
    import pandas as pd

    import audit_toolkit as at

    units = pd.read_parquet(frame)
    return lambda: list(at.draw_sample(units, allocation=counts, seed=str(SEED)).cases["case_id"])


def pandas(frame: Path, counts: Counts) -> Draw:
    """Draw with DataFrame.sample, stratum by stratum: by the position of rows, from a numpy seed."""
    import pandas as pd

    units = pd.read_parquet(frame)

    def draw() -> list[str]:
        parts = [part.sample(n=counts[label], random_state=SEED) for label, part in units.groupby("stratum")]
        return list(pd.concat(parts)["case_id"])

    return draw


def polars(frame: Path, counts: Counts) -> Draw:
    """Draw by shuffled positions within each stratum."""
    pl: Any = importlib.import_module("polars")
    units = pl.read_parquet(frame)

    def draw() -> list[str]:
        place = pl.int_range(pl.len()).shuffle(seed=SEED).over("stratum")
        drawn: list[str] = units.filter(place < pl.col("stratum").replace_strict(counts))["case_id"].to_list()
        return drawn

    return draw


def svy(frame: Path, counts: Counts) -> Draw:
    """Draw with svy's stratified simple random sample: probabilities and weights, no receipt."""
    pl: Any = importlib.import_module("polars")
    svy: Any = importlib.import_module("svy")
    units = pl.read_parquet(frame)

    def draw() -> list[str]:
        sample = svy.Sample(units, svy.Design(stratum="stratum"))
        drawn: list[str] = sample.sampling.srs(n=dict(counts), rstate=SEED).data["case_id"].to_list()
        return drawn

    return draw


def consistent_sampler(frame: Path, counts: Counts) -> Draw:
    """Draw by hashed tickets, stratum by stratum: the one peer whose draw does not depend on the order of rows."""
    import pandas as pd

    sampler: Any = importlib.import_module("consistent_sampler").sampler
    units = pd.read_parquet(frame)

    def draw() -> list[str]:
        found = []
        for label, part in units.groupby("stratum"):
            found += list(sampler(part["case_id"].tolist(), seed=SEED, take=counts[label], output="id"))
        return found

    return draw


TASKS = {each.__name__: each for each in (toolkit, toolkit_checked, pandas, polars, svy, consistent_sampler)}


def main(name: str, frame: str, counts: str, result: str) -> None:
    """Do one draw and write down how long it took and what it gave."""
    if name == "lay_out":
        lay_out(Path(frame), Path(counts), int(result))
        return
    draw = TASKS[name](Path(frame), json.loads(Path(counts).read_text(encoding="utf-8")))
    start = time.perf_counter()
    drawn = draw()
    seconds = time.perf_counter() - start
    Path(result).write_text(json.dumps({"seconds": seconds, "drawn": drawn}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
