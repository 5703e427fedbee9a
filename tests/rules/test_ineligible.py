"""To be found ineligible can be appealed: the call goes on, and upheld before a contract is signed the check is made
anew."""

import pytest

from models.commands.anywhere import Appeal, DecideAppeal, Override, Terminate, Withdraw
from models.commands.matching import GiveUpMatching
from models.commands.review import AnswerObjection, RaiseObjection
from models.events.anywhere import UpheldTooLate
from models.policy import Policy
from models.vocabulary import NoticeAbout, Outcome, Role
from rules.possible import offers
from tests.scenario import Play, city, document, with_rules

A, B = "甲公司", "乙公司"


@pytest.fixture(params=["yancheng", "ningbo", "chongqing"])
def checked(request: pytest.FixtureRequest) -> Play:
    """Of two bids one is found ineligible, the other is scored."""
    return found_ineligible(city(request.param))


def found_ineligible(policy: Policy) -> Play:
    play = Play(policy).to_eligibility(A, B)
    play.verify(B, eligible=False)
    play.verify(A)
    return play


def bid_of(play: Play, bidder: str) -> bool | None:
    return next(each.eligible for each in play.state.bids if each.bidder == bidder)


def too_late(play: Play) -> str | None:
    return next((each.because for each in play.journal[-1].events if isinstance(each, UpheldTooLate)), None)


def kinds(play: Play) -> list[str]:
    return [each.kind for each in play.journal[-1].events]


# the decision


def test_it_is_a_decision_against_the_bidder_and_the_call_does_not_wait(checked: Play) -> None:
    (decision,) = checked.state.decisions
    assert (decision.verb, decision.against, decision.reopens) == ("verify_eligibility", B, "eligibility")
    assert checked.deadline(f"service/{decision.sequence}").verbs == ("record_service",)
    assert checked.state.step == "scoring"


def test_who_is_found_eligible_has_nothing_to_appeal_against(yancheng: Policy) -> None:
    assert Play(yancheng).to_scoring(A, B).state.decisions == ()


def test_a_policy_of_before_decides_it_once_for_all(yancheng: Policy) -> None:
    assert found_ineligible(with_rules(yancheng, "contracting", eligibility_appeal=False)).state.decisions == ()


def test_appeal_and_decision_are_offered_when_they_can_be_made(checked: Play) -> None:
    def offered(verb: str) -> bool:
        return any(each.verb == verb for each in offers(checked.policy, checked.state))

    decision = checked.state.decisions[0].sequence
    assert not offered("appeal")
    checked.serve(decision)
    assert offered("appeal")
    assert not offered("decide_appeal")
    checked.do(Appeal(decision=decision, grounds="证照齐全"), checked.bidder(B))
    assert offered("decide_appeal")


def test_another_bidder_does_not_appeal_for_it_and_who_verified_does_not_decide(checked: Play) -> None:
    decision = checked.state.decisions[0].sequence
    checked.serve(decision)
    checked.refuses("not_against_you", Appeal(decision=decision, grounds="不服"), checked.bidder(A))
    checked.do(Appeal(decision=decision, grounds="不服"), checked.bidder(B))
    verifier = checked.office(Role.SUPERVISOR, checked.lead.person)
    checked.refuses("decided_before", DecideAppeal(decision=decision, upheld=True, reasons="撤销"), verifier)


# upheld


def test_within_the_check_only_this_bid_is_verified_anew(yancheng: Policy) -> None:
    play = Play(yancheng).to_eligibility(A, B, "丙公司")
    play.verify(A)
    play.verify(B, eligible=False)
    play.win_appeal()
    assert play.state.step == "eligibility"
    assert (bid_of(play, A), bid_of(play, B)) == (True, None)
    play.verify(B)
    play.verify("丙公司")
    assert play.state.step == "scoring"


def test_before_the_award_the_check_is_made_anew_and_the_bidder_is_ranked(checked: Play) -> None:
    checked.rank(A)
    assert checked.state.step == "awarding"
    checked.win_appeal()
    assert (checked.state.step, checked.state.ranking) == ("eligibility", ())
    for bidder in (A, B):
        checked.verify(bidder)
    checked.rank(B, A)
    assert [each.bidder for each in checked.state.ranking] == [B, A]


