"""What a viewer may be shown of a call: who bids, points, names of judges; nothing comes before its moment."""

import json
from typing import Any

import pytest

from models.actor import Actor
from models.commands.anywhere import Appeal, DecideAppeal, Terminate
from models.commands.matching import SubmitBid, WithdrawBid
from models.policy import Policy
from models.vocabulary import Mode, PanelPurpose, Role
from rules.disclosure import ANYBODY, Stand, Veil, Viewer, stand
from rules.duties import duties
from tests.scenario import Play, digest

A, B = "甲公司", "乙公司"
AUDITOR = Viewer(Role.AUDITOR, "审计局", "auditor-1")
EVERYBODY = [ANYBODY, AUDITOR, *(Viewer(role, "某单位", "someone") for role in Role)]


def as_viewer(actor: Actor) -> Viewer:
    return Viewer(actor.role, actor.unit, actor.person)


def read(play: Play, viewer: Viewer = ANYBODY) -> str:
    """Everything that an interface can say of the scene: its state, its duties, its journal."""
    veil = Veil(play.policy, play.state, viewer, play.journal)
    seen = veil.state()
    entries = [veil.entry(each) for each in play.journal]
    # What stood before the scoring is not about it: who reviewed the need is named there.
    entries = [each for each in entries if each.get("sealed") or each["sequence"] > posted_in(play)]
    said = [seen.bids, seen.deadlines, seen.ranking, duties(seen), scoring_panels(seen)]
    return json.dumps([entries, *(repr(each) for each in said)], ensure_ascii=False)


def posted_in(play: Play) -> int:
    return max(each.sequence for each in play.journal if each.command.act.verb == "post_challenge")


def scoring_panels(state: Any) -> list[Any]:
    return [each for each in state.panels if each.purpose is PanelPurpose.SCORING]


def entry(play: Play, verb: str, viewer: Viewer = ANYBODY) -> dict[str, Any]:
    found = next(each for each in reversed(play.journal) if each.command.act.verb == verb)
    return Veil(play.policy, play.state, viewer, play.journal).entry(found)


@pytest.fixture
def sealed(yancheng: Policy) -> Play:
    play = Play(yancheng).to_listed()
    play.post()
    play.bid(A)
    play.bid(B)
    return play


@pytest.fixture
def scoring(ningbo: Policy) -> Play:
    """Seven judges; five of them have scored A and B."""
    play = Play(ningbo).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    for person in judges(play)[:5]:
        for bidder in (A, B):
            play.do(play.score_act(bidder, 0.9), play.expert(int(person.removeprefix("expert-"))))
    return play


def judges(play: Play) -> list[str]:
    return [seat.person for panel in scoring_panels(play.state) for seat in panel.seats]


# bids


@pytest.mark.parametrize("viewer", EVERYBODY, ids=str)
def test_before_the_close_nobody_is_shown_who_bids(sealed: Play, viewer: Viewer) -> None:
    assert A not in read(sealed, viewer)
    assert B not in read(sealed, viewer)
    assert Veil(sealed.policy, sealed.state, viewer).state().bids == ()
    told = entry(sealed, "submit_bid", viewer)
    assert set(told) == {"sequence", "at", "sealed"}


def test_a_bid_that_was_withdrawn_stays_unseen(sealed: Play) -> None:
    sealed.do(WithdrawBid(bidder=A, reasons="退出"), sealed.bidder(A))
    assert A not in read(sealed)


def test_a_bidder_reads_its_own_bid_and_no_other(sealed: Play) -> None:
    own = as_viewer(sealed.bidder(A))
    assert [each.bidder for each in Veil(sealed.policy, sealed.state, own).state().bids] == [A]
    said = read(sealed, own)
    assert A in said
    assert B not in said


def test_another_unit_that_calls_itself_by_the_bidders_name_reads_nothing(sealed: Play) -> None:
    assert A not in read(sealed, Viewer(Role.PUBLIC, A, "someone"))


def test_after_the_close_bids_are_read_by_those_with_a_part_in_the_matching(sealed: Play) -> None:
    sealed.pass_limit("bidding")
    for viewer in (ANYBODY, AUDITOR, as_viewer(sealed.lead), as_viewer(sealed.platform)):
        assert A in read(sealed, viewer)
    for actor in (sealed.regulator, sealed.group, sealed.bidder("丙公司")):
        assert A not in read(sealed, as_viewer(actor))


def test_a_call_that_an_appeal_may_bring_back_stays_sealed(sealed: Play) -> None:
    sealed.do(Terminate(ground="force_majeure", reasons="停办"), sealed.lead)
    assert sealed.state.step == "remedies"
    assert A not in read(sealed)
    decision = sealed.state.decisions[-1].sequence
    sealed.serve(decision)
    sealed.do(Appeal(decision=decision, grounds="不服"), sealed.owner)
    sealed.do(DecideAppeal(decision=decision, upheld=True, reasons="撤销"), sealed.supervisor)
    assert sealed.state.step == "posted"
    assert A not in read(sealed)


