"""The check without this toolkit: one short file, the same answers as verify, nothing but the standard library."""

from __future__ import annotations

import ast
import contextlib
import csv
import dataclasses
import hashlib
import io
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from logged import anything, drawn, frame_of, last_day

from audit_toolkit.files import csv_bytes
from audit_toolkit.register import build_frame, read_register
from audit_toolkit.sampling import (
    Reaudited,
    Receipt,
    Sample,
    check_sample,
    draw_sample,
    log_bytes,
    pseudonymise,
    sample_bytes,
    sample_sha256,
    standalone,
    standalone_path,
    ticket,
    verify_receipt,
)
from audit_toolkit.sampling.log import EXTENDED, LogEntry
from audit_toolkit.sampling.receipt import seal_of

KEY = "5e" * 32
COUNTS = {"North / closed": 6, "Süd": 4, 'É "quoted", comma': 5}
HOLDS = "All that was checked holds."
CHANGED = "receipt: it was changed after it was sealed"


def units(size: int = 90) -> pd.DataFrame:
    labels = [list(COUNTS)[number % 3 if number % 7 else 0] for number in range(size)]
    return pd.DataFrame({"case_id": [f"{number:07}" for number in range(size)], "stratum": labels}, dtype=object)


def sample_of(seed: str = "41352 60113", *, reaudit: Reaudited | None = None, certain: tuple[str, ...] = ()) -> Sample:
    frame = build_frame(read_register(units()), strata=["stratum"], must_audit=certain or None)
    sample = draw_sample(frame, allocation=COUNTS, seed=seed, reserves=2, reaudit=reaudit)
    receipt = dataclasses.replace(sample.receipt, sample_sha256=sample_sha256(sample.cases))
    return dataclasses.replace(sample, receipt=receipt)


