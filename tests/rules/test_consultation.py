"""The consultation (会商): all are asked, silence counts as the policy says, only enough yeses carry a scene on."""

from datetime import timedelta
from fractions import Fraction
from itertools import combinations_with_replacement, product
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.commands.anywhere import DecideExtension, Override, RequestExtension, Terminate, Withdraw
from models.commands.review import AskConsultation, GiveOpinion, Refuse
from models.events.review import ConsultationAsked, ConsultationClosed, OpinionGiven
from models.policy import Closing, ConsultationRules, Policy, Quorum
from models.refusal import Refused
from models.state import Consultation, Opinion, Tally
from models.vocabulary import Outcome, Position, Role
from rules.consultation import needed_yeses, tally
from rules.journal import admit
from tests.scenario import Play, city, with_rules

ASK = AskConsultation(question="是否同意")
YES, NO = Position.AGREE, Position.OBJECT
QUORUMS = (
    Quorum(rule="all"),
    Quorum(rule="majority"),
    Quorum(rule="share", share=Fraction(2, 3)),
    Quorum(rule="count", count=2),
)
SILENCES = get_args(ConsultationRules.model_fields["silence"].annotation)


def under(policy: Policy, **rules: object) -> Play:
    """At the consultation, under these rules; three departments cooperate."""
    return Play(with_rules(policy, "consultation", **rules)).to_consultation()


def closed(play: Play) -> Tally:
    (event,) = [event for entry in play.journal[-1:] for event in entry.events if isinstance(event, ConsultationClosed)]
    return event.tally


def opinion(play: Play, unit: str, position: Position = YES) -> GiveOpinion:
    return GiveOpinion(position=position, text="意见", conditions=("限速",) if position is Position.CONDITIONAL else ())


def speak(play: Play, *positions: Position | None) -> None:
    """The departments in order; None keeps silent."""
    for unit, position in zip(play.state.cooperating, positions, strict=False):
        if position is not None and play.state.step == "consultation":
            play.do(opinion(play, unit, position), play.cooperating(unit))


# asking


def test_every_cooperating_department_is_asked_with_a_duty_of_its_own(policy: Policy) -> None:
    play = Play(policy).to_registered()
    events = play.do(ASK, play.lead)
    assert ConsultationAsked(round=1, units=play.state.cooperating) in events
    clocks = [each for each in play.state.deadlines if each.limit == "consultation"]
    held = {clock.holder.unit: clock.due_on for clock in clocks if clock.holder}
    assert set(held) == set(play.state.cooperating)
    assert len(set(held.values())) == 1


@pytest.mark.parametrize("without", ["departments", "consultation"])
def test_where_there_is_nobody_to_ask_the_review_goes_on(yancheng: Policy, without: str) -> None:
    if without == "consultation":
        play = Play(yancheng.model_copy(update={"steps_off": ("consultation",)})).to_registered()
    else:
        domain = yancheng.domains[0].model_copy(update={"units": (yancheng.domains[0].lead,)})
        play = Play(yancheng.model_copy(update={"domains": (domain, *yancheng.domains[1:])})).to_registered()
    play.do(ASK, play.lead)
    assert play.state.step == "fair_competition"
    assert play.state.consultation is None


# opinions


def test_an_opinion_discharges_the_duty_of_its_department_only(yancheng: Policy) -> None:
    play = under(yancheng)
    first, second, third = play.state.cooperating
    events = play.agree(first)
    assert OpinionGiven(unit=first, person="cooperating_department-1", position=YES) in events
    open_ones = [duty.holder.unit for duty in play.state.deadlines if duty.holder]
    assert open_ones == [second, third]


def test_a_department_speaks_once_in_a_round(yancheng: Policy) -> None:
    play = under(yancheng)
    first = play.state.cooperating[0]
    play.agree(first)
    play.refuses("opinion_already_given", opinion(play, first), play.cooperating(first))


def test_only_those_who_were_asked_give_an_opinion(yancheng: Policy) -> None:
    play = under(yancheng)
    other = play.policy.domains[1].units[1]
    play.refuses("not_your_part", opinion(play, other), play.cooperating(other))


