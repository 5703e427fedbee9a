"""A withdrawal that waits for consent, while contracts are drawn up and offices change hands."""

from models.commands.anywhere import AdoptPolicy, AnswerWithdrawal, Withdraw
from models.policy import Policy
from tests.scenario import Play

A, B = "甲公司", "乙公司"
AGREED = AnswerWithdrawal(agreed=True, reasons="同意")


def test_no_contract_stays_on_offer_in_a_scene_that_was_withdrawn_by_agreement(policy: Policy) -> None:
    play = Play(policy).to_contracting(A)
    play.do(Withdraw(reasons="取消"), play.owner)
    for party in play.state.withdrawal.parties if play.state.withdrawal else ():
        play.do(AGREED, play.bureau if party == play.bureau.unit else play.bidder(party))

    assert play.state.closed
    assert [contract.step for contract in play.state.contracts] == ["dissolved"]


def test_the_unit_that_holds_an_office_now_answers_for_the_one_that_was_asked(ningbo: Policy) -> None:
    play = Play(ningbo).to_contracting(A)
    play.do(Withdraw(reasons="取消"), play.owner)
    asked = ningbo.offices.st_bureau
    other = next(unit.name for unit in ningbo.units if unit.name not in ningbo.offices.model_dump().values())
    offices = ningbo.offices.model_copy(update={"st_bureau": other})
    merged = ningbo.model_copy(update={"offices": offices, "version": "merged"})
    play.do(AdoptPolicy(policy=merged, reasons="机构改革"), play.group)

    play.refuses("not_your_part", AGREED, play.person(play.bureau.role, asked))
    play.do(AGREED, play.bidder(A))
    play.do(AGREED, play.bureau)

    assert play.state.closed
