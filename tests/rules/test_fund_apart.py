"""The pool's duties kept apart, attacked: proposer, approver and payer are three persons, the claimant's people none.

And whatever is tried, in whatever order, from however many scenes: the money adds up, and no cap is passed.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.actor import Actor
from models.fund import ClaimStatus, FundAct
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import Role
from tests.pool import A, Pool, approve, decline, file, pay, pay_in, propose, reading, recover, withdraw
from tests.scenario import city, with_rules


def as_(pool: Pool, role: Role, *path: str) -> Actor:
    return pool.actor(role, path[0], behalf=path[1:])


def attacked(pool: Pool, code: str, act: FundAct, role: Role, *others: str) -> None:
    """Each of `others` themselves, somebody for them, they for somebody, and a clerk of somebody's for them."""
    for person in others:
        for path in ((person,), ("clerk", person), (person, "chief"), ("clerk", "deputy", person)):
            no = pool.refuses(code, act, as_(pool, role, *path))
            assert no.details["person"] == person


@pytest.fixture
def pool(yancheng: Policy) -> Pool:
    return Pool(yancheng).filled()


def test_who_proposed_neither_approves_nor_declines_nor_pays(pool: Pool) -> None:
    number = pool.filed()
    pool.do(propose(number, 100), as_(pool, Role.LEAD, "li", "wang"))
    attacked(pool, "approver_pays", approve(number, 100), Role.LEADING_GROUP, "li", "wang")
    attacked(pool, "approver_pays", decline(number), Role.LEADING_GROUP, "li", "wang")
    pool.do(approve(number, 100), pool.group)
    attacked(pool, "approver_pays", decline(number), Role.LEADING_GROUP, "li", "wang")
    attacked(pool, "approver_pays", pay(number), Role.PAYER, "li", "wang")


def test_who_approved_does_not_pay(pool: Pool) -> None:
    number = pool.proposed()
    pool.do(approve(number, 200_000), as_(pool, Role.LEADING_GROUP, "zhu", "chen"))
    attacked(pool, "approver_pays", pay(number), Role.PAYER, "zhu", "chen")
    pool.do(pay(number), pool.payer)


def test_an_earlier_proposer_stays_one_when_another_proposes_anew(pool: Pool) -> None:
    number = pool.filed()
    pool.do(propose(number, 200), as_(pool, Role.LEAD, "li"))
    pool.do(propose(number, 100), as_(pool, Role.LEAD, "wang"))
    attacked(pool, "approver_pays", approve(number, 100), Role.LEADING_GROUP, "li", "wang")


def test_the_claimants_people_do_none_of_it(pool: Pool) -> None:
    act = file(reading(pool.policy, people=("bidder-a", "rival")))
    pool.do(act, as_(pool, Role.BIDDER, "agent", "boss"))
    theirs = ("agent", "boss", "bidder-a", "rival")
    attacked(pool, "own_bid", propose(1, 100), Role.LEAD, *theirs)
    pool.do(propose(1, 100), pool.lead)
    attacked(pool, "own_bid", approve(1, 100), Role.LEADING_GROUP, *theirs)
    attacked(pool, "own_bid", decline(1), Role.LEADING_GROUP, *theirs)
    pool.do(approve(1, 100), pool.group)
    attacked(pool, "own_bid", pay(1), Role.PAYER, *theirs)
    pool.do(pay(1), pool.payer)
    attacked(pool, "own_bid", recover(1, 1), Role.PAYER, *theirs)


def test_who_decided_in_the_scene_does_not_claim_nor_does_who_decided_on_the_claim_withdraw_it(pool: Pool) -> None:
    attacked(pool, "fund_judge_claims", file(reading(pool.policy)), Role.BIDDER, "judge")
    number = pool.filed()
    pool.do(propose(number, 100), as_(pool, Role.LEAD, "li"))
    pool.do(approve(number, 100), as_(pool, Role.LEADING_GROUP, "zhu"))
    attacked(pool, "other_side", withdraw(number), Role.BIDDER, "li", "zhu")


