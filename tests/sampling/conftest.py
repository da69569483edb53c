"""A round small enough to read: a register, auditors, a plan, and what drawing it writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit_toolkit.sampling import commitment_bytes, draw_round, plan_review, sample_bytes

PLAN = """\
# The plan of a small round.
round: Small round
register:
  file: ../register.csv
  columns: {case_id: Ref, area: Area}
eligible:
  - {column: received, from: 2010-01-01, to: 2010-01-31, why: outside the window}
stay_clear_of: [../earlier]
strata: [area]
size: 12
minimum: 2
reserves: 1
seed: "1 2 3 4"
auditors: ../auditors.csv
double_rated: 25%
carry: [worker]
"""


def register_text(rows: int = 60) -> str:
    lines = [
        f"C{number:03},{'North' if number % 3 else 'Süd'},T{number % 4},2010-01-{number % 28 + 1:02},Worker {number}"
        for number in range(rows)
    ]
    return "\n".join(["Ref,Area,team,received,worker", *lines, "X,North,T1,2009-12-31,Worker 0"]) + "\n"


@pytest.fixture
def make_round(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes a round and draws it: make_round(plan=text, seed=None, commit=False)."""

    def make(plan: str = PLAN, *, seed: str | None = None, commit: bool = False) -> Path:
        folder = tmp_path / "round"
        for path in (folder, tmp_path / "earlier"):
            path.mkdir(exist_ok=True)
        (tmp_path / "register.csv").write_text(register_text(), encoding="utf-8")
        (tmp_path / "auditors.csv").write_text(
            "auditor,team,hours\nAnn,T0,10\nBob,T1,10\nCem,T2,10\nDee,T3,5\n", encoding="utf-8"
        )
        header = "case_id,stratum,draw_status,draw_order,ticket,inclusion_probability,design_weight"
        (tmp_path / "earlier" / "sample.csv").write_text(
            f"{header},auditor,second_auditor\nC001,North,sampled,1,t,0.5,2.0,a,\nC002,North,reserve,2,t,,,,\n",
            encoding="utf-8",
        )
        (folder / "plan.yaml").write_text(plan, encoding="utf-8")
        review = plan_review(folder)
        commitment = commitment_bytes(review) if commit else None
        if commitment is not None:
            (folder / "commitment.json").write_bytes(commitment)
        sample = draw_round(review, seed=seed, commitment=commitment)
        (folder / "sample.csv").write_bytes(sample_bytes(sample.cases))
        (folder / "receipt.json").write_bytes(sample.receipt.to_bytes())
        return folder

    return make
