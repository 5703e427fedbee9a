"""The task contract: proposed, signed, declined or lapsed and offered to the next; withdrawal from it."""

from datetime import date, timedelta

import pytest

from models.commands.anywhere import AnswerWithdrawal, DecideExtension, RequestExtension, Withdraw
from models.commands.matching import DeclineAward, GiveUpMatching, Milestone, ProposeContract, SignContract
from models.events.matching import Awarded, CallFailed, ContractProposed, ContractSigned
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import Mode, Outcome, Role, Track
from tests.scenario import Play, digest, document, with_rules

A, B, C, D = "甲公司", "乙公司", "丙公司", "丁公司"


@pytest.fixture
def contracting(yancheng: Policy) -> Play:
    """A is awarded, B comes next."""
    return Play(yancheng).to_contracting(A, B)


def steps(play: Play) -> dict[str, str]:
    return {contract.bidder: contract.step for contract in play.state.contracts}


def holders(play: Play, limit: str = "contract") -> dict[str, Role | None]:
    return {each.id: each.holder.role if each.holder else None for each in play.state.deadlines if each.limit == limit}


def signature(terms: str = "任务书") -> SignContract:
    return SignContract(bidder=A, terms_sha256=digest(terms), pledge=document("军令状"))


# terms and parties


def test_the_parties_are_those_of_the_city(policy: Policy) -> None:
    play = Play(policy).to_contracting(A)
    assert holders(play) == {f"contract/{A}": Role.OWNER}
    play.do(ProposeContract(bidder=A, terms=play.terms()), play.owner)
    assert {id.rsplit("/", 1)[1] for id in holders(play)} == set(policy.contracting.parties)
    assert len({play.deadline(id).due_on for id in holders(play)}) == 1
    play.sign(A)
    assert set(play.state.contracts[0].signed) == set(policy.contracting.parties)
    assert play.state.step == "trial"


def test_three_parties_sign_in_a_city_that_asks_for_three(ningbo: Policy) -> None:
    play = Play(ningbo).to_contracting(A)
    play.do(ProposeContract(bidder=A, terms=play.terms()), play.owner)
    for actor in (play.owner, play.bidder(A)):
        play.do(signature(), actor)
    assert (play.state.step, steps(play)) == ("contracting", {A: "signing"})
    play.do(signature(), play.bureau)
    assert (play.state.step, steps(play)) == ("trial", {A: "signed"})


def test_who_is_no_party_does_not_sign(yancheng: Policy) -> None:
    may = {**yancheng.permissions, "sign_contract": (Role.OWNER, Role.BIDDER, Role.ST_BUREAU)}
    play = Play(yancheng.model_copy(update={"permissions": may})).to_contracting(A)
    play.do(ProposeContract(bidder=A, terms=play.terms()), play.owner)
    play.refuses("not_a_party", signature(), play.bureau)


def test_where_the_mode_asks_for_a_pledge_the_bidder_signs_with_one(contracting: Play) -> None:
    contracting.do(ProposeContract(bidder=A, terms=contracting.terms()), contracting.owner)
    bare = SignContract(bidder=A, terms_sha256=digest("任务书"))
    contracting.refuses("pledge_missing", bare, contracting.bidder(A))
    contracting.do(bare, contracting.owner)
    events = contracting.do(bare.model_copy(update={"pledge": document("军令状")}), contracting.bidder(A))
    assert [each.pledge_sha256 for each in events if isinstance(each, ContractSigned)] == [digest("军令状")]


def test_the_terms_stay_within_the_price_that_won(contracting: Play) -> None:
    """招标投标法46: the contract does not depart from the bid, however much was called for."""
    price = next(bid.price_yuan for bid in contracting.state.bids if bid.bidder == A) or 0
    assert price < contracting.budget_yuan
    dear = contracting.terms().model_copy(update={"budget_yuan": price + 1})
    contracting.refuses("budget_exceeded", ProposeContract(bidder=A, terms=dear), contracting.owner)
    full = dear.model_copy(update={"budget_yuan": price})
    events = contracting.do(ProposeContract(bidder=A, terms=full), contracting.owner)
    assert [event.budget_yuan for event in events if isinstance(event, ContractProposed)] == [price]


