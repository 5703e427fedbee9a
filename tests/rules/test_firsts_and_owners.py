"""What an application may say beside its need: three firsts, the major project behind it, who opens it as well."""

import pytest

from models.actor import Actor
from models.commands.acceptance import GiveAcceptanceOpinion
from models.commands.anywhere import AnswerWithdrawal, Suspend, Withdraw
from models.commands.matching import ProposeContract, SignContract, SubmitBid
from models.commands.promotion import RecordBenefit
from models.commands.solicitation import Application, Submit
from models.policy import Benefit
from models.vocabulary import Position, Role
from rules import acceptance_statement, benchmark_statement
from tests.scenario import Play, city, digest, document, with_rules

A = "甲公司"
OTHERS = ({"unit": "南京场景公司", "region": "南京市"}, {"unit": "大丰港集团"})
SAID = {
    "firsts": ["首台套", "首版次"],
    "project": {"kind": "重大项目", "name": "盐通高铁"},
    "co_owners": OTHERS,
}


class Told(Play):
    """Everything is said in the application."""

    def application(self) -> Application:
        return Application.model_validate(super().application().model_dump() | SAID)


def test_an_application_that_says_none_of_it_has_the_digest_it_had() -> None:
    content = Play(city("yancheng")).application().model_dump(mode="json")
    assert not {"firsts", "project", "co_owners"} & content.keys()


def test_what_the_application_says_goes_with_the_scene() -> None:
    profile = Told(city("yancheng")).submit().state.profile
    assert profile is not None
    assert profile.firsts == ("首台套", "首版次")
    assert profile.project is not None
    assert (profile.project.kind, profile.project.name) == ("重大项目", "盐通高铁")


def test_the_firsts_stand_in_acceptance_and_benchmark() -> None:
    play = Told(city("yancheng")).to_candidate(A)
    [acceptance] = play.state.acceptances
    accepted = acceptance_statement.statement(play.policy, play.state, play.journal, acceptance)
    assert accepted.firsts == ("首台套", "首版次")
    assert benchmark_statement.statement(play.policy, play.state, play.journal).firsts == accepted.firsts


@pytest.mark.parametrize(("play", "allowed"), [(Told, True), (Play, False)])
def test_a_benefit_for_firsts_is_for_scenes_that_name_one(play: type[Play], allowed: bool) -> None:
    kinds = (Benefit(kind="first_set_policy", firsts=("首台套",)),)
    scene = play(
        with_rules(city("yancheng"), "promotion", benefits=kinds, before_title=("first_set_policy",))
    ).to_candidate(A)
    act = RecordBenefit(kind="first_set_policy", beneficiary=A, document=document("文件"))
    if allowed:
        scene.do(act, scene.lead)
    else:
        assert "首台套" in scene.refuses("not_a_first", act, scene.lead).text("zh")


def test_chongqing_ties_its_first_set_policy_to_the_three_firsts() -> None:
    [kind] = [each for each in city("chongqing").promotion.kinds if each.kind == "first_set_policy"]
    assert set(kind.firsts) == {"首台套", "首批次", "首版次"}


# several owners


def test_an_owner_is_named_once() -> None:
    play = Told(city("yancheng"), owner_unit="大丰港集团")
    assert (
        play.refuses("owner_twice", Submit(application=play.application()), play.owner).details["unit"] == "大丰港集团"
    )


def test_no_owner_bids_alone_or_in_a_consortium() -> None:
    play = Told(city("yancheng")).to_listed()
    play.post()
    for bidder, consortium in (("南京场景公司", ()), (A, ("大丰港集团",))):
        bid = SubmitBid(bidder=bidder, commitment=digest("x"), consortium=consortium)
        play.refuses("own_scene", bid, play.bidder(bidder))


def test_every_owner_is_asked_at_the_acceptance_and_the_first_answers_for_the_scene() -> None:
    play = Told(city("yancheng")).to_acceptance(A)
    play.apply(A)
    asked = {
        each.holder.unit
        for each in play.state.deadlines
        if each.limit == "acceptance_opinion" and each.holder and each.holder.role is Role.OWNER
    }
    assert asked == {play.owner_unit, "南京场景公司", "大丰港集团"}
    opinion = GiveAcceptanceOpinion(bidder=A, position=Position.AGREE, text="同意")
    other = play.person(Role.OWNER, "大丰港集团", "harbour-1")
    play.do(opinion, other)
    play.refuses("opinion_already_given", opinion, other)
    play.refuses("not_your_part", Suspend(reasons="检修"), other)


