"""Who is told what: given a scene, when something happens, then these messages, whoever records them."""

from collections.abc import Iterator
from datetime import timedelta

from models.commands.anywhere import Reassign, RecordService, Suspend
from models.commands.review import Refuse
from models.commands.solicitation import DeclineAdmission
from models.deadline import Level
from models.events.clock import RungDue
from models.notification import Notification, NotificationKind, person_mailbox, role_mailbox, unit_mailbox
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Outcome, PanelPurpose, Role
from rules.journal import fold
from rules.notifications import notifications
from tests.scenario import Play, document, free_unit


def told(play: Play, since: int = 0) -> Iterator[Notification]:
    """The messages of the entries after `since`."""
    state = SceneState(scene=play.scene)
    for entry in play.journal:
        before, state = state, fold(state, entry)
        if entry.sequence > since:
            yield from notifications(before, state, entry)


def unit(play: Play, name: str | None) -> str:
    assert name
    return unit_mailbox(play.policy.city, name)


def test_a_new_duty_is_told_to_its_holder(policy: Policy) -> None:
    play = Play(policy).submit()
    (message,) = told(play)
    (deadline,) = play.state.deadlines
    assert message.recipient == unit(play, policy.office(Role.PLATFORM_OFFICE))
    assert (message.kind, message.deadline) == (NotificationKind.DUTY_SET, "completeness")
    assert (message.matter.due_on, message.matter.verbs) == (deadline.due_on, deadline.verbs)
    assert message.send_after == play.journal[0].at
    assert (message.matter.city, message.matter.scene) == (policy.city, play.scene)


def test_every_department_that_is_asked_is_told(play: Play) -> None:
    asked = {each.recipient for each in told(play, since=2)}
    assert asked == {unit(play, name) for name in play.state.cooperating}


def test_an_expert_is_told_in_person(policy: Policy) -> None:
    play = Play(policy).to_expert_review()
    since = play.state.sequence
    people = play.seat_panel(PanelPurpose.RECOGNITION)
    assert {each.recipient for each in told(play, since)} == {person_mailbox(f"expert-{each}") for each in people}


def test_reminders_go_to_the_holder_and_the_overdue_ones_up_the_ladder(policy: Policy) -> None:
    play = Play(policy).to_registered()
    since = play.state.sequence
    play.wait(timedelta(days=60))
    reminders = [each for each in told(play, since) if each.kind is NotificationKind.REMINDER]
    lead, group = unit(play, play.state.lead), role_mailbox(policy.city, Role.LEADING_GROUP)
    heard = {(each.rung.partition("/")[0], each.recipient, each.level) for each in reminders}
    assert ("T-0", lead, Level.REMIND) in heard
    assert ("T+1", lead, Level.YELLOW) in heard
    assert ("T+3", lead, Level.ORANGE) in heard
    assert ("T+5", group, Level.RED) in heard
    assert ("T+10", group, Level.ASSESSMENT) in heard


def test_an_alert_for_a_role_that_nobody_plays_yet_is_heard_by_the_holder(policy: Policy) -> None:
    """A filing that is not registered in time has no lead department yet: its yellow alert went to nobody."""
    play = Play(policy).submit()
    play.wait(timedelta(days=60))
    office = unit(play, policy.office(Role.PLATFORM_OFFICE))
    yellow = {each.recipient for each in told(play) if each.level is Level.YELLOW}
    assert play.state.lead is None
    assert yellow == {office}


def test_no_rung_of_a_duty_is_heard_by_nobody(whole_life: Play) -> None:
    state = SceneState(scene=whole_life.scene)
    for entry in whole_life.journal:
        before, state = state, fold(state, entry)
        rungs = {each.rung for each in notifications(before, state, entry) if each.kind is NotificationKind.REMINDER}
        duties = {each.id for each in state.deadlines if each.holder is not None}
        due = {f"{event.rung.name}/{event.id}" for event in entry.events
               if isinstance(event, RungDue) and event.id in duties}  # fmt: skip
        assert due <= rungs


def test_nobody_is_told_the_same_twice_in_one_entry(whole_life: Play) -> None:
    state = SceneState(scene=whole_life.scene)
    for entry in whole_life.journal:
        before, state = state, fold(state, entry)
        keys = [(each.recipient, each.rung) for each in notifications(before, state, entry)]
        assert len(keys) == len(set(keys))


def test_nobody_is_reminded_of_what_was_over_when_the_worker_came_back(policy: Policy) -> None:
    play = Play(policy).submit()
    play.now += timedelta(days=90)
    play.let_pass()
    assert "completeness" not in {
        each.deadline for each in told(play, since=1) if each.send_after > play.state.deadlines[0].due_at
    }


def test_a_suspension_is_told_to_all_who_have_a_duty(play: Play) -> None:
    since = play.state.sequence
    play.do(Suspend(reasons="场地维修"), play.lead)
    messages = list(told(play, since))
    assert {each.kind for each in messages} == {NotificationKind.DUTY_MOVED}
    assert {each.recipient for each in messages} == {unit(play, name) for name in play.state.cooperating}
    assert all(each.matter.paused for each in messages)


def test_a_part_given_away_is_told_to_both(play: Play) -> None:
    former, since = play.state.cooperating[0], play.state.sequence
    successor = free_unit(play)
    play.do(Reassign(part="cooperating", from_unit=former, to_unit=successor, reasons="机构改革"), play.group)
    assert {(each.kind, each.recipient) for each in told(play, since)} == {
        (NotificationKind.HANDED_OVER, unit(play, former)),
        (NotificationKind.DUTY_SET, unit(play, successor)),
    }


def test_a_decision_is_told_to_the_one_it_is_against(policy: Policy) -> None:
    play = Play(policy).submit()
    play.pass_limit("completeness")
    since = play.state.sequence
    play.do(DeclineAdmission(reasons="不符合征集范围"), play.platform)
    (decision,) = [each for each in told(play, since) if each.kind is NotificationKind.DECISION]
    assert decision.recipient == unit(play, play.owner_unit)
    assert (decision.matter.verb, decision.matter.outcome) == ("decline_admission", Outcome.NOT_ADMITTED)


def test_the_end_is_told_to_owner_and_lead(policy: Policy) -> None:
    play = Play(policy).to_expert_review()
    play.experts_recommend(PanelPurpose.RECOGNITION)
    play.do(Refuse(reasons="不予认定"), play.lead)
    decision = play.state.sequence
    service = RecordService(
        entry=decision, how="in_person", served_on=play.now.date(), to=play.owner_unit, proof=document("送达回证")
    )
    play.do(service, play.platform)
    assert not [each for each in told(play) if each.kind is NotificationKind.CLOSED]
    play.pass_limit(f"appeal_window/{decision}")
    closed = [each for each in told(play) if each.kind is NotificationKind.CLOSED]
    assert {each.recipient for each in closed} == {unit(play, play.owner_unit), unit(play, play.state.lead)}


def test_no_message_says_a_free_text_or_names_a_person(whole_life: Play) -> None:
    for message in told(whole_life):
        said = message.matter.model_dump_json()
        assert "expert-" not in said
        assert "意见" not in said