def test_no_unit_decides_on_what_it_bids_for_itself(yancheng: Policy) -> None:
    lead, payer = yancheng.domains[0].lead, yancheng.offices.payer
    pool = Pool(yancheng).filled()
    pool.do(file(reading(yancheng, units=(A, lead))), pool.bidder)
    pool.refuses("own_unit_bids", propose(1, 100), pool.lead)
    pool.do(file(reading(yancheng, "YC-2", units=(A, payer))), pool.bidder)
    pool.do(propose(2, 100), pool.lead)
    pool.do(approve(2, 100), pool.group)
    pool.refuses("own_unit_bids", pay(2), pool.payer)


def test_a_path_that_turns_back_on_itself_is_refused(pool: Pool) -> None:
    number = pool.filed()
    pool.refuses("delegation_cycle", propose(number, 100), as_(pool, Role.LEAD, "li", "wang", "li"))


def test_of_another_claim_the_same_people_may_be_something_else(pool: Pool) -> None:
    first, second = pool.proposed("YC-1"), pool.filed("YC-2")
    pool.do(propose(second, 100), as_(pool, Role.LEAD, "li"))
    pool.do(approve(first, 200_000), as_(pool, Role.LEADING_GROUP, "li"))


# whatever is tried

CLAIM, SCENE, YEAR = 500, 800, 1_500
PEOPLE = ("li", "wang", "zhu", "bidder-a", "judge")
Move = tuple[str, int, int, str]
moves = st.tuples(
    st.sampled_from(
        ("pay_in", "file", "file", "propose", "propose", "approve", "approve", "decline", "pay", "withdraw", "recover",
         "wait")
    ),
    st.integers(1, 6), st.integers(1, 700), st.sampled_from(PEOPLE),
)  # fmt: skip


def move(pool: Pool, kind: str, which: int, amount: int, person: str) -> None:
    proposed = pool.state.claims[which - 1].proposed_yuan if which <= len(pool.state.claims) else None
    acts: dict[str, tuple[Any, Role]] = {
        "pay_in": (pay_in(amount), Role.PAYER),
        "file": (
            file(reading(pool.policy, f"YC-{which % 3}", happened_on=pool.today), amount=amount, incident=f"I-{which}"),
            Role.BIDDER,
        ),
        "propose": (propose(which, amount), Role.LEAD),
        "approve": (approve(which, proposed or amount), Role.LEADING_GROUP),
        "decline": (decline(which), Role.LEADING_GROUP),
        "pay": (pay(which), Role.PAYER),
        "withdraw": (withdraw(which), Role.BIDDER),
        "recover": (recover(which, amount), Role.PAYER),
    }
    if kind == "wait":
        pool.now += timedelta(days=40)
        return
    act, role = acts[kind]
    pool.do(act, pool.actor(role, person))


@given(st.lists(moves, max_size=60))
@settings(max_examples=150, deadline=None)
def test_whatever_is_tried_the_money_adds_up_and_no_cap_is_passed(tried: list[Move]) -> None:
    policy = with_rules(city("yancheng"), "fund", per_claim_yuan=CLAIM, per_scene_yuan=SCENE, per_year_yuan=YEAR)
    pool = Pool(policy)
    paid_in = paid_out = recovered = 0
    for kind, which, amount, person in tried:
        before = pool.state
        try:
            move(pool, kind, which, amount, person)
        except Refused:
            assert pool.state == before
            continue
        state = pool.state
        if kind == "pay_in":
            paid_in += amount
        if kind == "pay":
            paid_out += state.claims[which - 1].granted_yuan
        if kind == "recover":
            recovered += amount
        assert 0 <= state.reserved_yuan <= state.balance_yuan
        assert paid_out - recovered == paid_in - state.balance_yuan
        held = [each for each in state.claims if each.status in (ClaimStatus.APPROVED, ClaimStatus.PAID)]
        assert state.reserved_yuan == sum(each.granted_yuan for each in held if each.status is ClaimStatus.APPROVED)
        assert all(each.granted_yuan <= min(CLAIM, each.loss_yuan // 2) for each in held)
        assert all(each.recovered_yuan <= each.granted_yuan for each in held)
        by_scene, by_year = Counter[str](), Counter[int | None]()
        for each in held:
            by_scene[each.scene] += each.granted_yuan
            by_year[each.granted_in] += each.granted_yuan
        assert max(by_scene.values(), default=0) <= SCENE
        assert max(by_year.values(), default=0) <= YEAR
        for each in held:
            assert not set(each.proposers) & set(each.approvers)
            assert not set(each.people) & {*each.proposers, *each.approvers}