def test_a_bid_over_the_budget_is_not_found_eligible(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post()
    dear = play.budget_yuan + 1
    play.bid(A, price=dear)
    play.pass_limit("bidding")
    play.reveal(A, price=dear)
    with pytest.raises(Refused) as no:
        play.verify(A)
    assert (no.value.code, no.value.details["price"]) == ("bid_over_budget", str(dear))


def milestones(*of: tuple[date, int]) -> tuple[Milestone, ...]:
    return tuple(Milestone(name=f"节点{on}", due_on=on, share_percent=share) for on, share in of)


def test_milestones_pay_no_more_than_all_of_it_and_lie_ahead(contracting: Play) -> None:
    later = contracting.today + timedelta(days=90)
    terms = contracting.terms()
    for code, wrong in (
        ("milestones_too_much", milestones((later, 70), (later, 31))),
        ("milestone_twice", milestones((later, 50), (later, 50))),
        ("milestone_in_the_past", milestones((contracting.today - timedelta(days=1), 50))),
    ):
        act = ProposeContract(bidder=A, terms=terms.model_copy(update={"milestones": wrong}))
        contracting.refuses(code, act, contracting.owner)
    whole = terms.model_copy(update={"milestones": milestones((contracting.today, 70), (later, 30))})
    contracting.do(ProposeContract(bidder=A, terms=whole), contracting.owner)


def test_a_contract_of_a_scene_that_was_taken_over_stays_within_the_scene_s_budget(yancheng: Policy) -> None:
    taken = Play(yancheng).taken_over("contracting", A)
    assert taken.state.profile is not None
    assert taken.state.challenge is None
    cap = taken.state.profile.budget_yuan
    dear = taken.terms().model_copy(update={"budget_yuan": cap + 1})
    taken.refuses("budget_exceeded", ProposeContract(bidder=A, terms=dear), taken.owner)


def test_another_document_than_the_proposed_one_is_not_signed(contracting: Play) -> None:
    contracting.do(ProposeContract(bidder=A, terms=contracting.terms()), contracting.owner)
    other = signature("另一份")
    contracting.refuses("other_terms", other, contracting.bidder(A))


def test_nobody_signs_twice_and_nothing_is_signed_before_it_is_proposed(contracting: Play) -> None:
    sign = signature()
    contracting.refuses("wrong_bidder_step", sign, contracting.owner)
    contracting.do(ProposeContract(bidder=A, terms=contracting.terms()), contracting.owner)
    contracting.do(sign, contracting.owner)
    contracting.refuses("already_signed", sign, contracting.owner)


def test_a_new_proposal_asks_every_party_again_by_the_same_date(contracting: Play) -> None:
    due = contracting.deadline(f"contract/{A}").due_on
    contracting.do(ProposeContract(bidder=A, terms=contracting.terms()), contracting.owner)
    contracting.do(signature(), contracting.owner)
    contracting.wait(timedelta(days=3))
    again = contracting.terms().model_copy(update={"document": document("修订稿")})
    contracting.do(ProposeContract(bidder=A, terms=again), contracting.owner)
    assert contracting.state.contracts[0].signed == ()
    assert {contracting.deadline(id).due_on for id in holders(contracting)} == {due}
    contracting.refuses("other_terms", signature(), contracting.bidder(A))
    for actor in (contracting.owner, contracting.bidder(A)):
        contracting.do(signature("修订稿"), actor)
    assert steps(contracting) == {A: "signed"}


def test_a_contract_is_only_proposed_to_who_was_awarded(contracting: Play) -> None:
    contracting.refuses("unknown_bidder", ProposeContract(bidder=B, terms=contracting.terms()), contracting.owner)


# declined, lapsed, exhausted


def test_a_declined_award_goes_to_the_next_in_the_ranking(contracting: Play) -> None:
    events = contracting.do(DeclineAward(bidder=A, reasons="产能不足"), contracting.bidder(A))
    assert [(event.bidder, event.rank) for event in events if isinstance(event, Awarded)] == [(B, 2)]
    assert steps(contracting) == {A: "lapsed", B: "offered"}
    assert contracting.deadline(f"contract/{B}").started_on == contracting.today


def test_an_award_is_given_back_also_while_it_is_being_signed(contracting: Play) -> None:
    contracting.do(ProposeContract(bidder=A, terms=contracting.terms()), contracting.owner)
    contracting.do(Withdraw(reasons="放弃"), contracting.bidder(A))
    assert steps(contracting) == {A: "lapsed", B: "offered"}


def test_where_the_city_asks_nobody_next_the_call_has_failed(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "contracting", next_ranked=False)).to_contracting(A, B)
    play.do(DeclineAward(bidder=A, reasons="产能不足"), play.bidder(A))
    assert (play.state.step, steps(play)) == ("unmatched", {A: "lapsed"})


