"""A consortium bids as one: every member is verified, nobody is in two bids, the contract lists them."""

import pytest

from models.commands.matching import MemberSignature, ProposeContract, SignContract, SubmitBid, VerifyEligibility
from models.commands.review import AnswerObjection, RaiseObjection
from models.events.matching import CallFailed, ContractSigned, EligibilityVerified
from models.policy import Policy
from models.vocabulary import Credit, NoticeAbout, Role
from rules.bidding import commitment
from tests.scenario import Play, digest, document, with_rules

A, B, C, D = "甲公司", "乙公司", "丙公司", "丁研究院"


def revealed(policy: Policy, bids: dict[str, tuple[str, ...]]) -> Play:
    """Bidder: the others of its consortium. All bids are open."""
    play = Play(policy).to_listed()
    play.post()
    for bidder, others in bids.items():
        secret = commitment(f"n-{digest(bidder)[:16]}", digest(f"方案{bidder}"), 500_000)
        play.do(SubmitBid(bidder=bidder, commitment=secret, consortium=others), play.bidder(bidder))
    play.pass_limit("bidding")
    for bidder in bids:
        play.reveal(bidder)
    return play


def found(play: Play, bidder: str, member: str, **of_member: object) -> VerifyEligibility:
    """A bid that is eligible, with this found of one of its members."""
    act = play.verify_act(bidder)
    members = [{**each.model_dump(), **of_member} if each.unit == member else each.model_dump() for each in act.members]
    return play.verify_act(bidder, members=members)


@pytest.fixture
def joint(yancheng: Policy) -> Play:
    return revealed(yancheng, {A: (C, D), B: ()})


# every member is verified


def test_every_member_is_verified_and_nobody_else(joint: Play) -> None:
    act = joint.verify_act(A)
    for members, missing, extra in (
        ((), f"{C}, {D}", "-"),
        (act.members[:1], D, "-"),
        ((*act.members, act.members[0]), "-", f"{C}, {C}"),
        ((*act.members, act.members[0].model_copy(update={"unit": B})), "-", B),
    ):
        no = joint.refuses("members_unverified", act.model_copy(update={"members": members}), joint.lead)
        assert (no.details["missing"], no.details["extra"]) == (missing, extra)
    (event, *_) = joint.do(act, joint.lead)
    assert isinstance(event, EligibilityVerified)
    assert [each.unit for each in event.members] == [C, D]
    lone = joint.verify_act(B, members=[act.members[0].model_dump()])
    joint.refuses("members_unverified", lone, joint.lead)


@pytest.mark.parametrize("lacking", [{"eligible": False}, {"commitment_signed": False}])
def test_a_bid_is_eligible_only_if_all_are(joint: Play, lacking: dict[str, object]) -> None:
    act = found(joint, A, D, **lacking)
    assert joint.refuses("member_not_eligible", act, joint.lead).details["units"] == D
    joint.do(act.model_copy(update={"eligible": False}), joint.lead)
    joint.verify(B)
    assert [bid.bidder for bid in joint.state.bids if bid.eligible] == [B]


def test_the_credit_of_a_consortium_is_the_lowest_of_its_members(joint: Play) -> None:
    joint.do(found(joint, A, C, credit=Credit.POOR), joint.lead)
    assert joint.state.bids[0].credit is Credit.POOR
    joint.do(joint.verify_act(B, credit=Credit.EXCELLENT), joint.lead)
    assert joint.state.bids[1].credit is Credit.EXCELLENT


def test_a_check_that_begins_anew_begins_with_nothing_found_of_the_members(joint: Play) -> None:
    for bidder in (A, B):
        joint.verify(bidder)
    joint.score({A: 0.9, B: 0.8})
    joint.publish(NoticeAbout.RANKING)
    objection = RaiseObjection(about=NoticeAbout.RANKING, real_name=True, text="信用有误", document=document("异议书"))
    joint.do(objection, joint.person(Role.PUBLIC, "市民", "citizen-1"))
    joint.do(AnswerObjection(objection=joint.state.objections[0].id, upheld=True, text="成立"), joint.platform)
    assert joint.state.bids[0].members == ()
    joint.refuses("members_unverified", joint.verify_act(A, members=()), joint.lead)
    joint.verify(A)


# nobody is in two bids of one call


