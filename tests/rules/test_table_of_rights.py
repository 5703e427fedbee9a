"""Who may create and who may decide what, written down once more from domain.md §3, to compare the cities' files with.

A verb that creates or decides something of the table stands here with exactly the roles that may use it. What one city
orders in another way stands in `OTHERWISE`, with its reason.
"""

import pytest

from models.policy import Policy
from models.vocabulary import Role
from tests.rules.conftest import CITIES
from tests.scenario import city

(
    PLATFORM, LEAD, COOPERATING, OWNER, BUREAU, BIDDER, EXPERT, REGULATOR, TEAM, SUPERVISOR, PAYER, GROUP,
    ADMINISTRATOR, PUBLIC,
) = (
    Role.PLATFORM_OFFICE, Role.LEAD, Role.COOPERATING, Role.OWNER, Role.ST_BUREAU, Role.BIDDER, Role.EXPERT,
    Role.REGULATOR, Role.EVALUATION_TEAM, Role.SUPERVISOR, Role.PAYER, Role.LEADING_GROUP, Role.ADMINISTRATOR,
    Role.PUBLIC,
)  # fmt: skip

CREATES: dict[str, set[Role]] = {
    # scene
    "submit": {OWNER}, "take_over": {PLATFORM}, "post_challenge": {OWNER}, "amend_challenge": {OWNER},
    "give_opinion": {COOPERATING},
    # bid, score
    "submit_bid": {BIDDER}, "reveal_bid": {BIDDER}, "withdraw_bid": {BIDDER}, "score_bid": {EXPERT},
    # contract
    "propose_contract": {OWNER}, "sign_contract": {OWNER, BUREAU, BIDDER}, "decline_award": {BIDDER},
    # trial, inclusion
    "submit_trial_plan": {BIDDER}, "file_report": {BIDDER}, "file_exit_report": {BIDDER}, "report_fix": {BIDDER},
    "prove_rollback": {BIDDER}, "renew_insurance": {BIDDER}, "suspend_trial": {REGULATOR, OWNER},
    "give_trial_opinion": {LEAD, COOPERATING, EXPERT},
    # order, incident
    "report_incident": {REGULATOR, OWNER, BIDDER, PUBLIC}, "record_fault": {REGULATOR}, "notify_leak": {BIDDER},
    # acceptance
    "apply_for_acceptance": {BIDDER}, "submit_rectification": {BIDDER}, "give_expert_opinion": {EXPERT},
    "sign_acceptance_opinion": {EXPERT}, "give_acceptance_opinion": {OWNER, REGULATOR, COOPERATING, BUREAU},
    # promotion
    "apply_for_benchmark": {BIDDER, OWNER}, "nominate_benchmark": {LEAD, TEAM},
    "give_benchmark_opinion": {COOPERATING, EXPERT},
    # fund
    "claim_from_fund": {BIDDER}, "propose_compensation": {LEAD}, "pay_into_fund": {PAYER, OWNER},
    "pay_compensation": {PAYER}, "pay_milestone": {PAYER},
    # policy, calendar, organisation
    "propose_calendar": {PLATFORM}, "propose_directory": {ADMINISTRATOR},
}  # fmt: skip
DECIDES: dict[str, set[Role]] = {
    "accept_filing": {PLATFORM}, "register": {PLATFORM}, "decline_admission": {PLATFORM}, "list_scene": {PLATFORM},
    "publish_notice": {PLATFORM}, "open_bids": {PLATFORM}, "answer_objection": {PLATFORM},
    "conclude_fair_competition": {LEAD}, "recognise": {LEAD}, "refuse": {LEAD}, "verify_eligibility": {LEAD},
    "award": {LEAD}, "compare_racers": {LEAD}, "conclude_acceptance": {LEAD}, "approve_payment": {LEAD},
    "confirm_scene": {GROUP}, "override": {GROUP}, "confirm_benchmark": {GROUP}, "withdraw_benchmark": {GROUP},
    "approve_compensation": {GROUP}, "decline_compensation": {GROUP}, "adopt_policy": {GROUP}, "set_quota": {GROUP},
    "confirm_calendar": {GROUP}, "confirm_directory": {GROUP}, "decide_fault_tolerance": {GROUP},
    "admit_trial": {REGULATOR}, "return_trial_plan": {REGULATOR}, "refuse_trial": {REGULATOR},
    "start_trial": {REGULATOR}, "approve_resumption": {REGULATOR}, "terminate_trial": {REGULATOR},
    "conclude_exit": {REGULATOR}, "end_inclusion_early": {REGULATOR}, "lift_supervision": {REGULATOR},
    "verify_correction": {REGULATOR}, "analyse_incident": {REGULATOR}, "verify_incident": {REGULATOR},
    "close_incident": {REGULATOR},
    "confirm_take_over": {PLATFORM, GROUP},
    "conclude_complaint": {GROUP}, "decide_complaint": {SUPERVISOR}, "decide_appeal": {SUPERVISOR},
    "conclude_evaluation": {TEAM}, "review_benchmark": {TEAM},
}  # fmt: skip
OTHERWISE: dict[str, dict[str, set[Role]]] = {
    # Two parties sign in these cities (contracting.parties): the bureau is a third one in Ningbo's text only.
    "yancheng": {"sign_contract": {OWNER, BIDDER}},
    "chongqing": {"sign_contract": {OWNER, BIDDER}},
    # Ningbo's text leaves the finding on diligence to the lead department.
    "ningbo": {"decide_fault_tolerance": {LEAD}},
}


@pytest.mark.parametrize("name", CITIES)
def test_who_may_create_and_decide_is_what_the_table_says(name: str) -> None:
    table = CREATES | DECIDES | OTHERWISE[name]
    found = {verb: set(city(name).permissions.get(verb, ())) for verb in table}
    assert {verb: roles for verb, roles in found.items() if roles != table[verb]} == {}


def test_nobody_both_creates_and_decides_the_same_thing() -> None:
    assert not set(CREATES) & set(DECIDES)


def test_auditors_administrators_and_the_system_decide_nothing(policy: Policy) -> None:
    business = {verb: roles for verb, roles in policy.permissions.items() if verb != "propose_directory"}
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.SYSTEM):
        assert [verb for verb, roles in business.items() if role in roles] == []


def test_the_public_only_speaks(policy: Policy) -> None:
    may = {verb for verb, roles in policy.permissions.items() if PUBLIC in roles}
    assert may == {"raise_objection", "file_complaint", "report_incident", "complain"}