def test_a_contract_that_was_not_signed_in_time_lapses_with_the_duties_of_all_its_parties(contracting: Play) -> None:
    contracting.do(ProposeContract(bidder=A, terms=contracting.terms()), contracting.owner)
    entries = len(contracting.journal)
    events = contracting.pass_limit(f"contract/{A}/owner")
    assert steps(contracting) == {A: "lapsed", B: "offered"}
    assert list(holders(contracting)) == [f"contract/{B}"]
    passed = [
        entry for entry in contracting.journal[entries:] if any(e.kind == "deadline_passed" for e in entry.events)
    ]
    assert len(passed) == 1, "both parties' time ran out at one instant, in one entry"
    assert [event.kind for event in events].count("awarded") == 1


def test_a_party_whose_time_was_extended_may_still_sign_when_the_others_time_is_over(contracting: Play) -> None:
    contracting.do(ProposeContract(bidder=A, terms=contracting.terms()), contracting.owner)
    contracting.do(signature(), contracting.owner)
    first = contracting.deadline(f"contract/{A}/bidder")
    ask = RequestExtension(deadline=first.id, reasons="内部审批")
    contracting.do(ask, contracting.bidder(A))
    grant = DecideExtension(deadline=first.id, granted=True, reasons="同意")
    contracting.do(grant, contracting.lead)
    contracting.until(first.due_at)
    assert steps(contracting) == {A: "signing"}
    contracting.do(signature(), contracting.bidder(A))
    assert steps(contracting) == {A: "signed"}


def test_an_extension_for_one_party_keeps_the_contract_open_for_all(contracting: Play) -> None:
    contracting.do(ProposeContract(bidder=A, terms=contracting.terms()), contracting.owner)
    first = contracting.deadline(f"contract/{A}/bidder")
    contracting.do(RequestExtension(deadline=first.id, reasons="内部审批"), contracting.bidder(A))
    contracting.do(DecideExtension(deadline=first.id, granted=True, reasons="同意"), contracting.lead)
    contracting.until(first.due_at)
    assert steps(contracting) == {A: "signing"}
    for actor in (contracting.owner, contracting.bidder(A)):
        contracting.do(signature(), actor)
    assert steps(contracting) == {A: "signed"}


def test_when_the_ranking_is_exhausted_the_call_is_reissued_once_and_then_the_scene_closes(contracting: Play) -> None:
    contracting.do(DeclineAward(bidder=A, reasons="产能不足"), contracting.bidder(A))
    events = contracting.do(DeclineAward(bidder=B, reasons="产能不足"), contracting.bidder(B))
    assert [event.because for event in events if isinstance(event, CallFailed)] == ["no_contract"]
    assert contracting.state.step == "unmatched"
    contracting.post()
    assert contracting.state.contracts == ()
    contracting.bid(B)
    contracting.bid(A)
    contracting.pass_limit("bidding")
    for bidder in (A, B):
        contracting.reveal(bidder)
    for bidder in (A, B):
        contracting.verify(bidder)
    contracting.rank(B, A)
    contracting.award(B)
    contracting.do(DeclineAward(bidder=B, reasons="产能不足"), contracting.bidder(B))
    assert steps(contracting) == {B: "lapsed", A: "offered"}, "A declined in the first call and is asked in the second"
    contracting.pass_limit(f"contract/{A}")
    assert (contracting.state.step, contracting.state.outcome) == ("closed", Outcome.UNMATCHED)


def test_an_owner_may_give_up_after_a_failed_call(contracting: Play) -> None:
    for bidder in (A, B):
        contracting.do(DeclineAward(bidder=bidder, reasons="产能不足"), contracting.bidder(bidder))
    contracting.do(GiveUpMatching(reasons="不再征集"), contracting.owner)
    assert (contracting.state.step, contracting.state.outcome) == ("closed", Outcome.UNMATCHED)


# several at once


@pytest.fixture
def race(yancheng: Policy) -> Play:
    """A and B are awarded together, C comes next."""
    return Play(yancheng).to_contracting(A, B, C, winners=2, mode=Mode.HORSE_RACE)


