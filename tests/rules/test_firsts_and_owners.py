"""What an application may say beside its need: three firsts, the major project behind it, who opens it as well."""

import pytest

from models.commands.acceptance import GiveAcceptanceOpinion
from models.commands.anywhere import Suspend
from models.commands.matching import SubmitBid
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
    play.do(opinion, play.person(Role.OWNER, "大丰港集团", play.lead.person))
    play.hear_all(A)
    play.refuses("drafter_decides", play.conclude_act(A), play.lead)
