"""Who creates and decides what, by the domain's table: no role has a verb on a subject on which it has no act there."""

import pytest

from models.policy import Subject
from models.vocabulary import Role
from rules.subjects import VERBS
from tests.rules.test_reading import HEAD
from tests.scenario import city

ACTS_ON = {
    Role.PLATFORM_OFFICE: "x - - x - - x x - - x -",
    Role.LEAD: "x - x - x - x x x - - -",
    Role.COOPERATING: "x - - - x - x x - - - -",
    Role.OWNER: "x - - x x x x x x - - -",
    Role.ST_BUREAU: "- - - x - - x - - - - -",
    Role.BIDDER: "- x - x x x x x x - - -",
    Role.EXPERT: "- - x - x - x x - - - -",
    Role.REGULATOR: "- - - - x x x - - - - -",
    Role.EVALUATION_TEAM: "- - - - - - - x - - - -",
    Role.SUPERVISOR: "- - - - - - x - - - - -",
    Role.PAYER: "- - - - - - - - x - - -",
    Role.LEADING_GROUP: "x - - - x - - x x x x -",
    Role.AUDITOR: "- - - - - - - - - - - -",
    Role.ADMINISTRATOR: "- - - - - - - - - - x -",
    Role.SYSTEM: "- - - - - - - - - - - -",
    Role.PUBLIC: "- - - - x x - - - - - -",
}
"""x: a letter other than R in the domain's table, who may do what."""
BESIDE = {
    # the credit check, the award, payments, refunds: the rows of the lifecycle say who
    (Role.LEAD, Subject.BID): {"verify_eligibility"},
    (Role.LEAD, Subject.CONTRACT): {"award", "approve_payment"},
    (Role.PLATFORM_OFFICE, Subject.BID): {"open_bids"},
    (Role.PAYER, Subject.CONTRACT): {"pay_milestone"},
    (Role.PAYER, Subject.ACCEPTANCE): {"confirm_refund"},
    (Role.PAYER, Subject.PROMOTION): {"record_benefit"},
    (Role.LEADING_GROUP, Subject.ACCEPTANCE): {"decide_fault_tolerance"},
    (Role.REGULATOR, Subject.PROMOTION): {"conclude_lineage_review"},
    # from any open state: withdraw, suspend, resume
    (Role.BIDDER, Subject.SCENE): {"withdraw", "answer_withdrawal", "complain", "request_factor"},
    (Role.ST_BUREAU, Subject.SCENE): {"answer_withdrawal", "copy_to"},
    (Role.REGULATOR, Subject.SCENE): {"suspend", "resume", "answer_complaint", "copy_to"},
    # complaints, factors, copies, events from outside
    (Role.SUPERVISOR, Subject.SCENE): {"answer_complaint", "copy_to"},
    (Role.EVALUATION_TEAM, Subject.SCENE): {"copy_to"},
    (Role.PUBLIC, Subject.SCENE): {"complain"},
    (Role.PLATFORM_OFFICE, Subject.AUDIT): {"dismiss_event"},
    (Role.LEADING_GROUP, Subject.AUDIT): {"dismiss_event"},
}
"""What the table does not show and another part of the domain asks for, verb by verb."""


@pytest.mark.parametrize("name", ["yancheng", "ningbo", "chongqing"])
def test_every_verb_is_given_to_roles_that_act_on_its_subject(name: str) -> None:
    subjects = HEAD.split()
    assert set(ACTS_ON) == set(Role)
    for verb, roles in city(name).permissions.items():
        about = VERBS[verb]
        for role in roles if isinstance(about, Subject) else ():
            acts = ACTS_ON[role].split()[subjects.index(about)] == "x"
            assert acts or verb in BESIDE.get((role, Subject(about)), ()), (role, about, verb)


def test_what_stands_beside_the_table_is_given_somewhere() -> None:
    given = {(role, verb) for name in ("yancheng", "ningbo", "chongqing")
             for verb, roles in city(name).permissions.items() for role in roles}  # fmt: skip
    assert [(role, verb) for (role, _), verbs in BESIDE.items() for verb in verbs if (role, verb) not in given] == []


THROUGH = {
    (Role.PLATFORM_OFFICE, Subject.CONTRACT): "publish_notice",
    (Role.PLATFORM_OFFICE, Subject.ACCEPTANCE): "publish_notice",
    (Role.LEAD, Subject.SCORE): "award", (Role.SUPERVISOR, Subject.ACCEPTANCE): "decide_appeal",
    (Role.LEADING_GROUP, Subject.TRIAL): "override", (Role.PUBLIC, Subject.TRIAL): "complain",
}  # fmt: skip
"""Cells whose act is on what it names (a notice about it, an appeal against it), or stands in another column."""
NOT_IN = {(Role.ST_BUREAU, Subject.CONTRACT): {"yancheng", "chongqing"}}
"""Two parties sign there (`contracting.parties`): the bureau is the third one of Ningbo's text."""


@pytest.mark.parametrize("name", ["yancheng", "ningbo", "chongqing"])
def test_every_cell_with_an_act_has_a_verb_behind_it(name: str) -> None:
    permissions = city(name).permissions
    empty = []
    for role, row in ACTS_ON.items():
        for subject, act in zip(HEAD.split(), row.split(), strict=True):
            cell = (role, Subject(subject))
            verbs = [verb for verb, roles in permissions.items() if role in roles and VERBS[verb] == cell[1]]
            through = role in permissions.get(THROUGH.get(cell, ""), ())
            if act == "x" and not (verbs or through or name in NOT_IN.get(cell, ())):
                empty.append(cell)
    assert empty == []