def test_who_acted_for_a_co_owner_has_taken_the_owners_side() -> None:
    play = Told(city("yancheng")).to_acceptance(A)
    play.apply(A)
    opinion = GiveAcceptanceOpinion(bidder=A, position=Position.AGREE, text="同意")
    play.refuses("decider_drafts", opinion, play.person(Role.OWNER, "大丰港集团", play.lead.person))
    play.do(opinion, play.person(Role.OWNER, "大丰港集团", "of-the-port"))
    play.hear_all(A)
    play.refuses("drafter_decides", play.conclude_act(A), play.person(Role.LEAD, play.lead.unit, "of-the-port"))


def signing(play: Play) -> Play:
    play.to_contracting(A)
    play.do(ProposeContract(bidder=A, terms=play.terms()), play.owner)
    return play


SIGN = SignContract(bidder=A, terms_sha256=digest("任务书"), pledge=document("军令状"))


def co_owner(play: Play, unit: str) -> Actor:
    return play.person(Role.OWNER, unit, f"of-{digest(unit)[:6]}")


@pytest.mark.parametrize("name", ["yancheng", "ningbo", "chongqing"])
def test_every_owner_signs_the_task_contract_for_itself(name: str) -> None:
    play = signing(Told(city(name)))
    for unit in ("南京场景公司", "大丰港集团"):
        clock = play.deadline(f"contract/{A}/{unit}")
        assert (clock.holder and clock.holder.unit, clock.verbs) == (unit, ("sign_contract",))
    people = {"owner": play.owner, "st_bureau": play.bureau, "bidder": play.bidder(A)}
    for party in play.policy.contracting.parties:
        play.do(SIGN.model_copy(update={"members": play.members_signed(A)}), people[party])
    play.do(SIGN, co_owner(play, "南京场景公司"))
    play.refuses("already_signed", SIGN, co_owner(play, "南京场景公司"))
    assert play.state.contracts[0].step == "signing"
    play.refuses(
        "other_terms", SIGN.model_copy(update={"terms_sha256": digest("另一份")}), co_owner(play, "大丰港集团")
    )
    play.do(SIGN, co_owner(play, "大丰港集团"))
    assert play.state.contracts[0].step == "signed"
    assert play.state.step == "trial"


def test_new_terms_are_signed_by_every_owner_anew() -> None:
    play = signing(Told(city("yancheng")))
    play.do(SIGN, co_owner(play, "大丰港集团"))
    terms = play.terms().model_copy(update={"document": document("任务书二")})
    play.do(ProposeContract(bidder=A, terms=terms), play.owner)
    assert play.state.contracts[0].co_signed == ()
    play.refuses("other_terms", SIGN, co_owner(play, "大丰港集团"))
    assert play.deadline(f"contract/{A}/大丰港集团").verbs == ("sign_contract",)


def test_a_contract_that_a_co_owner_does_not_sign_in_time_lapses() -> None:
    play = signing(Told(city("yancheng")))
    for actor in (play.owner, play.bidder(A), co_owner(play, "大丰港集团")):
        play.do(SIGN, actor)
    play.pass_limit(f"contract/{A}/南京场景公司")
    assert play.state.contracts[0].step == "lapsed"


def test_where_the_policy_has_the_owner_sign_for_all_nobody_else_does() -> None:
    play = signing(Told(with_rules(city("yancheng"), "contracting", co_owners_sign=False)))
    play.refuses("not_a_party", SIGN, co_owner(play, "大丰港集团"))
    play.do(SIGN, play.owner)
    play.do(SIGN, play.bidder(A))
    assert play.state.contracts[0].step == "signed"


def test_nobody_signs_for_an_owner_and_for_the_bidder() -> None:
    play = signing(Told(city("yancheng")))
    both = co_owner(play, "大丰港集团").model_copy(update={"person": play.bidder(A).person})
    play.do(SIGN, play.bidder(A))
    play.refuses("other_side", SIGN, both)


def test_a_withdrawal_after_the_contract_takes_the_consent_of_every_owner() -> None:
    play = Told(city("yancheng")).to_trial(A)
    play.do(Withdraw(reasons="退出"), play.bidder(A))
    assert play.state.withdrawal is not None
    assert set(play.state.withdrawal.parties) == set(play.state.owners)
    agreed = AnswerWithdrawal(agreed=True, reasons="同意")
    play.do(agreed, play.owner)
    play.do(agreed, co_owner(play, "大丰港集团"))
    assert play.state.contracts[0].step == "signed"
    play.do(agreed, co_owner(play, "南京场景公司"))
    assert play.state.contracts[0].step == "dissolved"


def test_the_owner_withdraws_with_the_consent_of_those_who_opened_the_scene_with_it() -> None:
    play = Told(city("yancheng")).to_trial(A)
    play.refuses("not_your_part", Withdraw(reasons="退出"), co_owner(play, "大丰港集团"))
    play.do(Withdraw(reasons="退出"), play.owner)
    assert play.state.withdrawal is not None
    assert set(play.state.withdrawal.parties) == {A, "南京场景公司", "大丰港集团"}