def test_what_was_refused_before_the_close_tells_not_who_asked(sealed: Play) -> None:
    command = sealed.command(SubmitBid(bidder=A, commitment=digest("x")), sealed.bidder(A)).model_dump(mode="json")
    actor = sealed.bidder(A).model_dump(mode="json")
    refused = {"code": "already_bid", "actor": actor, "details": {"bidder": A}, "command": command}
    told = Veil(sealed.policy, sealed.state).refusal(refused)
    assert A not in json.dumps(told, ensure_ascii=False)
    assert told["code"] == "already_bid"
    assert Veil(sealed.policy, sealed.state, as_viewer(sealed.bidder(A))).refusal(refused) == refused


# points


def test_before_the_last_judge_has_scored_nobody_reads_points(scoring: Play) -> None:
    for viewer in EVERYBODY:
        told = entry(scoring, "score_bid", viewer)
        assert (
            told.get("withheld")
            or told["command"] is None
            or (told["command"]["act"]["scores"] == [] and all("tenths" not in event for event in told["events"]))
        )
        assert all(bid.scores == () for bid in Veil(scoring.policy, scoring.state, viewer).state().bids)


def test_a_judge_reads_their_own_points(scoring: Play) -> None:
    own = as_viewer(scoring.expert(int(judges(scoring)[0].removeprefix("expert-"))))
    veil = Veil(scoring.policy, scoring.state, own, scoring.journal)
    assert all([person for person, _ in bid.scores] == [own.person] for bid in veil.state().bids)
    scored = [each for each in scoring.journal if each.command.act.verb == "score_bid"]
    for each in scored:
        scores = veil.entry(each)["command"]["act"]["scores"]
        assert bool(scores) is (each.command.actor.person == own.person)


def test_points_stand_open_with_the_ranking_and_still_without_names(ningbo: Policy) -> None:
    play = Play(ningbo).to_scoring(A, B)
    play.score({A: 0.9, B: 0.8})
    assert stand(play.state) is Stand.LOCKED
    for viewer in (ANYBODY, AUDITOR, as_viewer(play.lead)):
        assert entry(play, "score_bid", viewer)["command"]["act"]["scores"]
        assert not [each for each in judges(play) if each in read(play, viewer)]


# names


@pytest.mark.parametrize("viewer", EVERYBODY, ids=str)
def test_before_the_award_no_judge_is_named_nor_their_unit(scoring: Play, viewer: Viewer) -> None:
    said = read(scoring, viewer)
    assert not [each for each in judges(scoring) if f'"{each}"' in said or f"/{each}" in said or f"'{each}'" in said]
    assert "高校" not in said


def test_a_judge_is_named_to_themselves_alone(scoring: Play) -> None:
    last = judges(scoring)[-1]
    own = as_viewer(scoring.expert(int(last.removeprefix("expert-"))))
    mine = [
        each
        for each in Veil(scoring.policy, scoring.state, own).state().deadlines
        if each.limit == "scoring" and each.holder
    ]
    assert [each.id for each in mine if last in each.id] == [f"scoring/{last}"]
    assert not [each for each in judges(scoring) if each != last and f"'{each}'" in read(scoring, own)]


def test_judges_are_told_apart_by_the_numbers_of_their_seats(scoring: Play) -> None:
    ids = {
        each.id for each in Veil(scoring.policy, scoring.state).state().deadlines if each.holder and each.holder.person
    }
    assert ids == {"scoring/judge-6", "scoring/judge-7"}


def test_with_the_award_all_stands_open(ningbo: Policy) -> None:
    play = Play(ningbo).to_contracting(A, B)
    assert stand(play.state) is Stand.AWARDED
    for viewer in (ANYBODY, AUDITOR):
        veil = Veil(play.policy, play.state, viewer, play.journal)
        assert veil.state() == play.state
        assert [veil.entry(each) for each in play.journal] == [each.model_dump(mode="json") for each in play.journal]


def test_the_panel_that_reviewed_the_need_stands_open_all_along(ningbo: Policy) -> None:
    play = Play(ningbo).to_expert_review()
    play.seat_panel(PanelPurpose.RECOGNITION)
    assert "expert-1" in json.dumps(entry(play, "convene_panel"))
    assert Veil(play.policy, play.state).state() == play.state


def test_a_mode_without_scoring_opens_the_names_of_nobody(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post(Mode.DIRECTED, invited=(A,))
    play.bid(A)
    assert entry(play, "submit_bid")["sealed"]


def test_in_the_next_call_what_is_sealed_is_the_next_calls(sealed: Play) -> None:
    """Who bid before was read then; who bids now is not."""
    sealed.pass_limit("bidding")
    for bidder in (A, B):
        sealed.reveal(bidder)
    for bidder in (A, B):
        sealed.do(sealed.verify_act(bidder, eligible=False), sealed.lead)
    sealed.post()
    sealed.bid(A)
    veil = Veil(sealed.policy, sealed.state, ANYBODY, sealed.journal)
    bids = [veil.entry(each) for each in sealed.journal if each.command.act.verb == "submit_bid"]
    assert [bool(each.get("sealed")) for each in bids] == [False, False, True]