def test_an_award_that_nobody_has_signed_falls_away(checked: Play) -> None:
    checked.rank(A)
    checked.award(A)
    assert f"contract/{A}" in [each.id for each in checked.state.deadlines] or checked.state.services
    checked.win_appeal()
    assert (checked.state.step, checked.state.contracts) == ("eligibility", ())
    assert not [each.id for each in checked.state.deadlines if each.limit == "contract"]
    for bidder in (A, B):
        checked.verify(bidder)
    checked.rank(B, A)
    checked.award(B)
    assert [each.bidder for each in checked.state.contracts] == [B]


def test_a_call_that_failed_for_it_goes_on(yancheng: Policy) -> None:
    for reissues, stands in ((1, "unmatched"), (0, "remedies")):
        play = Play(with_rules(yancheng, "contracting", reissues=reissues)).to_eligibility(A)
        play.verify(A, eligible=False)
        assert play.state.step == stands
        play.win_appeal()
        assert (play.state.step, play.state.outcome) == ("eligibility", None)
        play.verify(A)
        assert play.state.step == "scoring"


# too late


def test_once_a_contract_is_signed_it_is_a_finding_and_changes_nothing(checked: Play) -> None:
    checked.rank(A)
    checked.award(A)
    checked.sign(A)
    before = checked.state
    checked.win_appeal()
    assert too_late(checked) == "contract_signed"
    assert checked.state.step == before.step
    assert (checked.state.contracts, checked.state.ranking) == (before.contracts, before.ranking)
    assert checked.state.decisions == ()


def test_a_scene_that_its_owner_withdrew_waits_for_the_finding_and_is_not_revived(checked: Play) -> None:
    checked.do(Withdraw(reasons="取消"), checked.owner)
    assert checked.state.step == "remedies"
    checked.win_appeal()
    assert too_late(checked) == "scene_ending"
    assert (checked.state.step, checked.state.outcome) == ("closed", Outcome.WITHDRAWN)


def test_nor_is_one_that_is_being_terminated(checked: Play) -> None:
    eligibility = checked.state.decisions[0].sequence
    checked.do(Terminate(ground="force_majeure", reasons="不可抗力"), checked.group)
    checked.serve(eligibility)
    checked.do(Appeal(decision=eligibility, grounds="不服"), checked.bidder(B))
    checked.do(DecideAppeal(decision=eligibility, upheld=True, reasons="撤销"), checked.supervisor)
    assert too_late(checked) == "scene_ending"
    assert checked.state.step == "remedies"


def test_a_scene_whose_owner_gives_up_waits_until_it_is_final(yancheng: Policy) -> None:
    play = Play(yancheng).to_eligibility(A)
    play.verify(A, eligible=False)
    play.do(GiveUpMatching(reasons="放弃"), play.owner)
    assert play.state.step == "remedies"
    decision = play.state.decisions[0].sequence
    play.serve(decision)
    play.pass_limit(f"appeal_window/{decision}")
    assert (play.state.step, play.state.outcome) == ("closed", Outcome.UNMATCHED)


# the check, or the call, is made anew anyhow


def test_a_new_call_leaves_nothing_to_appeal_against(yancheng: Policy) -> None:
    play = Play(yancheng).to_eligibility(A)
    play.verify(A, eligible=False)
    decision = play.state.decisions[0].sequence
    play.serve(decision)
    play.post()
    assert play.state.decisions == ()
    assert f"appeal_window/{decision}" not in [each.id for each in play.state.deadlines]
    play.bid(A)
    play.refuses("unknown_decision", Appeal(decision=decision, grounds="不服"), play.bidder(A))


def test_nor_does_an_upheld_objection_to_the_ranking(checked: Play) -> None:
    checked.score({A: 0.9})
    checked.publish(NoticeAbout.RANKING)
    citizen = checked.person(Role.PUBLIC, "市民", "citizen-1")
    objection = RaiseObjection(about=NoticeAbout.RANKING, real_name=True, text="有误", document=document("异议书"))
    checked.do(objection, citizen)
    id = checked.state.objections[-1].id
    checked.do(AnswerObjection(objection=id, upheld=True, text="成立"), checked.platform)
    assert (checked.state.step, checked.state.decisions) == ("eligibility", ())


def test_nor_an_override_to_a_step_before_the_call(checked: Play) -> None:
    checked.do(Override(to="listed", reasons="重新张榜"), checked.group)
    assert checked.state.decisions == ()


def test_who_is_found_ineligible_again_may_appeal_again(checked: Play) -> None:
    checked.win_appeal()
    checked.verify(A)
    checked.verify(B, eligible=False)
    assert [each.against for each in checked.state.decisions] == [B]
