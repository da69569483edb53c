"""Check a draw with nothing but this file and Python 3.8 or later. Ends with 0 where all holds, 1 where it does not.

    python3 verify.py receipt.json [--seal S] [--frame frame.csv] [--sample sample.csv] [--log log.csv] [--key FILE]

A ticket is the SHA-256 of seed, comma and case id; a stratum's smallest tickets are its sample, the next its reserves.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import hmac
import io
import json
import sys
from pathlib import Path

RESERVE, CHOSEN, APART, TABLES = "reserve", "chosen", ("certainty", "chosen"), ("frame", "sample", "log")
CELLS = ["stratum", "draw_order", "draw_status", "auditor", "second_auditor", "inclusion_probability", "design_weight"]
WITHOUT = {"seal": "the seal in the minutes", "frame": "who was not drawn", "sample": "sample.csv", "key": "who is who"}
UNFIT = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, csv.Error)
canonical = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, indent=2).encode


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class Check:
    """A receipt: its rows by stratum (under None those listed and not drawn), the ids behind them, what was wrong."""

    def __init__(self, data: bytes, key: bytes, ids: list[str], found: list[str]) -> None:
        self.receipt, self.data, self.key, self.found = json.loads(data.decode("utf-8")), data, key, found
        self.hold(self.receipt["format"] == 2, "receipt: its format is not 2, the one that this file checks")
        self.hidden, self.again = self.receipt["pseudonyms"], self.receipt["reaudit"] or {"seed": "", "counts": {}}
        self.population, self.cases = self.receipt["population"], self.receipt["cases"]
        rows = [(None if row[4] in APART else row[1], list(row)) for row in self.cases]
        self.groups = {name: [row for own, row in rows if own == name] for name in [*self.receipt["allocation"], None]}
        self.ids = {self.hide(x): x for x in (ids * bool(key) if self.hidden else [row[0] for row in self.cases])}
        self.known = any(row[0] in self.ids for row in self.cases)
        self.hold(self.known or not (key and ids), "key: no case of the receipt is found with it; it is another draw's")

    def hold(self, holds: bool, otherwise: str) -> None:
        self.found += [] if holds else [otherwise]

    def hide(self, text: str) -> str:
        return hmac.new(self.key, text.encode("utf-8"), "sha256").hexdigest() if self.hidden and text else text

    def ticket(self, case: str, again: bool = False) -> str:
        return sha256(f"{(self.again if again else self.receipt)['seed']},{case}")

    def in_order(self, label: str | None, cases: list[str]) -> list[str]:
        """Put cases in the order of their tickets; those audited again on purpose come first, by the earlier seed."""
        first = sorted(cases, key=lambda case: (self.ticket(case, True), case))[: self.again["counts"].get(label, 0)]
        return first + sorted(set(cases).difference(first), key=lambda case: (self.ticket(case), case))

    def check_receipt(self, minutes: str, seals: list[str]) -> None:
        own, rest = str(self.receipt["seal"]), {name: part for name, part in self.receipt.items() if name != "seal"}
        self.hold(own == sha256(canonical(rest) + "\n"), "receipt: it was changed after it was sealed")
        written = (canonical(self.receipt) + "\n").encode("utf-8") == self.data and len(self.receipt) == 25
        self.hold(written, "receipt: it is not as draw wrote it: a space, a line end or a part was changed")
        agrees = not minutes or any(each.startswith(minutes.lower()) for each in [own, *seals] if len(minutes) >= 16)
        self.hold(agrees, f"receipt: the seal is {own} and not {minutes} (give 16 digits of it at least)")
        once = len({row[0] for row in self.cases}) == len(self.cases) == sum(map(len, self.groups.values()))
        self.hold(once, "receipt: a case is listed twice, or under a stratum without an allocation")
        self.hold({*self.population} == {*self.groups} - {None}, "receipt: population and allocation have other strata")
        for label, size in self.receipt["allocation"].items():
            last = min(size + self.receipt["reserves"], self.population.get(label, 0))
            wanted = [(place, "sampled" if place <= size else RESERVE) for place in range(1, last + 1)]
            fits = wanted == [(row[2], row[4]) for row in self.groups[label]] and 1 <= size <= last
            self.hold(fits, f"stratum {label}: not {size} cases and {last - size} reserves, numbered in order")

    def follow_log(self, entries: list[dict[str, str]]) -> None:
        before = self.receipt["seal"]
        for line, entry in enumerate(entries, 2):
            *cells, seal = entry.values()
            fits = seal == sha256(before + json.dumps(cells, ensure_ascii=False, separators=(",", ":")))
            self.hold(fits, f"log: row {line} does not fit the seal before it: a row was changed, moved or taken out")
            before, place, case = seal, [entry["stratum"], int(entry["draw_order"])], self.hide(entry["case_id"])
            rows = self.groups[None if entry["status"] in APART else entry["stratum"]]
            found = [row for row in rows if row[1:3] == place and (row[0] == case or not self.known)]
            row = found[0] if found else [case, *place, self.hide(entry["ticket"])]
            rows += [] if found else [row]
            self.hold(bool(found) != (entry["status"] == RESERVE), f"log: row {line}: another case, or one taken back")
            row[4:] = entry["status"], entry["auditor"], entry["second_auditor"]
            self.ids.update({case: entry["case_id"]} if self.known else {})

    def check_tickets(self) -> None:
        for label, rows in self.groups.items():
            for case, _, place, listed, _, _, _ in [row for row in rows if row[0] in self.ids and row[3]]:
                number = self.ticket(self.ids[case], place <= self.again["counts"].get(label, 0))
                self.hold(self.hide(number) == listed, f"case {case}: this is not the ticket of its seed and id")
            ids, waiting = [self.ids[row[0]] for row in rows if row[0] in self.ids], [row[4] == RESERVE for row in rows]
            right = label is None or (ids == self.in_order(label, ids) and waiting == sorted(waiting))
            self.hold(right, f"stratum {label}: its cases do not stand, or were not taken, in order of their tickets")

    def check_frame(self, units: list[dict[str, str]]) -> None:
        pairs = sorted((row["case_id"], row["stratum"]) for row in units)
        same = sha256("".join(f"{case}\t{label}\n" for case, label in pairs)) == self.receipt["frame_digest"]
        self.hold(same, "frame: its cases or strata are not those that were drawn from")
        for label, rows in [pair for pair in self.groups.items() if pair[0] is not None]:
            cases = [case for case, stratum in pairs if stratum == label]
            smallest = [self.hide(case) for case in self.in_order(label, cases)[: len(rows)]]
            fits = len(cases) == self.population.get(label) and smallest == [row[0] for row in rows]
            self.hold(fits or not self.known, f"stratum {label}: it has not these counts and these smallest tickets")

    def check_sample(self, shown: list[dict[str, str]], data: bytes | None) -> None:
        sealed, expected = data is None or hashlib.sha256(data).hexdigest() == self.receipt["sample_sha256"], []
        self.hold(sealed, "sample: it is not the file that was sealed. If cases were opened or moved since, give --log")
        for label, rows in self.groups.items():
            opened, of = (1, 1) if label is None else (sum(row[4] != RESERVE for row in rows), self.population[label])
            for case, own, place, number, status, *people in rows:
                weights = [repr(opened / of), repr(of / opened)] if status not in (RESERVE, CHOSEN) else ["", ""]
                expected.append([case, number, own, str(place), status, *people, *weights])
        cells = [[self.hide(row["case_id"]), self.hide(row["ticket"]), *map(row.get, CELLS)] for row in shown]
        same = cells == expected if self.known else [row[2:] for row in cells] == [row[2:] for row in expected]
        self.hold(same or not sealed, "sample: its rows are not those of the receipt, with what the log did since")


def main(found: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("receipt", "--seal", "--frame", "--sample", "--log", "--key"):
        parser.add_argument(name, default="")
    given = vars(parser.parse_args())
    try:
        data = {name: Path(path).read_bytes() for name, path in given.items() if path and name != "seal"}
        text = {name: io.StringIO(data[name].decode("utf-8-sig"), newline="") for name in TABLES if name in data}
        rows = {name: list(csv.DictReader(text[name], strict=True)) for name in text}
        ids = [row["case_id"] for listed in rows.values() for row in listed]
        check = Check(data["receipt"], bytes.fromhex(data.get("key", b"").decode("ascii")), ids, found)
        given["key"] = given["key"] or not check.hidden
        check.check_receipt(given["seal"], [row["seal"] for row in rows.get("log", [])])
        check.follow_log(rows.get("log", []))
        check.check_tickets()
        if "frame" in rows:
            check.check_frame(rows["frame"])
        if "sample" in rows:
            check.check_sample(rows["sample"], None if "log" in rows else data["sample"])
    except UNFIT as broken:
        found.append(f"a file is missing, damaged or of another form, so not all could be checked ({broken})")
    left = "".join(f"\nNot checked, without --{name}: {what}." for name, what in WITHOUT.items() if not given[name])
    said = "\n".join(found or ["All that was checked holds."]) + left + "\n"
    sys.stdout.buffer.write(said.encode("utf-8", "backslashreplace"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main([]))
