"""The lifecycle table is the law and nothing but the law: every row is walked by some scene, every walk is a row.

A row that no play can walk (`tests.plays`) is one that no rule can take, and is deleted.
"""

from functools import cache

from models.commands import ACTS
from models.policy import Limits
from models.vocabulary import Machine
from rules import alarms, lifecycle
from rules.lifecycle import ROWS, STEPS, Row
from tests.invariants import rows_of
from tests.plays import plays


@cache
def walked() -> dict[Row, int]:
    """Every row that some play walks, and how often."""
    rows: dict[Row, int] = {}
    for play in plays():
        for entry in play.journal:
            for row in rows_of(entry):
                rows[row] = rows.get(row, 0) + 1
    return rows


def test_every_row_is_walked_by_some_play() -> None:
    missing = [
        f"{row.machine}: {row.source or 'beginning'} --{row.by}--> {row.target}" for row in ROWS if row not in walked()
    ]
    assert not missing, "\n".join([f"{len(missing)} rows that no play walks:", *missing])


def test_every_walk_is_a_row() -> None:
    assert set(walked()) <= set(ROWS)


def test_no_row_and_no_step_stands_twice() -> None:
    assert len(ROWS) == len(set(ROWS))
    assert len(STEPS) == len({(step.machine, step.key) for step in STEPS})


def test_rows_lead_from_steps_to_steps_by_verbs_or_limits() -> None:
    steps = {(step.machine, step.key) for step in STEPS}
    for row in ROWS:
        assert (row.machine, row.target) in steps
        assert (row.machine, row.source) in steps or (row.source == "" and row.machine is not Machine.SCENE)
        if row.by.startswith("after:"):
            assert row.by.removeprefix("after:") in alarms.CONSEQUENCES
        else:
            assert row.by in ACTS


def test_every_step_can_be_reached_and_left() -> None:
    """Only what is over is not left: `terminal` says that a bidder's machine has settled, a few may be reopened."""
    for step in STEPS:
        ways_in = [row for row in ROWS if (row.machine, row.target) == (step.machine, step.key)]
        ways_out = [row for row in ROWS if (row.machine, row.source) == (step.machine, step.key)]
        assert ways_in or step.key == "draft", step.key
        assert ways_out or step.terminal, step.key
        assert set(step.acts) <= set(ACTS), step.key


def test_a_step_with_a_limit_has_the_policys_limit_and_a_holder_or_a_consequence() -> None:
    for step in STEPS:
        if step.limit is None:
            continue
        assert step.limit in Limits.model_fields
        assert step.holder is not None or step.limit in alarms.CONSEQUENCES, f"{step.key} would wait for nobody"


def test_what_a_policy_may_leave_out_is_a_step_or_a_notice() -> None:
    keys = {step.key for step in STEPS} | {"acceptance_notice"}
    assert set(lifecycle.SKIPPABLE) <= keys
    for anywhere in (lifecycle.ANYWHERE, lifecycle.WHILE_STANDING_STILL):
        assert set(anywhere) <= set(ACTS)