def test_an_agreement_with_conditions_names_them(yancheng: Policy) -> None:
    play = under(yancheng)
    first = play.state.cooperating[0]
    bare = GiveOpinion(position=Position.CONDITIONAL, text="同意")
    play.refuses("conditions_missing", bare, play.cooperating(first))
    play.do(opinion(play, first, Position.CONDITIONAL), play.cooperating(first))
    assert play.state.consultation is not None
    assert play.state.consultation.opinions[0].conditions == 1


# counting: every rule of quorum, silence and closing


@pytest.mark.parametrize(
    ("quorum", "units", "needed"),
    [
        (Quorum(rule="all"), 3, 3), (Quorum(rule="majority"), 3, 2), (Quorum(rule="majority"), 4, 3),
        (Quorum(rule="share", share=Fraction(2, 3)), 3, 2), (Quorum(rule="share", share=Fraction(2, 3)), 4, 3),
        (Quorum(rule="share", share=Fraction(1, 1000)), 3, 1), (Quorum(rule="count", count=2), 3, 2),
        (Quorum(rule="count", count=5), 3, 3), (Quorum(rule="all"), 0, 1),
    ],
)  # fmt: skip
def test_how_many_yeses_a_quorum_asks_for(quorum: Quorum, units: int, needed: int) -> None:
    assert needed_yeses(quorum, units) == needed


@pytest.mark.parametrize("closes", list(Closing))
@pytest.mark.parametrize("veto", [False, True])
@pytest.mark.parametrize("silence", SILENCES)
@pytest.mark.parametrize("quorum", QUORUMS, ids=lambda quorum: quorum.rule)
def test_under_every_rule_a_round_ends_as_its_answers_and_silences_say(
    yancheng: Policy, quorum: Quorum, silence: str, veto: bool, closes: Closing
) -> None:
    start = under(yancheng, quorum=quorum, silence=silence, veto=veto, closes=closes)
    for positions in combinations_with_replacement((YES, NO, None), 3):
        play = start.fork()
        speak(play, *positions)
        while play.state.step == "consultation":
            play.until(min(each.due_at for each in play.state.deadlines if each.limit == "consultation"))
        yes = positions.count(YES) + (positions.count(None) if silence == "no_objection" else 0)
        no = positions.count(NO) + (positions.count(None) if silence == "objects" else 0)
        passes = yes >= needed_yeses(quorum, 3) and not (veto and no)
        assert play.state.step == ("fair_competition" if passes else "deadlock"), positions
        assert play.state.consultation is not None
        result = play.state.consultation.result
        assert result is not None
        assert result.everyone_answered == (result.silent == result.outstanding == 0)


def test_when_all_have_answered_the_round_need_not_have_passed(yancheng: Policy) -> None:
    play = under(yancheng, quorum=Quorum(rule="majority"), closes=Closing.WHEN_ANSWERED)
    speak(play, NO, NO, YES)
    assert play.state.step == "deadlock"
    assert (closed(play).everyone_answered, closed(play).decided, closed(play).passes) == (True, True, False)


def test_a_round_may_be_decided_before_all_have_answered(yancheng: Policy) -> None:
    play = under(yancheng, quorum=Quorum(rule="majority"), closes=Closing.WHEN_DECIDED)
    speak(play, YES, YES)
    assert play.state.step == "fair_competition"
    assert (closed(play).everyone_answered, closed(play).decided, closed(play).outstanding) == (False, True, 1)


def test_whose_answer_is_not_needed_any_more_has_no_duty_left(yancheng: Policy) -> None:
    play = under(yancheng, quorum=Quorum(rule="majority"), closes=Closing.WHEN_DECIDED)
    speak(play, YES, YES)
    assert not [each for each in play.state.deadlines if each.limit == "consultation"]
    last = play.state.cooperating[2]
    play.refuses("wrong_step", opinion(play, last, NO), play.cooperating(last))


def test_a_count_at_the_deadline_waits_for_it_though_all_have_answered(yancheng: Policy) -> None:
    play = under(yancheng, closes=Closing.AT_DEADLINE)
    speak(play, YES, YES, YES)
    assert play.state.step == "consultation"
    play.pass_limit("consultation")
    assert play.state.step == "fair_competition"


