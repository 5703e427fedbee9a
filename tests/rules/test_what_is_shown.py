"""What a display can say of a scene to each role: nothing that the table of rights does not give them, anywhere."""

import json
from typing import Any

import pytest

from models.commands.matching import SubmitBid
from models.commands.support import RequestFactor
from models.commands.trial import ReportIncident
from models.policy import DEFAULT_READS, Policy, Reading, Subject
from models.state import SceneState
from models.vocabulary import Role
from rules.disclosure import ANYBODY, Extent, Veil, Viewer
from rules.subjects import EVENTS, FIELDS, VERBS
from tests.rules.test_reading import MOMENTS, STRANGER, A, B, at, own_unit
from tests.scenario import Play, digest

KEPT = ("scene",)
EMPTY: tuple[object, ...] = ((), None, False, 0, "")


def viewer(play: Play, role: Role, unit: str = "") -> Viewer:
    return Viewer(role, unit or own_unit(play, role), "expert-1" if role is Role.EXPERT else "somebody")


def veil(play: Play, who: Viewer) -> Veil:
    return Veil(play.policy, play.state, who, play.journal)


def said(play: Play, who: Viewer) -> str:
    """Everything that an interface can say: the state, the journal."""
    its = veil(play, who)
    told: list[Any] = [its.entry(each) for each in play.journal]
    return its.state().model_dump_json() + json.dumps(told, ensure_ascii=False)


def entry(play: Play, verb: str, who: Viewer) -> dict[str, Any]:
    found = next(each for each in reversed(play.journal) if each.command.act.verb == verb)
    return veil(play, who).entry(found)


def table(policy: Policy, role: Role, subject: Subject, word: Reading) -> Policy:
    """The policy with one other cell."""
    row = dict(zip(DEFAULT_READS.of, DEFAULT_READS.roles[role], strict=True)) | {subject: word}
    reads = DEFAULT_READS.model_copy(update={"roles": {**DEFAULT_READS.roles, role: tuple(row.values())}})
    return policy.model_copy(update={"reads": reads})


# nothing beside the table


@pytest.mark.parametrize("name", MOMENTS)
def test_a_subject_of_which_a_role_reads_nothing_is_as_if_it_had_never_been(name: str) -> None:
    play = at(name)
    for role in Role:
        for unit in (own_unit(play, role), STRANGER):
            its = veil(play, viewer(play, role, unit))
            seen, blank = its.state(), SceneState(scene=play.scene)
            for field, about in FIELDS.items():
                if field not in KEPT and not any(its.sight.of(about, each) for each in (None, A, B)):
                    found = getattr(seen, field)
                    if isinstance(found, tuple):  # what is laid on somebody, or what they said, stays theirs
                        found = () if field in ("deadlines", "services", "panels") else found
                    assert found == getattr(blank, field), (role, unit, field)


@pytest.mark.parametrize("name", MOMENTS)
def test_who_has_no_line_in_the_table_is_shown_nothing(name: str) -> None:
    play = at(name)
    for role in (Role.ADMINISTRATOR, Role.SYSTEM):
        its = veil(play, viewer(play, role))
        assert its.state() == SceneState(scene=play.scene)
        for each in play.journal:
            assert set(its.entry(each)) in ({"sequence", "at", "withheld"}, {"sequence", "at", "sealed"})


@pytest.mark.parametrize("name", ["posted", "eligibility", "scoring", "ranked"])
@pytest.mark.parametrize("role", Role)
def test_until_the_ranking_is_announced_who_bids_is_told_to_those_alone_who_read_bids_or_points(
    role: Role, name: str
) -> None:
    play = at(name)
    who = viewer(play, role)
    its = veil(play, who)
    text = said(play, who)
    for bidder in (A, B):
        reads = its.sight.of(Subject.BID, bidder) or its.sight.of(Subject.SCORE, bidder)
        assert (bidder in text) is bool(reads), bidder


@pytest.mark.parametrize("name", MOMENTS)
@pytest.mark.parametrize("role", Role)
def test_an_act_is_told_to_who_reads_its_subject_and_to_who_did_it(role: Role, name: str) -> None:
    play = at(name)
    who = viewer(play, role, STRANGER)
    its = veil(play, who)
    for each in play.journal:
        about, told = VERBS[each.command.act.verb], its.entry(each)
        if (
            isinstance(about, Subject)
            and its.sight.of(about, getattr(each.command.act, "bidder", None)) is Extent.NOTHING
        ):
            did = its.sight.did(each.command.actor.role, each.command.actor.unit, each.command.actor.person)
            if each.command.act.verb == "score_bid" and "command" in told and not did:
                # That a bid was scored is for who reads the bid; the points are not there.
                assert told["command"]["act"]["scores"] == []
                continue
            assert "command" not in told or did, (each.command.act.verb, told)
            for event in told.get("events", ()):
                subject = EVENTS[event["kind"]]
                assert did or not isinstance(subject, Subject) or its.sight.of(subject, event.get("bidder"))