def check(*arguments: object) -> tuple[int, list[str]]:
    """Run the file in this process: its exit status and its lines."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["verify.py", *map(str, arguments)])
        status = standalone.main([])
    return status, out.buffer.getvalue().decode("utf-8").splitlines()


def problems(*arguments: object) -> list[str]:
    status, lines = check(*arguments)
    found = [line for line in lines if not line.startswith(("Not checked", HOLDS))]
    assert status == (1 if found else 0)
    return found


def as_bytes(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode("utf-8")


def forged(receipt: Receipt, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Change a receipt and put a fitting seal on it."""
    content = json.loads(receipt.to_bytes())
    change(content)
    return as_bytes({**content, "seal": seal_of(content)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a drawn sample as an inspector gets it: receipt, sample and frame."""
    sample = sample_of()
    (tmp_path / "receipt.json").write_bytes(sample.receipt.to_bytes())
    (tmp_path / "sample.csv").write_bytes(sample_bytes(sample.cases))
    (tmp_path / "frame.csv").write_bytes(csv_bytes(units()))
    return tmp_path


def test_it_is_one_short_file_of_the_standard_library() -> None:
    source = standalone_path().read_text(encoding="utf-8")
    assert len(source.splitlines()) < 150
    assert max(map(len, source.splitlines())) <= 120
    tree = ast.parse(source, feature_version=(3, 8))
    found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    found |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert found - {"__future__"} <= sys.stdlib_module_names


def test_it_runs_alone_in_an_empty_folder(tmp_path: Path, folder: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in ("receipt.json", "sample.csv", "frame.csv"):
        (alone / name).write_bytes((folder / name).read_bytes())
    (alone / "verify.py").write_bytes(standalone_path().read_bytes())
    command = [
        sys.executable,
        "-I",
        "-S",
        "verify.py",
        "receipt.json",
        "--frame",
        "frame.csv",
        "--sample",
        "sample.csv",
    ]
    done = subprocess.run(command, cwd=alone, env={}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == [HOLDS, "Not checked, without --seal: the seal in the minutes."]
    (alone / "receipt.json").write_bytes((folder / "receipt.json").read_bytes().replace(b"60113", b"60114", 1))
    done = subprocess.run(command, cwd=alone, env={}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode().splitlines()[0] == CHANGED
    assert subprocess.run([*command, "--whatever"], cwd=alone, capture_output=True, check=False).returncode == 2


def test_it_says_what_was_not_checked(folder: Path) -> None:
    assert check(folder / "receipt.json") == (
        0,
        [
            HOLDS,
            "Not checked, without --seal: the seal in the minutes.",
            "Not checked, without --frame: who was not drawn.",
            "Not checked, without --sample: sample.csv.",
        ],
    )


def test_the_seal_in_the_minutes_is_compared(folder: Path) -> None:
    path, seal = folder / "receipt.json", json.loads((folder / "receipt.json").read_bytes())["seal"]
    assert problems(path, "--seal", seal) == problems(path, "--seal", seal[:16].upper()) == []
    for other in (seal[:15], "0" * 64, "x"):
        assert problems(path, "--seal", other) == [
            f"receipt: the seal is {seal} and not {other} (give 16 digits of it at least)"
        ]


TAMPERED: dict[str, Callable[[dict[str, Any]], object]] = {
    "two cases swapped": lambda content: content["cases"].insert(0, content["cases"].pop(1)),
    "two ids swapped": lambda content: swap(content["cases"], 0, 1, 0),
    "ids of two strata swapped": lambda content: swap(content["cases"], 0, 9, 0),
    "a case dropped": lambda content: content["cases"].pop(3),
    "the last case dropped": lambda content: content["cases"].pop(),
    "a case twice": lambda content: content["cases"].insert(4, content["cases"][3]),
    "a case put in": lambda content: put(content["cases"], 2, 0, "0000089x"),
    "a case put in with its ticket": lambda content: put_ticket(content),
    "a ticket": lambda content: put(content["cases"], 5, 3, "0" * 64),
    "a status": lambda content: put(content["cases"], 5, 4, "reserve"),
    "a reserve opened": lambda content: put(content["cases"], 6, 4, "sampled"),
    "an order": lambda content: put(content["cases"], 5, 2, 7),
    "a stratum": lambda content: put(content["cases"], 5, 1, "Süd"),
    "an unknown stratum": lambda content: put(content["cases"], 5, 1, "West"),
    "the seed": lambda content: content.update(seed="41352 60114"),
    "one more allocated": lambda content: content["allocation"].update({"Süd": 5}),
    "one fewer allocated": lambda content: content["allocation"].update({"Süd": 3}),
    "a stratum allocated nothing": lambda content: content["allocation"].pop("Süd"),
    "one more reserve": lambda content: content.update(reserves=3),
    "no reserve": lambda content: content.update(reserves=0),
    "a larger population": lambda content: content["population"].update({"Süd": 40}),
    "another frame": lambda content: content.update(frame_digest="0" * 64),
    "re-audited on purpose": lambda content: content.update(
        reaudit={"round": "earlier", "seed": "x", "counts": {"Süd": 2}}
    ),
    "a format": lambda content: content.update(format=1),
    "a newer format": lambda content: content.update(format=3),
    "a part missing": lambda content: content.pop("cases"),
    "a part of another form": lambda content: content.update(cases=7),
    "a part added": lambda content: content.update(note="added"),
    "a row too short": lambda content: content["cases"][3].pop(),
}


def swap(rows: list[Any], one: int, other: int, cell: int) -> None:
    rows[one][cell], rows[other][cell] = rows[other][cell], rows[one][cell]


def put(rows: list[Any], row: int, cell: int, value: object) -> None:
    rows[row][cell] = value


def put_ticket(content: dict[str, Any]) -> None:
    listed = {row[0] for row in content["cases"]}
    other = next(case for case in units()["case_id"] if case not in listed)
    content["cases"][2][0], content["cases"][2][3] = other, ticket(content["seed"], other)


@pytest.mark.parametrize("name", TAMPERED)
def test_a_forgery_with_a_fitting_seal_is_seen_by_both(folder: Path, name: str) -> None:
    data = forged(sample_of().receipt, TAMPERED[name])
    path = folder / "receipt.json"
    path.write_bytes(data)
    assert verify_receipt(path, units())
    assert problems(path, "--frame", folder / "frame.csv")


def test_some_forgeries_show_without_the_frame_and_are_named(folder: Path) -> None:
    path, first = folder / "receipt.json", sample_of().receipt.cases[0]
    for name, said in {
        "two ids swapped": f"case {sample_of().receipt.cases[1][0]}: this is not the ticket of its seed and id",
        "a case twice": "receipt: a case is listed twice, or under a stratum without an allocation",
        "one more allocated": "stratum Süd: not 5 cases and 2 reserves, numbered in order",
        "a format": "receipt: its format is not 2, the one that this file checks",
        "another frame": "",
    }.items():
        path.write_bytes(forged(sample_of().receipt, TAMPERED[name]))
        assert problems(path)[:1] == ([said] if said else []), (name, first)
    path.write_bytes(forged(sample_of().receipt, TAMPERED["a case put in with its ticket"]))
    found = problems(path, "--frame", folder / "frame.csv")
    assert "stratum North / closed: it has not these counts and these smallest tickets" in found


def test_the_frame_is_held_to_the_digest(folder: Path) -> None:
    frame = folder / "frame.csv"
    frame.write_bytes(csv_bytes(units().iloc[::-1]))
    assert problems(folder / "receipt.json", "--frame", frame) == []
    frame.write_bytes(csv_bytes(units().iloc[1:]))
    assert problems(folder / "receipt.json", "--frame", frame)[0] == (
        "frame: its cases or strata are not those that were drawn from"
    )


def test_a_changed_cell_of_the_sample_is_seen_even_if_its_digest_is_forged(folder: Path) -> None:
    sample = sample_of()
    for column in sample.cases.columns:
        cases = sample.cases.copy()
        value = cases[column].iloc[3]
        cases[column] = cases[column].astype(object)
        cases.loc[3, column] = value + 1 if isinstance(value, int | float) else f"{value}x"
        (folder / "sample.csv").write_bytes(sample_bytes(cases))
        found = problems(folder / "receipt.json", "--sample", folder / "sample.csv")
        said = "sample: it is not the file that was sealed. If cases were opened or moved since, give --log"
        assert found[0] == said, column
        path = folder / "forged.json"
        path.write_bytes(dataclasses.replace(sample.receipt, sample_sha256=sample_sha256(cases)).to_bytes())
        assert problems(path, "--sample", folder / "sample.csv") == [
            "sample: its rows are not those of the receipt, with what the log did since"
        ], column


@pytest.mark.slow
@pytest.mark.parametrize("name", ["receipt.json", "sample.csv", "frame.csv"])
def test_random_changes_of_one_byte_are_all_found(folder: Path, name: str) -> None:
    path = folder / name
    original, chance = path.read_bytes(), random.Random(f"one byte of {name}")
    others = ["--sample", folder / "sample.csv", "--frame", folder / "frame.csv"]
    times = 700 if name == "receipt.json" else 250 if name == "sample.csv" else 50
    for _ in range(times):
        place = chance.randrange(len(original))
        changed = bytearray(original)
        changed[place] = (changed[place] + chance.randrange(1, 256)) % 256
        path.write_bytes(changed)
        assert problems(folder / "receipt.json", *others), (place, bytes(changed[place - 20 : place + 20]))


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"format": 2}', b"1e999"])
def test_what_is_no_receipt_is_one_line_and_no_traceback(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(text)
    assert problems(path)[-1].startswith("a file is missing, damaged or of another form, so not all could be checked (")
    assert problems(tmp_path / "none.json")[-1].startswith("a file is missing")


def test_cases_taken_on_purpose_are_checked_by_the_earlier_seed(folder: Path) -> None:
    earlier = Reaudited("older 1 2", {"Süd": 2, "North / closed": 6}, "retrospective")
    sample = sample_of(reaudit=earlier)
    path, frame, table = folder / "receipt.json", folder / "frame.csv", folder / "sample.csv"
    path.write_bytes(sample.receipt.to_bytes())
    table.write_bytes(sample_bytes(sample.cases))
    assert problems(path, "--frame", frame, "--sample", table) == verify_receipt(path, units()) == []
    for change in ({"seed": "older 1 3"}, {"counts": {"Süd": 1, "North / closed": 6}}, {"counts": {}}):
        path.write_bytes(forged(sample.receipt, lambda content, change=change: content["reaudit"].update(change)))
        assert problems(path, "--frame", frame)
        assert problems(path)


def test_cases_beside_the_sample_are_checked(folder: Path) -> None:
    sample = sample_of(certain=("0000007", "0000001"))
    frame = build_frame(read_register(units()), strata=["stratum"], must_audit=["0000007", "0000001"])
    paths = [folder / name for name in ("receipt.json", "frame.csv", "sample.csv")]
    for path, data in zip(
        paths,
        (sample.receipt.to_bytes(), csv_bytes(frame.units[["case_id", "stratum"]]), sample_bytes(sample.cases)),
        strict=True,
    ):
        path.write_bytes(data)
    assert problems(paths[0], "--frame", paths[1], "--sample", paths[2]) == []
    paths[0].write_bytes(forged(sample.receipt, lambda content: put(content["cases"], -1, 0, "0000002")))
    assert problems(paths[0], "--frame", paths[1]) == ["case 0000002: this is not the ticket of its seed and id"]


@pytest.mark.parametrize("hidden", [False, True], ids=["ids", "pseudonyms"])
def test_a_sample_with_a_history_is_followed(tmp_path: Path, hidden: bool) -> None:
    frame, chance = frame_of(), random.Random(7)
    start = drawn(frame)
    if hidden:
        start = dataclasses.replace(start, receipt=pseudonymise(start.receipt, KEY))
    sample = start
    plain = drawn(frame)
    for _ in range(14):
        plain = anything(plain, frame, chance, last_day(plain))
    sample = start.after([], last_day(start))
    for entry in plain.entries:
        sample = sample.after([entry], last_day(plain))
    paths = {name: tmp_path / name for name in ("receipt.json", "sample.csv", "log.csv", "frame.csv", "pseudonyms.key")}
    paths["receipt.json"].write_bytes(start.receipt.to_bytes())
    paths["sample.csv"].write_bytes(sample_bytes(sample.cases))
    paths["log.csv"].write_bytes(log_bytes(sample.entries))
    paths["frame.csv"].write_bytes(csv_bytes(frame.units[["case_id", "stratum"]]))
    paths["pseudonyms.key"].write_text(f"{KEY}\n")
    given: list[object] = [paths["receipt.json"], "--log", paths["log.csv"], "--sample", paths["sample.csv"]]
    assert len(sample.entries) >= 10
    assert check_sample(tmp_path, start.receipt) == []
    assert problems(*given) == []
    given += ["--frame", paths["frame.csv"], *(["--key", paths["pseudonyms.key"]] if hidden else [])]
    assert problems(*given) == problems(*given, "--seal", sample.seal) == []
    rows = paths["log.csv"].read_text().splitlines(keepends=True)
    for changed in (
        [*rows[:2], *rows[3:]],
        [rows[0], rows[2], rows[1], *rows[3:]],
        [*rows[:3], rows[3].replace("2010", "2011", 1), *rows[4:]],
    ):
        paths["log.csv"].write_text("".join(changed))
        assert problems(*given)[0].startswith("log: row ")
    paths["log.csv"].write_text("".join(rows[:-1]))
    assert problems(*given) == ["sample: its rows are not those of the receipt, with what the log did since"]
    assert f"not {sample.seal} " in problems(*given, "--seal", sample.seal)[0]


def test_a_forged_log_with_fitting_seals_is_seen(tmp_path: Path) -> None:
    """A row that adds a case of one's choice, gives a false ticket, names another case or closes an opened one."""
    frame, start = frame_of(), drawn(frame_of())
    sample = start
    chance = random.Random(7)
    for _ in range(14):
        sample = anything(sample, frame, chance, last_day(sample))
    (tmp_path / "receipt.json").write_bytes(start.receipt.to_bytes())
    (tmp_path / "log.csv").write_bytes(log_bytes(sample.entries))
    given = [tmp_path / "receipt.json", "--log", tmp_path / "log.csv"]
    assert problems(*given) == []
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        honest = list(csv.DictReader(file))
    added = next(number for number, row in enumerate(honest) if row["status"] == "reserve")
    other = next(number for number, row in enumerate(honest) if row["status"] != "reserve")
    for number, cells in (
        (added, {"ticket": "f" * 64}),
        (added, {"case_id": "9999999", "ticket": "f" * 64}),
        (other, {"case_id": "9999999"}),
        (other, {"status": "reserve"}),
    ):
        rows, before = [dict(row) for row in honest], start.receipt.seal
        rows[number].update(cells)
        for row in rows:
            *parts, _ = row.values()
            text = before + json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
            row["seal"] = before = hashlib.sha256(text.encode("utf-8")).hexdigest()
        with (tmp_path / "log.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(honest[0]))
            writer.writeheader()
            writer.writerows(rows)
        assert problems(*given), cells


def test_pseudonyms_are_checked_with_their_key_and_only_with_it(folder: Path) -> None:
    sample = sample_of()
    hidden = pseudonymise(sample.receipt, KEY)
    path, key = folder / "receipt.json", folder / "pseudonyms.key"
    path.write_bytes(hidden.to_bytes())
    key.write_text(f"{KEY}\n")
    given: list[object] = [path, "--frame", folder / "frame.csv", "--sample", folder / "sample.csv"]
    assert problems(*given, "--key", key) == []
    assert check(*given)[1][-1] == "Not checked, without --key: who is who."
    assert problems(*given) == []
    key.write_text("00" * 32)
    assert problems(*given, "--key", key) == ["key: no case of the receipt is found with it; it is another draw's"]
    key.write_text(f"{KEY}\n")
    path.write_bytes(forged(hidden, TAMPERED["two ids swapped"]))
    assert problems(*given) == []
    assert problems(*given, "--key", key)
    path.write_bytes(forged(hidden, TAMPERED["one more allocated"]))
    assert problems(*given)


@pytest.mark.slow
def test_ten_thousand_rows_are_checked_in_a_second_or_two(tmp_path: Path) -> None:
    size = 60_000
    frame = pd.DataFrame({"case_id": [f"{n:08}" for n in range(size)], "stratum": [f"S{n % 60}" for n in range(size)]})
    sample = draw_sample(frame, allocation={f"S{n}": 160 for n in range(60)}, seed="1", reserves=10)
    (tmp_path / "receipt.json").write_bytes(sample.receipt.to_bytes())
    assert len(sample.receipt.cases) == 10_200
    start = time.process_time()
    assert problems(tmp_path / "receipt.json") == []
    assert time.process_time() - start < 2


def test_order_and_size_are_checked_without_the_frame(folder: Path) -> None:
    path = folder / "receipt.json"

    def change_places(content: dict[str, Any]) -> None:
        swap(content["cases"], 0, 1, 0)
        swap(content["cases"], 0, 1, 3)

    path.write_bytes(forged(sample_of().receipt, change_places))
    assert problems(path) == [
        "stratum North / closed: its cases do not stand, or were not taken, in order of their tickets"
    ]

    def allocate_more_than_there_are(content: dict[str, Any]) -> None:
        content["population"]["Süd"] = 3
        content["cases"] = [row for row in content["cases"] if row[1] != "Süd" or row[2] <= 3]

    path.write_bytes(forged(sample_of().receipt, allocate_more_than_there_are))
    assert problems(path) == ["stratum Süd: not 4 cases and -1 reserves, numbered in order"]


def test_a_reserve_opened_out_of_turn_is_seen(tmp_path: Path) -> None:
    start = drawn(frame_of())
    row = start.cases[start.cases["draw_status"] == "reserve"].iloc[1]
    entry = LogEntry(EXTENDED, row["case_id"], "sampled", row["stratum"], int(row["draw_order"]), "Ann", entry=1)
    entry = dataclasses.replace(entry, date="2010-02-12", reason="size 13")
    entry = dataclasses.replace(entry, seal=entry.sealed(start.receipt.seal))
    assert row["draw_order"] - 1 in list(start.cases.loc[start.cases["draw_status"] == "reserve", "draw_order"])
    (tmp_path / "receipt.json").write_bytes(start.receipt.to_bytes())
    (tmp_path / "log.csv").write_bytes(log_bytes([entry]))
    assert problems(tmp_path / "receipt.json", "--log", tmp_path / "log.csv") == [
        f"stratum {row['stratum']}: its cases do not stand, or were not taken, in order of their tickets"
    ]
