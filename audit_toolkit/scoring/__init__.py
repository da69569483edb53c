"""How good each case is: frameworks, ratings, facts and time limits, and the score they give."""

from __future__ import annotations

from audit_toolkit.scoring.about import draw_id
from audit_toolkit.scoring.agreements import Agreement, agreement
from audit_toolkit.scoring.alerts import Alert, alerts_table
from audit_toolkit.scoring.answered import Answered, answered_so_far
from audit_toolkit.scoring.asked import facts_needed
from audit_toolkit.scoring.collect import Before, collect_ratings, collect_returned
from audit_toolkit.scoring.collected import Collected, NotCollectedError, still_out
from audit_toolkit.scoring.facts import read_facts
from audit_toolkit.scoring.framework import Criterion, Framework, Item, Limit
from audit_toolkit.scoring.framework_file import SHIPPED, framework_from, load_framework, shipped_frameworks
from audit_toolkit.scoring.issue import known_facts, workbook_files, write_workbooks
from audit_toolkit.scoring.ratings import Ratings, answers_frame, read_ratings
from audit_toolkit.scoring.responses import labels_of, response_of
from audit_toolkit.scoring.round_files import as_of, plan_frameworks, round_facts, round_ratings, score_round
from audit_toolkit.scoring.score import Scores, score_answers, score_cases
from audit_toolkit.scoring.scores_file import scores_text
from audit_toolkit.scoring.timeliness import add_months, due_date, timeliness_state
from audit_toolkit.scoring.timescales import TimescaleRow, Timescales, load_timescales
from audit_toolkit.scoring.working_days import add_working_days, working_days_between

__all__ = [
    "SHIPPED",
    "Agreement",
    "Alert",
    "Answered",
    "Before",
    "Collected",
    "Criterion",
    "Framework",
    "Item",
    "Limit",
    "NotCollectedError",
    "Ratings",
    "Scores",
    "TimescaleRow",
    "Timescales",
    "add_months",
    "add_working_days",
    "agreement",
    "alerts_table",
    "answered_so_far",
    "answers_frame",
    "as_of",
    "collect_ratings",
    "collect_returned",
    "draw_id",
    "due_date",
    "facts_needed",
    "framework_from",
    "known_facts",
    "labels_of",
    "load_framework",
    "load_timescales",
    "plan_frameworks",
    "read_facts",
    "read_ratings",
    "response_of",
    "round_facts",
    "round_ratings",
    "score_answers",
    "score_cases",
    "score_round",
    "scores_text",
    "shipped_frameworks",
    "still_out",
    "timeliness_state",
    "workbook_files",
    "working_days_between",
    "write_workbooks",
]
