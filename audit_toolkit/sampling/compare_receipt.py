"""Comparing a receipt with what its plan, its register and its seed give when the draw is done again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from audit_toolkit.errors import Place, Problem
from audit_toolkit.files import digest_of, file_digest, read_text
from audit_toolkit.register import Frame, RegisterFile
from audit_toolkit.sampling.draw import Sample
from audit_toolkit.sampling.lists import CHOSEN_LIST, MUST_AUDIT_LIST, unit_name
from audit_toolkit.sampling.log import read_log
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.receipt import NO_PROOF, SEED_AFTER, SEED_IN_PLAN, DrawnCase, Receipt
from audit_toolkit.sampling.review import PlannedReview, commitment_bytes
from audit_toolkit.terms import RECEIPT_FILE

FIND_ORIGINAL = "Find the original, or draw again from a new commitment."
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# As few hex digits as nobody can make a second receipt to fit.
FEWEST_DIGITS = 16


def seal_problems(receipt: Receipt, written_down: str, log: Path) -> list[Problem]:
    """Look for a seal that was written down, when the sample was drawn or later, in the receipt and the log."""
    given = written_down.strip().lower()
    if len(given) < FEWEST_DIGITS or set(given) - set("0123456789abcdef"):
        what = f'"{written_down}" is no seal: it has not {FEWEST_DIGITS} hex digits or more'
        return [Problem(what, "seal", "Copy it from the minutes of the draw.")]
    entries, _ = read_log(log, receipt)
    if any(seal.startswith(given) for seal in (receipt.seal, *(entry.seal for entry in entries))):
        return []
    what = f"the seal written down is {given}; that of the receipt is {receipt.seal}"
    if entries:
        what += f", and no entry of {log.name} has it either"
    return [Problem(what, RECEIPT_FILE, NO_PROOF)]


def plan_problems(path: Path, receipt: Receipt) -> list[Problem]:
    """Name the first line of plan.yaml that is not as it was when the sample was drawn."""
    if not receipt.plan_sha256:
        return [Problem("the receipt holds no plan", RECEIPT_FILE, FIND_ORIGINAL)]
    if file_digest(path) == receipt.plan_sha256:
        if read_text(path) == receipt.plan_text:
            return []
        return [Problem("the receipt's copy of the plan is not plan.yaml", RECEIPT_FILE, FIND_ORIGINAL)]
    now, then = read_text(path).splitlines(), receipt.plan_text.splitlines()
    for number, (new, old) in enumerate(zip(now, then, strict=False), 1):
        if new != old:
            what = f'the line is "{new.strip()}" and was "{old.strip()}" when the sample was drawn'
            return [Problem(what, Place(path.name, line=number), FIND_ORIGINAL)]
    what = "the spacing, line ends or byte-order mark of the plan changed after the sample was drawn"
    if len(now) != len(then):
        what = f"the plan has {len(now)} lines and had {len(then)} when the sample was drawn"
    return [Problem(what, path.name, FIND_ORIGINAL)]


def commitment_problems(path: Path, receipt: Receipt) -> list[Problem]:
    """Say whether commitment.json is not the one the sample was drawn under."""
    if not receipt.commitment or not path.exists() or file_digest(path) == receipt.commitment:
        return []
    return [Problem("the commitment is not the one the sample was drawn under", path.name, FIND_ORIGINAL)]


def framework_problems(receipt: Receipt, frameworks: Mapping[str, Sequence[str]]) -> list[Problem]:
    """Name each framework that is not the one the workbooks were written for.

    Parameters
    ----------
    receipt : the receipt. frameworks : version and digest of each as it is now, by name.
    """
    problems = []
    for name, sealed in sorted(receipt.frameworks.items()):
        (version, digest), now = (*sealed, "", "")[:2], frameworks.get(name)
        if now is None:
            what = "the framework is not there any more"
        elif now[1] == digest:
            continue
        elif now[0] == version:
            what = f"the framework was edited after the draw, and is still called version {version}"
        else:
            what = f"the framework is version {now[0]} and was version {version} when the sample was drawn"
        problems.append(
            Problem(what, name, "Put back the one the auditors work with; a new one is for the next round.")
        )
    return problems + [
        Problem("the plan names this framework, and the receipt does not know it", name, FIND_ORIGINAL)
        for name in sorted(set(frameworks) - set(receipt.frameworks))
    ]


def review_problems(receipt: Receipt, review: PlannedReview, *, own_file: bool) -> list[Problem]:
    """Compare what the receipt says of plan, register and frame with what they come to now.

    `own_file` : the register is the file the plan names, and not another copy of it.
    """
    found = [Problem(what, RECEIPT_FILE, FIND_ORIGINAL) for what in _differences(receipt, review)]
    frame = review.frame
    problems = _file_problems(receipt, frame.files, own_file) + _list_problems(receipt, review.plan)
    problems += frame_problems(receipt, frame) + found
    counted = (frame.register_size, frame.exclusions, dict(frame.population_all))
    if not problems and counted != (receipt.register_size, receipt.exclusions, dict(receipt.population_all)):
        what = "the cases left out are counted differently in the receipt"
        problems.append(Problem(what, RECEIPT_FILE, FIND_ORIGINAL))
    return problems


def _differences(receipt: Receipt, review: PlannedReview) -> list[str]:
    plan, frame = review.plan, review.frame
    text = receipt.plan_text.encode("utf-8", errors="replace")
    commitment = digest_of(commitment_bytes(review, version=receipt.version))
    reaudit = {} if review.reaudit is None else review.reaudit.to_dict()
    differences = {
        "the receipt's copy of the plan has another digest than the receipt says": receipt.plan_sha256
        not in (digest_of(text), digest_of(BYTE_ORDER_MARK + text)),
        "the plan gives another allocation than the receipt has": dict(review.allocation) != dict(receipt.allocation),
        "the plan gives other reserves than the receipt has": plan.reserves != receipt.reserves,
        "the seed is not the one in the plan": plan.seed not in (None, receipt.seed),
        f'the plan says otherwise than "{receipt.seed_source}" of the seed': plan.chosen is None
        and (plan.seed is not None) != (receipt.seed_source == SEED_IN_PLAN),
        "the receipt says that the seed came after a commitment, and has none": receipt.seed_source == SEED_AFTER
        and not receipt.commitment,
        "the plan gives another rule for the frame than the receipt has": dict(frame.rule) != dict(receipt.frame_rule),
        "the plan has another purpose than the receipt": plan.purpose != receipt.purpose,
        "the plan draws other units than the receipt says": unit_name(plan.unit) != receipt.unit,
        "the plan re-audits other numbers of cases than the receipt says": reaudit != dict(receipt.reaudit),
        "the commitment is not the one that plan, frame and allocation give": receipt.commitment
        not in ("", commitment),
    }
    return [what for what, wrong in differences.items() if wrong]


def _file_problems(receipt: Receipt, files: tuple[RegisterFile, ...], own_file: bool) -> list[Problem]:
    """Compare files of the same name byte by byte; a copy under another name is known by its frame."""
    digests = {str(each["name"]): (each["sha256"], each["rows"]) for each in receipt.files if "use" not in each}
    problems = [
        Problem("the register is not the file that was drawn from: its digest differs", each.name, FIND_ORIGINAL)
        for each in files
        if each.name in digests and each.sha256 and digests[each.name] != (each.sha256, each.rows)
    ]
    unknown = [each.name for each in files if each.name not in digests] if own_file else []
    return problems + [Problem("the receipt does not know this file", name, FIND_ORIGINAL) for name in unknown]


def _list_problems(receipt: Receipt, plan: Plan) -> list[Problem]:
    """Compare the lists of cases a plan names, where they are still there, with those that were used."""
    digests = {each["use"]: each["sha256"] for each in receipt.files if "use" in each}
    paths = {MUST_AUDIT_LIST: plan.must_audit, CHOSEN_LIST: plan.chosen}
    problems = []
    for use, path in paths.items():
        if (path is None) != (use not in digests):
            what = f"the plan {'names no' if path is None else 'names a'} list of {use}, and the receipt says otherwise"
            problems.append(Problem(what, RECEIPT_FILE, FIND_ORIGINAL))
        elif path is not None and path.exists() and file_digest(path) != digests[use]:
            problems.append(Problem("the list changed after it was used", path.name, FIND_ORIGINAL))
    return problems


def frame_problems(receipt: Receipt, frame: Frame) -> list[Problem]:
    """Name each stratum with other counts than the receipt has, or say that cases changed places."""
    where = frame.files[0].name
    problems = [
        Problem(f"stratum {label} has {now} eligible cases and had {then}", where, FIND_ORIGINAL)
        for label in sorted({*frame.population, *receipt.population})
        for now, then in [(frame.population.get(label, 0), receipt.population.get(label, 0))]
        if now != then and receipt.allocation
    ]
    if problems or frame.digest == receipt.frame_digest:
        return problems
    return [Problem("the eligible cases or their strata differ from those drawn from", where, FIND_ORIGINAL)]


def draw_problems(receipt: Receipt, again: Sample) -> list[Problem]:
    """Name the first case that drawing again gives otherwise; the auditors are not drawn.

    Where the receipt's pseudonyms could not be undone, ids and tickets are left out of it.
    """
    for position, (new, old) in enumerate(zip(again.receipt.cases, receipt.cases, strict=False), 1):
        now, then = (_without_ids(new), _without_ids(old)) if receipt.pseudonyms else (new[:5], old[:5])
        if now[0] != then[0] and not receipt.pseudonyms:
            what = f"drawing again gives case {new[0]} at position {position}, and the receipt has {old[0]}"
            return [Problem(what, RECEIPT_FILE, FIND_ORIGINAL)]
        if now != then:
            listed = [f"{one} and not {other}" for one, other in zip(now, then, strict=True) if one != other]
            what = f"drawing again gives {', '.join(listed)} for the case at position {position}"
            return [Problem(what, Place(RECEIPT_FILE, case=new[0]), FIND_ORIGINAL)]
    if len(again.receipt.cases) != len(receipt.cases):
        what = f"drawing again gives {len(again.receipt.cases)} cases, and the receipt has {len(receipt.cases)}"
        return [Problem(what, RECEIPT_FILE, FIND_ORIGINAL)]
    return []


def _without_ids(case: DrawnCase) -> tuple[object, ...]:
    _, label, order, _, status, *_ = case
    return label, order, status
