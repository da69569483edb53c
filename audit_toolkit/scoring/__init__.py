"""How good each case is: frameworks, ratings, facts and time limits, and the score they give."""

from __future__ import annotations

from audit_toolkit.scoring.about import draw_id
from audit_toolkit.scoring.agreements import Agreement, agreement
from audit_toolkit.scoring.alerts import Alert, alerts_table
from audit_toolkit.scoring.answered import Answered, answered_so_far
from audit_toolkit.scoring.asked import facts_needed
from audit_toolkit.scoring.bulk import BulkScores, score_parquet
from audit_toolkit.scoring.collect import Before, collect_ratings, collect_returned
from audit_toolkit.scoring.collected import Collected, NotCollectedError, still_out
from audit_toolkit.scoring.criterion import Criterion, Domain, Item, Language, Limit, Sealed
from audit_toolkit.scoring.events import read_events
from audit_toolkit.scoring.extends import SHIPPED
from audit_toolkit.scoring.facts import read_facts
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_diff import FrameworkDiff, compare_frameworks
from audit_toolkit.scoring.framework_file import framework_from, load_framework, shipped_frameworks
from audit_toolkit.scoring.framework_start import framework_start
from audit_toolkit.scoring.issue import known_facts, workbook_files, write_workbooks
from audit_toolkit.scoring.lint import Linted, lint_file
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
from audit_toolkit.scoring.timeliness import add_months, due_date, timeliness_state
from audit_toolkit.scoring.timeliness_counts import RegisterTimeliness
from audit_toolkit.scoring.timescales import TimescaleRow, Timescales, load_timescales, timescales_with
from audit_toolkit.scoring.versions import changed_since
from audit_toolkit.scoring.whole_register import register_timeliness
from audit_toolkit.scoring.working_days import add_working_days, working_days_between

__all__ = [
    "SHIPPED",
    "Agreement",
    "Alert",
    "Answered",
    "Before",
    "BulkScores",
    "Collected",
    "Criterion",
    "Domain",
    "Framework",
    "FrameworkDiff",
    "Item",
    "Language",
    "Limit",
    "Linted",
    "NotCollectedError",
    "Ratings",
    "RegisterTimeliness",
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
    "changed_since",
    "collect_ratings",
    "collect_returned",
    "compare_frameworks",
    "counted",
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
    "plan_frameworks",
    "plan_timescales",
    "read_events",
    "read_facts",
    "read_ratings",
    "register_timeliness",
    "response_of",
    "round_events",
    "round_facts",
    "round_ratings",
    "score_answers",
    "score_cases",
    "score_parquet",
    "score_round",
    "scores_text",
    "sealed_text",
    "shipped_frameworks",
    "still_out",
    "table_text",
    "timeliness_state",
    "timescales_with",
    "workbook_files",
    "working_days_between",
    "write_workbooks",
]