def test_one_objection_is_enough_where_the_city_knows_a_veto(yancheng: Policy) -> None:
    play = under(yancheng, veto=True, closes=Closing.WHEN_DECIDED)
    speak(play, NO)
    assert play.state.step == "deadlock"
    assert closed(play).vetoed


def test_with_a_veto_no_majority_is_final_before_the_last_answer(yancheng: Policy) -> None:
    play = under(yancheng, veto=True, closes=Closing.WHEN_DECIDED, quorum=Quorum(rule="majority"))
    speak(play, YES, YES)
    assert play.state.step == "consultation"
    speak_last = play.state.cooperating[2]
    play.agree(speak_last, NO)
    assert play.state.step == "deadlock"


# voices and vetoes


WEIGHTS = (1, 2, 4)


@pytest.mark.parametrize("closes", list(Closing))
@pytest.mark.parametrize("vetoer", [None, 0, 2])
@pytest.mark.parametrize("silence", SILENCES)
@pytest.mark.parametrize("quorum", QUORUMS, ids=lambda quorum: quorum.rule)
def test_some_departments_have_more_voices_and_some_a_veto(
    yancheng: Policy, quorum: Quorum, silence: str, vetoer: int | None, closes: Closing
) -> None:
    units = Play(yancheng).to_registered().state.cooperating
    weighted = quorum.model_copy(update={"weights": dict(zip(units, WEIGHTS, strict=True))})
    vetoers = () if vetoer is None else (units[vetoer],)
    start = under(yancheng, quorum=weighted, silence=silence, vetoers=vetoers, closes=closes)
    needed = needed_yeses(quorum, sum(WEIGHTS))
    counts_as = {"no_objection": YES, "objects": NO, "abstains": None}[silence]
    for positions in product((YES, NO, None), repeat=3):
        play = start.fork()
        speak(play, *positions)
        while play.state.step == "consultation":
            play.until(min(each.due_at for each in play.state.deadlines if each.limit == "consultation"))
        counted = [position or counts_as for position in positions]
        yes = sum(weight for weight, position in zip(WEIGHTS, counted, strict=True) if position is YES)
        vetoed = vetoer is not None and counted[vetoer] is NO
        expected = "fair_competition" if yes >= needed and not vetoed else "deadlock"
        assert play.state.step == expected, positions


def test_a_department_without_a_veto_does_not_block(yancheng: Policy) -> None:
    units = Play(yancheng).to_registered().state.cooperating
    rules = {"vetoers": (units[0],), "quorum": Quorum(rule="majority"), "closes": Closing.WHEN_DECIDED}
    play = under(yancheng, **rules)
    speak(play, None, YES, YES)
    assert play.state.step == "consultation", "the one with a veto may still speak"
    play.agree(units[0], NO)
    assert play.state.step == "deadlock"


# silence


def test_silence_counts_as_no_objection_where_the_policy_says_so(yancheng: Policy) -> None:
    play = under(yancheng, silence="no_objection")
    for id in [each.id for each in play.state.deadlines]:
        if play.state.step == "consultation":
            play.pass_limit(id)
    assert play.state.step == "fair_competition"
    assert (closed(play).silent, closed(play).yes) == (3, 3)


def test_a_late_opinion_never_counts_though_the_worker_was_away(yancheng: Policy) -> None:
    play = under(yancheng, silence="no_objection")
    first = play.state.cooperating[0]
    play.now = play.deadline(f"consultation/{first}").due_at + timedelta(days=3)
    late = play.command(opinion(play, first, NO), play.cooperating(first))
    with pytest.raises(Refused, match="wrong_step"):
        admit(play.policy, play.state, late, play.now)
    play.let_pass()
    assert play.state.step == "fair_competition"