def test_before_the_close_a_bid_that_shares_a_member_with_another_is_taken_without_a_word(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post()
    play.do(SubmitBid(bidder=A, commitment=digest("x"), consortium=(C,)), play.bidder(A))
    alone = play.fork()
    shared = alone.do(SubmitBid(bidder=B, commitment=digest("y"), consortium=(C,)), alone.bidder(B))
    other = play.do(SubmitBid(bidder=B, commitment=digest("y"), consortium=(D,)), play.bidder(B))
    assert [each.kind for each in shared] == [each.kind for each in other]


@pytest.mark.parametrize(
    "bids",
    [{A: (C,), B: (C,)}, {A: (B,), B: ()}, {A: (C,), C: ()}, {A: (B,), B: (A,)}],
    ids=["two", "lead", "alone", "each"],
)
def test_whoever_is_in_two_bids_makes_both_invalid_whichever_is_verified_first(
    yancheng: Policy, bids: dict[str, tuple[str, ...]]
) -> None:
    for first, second in (tuple(bids), tuple(reversed(bids))):
        play = revealed(yancheng, bids)
        no = play.refuses("in_two_bids", play.verify_act(first), play.lead)
        assert no.details["others"] == second
        play.verify(first, eligible=False)
        play.refuses("in_two_bids", play.verify_act(second), play.lead)
        play.do(play.verify_act(second, eligible=False), play.lead)
        assert [event.because for event in play.journal[-1].events if isinstance(event, CallFailed)] == [
            "none_eligible"
        ]


def test_who_is_named_in_a_bid_without_having_signed_has_no_part_in_it(yancheng: Policy) -> None:
    """B names A's partner, and A itself, without their word; that spoils B's bid alone."""
    play = revealed(yancheng, {A: (C,), B: (C, A)})
    play.refuses("in_two_bids", play.verify_act(A), play.lead)
    unsigned = [{**each.model_dump(), "commitment_signed": False} for each in play.verify_act(B).members]
    play.do(play.verify_act(B, eligible=False, members=unsigned), play.lead)
    play.verify(A)
    assert [bid.bidder for bid in play.state.bids if bid.eligible] == [A]


def test_a_bid_that_was_never_opened_is_no_second_bid(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post()
    for bidder, others in ((A, (C,)), (B, (C,))):
        secret = commitment(f"n-{digest(bidder)[:16]}", digest(f"方案{bidder}"), 500_000)
        play.do(SubmitBid(bidder=bidder, commitment=secret, consortium=others), play.bidder(bidder))
    play.pass_limit("bidding")
    play.reveal(A)
    play.pass_limit(f"bid_opening/{B}")
    play.verify(A)
    assert [bid.bidder for bid in play.state.bids if bid.eligible] == [A]


def test_in_the_next_call_everybody_may_bid_again(yancheng: Policy) -> None:
    play = revealed(yancheng, {A: (C,), B: (C,)})
    for bidder in (A, B):
        play.do(play.verify_act(bidder, eligible=False), play.lead)
    play.post()
    play.do(SubmitBid(bidder=C, commitment=digest("x")), play.bidder(C))


# the contract


def test_the_contract_lists_the_members(policy: Policy) -> None:
    play = Play(policy, consortium=(C, D)).to_trial(A)
    assert play.state.contracts[0].consortium == (C, D)
    assert Play(policy).to_trial(A).state.contracts[0].consortium == ()


def signing(policy: Policy, how: str | None = "contract") -> Play:
    play = Play(with_rules(policy, "contracting", members_sign=how), consortium=(C, D)).to_contracting(A)
    play.do(ProposeContract(bidder=A, terms=play.terms()), play.owner)
    return play


def signature(*members: MemberSignature) -> SignContract:
    return SignContract(bidder=A, terms_sha256=digest("任务书"), pledge=document("军令状"), members=members)


def by(unit: str, *, attorney: bool = False) -> MemberSignature:
    return MemberSignature(unit=unit, document=document(f"签署页{unit}"), power_of_attorney=attorney)


def test_every_member_signs_the_contract_with_its_lead(policy: Policy) -> None:
    play = signing(policy)
    for members, missing, extra in (
        ((), f"{C}, {D}", "-"),
        ((by(C),), D, "-"),
        ((by(C), by(D), by(B)), "-", B),
        ((by(C), by(C), by(D)), "-", f"{C}, {C}"),
    ):
        no = play.refuses("member_signature_missing", signature(*members), play.bidder(A))
        assert (no.details["missing"], no.details["extra"]) == (missing, extra)
    (event, *_) = play.do(signature(by(C), by(D)), play.bidder(A))
    assert isinstance(event, ContractSigned)
    assert event.members == tuple((each, digest(f"签署页{each}")) for each in (C, D))


def test_a_power_of_attorney_stands_for_a_member_only_where_the_city_takes_it(policy: Policy) -> None:
    strict, lenient = signing(policy), signing(policy, "contract_or_power_of_attorney")
    act = signature(by(C), by(D, attorney=True))
    assert strict.refuses("power_of_attorney_not_taken", act, strict.bidder(A)).details["units"] == D
    lenient.do(act, lenient.bidder(A))


def test_the_other_parties_bring_nothing_of_the_members(policy: Policy) -> None:
    play = signing(policy)
    play.do(signature(), play.owner)


def test_under_rules_that_say_nothing_of_members_the_lead_signs_alone(policy: Policy) -> None:
    play = signing(policy, None)
    play.do(signature(), play.bidder(A))
