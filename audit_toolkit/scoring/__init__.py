"""How good each case is: frameworks, ratings, facts and time limits, and the score they give."""

from __future__ import annotations

from audit_toolkit.scoring.agreement_loose import LooseAgreement, loose_agreement
from audit_toolkit.scoring.agreement_round import RoundAgreement, round_agreement
from audit_toolkit.scoring.agreements import Agreement, agreement
from audit_toolkit.scoring.answered import Answered, answered_so_far
from audit_toolkit.scoring.collect import Collected, NotCollectedError, collect_ratings, collect_returned
from audit_toolkit.scoring.drift import PANEL_ONLY, Drift, auditor_drift
from audit_toolkit.scoring.facts import read_facts
from audit_toolkit.scoring.framework import Criterion, Framework, Item, Limit
from audit_toolkit.scoring.framework_file import SHIPPED, framework_from, load_framework, shipped_frameworks
from audit_toolkit.scoring.issue import facts_needed, known_facts, workbook_files, write_workbooks
from audit_toolkit.scoring.moderated import moderated_scores, scores_after
from audit_toolkit.scoring.moderation import DIFFERS, RANDOM, REST, WORST, Panel, to_settle
from audit_toolkit.scoring.moderation_pack import panel_pack
from audit_toolkit.scoring.overrides import Overrides, override_band, read_overrides
from audit_toolkit.scoring.provisional import provisional_sentence, still_out
from audit_toolkit.scoring.rated_round import RatedRound, read_rated_round, readings_of
from audit_toolkit.scoring.ratings import Ratings, answers_frame, read_ratings
from audit_toolkit.scoring.responses import labels_of, response_of
from audit_toolkit.scoring.returned import Alert
from audit_toolkit.scoring.round_files import as_of, plan_frameworks, round_facts, round_ratings, score_round
from audit_toolkit.scoring.score import Scores, score_answers, score_cases
from audit_toolkit.scoring.scores_file import scores_text
from audit_toolkit.scoring.settled import Moderation, read_moderation
from audit_toolkit.scoring.settling import settle
from audit_toolkit.scoring.timeliness import add_months, due_date, timeliness_state
from audit_toolkit.scoring.timescales import TimescaleRow, Timescales, load_timescales
from audit_toolkit.scoring.working_days import add_working_days, working_days_between

__all__ = [
    "DIFFERS",
    "PANEL_ONLY",
    "RANDOM",
    "REST",
    "SHIPPED",
    "WORST",
    "Agreement",
    "Alert",
    "Answered",
    "Collected",
    "Criterion",
    "Drift",
    "Framework",
    "Item",
    "Limit",
    "LooseAgreement",
    "Moderation",
    "NotCollectedError",
    "Overrides",
    "Panel",
    "RatedRound",
    "Ratings",
    "RoundAgreement",
    "Scores",
    "TimescaleRow",
    "Timescales",
    "add_months",
    "add_working_days",
    "agreement",
    "answered_so_far",
    "answers_frame",
    "as_of",
    "auditor_drift",
    "collect_ratings",
    "collect_returned",
    "due_date",
    "facts_needed",
    "framework_from",
    "known_facts",
    "labels_of",
    "load_framework",
    "load_timescales",
    "loose_agreement",
    "moderated_scores",
    "override_band",
    "panel_pack",
    "plan_frameworks",
    "provisional_sentence",
    "read_facts",
    "read_moderation",
    "read_overrides",
    "read_rated_round",
    "read_ratings",
    "readings_of",
    "response_of",
    "round_agreement",
    "round_facts",
    "round_ratings",
    "score_answers",
    "score_cases",
    "score_round",
    "scores_after",
    "scores_text",
    "settle",
    "shipped_frameworks",
    "still_out",
    "timeliness_state",
    "to_settle",
    "workbook_files",
    "working_days_between",
    "write_workbooks",
]