def test_who_does_not_say_in_which_role_is_shown_all_that_the_law_does_not_close() -> None:
    play = at("benchmark")
    its = veil(play, ANYBODY)
    assert its.state() == play.state
    assert [its.entry(each) for each in play.journal] == [each.model_dump(mode="json") for each in play.journal]


# what the words come to


def test_the_public_reads_what_was_published_and_none_of_the_papers() -> None:
    play = at("running")
    seen = veil(play, viewer(play, Role.PUBLIC)).state()
    assert seen.profile is not None
    assert (seen.profile.name, seen.profile.owner_person) == (play.state.profile.name, "")  # type: ignore[union-attr]
    assert (seen.consultation, seen.fair_competition, seen.panels, seen.incidents, seen.hands) == (
        None,
        None,
        (),
        (),
        (),
    )
    (trial,) = seen.trials
    assert (trial.bidder, trial.step, trial.phase) == (A, "running", play.state.trials[0].phase)
    assert (trial.plan_sha256, trial.kpis, trial.insured_yuan) == (None, (), None)
    (contract,) = seen.contracts
    assert (contract.step, contract.budget_yuan, contract.milestones) == ("signed", 0, ())


def test_before_its_first_notice_a_scene_has_no_public_part() -> None:
    play = at("consultation")
    assert veil(play, viewer(play, Role.PUBLIC)).state() == SceneState(scene=play.scene)
    assert veil(play, viewer(play, Role.BIDDER)).state() == SceneState(scene=play.scene)


def test_the_owner_reads_places_the_leading_group_totals_the_lead_each_sheet() -> None:
    play = at("ranked")
    lines = {
        role: veil(play, viewer(play, role)).state().ranking[0] for role in (Role.OWNER, Role.LEADING_GROUP, Role.LEAD)
    }
    first = play.state.ranking[0]
    assert (lines[Role.OWNER].rank, lines[Role.OWNER].bidder, lines[Role.OWNER].hundredths) == (1, A, 0)
    assert (lines[Role.LEADING_GROUP].hundredths, lines[Role.LEADING_GROUP].dimensions) == (first.hundredths, ())
    assert lines[Role.LEAD] == first


def test_a_bidder_reads_the_points_of_its_own_bid_after_the_award_and_never_anothers() -> None:
    before, after = at("ranked"), at("contracting")
    assert veil(before, viewer(before, Role.BIDDER)).state().ranking == ()
    seen = veil(after, viewer(after, Role.BIDDER)).state()
    assert {each.bidder: bool(each.hundredths) for each in seen.ranking} == {A: True, B: False}
    assert [each.bidder for each in seen.bids] == [A]
    assert seen.bids[0].scores


def test_a_bidders_trial_is_its_own_and_of_anothers_there_is_the_public_part() -> None:
    play = at("running")
    other = veil(play, Viewer(Role.BIDDER, B, "b")).state().trials[0]
    own = veil(play, viewer(play, Role.BIDDER)).state().trials[0]
    assert own == play.state.trials[0]
    assert other.bidder == A
    assert other.kpis == ()


def test_the_lead_of_another_scene_reads_the_trial_and_not_the_acceptance() -> None:
    """Read without own: any scene of the city."""
    play = at("acceptance")
    elsewhere = next(each.lead for each in play.policy.domains if each.lead != play.state.lead)
    seen = veil(play, viewer(play, Role.LEAD, elsewhere)).state()
    assert seen.trials == play.state.trials
    assert seen.acceptances[0].step == play.state.acceptances[0].step
    assert (seen.acceptances[0].opinions, seen.acceptances[0].budget_yuan) == ((), 0)
    assert "withheld" in entry(play, "apply_for_acceptance", viewer(play, Role.LEAD, elsewhere))
    assert "command" in entry(play, "apply_for_acceptance", viewer(play, Role.LEAD))


def test_the_supervisor_reads_a_scene_once_a_case_was_put_to_it() -> None:
    before, after = at("announced"), at("complaint")
    assert veil(before, viewer(before, Role.SUPERVISOR)).state().consultation is None
    seen = veil(after, viewer(after, Role.SUPERVISOR)).state()
    assert seen.consultation == after.state.consultation
    assert seen.objections == after.state.objections
    assert seen.ranking == after.state.ranking