def test_a_department_that_let_its_time_pass_stays_silent_though_another_has_more_time(yancheng: Policy) -> None:
    play = under(yancheng, silence="no_objection", closes=Closing.WHEN_ANSWERED)
    slow, longer, quick = play.state.cooperating
    id = f"consultation/{longer}"
    play.do(RequestExtension(deadline=id, reasons="需现场核实"), play.cooperating(longer))
    play.do(DecideExtension(deadline=id, granted=True, reasons="同意"), play.lead)
    play.agree(quick)
    play.pass_limit(f"consultation/{slow}")
    assert play.state.step == "consultation"
    play.refuses("silent_already", opinion(play, slow, NO), play.cooperating(slow))
    play.agree(longer, NO)
    assert (closed(play).yes, closed(play).no, closed(play).silent) == (2, 1, 1)
    assert play.state.step == "fair_competition"


def test_silence_can_decide_a_round_before_a_longer_time_is_over(yancheng: Policy) -> None:
    play = under(yancheng, silence="objects", closes=Closing.WHEN_DECIDED, quorum=Quorum(rule="all"))
    longer = play.state.cooperating[0]
    id = f"consultation/{longer}"
    play.do(RequestExtension(deadline=id, reasons="需现场核实"), play.cooperating(longer))
    play.do(DecideExtension(deadline=id, granted=True, reasons="同意"), play.lead)
    play.pass_limit(f"consultation/{play.state.cooperating[1]}")
    assert play.state.step == "deadlock"


# the ways out of a deadlock


@pytest.fixture
def deadlock(yancheng: Policy) -> Play:
    play = under(yancheng, rounds=2, silence="objects", quorum=Quorum(rule="all"))
    speak(play, NO, NO, NO)
    assert play.state.step == "deadlock"
    return play


def test_the_lead_may_ask_again_as_often_as_the_policy_lets_it(deadlock: Play) -> None:
    deadlock.do(ASK, deadlock.lead)
    assert deadlock.state.consultation is not None
    assert (deadlock.state.consultation.round, deadlock.state.consultation.opinions) == (2, ())
    speak(deadlock, NO, YES, YES)
    assert deadlock.state.step == "deadlock"
    no = deadlock.refuses("rounds_used_up", ASK, deadlock.lead)
    assert no.details["rounds"] == "2"


def test_a_second_round_may_pass(deadlock: Play) -> None:
    deadlock.do(ASK, deadlock.lead)
    speak(deadlock, YES, YES, YES)
    assert deadlock.state.step == "fair_competition"


def test_an_opinion_on_the_first_round_does_not_count_in_the_second(deadlock: Play) -> None:
    seen = deadlock.state.sequence
    deadlock.do(ASK, deadlock.lead)
    first = deadlock.state.cooperating[0]
    deadlock.refuses("stale", opinion(deadlock, first), deadlock.cooperating(first), seen=seen)


def test_the_lead_may_refuse_the_owner_withdraw_and_the_leading_group_terminate_or_reopen(deadlock: Play) -> None:
    for act, who, step in (
        (Refuse(reasons="意见无法统一"), deadlock.lead, "remedies"),
        (Withdraw(reasons="不再申报"), deadlock.owner, "closed"),
        (Terminate(ground="force_majeure", reasons="政策变化"), deadlock.group, "remedies"),
        (Override(to="registered", reasons="重新协调"), deadlock.group, "registered"),
    ):
        play = deadlock.fork()
        play.do(act, who)
        assert play.state.step == step
    assert deadlock.state.step == "deadlock"


def test_a_scene_that_the_leading_group_reopened_may_be_asked_about_again(deadlock: Play) -> None:
    deadlock.do(ASK, deadlock.lead)
    speak(deadlock, NO, NO, NO)
    deadlock.do(Override(to="registered", reasons="重新协调"), deadlock.group)
    deadlock.do(ASK, deadlock.lead)
    speak(deadlock, YES, YES, YES)
    assert deadlock.state.step == "fair_competition"


def test_an_overdue_deadlock_escalates_and_closes_nothing(deadlock: Play) -> None:
    deadlock.wait(timedelta(days=60))
    assert deadlock.state.step == "deadlock"
    deadlock.do(Refuse(reasons="意见无法统一"), deadlock.lead)
    assert deadlock.state.outcome is Outcome.REFUSED


# properties