def test_in_a_race_who_signs_begins_while_the_others_still_sign(race: Play) -> None:
    race.sign(A)
    assert (race.state.step, steps(race)) == ("contracting", {A: "signed", B: "offered"})
    race.start(A)
    race.sign(B)
    assert race.state.step == "trial"
    assert {trial.bidder: trial.step for trial in race.state.trials} == {A: "running", B: "planning"}


def test_in_a_race_a_lapsed_contract_goes_to_the_next_and_the_others_stand(race: Play) -> None:
    race.sign(A)
    race.pass_limit(f"contract/{B}")
    assert steps(race) == {A: "signed", B: "lapsed", C: "offered"}
    race.do(DeclineAward(bidder=C, reasons="产能不足"), race.bidder(C))
    assert race.state.step == "trial"


def test_a_race_whose_only_signed_trial_was_refused_meanwhile_ends_with_the_last_contract(race: Play) -> None:
    race.sign(A)
    race.refuse_trial(A)
    race.do(DeclineAward(bidder=B, reasons="产能不足"), race.bidder(B))
    race.do(DeclineAward(bidder=C, reasons="产能不足"), race.bidder(C))
    assert (race.state.step, race.state.outcome) == ("remedies", Outcome.TERMINATED)


def test_on_the_fast_track_who_was_accepted_meanwhile_is_promoted_when_the_last_contract_lapses(
    yancheng: Policy,
) -> None:
    race = Play(yancheng, track=Track.FAST).to_contracting(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.sign(A)
    race.accept(A)
    assert race.state.step == "contracting"
    race.pass_limit(f"contract/{B}")
    assert race.state.step == "candidate"


# withdrawal after the signature


def test_a_bidder_who_signed_withdraws_by_agreement_only(race: Play) -> None:
    race.sign(A)
    race.do(Withdraw(reasons="经营困难"), race.bidder(A))
    assert steps(race)[A] == "signed"
    race.do(AnswerWithdrawal(agreed=False, reasons="不同意"), race.owner)
    assert steps(race)[A] == "signed"
    race.do(Withdraw(reasons="经营困难"), race.bidder(A))
    race.do(AnswerWithdrawal(agreed=True, reasons="同意"), race.owner)
    assert steps(race) == {A: "dissolved", B: "offered"}
    assert race.state.trials[0].step == "withdrawn"


def test_when_who_signed_has_withdrawn_and_the_others_decline_the_call_has_failed(race: Play) -> None:
    race.sign(A)
    race.do(Withdraw(reasons="经营困难"), race.bidder(A))
    race.do(AnswerWithdrawal(agreed=True, reasons="同意"), race.owner)
    for bidder in (B, C):
        race.do(DeclineAward(bidder=bidder, reasons="产能不足"), race.bidder(bidder))
    assert race.state.step == "unmatched"
    race.post(Mode.HORSE_RACE)
    race.bid(A)
    race.pass_limit("bidding")
    race.reveal(A)
    race.verify(A)
    race.rank(A)
    race.award(A)
    race.sign(A)
    assert {trial.bidder: trial.step for trial in race.state.trials} == {A: "planning"}


def test_an_owner_withdraws_during_contracting_when_every_bidder_agrees(race: Play) -> None:
    race.sign(A)
    race.do(Withdraw(reasons="项目取消"), race.owner)
    race.do(AnswerWithdrawal(agreed=True, reasons="同意"), race.bidder(A))
    assert race.state.step == "contracting"
    race.do(AnswerWithdrawal(agreed=True, reasons="同意"), race.bidder(B))
    assert (race.state.step, race.state.outcome) == ("closed", Outcome.WITHDRAWN)


def test_the_third_party_is_asked_as_well_where_there_is_one(ningbo: Policy) -> None:
    play = Play(ningbo).to_trial(A)
    play.do(Withdraw(reasons="经营困难"), play.bidder(A))
    assert {
        each.holder.unit for each in play.state.deadlines if each.limit == "withdrawal_consent" and each.holder
    } == {
        play.owner_unit,
        play.bureau.unit,
    }
    play.do(AnswerWithdrawal(agreed=True, reasons="同意"), play.owner)
    assert play.state.step == "trial"
    play.do(AnswerWithdrawal(agreed=True, reasons="同意"), play.bureau)
    assert (play.state.step, play.state.outcome) == ("closed", Outcome.WITHDRAWN)
