"""Every shared word once: column names, answers, states and verdicts."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"

# A round is a folder: the names of its files
PLAN_FILE: Final = "plan.yaml"
COMMITMENT_FILE: Final = "commitment.json"
SAMPLE_FILE: Final = "sample.csv"
RECEIPT_FILE: Final = "receipt.json"
LOG_FILE: Final = "log.csv"
KEY_FILE: Final = "pseudonyms.key"
WORKBOOKS: Final = "workbooks"
DATES_FILE: Final = "dates.csv"
RETURNED: Final = "returned"
RATINGS_FILE: Final = "ratings.csv"
FACTS_FILE: Final = "facts.csv"
EVENTS_FILE: Final = "events.csv"
ACTIONS_FILE: Final = "actions.csv"
ALERTS_FILE: Final = "alerts.csv"
HELD_BACK_FILE: Final = "held_back.csv"
SCORES_FILE: Final = "scores.csv"
CONTRIBUTIONS_FILE: Final = "contributions.csv"
PACK_FILE: Final = "panel_pack.xlsx"
SETTLED_FILE: Final = "settled.csv"
OVERRIDES_FILE: Final = "overrides.csv"
MODERATED_FILE: Final = "moderated_scores.csv"
REPORT_FILE: Final = "report.html"
TABLES: Final = "tables"

# Columns
CASE_ID: Final = "case_id"
STRATUM: Final = "stratum"
DRAW_STATUS: Final = "draw_status"
DRAW_ORDER: Final = "draw_order"
TICKET: Final = "ticket"
INCLUSION_PROBABILITY: Final = "inclusion_probability"
DESIGN_WEIGHT: Final = "design_weight"
AUDITOR: Final = "auditor"
SECOND_AUDITOR: Final = "second_auditor"
CRITERION_ID: Final = "criterion_id"
RATING: Final = "rating"
COMMENT: Final = "comment"
NA_REASON: Final = "na_reason"
FACT: Final = "fact"
VALUE: Final = "value"
EVENT: Final = "event"
DATE: Final = "date"
ENTERED_DATE: Final = "entered_date"

# Moderation: what a panel settled, and grades it set aside the rule for
FIRST_RATING: Final = "first_rating"
SECOND_RATING: Final = "second_rating"
SETTLED: Final = "settled"
REASON: Final = "reason"
WHY: Final = "why"
FRAMEWORK: Final = "framework"

SETTLED_COLUMNS: Final = (CASE_ID, CRITERION_ID, FIRST_RATING, SECOND_RATING, SETTLED, REASON, WHY)
OVERRIDE_COLUMNS: Final = (CASE_ID, FRAMEWORK, "band_by_rule", "band", REASON, "by", "date")
MODERATED_COLUMNS: Final = (
    CASE_ID,
    FRAMEWORK,
    "first_score",
    "first_band",
    "ratings_settled",
    "moderated_score",
    "moderated_band",
    "overridden_band",
    "override_reason",
    "override_by",
)
RATING_COLUMNS: Final = (CASE_ID, CRITERION_ID, RATING, AUDITOR, COMMENT)
FACT_COLUMNS: Final = (CASE_ID, FACT, VALUE)
EVENT_COLUMNS: Final = (CASE_ID, EVENT, DATE, ENTERED_DATE)
DRAW_COLUMNS: Final = (
    STRATUM,
    DRAW_STATUS,
    DRAW_ORDER,
    TICKET,
    INCLUSION_PROBABILITY,
    DESIGN_WEIGHT,
    AUDITOR,
    SECOND_AUDITOR,
)
SCORE_COLUMNS: Final = (
    CASE_ID,
    "framework",
    "framework_version",
    "framework_digest",
    "score",
    "band_before_limits",
    "band",
    "limits_fired",
    "answered_weight",
    "status",
)
ITEM_COLUMNS: Final = (CASE_ID, "framework", CRITERION_ID, RATING, "share", "effective_weight", "contribution")

# Draw status: a case is sampled or a reserve, and every ticket opened ends as rated or as one of the dispositions
SAMPLED: Final = "sampled"
RESERVE: Final = "reserve"
INELIGIBLE: Final = "ineligible"
MISSING_FILE: Final = "missing file"
RESTRICTED: Final = "restricted"
NOT_RETURNED: Final = "not returned"
DISPOSITIONS: Final = (INELIGIBLE, MISSING_FILE, RESTRICTED, NOT_RETURNED)
OPENED: Final = (SAMPLED, *DISPOSITIONS)
# Outside the random sample: cases that had to be read, and cases chosen by hand
CERTAINTY: Final = "certainty"
CHOSEN: Final = "chosen"
# Cases an auditor is to read: those sampled and not disposed of, and those outside the random sample
TO_RATE: Final = (SAMPLED, CERTAINTY, CHOSEN)
DRAW_STATUSES: Final = (*OPENED, RESERVE, CERTAINTY, CHOSEN)

# Responses a criterion may ask for
GRADED: Final = "graded"
YES_PARTLY_NO: Final = "yes_partly_no"
YES_NO: Final = "yes_no"
REPEATED: Final = "repeated"
TIMELINESS: Final = "timeliness"
RESPONSES: Final = (GRADED, YES_PARTLY_NO, YES_NO, REPEATED, TIMELINESS)

# Answers
NA_RATING: Final = "N/A"
MISSING: Final = ""
YES: Final = "Yes"
PARTLY: Final = "Partly"
NO: Final = "No"
MET: Final = "met"
NOT_MET: Final = "not met"
PENDING: Final = "pending"
MISSING_DATE: Final = "missing date"

# Score status
COMPLETE: Final = "complete"
INCOMPLETE: Final = "incomplete"
NOT_APPLICABLE: Final = "not applicable"
NOT_RATED: Final = "not rated"

# Verdicts: four words (STATISTICS, E)
IMPROVED: Final = "improved"
WORSENED: Final = "worsened"
NO_WORSE: Final = "no_worse"
CANNOT_TELL: Final = "cannot_tell"
VERDICTS: Final = (IMPROVED, WORSENED, NO_WORSE, CANNOT_TELL)

# Purposes of a round: only the first can reach a verdict
IMPROVEMENT: Final = "improvement"
PURPOSES: Final = (IMPROVEMENT, "dip", "thematic", "multi-agency")