@st.composite
def consultations(draw: st.DrawFn) -> tuple[ConsultationRules, Consultation, tuple[str, ...]]:
    """Rules, a round as it stands, and whose time still runs."""
    base = city("yancheng").consultation
    units = tuple(f"部门{n}" for n in range(draw(st.integers(1, 12))))
    share = Fraction(draw(st.integers(1, 10)), 10)
    quorum = draw(st.sampled_from((*QUORUMS[:2], Quorum(rule="share", share=share), Quorum(rule="count", count=3))))
    rules = base.model_copy(
        update={"quorum": quorum, "silence": draw(st.sampled_from(SILENCES)), "veto": draw(st.booleans())}
    )
    given_by = draw(st.lists(st.sampled_from(units), unique=True))
    said = [draw(st.sampled_from(Position)) for _ in given_by]
    opinions = tuple(
        Opinion(unit=unit, person="p", position=position) for unit, position in zip(given_by, said, strict=True)
    )
    rest = [unit for unit in units if unit not in given_by]
    waiting = tuple(draw(st.lists(st.sampled_from(rest), unique=True))) if rest else ()
    return rules, Consultation(round=1, units=units, opinions=opinions), waiting


def answered(consultation: Consultation, unit: str, position: Position) -> Consultation:
    given = Opinion(unit=unit, person="p", position=position)
    return consultation.model_copy(update={"opinions": (*consultation.opinions, given)})


@settings(deadline=None)
@given(consultations())
def test_a_round_never_passes_without_enough_yeses(
    drawn: tuple[ConsultationRules, Consultation, tuple[str, ...]],
) -> None:
    rules, consultation, waiting = drawn
    result = tally(rules, consultation, waiting=waiting)
    assert result.yes + result.no <= len(consultation.units)
    assert result.needed >= 1
    if result.passes:
        assert result.yes >= result.needed
        assert not (rules.veto and result.no)
    if not waiting:
        assert result.decided


@settings(deadline=None)
@given(consultations(), st.data())
def test_a_decided_round_stays_as_it_is_whatever_is_still_said(
    drawn: tuple[ConsultationRules, Consultation, tuple[str, ...]], data: st.DataObject
) -> None:
    rules, consultation, waiting = drawn
    before = tally(rules, consultation, waiting=waiting)
    later = consultation
    for unit in waiting:
        said = data.draw(st.sampled_from((*Position, None)))
        later = answered(later, unit, said) if said else later
    after = tally(rules, later, waiting=())
    if before.decided:
        assert after.passes == before.passes


@settings(deadline=None)
@given(consultations())
def test_an_undecided_round_can_still_go_either_way(
    drawn: tuple[ConsultationRules, Consultation, tuple[str, ...]],
) -> None:
    """So `decided` is said no later than it could be."""
    rules, consultation, waiting = drawn
    if tally(rules, consultation, waiting=waiting).decided:
        return
    verdicts = set()
    for position in (YES, NO):
        later = consultation
        for unit in waiting:
            later = answered(later, unit, position)
        verdicts.add(tally(rules, later, waiting=()).passes)
    assert verdicts == {True, False}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(QUORUMS), st.booleans(), st.sampled_from(list(Closing)), st.sampled_from(SILENCES),
    st.lists(st.sampled_from((YES, NO, Position.CONDITIONAL, None)), min_size=3, max_size=3), st.permutations(range(3)),
)  # fmt: skip
def test_the_verdict_does_not_depend_on_the_order_of_the_opinions(
    quorum: Quorum, veto: bool, closes: Closing, silence: str, positions: list[Position | None], order: list[int]
) -> None:
    start = under(city("yancheng"), quorum=quorum, veto=veto, closes=closes, silence=silence)
    steps = set()
    for sequence in (range(3), order):
        play = start.fork()
        for place in sequence:
            unit, position = play.state.cooperating[place], positions[place]
            if position is not None and play.state.step == "consultation":
                play.do(opinion(play, unit, position), play.cooperating(unit))
        while play.state.step == "consultation":
            play.until(min(each.due_at for each in play.state.deadlines))
        steps.add(play.state.step)
    assert len(steps) == 1


def test_roles_that_only_look_on_give_no_opinion(yancheng: Policy) -> None:
    play = under(yancheng)
    first = play.state.cooperating[0]
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.PUBLIC, Role.SYSTEM):
        play.refuses("not_permitted", opinion(play, first), play.person(role, first))
