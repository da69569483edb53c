"""What has been measured so far, a line of JSON a chunk, so that a run broken off goes on where it stood."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from benchmarks.calibration_cells import Record

ROOT = Path(__file__).resolve().parents[1]
# Code that decides what is measured: figures made by other code are not mixed with those of this.
MEASURED = (
    "audit_toolkit/improvement/estimates",
    "audit_toolkit/improvement/changes",
    "audit_toolkit/improvement/planning",
)
MEASURING = ("designs", "nulls", "rounds", "toolkit", "pooled", "stratified", "intervals", "cells")


def fingerprint() -> str:
    """Give a digest of the code that decides what is measured."""
    files = [path for folder in MEASURED for path in sorted((ROOT / folder).glob("*.py"))]
    files += [ROOT / "benchmarks" / f"calibration_{name}.py" for name in MEASURING]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class Store:
    """Records by cell, chunk and size, kept in FOLDER/cells.jsonl; each is written whole before the next is made."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "cells.jsonl"
        self.records: dict[tuple[object, object, object], Record] = {}
        code = fingerprint()
        if self.path.exists():
            self._read(code)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._write({"code": code})

    def _read(self, code: str) -> None:
        text = self.path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if len(whole) < len(text):
            # A line broken off when the run was: it is measured again.
            with self.path.open("r+b") as file:
                file.truncate(len(whole))
        head, *lines = [json.loads(line) for line in whole.splitlines()] or [{}]
        if head.get("code") != code:
            raise RuntimeError(f"{self.path}: measured with other code. Name another folder, or remove this one.")
        for record in lines:
            self.records[_key(record)] = record

    def has(self, cell: str, chunk: object, times: int) -> bool:
        """Say whether this chunk, at this size, is there."""
        return (cell, chunk, times) in self.records

    def add(self, record: Record) -> None:
        """Keep one chunk; one that is there already is refused."""
        if _key(record) in self.records:
            raise RuntimeError(f"{record['cell']}, chunk {record['chunk']}: measured twice")
        self._write(record)
        self.records[_key(record)] = record

    def _write(self, record: Record) -> None:
        with self.path.open("ab") as file:
            file.write(json.dumps(record).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _key(record: Record) -> tuple[object, object, object]:
    return record["cell"], record["chunk"], record["times"]
