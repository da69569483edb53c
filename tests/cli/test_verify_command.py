"""audit-toolkit verify and draw --pseudonymise: what is printed, written, refused and kept."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from command import SAMPLES, run

from audit_toolkit.sampling import read_receipt, standalone_path

FOLDER = "drawn"


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a drawn round without workbooks, standing in the folder above it."""
    plan = (SAMPLES / "february-2010" / "plan.yaml").read_text(encoding="utf-8")
    kept = [line for line in plan.splitlines() if not line.startswith(("frameworks", "primary", "compare_with"))]
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "plan.yaml").write_text("\n".join(kept) + "\n", encoding="utf-8")
    for name in ("register_2010-01-31.csv", "auditors.csv"):
        (tmp_path / name).write_bytes((SAMPLES / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    assert run("draw", FOLDER).status == 0
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def seal(folder: Path) -> str:
    return read_receipt(folder / "receipt.json")[0].seal


@pytest.mark.slow
def test_the_standalone_check_is_printed_byte_for_byte() -> None:
    command = [sys.executable, "-m", "audit_toolkit.cli", "verify", "--standalone"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == standalone_path().read_bytes()
    done = run("verify", "--standalone")
    assert (done.status, done.messages) == (0, "")
    assert done.data.encode() == standalone_path().read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name the folder of the round, or ask for --standalone."),
        (("x", "--standalone"), "--standalone prints a file, and takes nothing else."),
        (("--standalone", "--json"), "--standalone prints a file, and takes nothing else."),
        (("x", "--force"), "--force is for --frame, and --frame - and --json cannot both print."),
        (("x", "--frame", "-", "--json"), "--force is for --frame, and --frame - and --json cannot both print."),
    ],
)
def test_misuse_is_told(arguments: tuple[str, ...], said: str) -> None:
    done = run("verify", *arguments)
    assert (done.status, done.data) == (2, "")
    assert said in done.messages


def test_draw_gives_the_seal_for_the_minutes_and_verify_compares_it(drawn: Path) -> None:
    said = run("draw", FOLDER).messages.splitlines()
    assert said[-1] == f"For the minutes of the draw, the seal of the receipt: {seal(drawn)}"
    without = run("verify", FOLDER)
    assert without.messages.splitlines()[-2:] == [
        "The sample holds: the same cases come out again.",
        "Not checked: that this is the receipt of the day of the draw: give the seal in its minutes (--seal).",
    ]
    done = run("verify", FOLDER, "--seal", seal(drawn)[:20])
    assert (done.status, done.messages.splitlines()[-1]) == (0, "The sample holds: the same cases come out again.")
    refused = run("verify", FOLDER, "--seal", "ab" * 32)
    assert (refused.status, refused.data) == (1, "")
    assert refused.messages == (
        f"receipt.json: the seal written down is {'ab' * 32}; that of the receipt is {seal(drawn)}. Find the original "
        "receipt; this one can prove nothing.\n"
    )


def test_the_result_is_an_object_for_a_program(drawn: Path) -> None:
    found = json.loads(run("verify", FOLDER, "--json", "--seal", seal(drawn)).data)
    assert found == {
        "holds": True,
        "problems": [],
        "unchecked": [],
        "notes": [],
        "seal": seal(drawn),
        "seed": "41352 60113 26004 11893",
        "eligible": 696,
        "drawn": 60,
        "listed": 84,
        "pseudonyms": "",
    }
    (drawn / "sample.csv").unlink()
    done = run("verify", FOLDER, "--json")
    assert done.status == 1
    assert json.loads(done.data)["holds"] is False
    assert json.loads(done.data)["problems"][0] in done.messages
    nothing = run("verify", "none", "--json")
    assert (nothing.status, json.loads(nothing.data)["holds"]) == (1, False)


@pytest.mark.slow
def test_the_frame_is_written_for_its_owner_alone_and_serves_the_standalone_check(drawn: Path) -> None:
    done = run("verify", FOLDER, "--frame", "frame.csv")
    assert done.messages.splitlines()[-1] == (
        "Who could be drawn: frame.csv. It holds case_ids, and is for those who may see them."
    )
    path = drawn.parent / "frame.csv"
    assert mode(path) == 0o600
    assert path.read_text(encoding="utf-8").count("\n") == 697
    assert run("verify", FOLDER, "--frame", "-").data == path.read_text(encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(standalone_path()), f"{FOLDER}/receipt.json", "--frame", "frame.csv"]
    done_alone = subprocess.run([*command, "--seal", seal(drawn)], capture_output=True, check=True)
    assert done_alone.stdout.decode().splitlines() == [
        "All that was checked holds.",
        "Not checked, without --sample: sample.csv.",
    ]
    path.write_text("something else")
    assert run("verify", FOLDER, "--frame", "frame.csv").status == 1
    assert run("verify", FOLDER, "--frame", "frame.csv", "--force").status == 0
    (drawn / "plan.yaml").write_text("round: another\n")
    path.unlink()
    assert run("verify", FOLDER, "--frame", "frame.csv").status == 1
    assert not path.exists(), "the frame of a round that does not hold is not handed out"


@pytest.mark.slow
def test_pseudonyms_are_written_with_their_key(drawn: Path) -> None:
    done = run("draw", FOLDER, "--pseudonymise", "--force")
    assert done.status == 0
    assert done.messages.splitlines()[-2] == (
        "receipt.json names no case. pseudonyms.key does: keep it safe and apart, for without it nobody can say which "
        "cases the receipt lists, and whoever has it can."
    )
    key = drawn / "pseudonyms.key"
    assert mode(key) == 0o600
    assert re.fullmatch("[0-9a-f]{64}\n", key.read_text())
    written = key.read_bytes(), (drawn / "receipt.json").read_bytes()
    assert run("verify", FOLDER).status == 0
    for again in (("--pseudonymise",), ("--pseudonymise", "--force"), (), ("--force",)):
        assert run("draw", FOLDER, *again).status == 0, again
        assert (key.read_bytes(), (drawn / "receipt.json").read_bytes()) == written, again
    assert run("review", FOLDER).status == 1, "nothing came back yet"
    assert (drawn / "receipt.json").read_bytes() == written[1]
    kept = drawn.parent / "kept.key"
    key.rename(kept)
    assert run("verify", FOLDER, "--key", "kept.key").status == 0
    assert run("verify", FOLDER).messages.splitlines()[-1] == (
        "Not checked: which cases stand behind the pseudonyms of the receipt: there is no pseudonyms.key (--key)."
    )


def test_a_lost_key_is_said_and_never_replaced_unasked(drawn: Path) -> None:
    assert run("draw", FOLDER, "--pseudonymise", "--force").status == 0
    receipt = (drawn / "receipt.json").read_bytes()
    (drawn / "pseudonyms.key").unlink()
    for again in ((), ("--pseudonymise",), ("--force",)):
        done = run("draw", FOLDER, *again)
        assert done.status == 1
        assert done.messages == (
            "pseudonyms.key: the key of the receipt's pseudonyms is lost: nobody can say which cases receipt.json "
            "lists. Put it back; or draw with --pseudonymise --force, which makes a new key and a new receipt.\n"
        )
        assert (drawn / "receipt.json").read_bytes() == receipt
    assert run("draw", FOLDER, "--pseudonymise", "--force").status == 0
    assert (drawn / "receipt.json").read_bytes() != receipt
    (drawn / "pseudonyms.key").write_text("not a key")
    done = run("draw", FOLDER, "--pseudonymise", "--force")
    assert (done.status, done.messages.partition(".")[0]) == (1, "pseudonyms")
    assert (drawn / "pseudonyms.key").read_text() == "not a key"


@pytest.mark.slow
def test_a_framework_edited_after_the_draw_is_named(drawn: Path) -> None:
    plan = drawn / "plan.yaml"
    source = next((SAMPLES.parent / "audit_frameworks").glob("record_keeping.yaml")).read_text(encoding="utf-8")
    # Without its history the edit is not refused as it is read: verify has to see it.
    source = source[: source.index("# What may still be compared")]
    (drawn / "own.yaml").write_text(source, encoding="utf-8")
    plan.write_text(plan.read_text(encoding="utf-8") + "frameworks: [own.yaml]\n", encoding="utf-8")
    assert run("draw", FOLDER, "--force").status == 0
    assert run("verify", FOLDER).status == 0
    (drawn / "own.yaml").write_text(source.replace("ask: ", "ask: Now, ", 1), encoding="utf-8")
    done = run("verify", FOLDER)
    assert (done.status, done.messages) == (
        1,
        "record_keeping: the framework was edited after the draw, and is still called version 1.1.0. "
        "Put back the one the auditors work with; a new one is for the next round.\n",
    )
    (drawn / "own.yaml").unlink()
    assert "own.yaml" in run("verify", FOLDER).messages
