"""What is offered is what can be tried: every act that the rules take was on offer, and nothing is offered in vain."""

from datetime import timedelta

import pytest

from models.commands.anywhere import Suspend, Withdraw
from models.commands.trial import EndInclusionEarly
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Role
from rules.journal import fold
from rules.possible import Offer, offers
from tests.scenario import Play


def offered(play: Play) -> dict[tuple[str, str | None], Offer]:
    return {(offer.verb, offer.bidder): offer for offer in offers(play.policy, play.state)}


def test_before_the_submission_only_a_beginning_is_possible(yancheng: Policy) -> None:
    assert {verb for verb, _ in offered(Play(yancheng))} == {"submit", "take_over"}


def test_the_parties_are_the_units_that_play_the_role_in_this_scene(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()

    [party] = offered(play)["give_opinion", None].parties

    assert (party.role, party.units) == (Role.COOPERATING, play.state.cooperating)


def test_a_suspended_scene_offers_what_a_suspension_does_not_stop(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    assert ("resume", None) not in offered(play)

    play.do(Suspend(reasons="核查"), play.lead)

    assert ("resume", None) in offered(play)
    assert ("give_opinion", None) not in offered(play)
    assert ("suspend", None) not in offered(play)


def test_each_bidder_has_offers_of_its_own(yancheng: Policy) -> None:
    play = Play(yancheng).to_running("甲公司")

    mine = offered(play)["file_report", "甲公司"]

    assert [party.units for party in mine.parties] == [("甲公司",)]
    assert ("analyse_incident", "甲公司") not in offered(play), "there is no incident to analyse"


def test_faults_are_recorded_in_an_inclusion_period_and_red_lines_as_long_as_the_trial_lasts(yancheng: Policy) -> None:
    play = Play(yancheng).to_running("甲公司")
    assert ("record_fault", "甲公司") in offered(play)
    play.do(EndInclusionEarly(bidder="甲公司", reasons="无必要"), play.regulator)
    assert ("record_fault", "甲公司") in offered(play), "the period is over, a red line would still stop the trial"
    play.end_trial("甲公司")
    assert ("record_fault", "甲公司") not in offered(play)


def test_a_closed_scene_offers_nothing(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    play.do(Withdraw(reasons="不再需要"), play.owner)
    while not play.state.closed:
        play.wait(timedelta(days=365))

    assert offers(play.policy, play.state) == ()


@pytest.mark.parametrize("stage", ["to_listed", "to_awarding", "to_contracting", "to_trial", "to_acceptance"])
def test_whatever_was_done_on_the_way_had_been_offered(policy: Policy, stage: str) -> None:
    done = Play(policy)
    getattr(done, stage)() if stage == "to_listed" else getattr(done, stage)("甲公司")

    state = SceneState(scene=done.scene)
    for entry in done.journal:
        if entry.command.actor.role is not Role.SYSTEM:
            act = entry.command.act
            verbs = {offer.verb for offer in offers(policy, state)}
            assert act.verb in verbs
        state = fold(state, entry)
