"""How good each case is: frameworks, ratings, facts and time limits, and the score they give."""

from __future__ import annotations

from audit_toolkit.scoring.about import draw_id
from audit_toolkit.scoring.agreement_loose import LooseAgreement, loose_agreement
from audit_toolkit.scoring.agreement_round import RoundAgreement, round_agreement
from audit_toolkit.scoring.agreements import Agreement, agreement
from audit_toolkit.scoring.alerts import Alert, alerts_table
from audit_toolkit.scoring.answered import Answered, answered_so_far
from audit_toolkit.scoring.asked import facts_needed
from audit_toolkit.scoring.bulk import BulkScores, score_parquet
from audit_toolkit.scoring.collect import Before, collect_ratings, collect_returned
from audit_toolkit.scoring.collected import Collected, NotCollectedError, not_returned
from audit_toolkit.scoring.criterion import Criterion, Domain, Item, Language, Limit, Sealed
from audit_toolkit.scoring.drift import PANEL_ONLY, Drift, auditor_drift
from audit_toolkit.scoring.events import read_events
from audit_toolkit.scoring.extends import SHIPPED
from audit_toolkit.scoring.facts import read_facts
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_diff import FrameworkDiff, compare_frameworks
from audit_toolkit.scoring.framework_file import framework_from, load_framework, shipped_frameworks
from audit_toolkit.scoring.framework_start import framework_start
from audit_toolkit.scoring.issue import known_facts, workbook_files, write_workbooks
from audit_toolkit.scoring.lint import Linted, lint_file
from audit_toolkit.scoring.moderated import moderated_scores, scores_after
from audit_toolkit.scoring.moderation import DIFFERS, RANDOM, REST, WORST, Panel, to_settle
from audit_toolkit.scoring.moderation_pack import panel_pack
from audit_toolkit.scoring.overrides import Overrides, override_band, read_overrides
from audit_toolkit.scoring.provisional import provisional_sentence, still_out
from audit_toolkit.scoring.rated_round import RatedRound, read_rated_round, readings_of
from audit_toolkit.scoring.ratings import Ratings, answers_frame, read_ratings
from audit_toolkit.scoring.responses import counted, labels_of, response_of
from audit_toolkit.scoring.round_files import (
    as_of,
    plan_frameworks,
    plan_timescales,
    round_events,
    round_facts,
    round_ratings,
    score_round,
)
from audit_toolkit.scoring.score import Scores, score_answers, score_cases
from audit_toolkit.scoring.scores_file import items_text, scores_text, table_text
from audit_toolkit.scoring.seal import history_line, sealed_text
from audit_toolkit.scoring.settled import Moderation, read_moderation
from audit_toolkit.scoring.settling import settle
from audit_toolkit.scoring.timeliness import add_months, due_date, timeliness_state
from audit_toolkit.scoring.timeliness_counts import RegisterTimeliness
from audit_toolkit.scoring.timescales import TimescaleRow, Timescales, load_timescales, timescales_with
from audit_toolkit.scoring.versions import changed_since, criterion_digest
from audit_toolkit.scoring.whole_register import register_timeliness
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
    "Before",
    "BulkScores",
    "Collected",
    "Criterion",
    "Domain",
    "Drift",
    "Framework",
    "FrameworkDiff",
    "Item",
    "Language",
    "Limit",
    "Linted",
    "LooseAgreement",
    "Moderation",
    "NotCollectedError",
    "Overrides",
    "Panel",
    "RatedRound",
    "Ratings",
    "RegisterTimeliness",
    "RoundAgreement",
    "Scores",
    "Sealed",
    "TimescaleRow",
    "Timescales",
    "add_months",
    "add_working_days",
    "agreement",
    "alerts_table",
    "answered_so_far",
    "answers_frame",
    "as_of",
    "auditor_drift",
    "changed_since",
    "collect_ratings",
    "collect_returned",
    "compare_frameworks",
    "counted",
    "criterion_digest",
    "draw_id",
    "due_date",
    "facts_needed",
    "framework_from",
    "framework_start",
    "history_line",
    "items_text",
    "known_facts",
    "labels_of",
    "lint_file",
    "load_framework",
    "load_timescales",
    "loose_agreement",
    "moderated_scores",
    "not_returned",
    "override_band",
    "panel_pack",
    "plan_frameworks",
    "plan_timescales",
    "provisional_sentence",
    "read_events",
    "read_facts",
    "read_moderation",
    "read_overrides",
    "read_rated_round",
    "read_ratings",
    "readings_of",
    "register_timeliness",
    "response_of",
    "round_agreement",
    "round_events",
    "round_facts",
    "round_ratings",
    "score_answers",
    "score_cases",
    "score_parquet",
    "score_round",
    "scores_after",
    "scores_text",
    "sealed_text",
    "settle",
    "shipped_frameworks",
    "still_out",
    "table_text",
    "timeliness_state",
    "timescales_with",
    "to_settle",
    "workbook_files",
    "working_days_between",
    "write_workbooks",
]