def test_who_objected_reads_their_own_objection_and_others_do_not() -> None:
    play = at("complaint")
    own = Viewer(Role.PUBLIC, "公众", "citizen")
    assert veil(play, own).state().objections == play.state.objections
    assert veil(play, viewer(play, Role.PUBLIC)).state().objections == ()
    assert "command" in entry(play, "raise_objection", own)
    assert "withheld" in entry(play, "raise_objection", viewer(play, Role.PUBLIC))


def test_a_citizen_reads_the_incident_that_they_reported_and_nobody_elses() -> None:
    play = at("running").fork()
    citizen = play.person(Role.PUBLIC, "公众", "citizen")
    facts = "车辆剐蹭"
    play.do(ReportIncident(bidder=A, incident="i1", text=facts, casualty=False), citizen)
    assert facts in said(play, Viewer(Role.PUBLIC, "公众", "citizen"))
    assert facts not in said(play, viewer(play, Role.PUBLIC))
    assert facts in said(play, viewer(play, Role.COOPERATING))
    assert facts not in said(play, viewer(play, Role.PAYER))


def test_who_looks_on_behalf_of_another_reads_as_they_would() -> None:
    play = at("complaint")
    stand_in = Viewer(Role.PUBLIC, "公众", "agent", ("citizen",))
    assert veil(play, stand_in).state().objections == play.state.objections


# duties


def test_a_duty_is_shown_to_who_has_it_whatever_the_table_says() -> None:
    play = at("running")
    bare = table(play.policy, Role.BIDDER, Subject.TRIAL, Reading.NONE)
    seen = Veil(bare, play.state, viewer(play, Role.BIDDER)).state().deadlines
    assert {each.limit for each in seen if each.holder} == {"report", "midterm"}
    assert all(each.holder.unit == A for each in seen if each.holder)


def test_a_department_reads_no_clock_of_a_subject_that_is_not_its_own() -> None:
    play = at("eligibility")
    limits = {each.limit for each in play.state.deadlines}
    assert "eligibility" in limits
    assert "eligibility" not in {each.limit for each in veil(play, viewer(play, Role.COOPERATING)).state().deadlines}


# refusals


def test_what_was_refused_is_read_by_who_was_refused_and_by_who_reads_all_records() -> None:
    play = at("eligibility")
    actor = play.bidder(A)
    command = play.command(SubmitBid(bidder=A, commitment=digest("x")), actor).model_dump(mode="json")
    refused = {"code": "wrong_step", "actor": actor.model_dump(mode="json"), "details": {}, "command": command}
    for role in Role:
        told = veil(play, viewer(play, role)).refusal(refused)
        reads = role in (Role.BIDDER, Role.AUDITOR)
        assert (told["command"] is not None) is reads, role
    group = viewer(play, Role.LEADING_GROUP)
    assert "withheld" in veil(play, group).refusal(refused), "it reads bids after the award"


# a cell of the table


def test_one_cell_changed_shows_one_subject_more() -> None:
    play = at("running")
    payer = viewer(play, Role.PAYER)
    assert veil(play, payer).state().trials[0].kpis == ()
    opened = table(play.policy, Role.PAYER, Subject.TRIAL, Reading.ALL)
    assert Veil(opened, play.state, payer).state().trials == play.state.trials
    assert Veil(opened, play.state, payer).state().bids == ()


# a bidder's name, wherever it stands


def test_what_a_bidder_does_in_the_scene_does_not_tell_that_it_bids() -> None:
    """The scene is a department's to read, and who bids is not."""
    play = at("eligibility").fork()
    act = RequestFactor(request="f1", factor="compute", amount="2 PFlops", grounds="推理")
    play.do(act, play.bidder(A))
    for role in (Role.REGULATOR, Role.COOPERATING, Role.PAYER):
        assert A not in said(play, viewer(play, role)), role
    assert "command" in entry(play, "request_factor", viewer(play, Role.LEAD))
    assert "command" in entry(play, "request_factor", viewer(play, Role.BIDDER))


def test_the_remedies_of_a_bidder_do_not_tell_that_it_bids() -> None:
    play = at("eligibility").fork()
    play.do(play.verify_act(A, eligible=False), play.lead)
    play.serve_notices()
    for role in (Role.REGULATOR, Role.COOPERATING, Role.PAYER, Role.LEADING_GROUP):
        assert A not in said(play, viewer(play, role)), role
    assert A in veil(play, viewer(play, Role.LEAD)).state().model_dump_json()
