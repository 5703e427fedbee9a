"""Wrong entries are corrected (更正) by a second person beside the entry; late ones are entered (补录) with paper."""

from datetime import date, timedelta

import pytest

from models.actor import Actor
from models.calendar import Period, Unit
from models.commands.anywhere import ConfirmCorrection, ProposeCorrection
from models.commands.review import AskConsultation, GiveOpinion
from models.commands.solicitation import AcceptFiling, DuplicateCheck, Register
from models.events.anywhere import CorrectionRejected, EntryCorrected
from models.events.clock import DeadlineMet
from models.events.review import OpinionGiven
from models.policy import Closing, Policy, Quorum
from models.refusal import Refused
from models.vocabulary import Position, Role
from rules.journal import admit
from tests.scenario import Play, at, with_limit, with_rules

YES, NO = Position.AGREE, Position.OBJECT
ASK = AskConsultation(question="是否同意")
REGISTER = Register(duplicate_check=DuplicateCheck(finding="无重复"))


# correction


@pytest.fixture
def asked(yancheng: Policy) -> Play:
    quorum = Quorum(rule="all")
    return Play(with_rules(yancheng, "consultation", quorum=quorum, closes=Closing.WHEN_ANSWERED)).to_consultation()


def propose(sequence: int, position: Position | None = YES, id: str = "c-1") -> ProposeCorrection:
    return ProposeCorrection(correction=id, sequence=sequence, reasons="误录", right_text="同意实施", position=position)


def confirm(id: str = "c-1", *, confirmed: bool = True) -> ConfirmCorrection:
    return ConfirmCorrection(correction=id, confirmed=confirmed)


def wrongly_entered(play: Play) -> int:
    """The first department's objection, which was an agreement: its sequence."""
    play.agree(play.state.cooperating[0], NO)
    return play.state.sequence


def test_a_wrong_opinion_is_superseded_once_a_second_person_confirms_it(asked: Play) -> None:
    sequence = wrongly_entered(asked)
    first = asked.state.cooperating[0]
    asked.do(propose(sequence), asked.cooperating(first))
    assert asked.state.consultation is not None
    assert asked.state.consultation.opinions[0].position is NO
    events = asked.do(confirm(), asked.platform)
    assert EntryCorrected(correction="c-1", sequence=sequence, by=asked.platform.person) in events
    (superseding,) = [event for event in events if isinstance(event, OpinionGiven)]
    assert (superseding.unit, superseding.position, superseding.corrects) == (first, YES, sequence)
    assert asked.state.consultation.opinions[0].position is YES
    assert asked.journal[sequence - 1].events[0] == OpinionGiven(
        unit=first, person="cooperating_department-1", position=NO
    )


def author(play: Play) -> Actor:
    """Of the first department, whose opinion was wrongly entered."""
    return play.cooperating(play.state.cooperating[0])


def test_nobody_but_the_department_proposes_to_change_its_opinion(asked: Play) -> None:
    sequence = wrongly_entered(asked)
    others = asked.owner, asked.lead, asked.platform, asked.cooperating(asked.state.cooperating[1])
    for other in others:
        for position in (YES, None):
            no = asked.refuses("opinion_of_another", propose(sequence, position), other)
            assert no.details["unit"] == author(asked).unit


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_departments_correction_is_confirmed_by_no_other_party(asked: Play, confirmed: bool) -> None:
    sequence = wrongly_entered(asked)
    asked.do(propose(sequence), author(asked))
    for other in (asked.lead, asked.regulator, asked.group):
        asked.refuses("opinion_of_another", confirm(confirmed=confirmed), other)
    asked.do(confirm(confirmed=confirmed), asked.platform)


def test_who_proposed_a_correction_does_not_confirm_it(asked: Play) -> None:
    sequence = wrongly_entered(asked)
    asked.do(propose(sequence), author(asked))
    asked.refuses("same_person", confirm(), asked.office(Role.PLATFORM_OFFICE, author(asked).person))
    asked.do(confirm(), asked.platform)


def test_a_correction_that_is_not_confirmed_changes_nothing(asked: Play) -> None:
    sequence = wrongly_entered(asked)
    asked.do(propose(sequence), author(asked))
    events = asked.do(confirm(confirmed=False), asked.platform)
    assert events == (CorrectionRejected(correction="c-1", by=asked.platform.person),)
    assert asked.state.consultation is not None
    assert asked.state.consultation.opinions[0].position is NO
    asked.refuses("unknown_correction", confirm(), asked.platform)


def test_the_same_entry_may_be_corrected_again(asked: Play) -> None:
    sequence = wrongly_entered(asked)
    for id, position in (("c-1", YES), ("c-2", NO)):
        asked.do(propose(sequence, position, id), author(asked))
        asked.do(confirm(id), asked.platform)
        assert asked.state.consultation is not None
        assert asked.state.consultation.opinions[0].position is position


def test_a_corrected_opinion_counts_when_the_round_closes(asked: Play) -> None:
    sequence = wrongly_entered(asked)
    _, second, third = asked.state.cooperating
    asked.agree(second)
    asked.do(propose(sequence), author(asked))
    asked.do(confirm(), asked.platform)
    asked.agree(third)
    assert asked.state.step == "fair_competition"


def test_a_correction_can_decide_a_round(yancheng: Policy) -> None:
    rules = with_rules(yancheng, "consultation", quorum=Quorum(rule="majority"), closes=Closing.WHEN_DECIDED)
    play = Play(rules).to_consultation()
    sequence = wrongly_entered(play)
    play.agree(play.state.cooperating[1])
    assert play.state.step == "consultation"
    play.do(propose(sequence), author(play))
    play.do(confirm(), play.platform)
    assert play.state.step == "fair_competition"


def test_a_closed_round_stays_closed_and_the_correction_stands_beside_it(asked: Play) -> None:
    sequence = wrongly_entered(asked)
    for unit in asked.state.cooperating[1:]:
        asked.agree(unit)
    assert asked.state.step == "deadlock"
    result = asked.state.consultation
    asked.do(propose(sequence), author(asked))
    events = asked.do(confirm(), asked.platform)
    assert [event.kind for event in events] == ["entry_corrected"]
    assert (asked.state.step, asked.state.consultation) == ("deadlock", result)


def test_an_opinion_of_an_earlier_round_does_not_reach_into_the_present_one(asked: Play) -> None:
    sequence = wrongly_entered(asked)
    for unit in asked.state.cooperating[1:]:
        asked.agree(unit)
    asked.do(ASK, asked.lead)
    asked.do(propose(sequence), asked.platform)
    asked.do(confirm(), asked.lead)
    assert asked.state.consultation is not None
    assert asked.state.consultation.opinions == ()


def test_any_entry_may_be_corrected_in_words(asked: Play) -> None:
    asked.do(propose(1, position=None), asked.owner)
    assert [event.kind for event in asked.do(confirm(), asked.platform)] == ["entry_corrected"]


def test_only_an_entry_that_exists_is_corrected_and_one_id_names_one_correction(asked: Play) -> None:
    asked.refuses("unknown_entry", propose(asked.state.sequence + 1), asked.platform)
    asked.do(propose(1), asked.platform)
    asked.refuses("correction_exists", propose(1), asked.office(Role.PLATFORM_OFFICE, "another"))
    asked.refuses("unknown_correction", confirm("c-9"), asked.lead)


# entered afterwards


def test_a_paper_act_is_counted_from_its_own_day_and_the_journal_keeps_when_it_was_entered(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.until(at(2026, 3, 6))
    play.do(AcceptFiling(), play.platform, on=date(2026, 3, 4))
    assert play.deadline("registration").started_on == date(2026, 3, 4)
    assert play.deadline("registration").due_on == date(2026, 3, 11)
    assert play.journal[-1].at == play.now
    assert (play.state.entered_at, play.state.entered_on) == (play.now, date(2026, 3, 4))


def test_paper_acts_are_entered_one_after_the_other(yancheng: Policy) -> None:
    """On Friday what was done on Monday, Tuesday and Wednesday."""
    play = Play(yancheng).submit()
    play.until(at(2026, 3, 6))
    play.do(REGISTER, play.platform, on=date(2026, 3, 2))
    play.do(ASK, play.lead, on=date(2026, 3, 3))
    first = play.state.cooperating[0]
    play.do(GiveOpinion(position=YES, text="意见"), play.cooperating(first), on=date(2026, 3, 4))
    assert play.deadline(f"consultation/{play.state.cooperating[1]}").due_on == date(2026, 3, 17)


def test_a_paper_act_is_refused_in_the_future_before_its_step_or_too_long_ago(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.until(at(2026, 3, 5))
    play.refuses("effective_in_future", AcceptFiling(), play.platform, on=date(2026, 3, 6))
    no = play.refuses("effective_before_step", AcceptFiling(), play.platform, on=date(2026, 3, 1))
    assert no.details["entered_on"] == "2026-03-02"
    play = Play(yancheng).to_listed()
    play.wait(timedelta(days=80))
    play.refuses("effective_too_old", ASK, play.lead, on=play.today - timedelta(days=61))


@pytest.mark.parametrize(
    ("bound", "earliest"),
    [
        (Period(length=10, unit=Unit.DAYS), date(2026, 4, 30)),
        (Period(length=10, unit=Unit.WORKDAYS), date(2026, 4, 23)),
        (Period(length=1, unit=Unit.MONTHS), date(2026, 4, 10)),
    ],
)
def test_how_far_back_is_the_policys_to_say(yancheng: Policy, bound: Period, earliest: date) -> None:
    """From Sunday 10 May 2026; the holiday of May rests five days and is worked on Saturday the 9th."""
    limits = with_limit(yancheng, "consultation_start", period=Period(length=1, unit=Unit.YEARS))
    play = Play(with_rules(limits, "back_dating", at_most=bound), now=at(2026, 4, 1)).to_registered()
    play.until(at(2026, 5, 10))
    no = play.refuses("effective_too_old", ASK, play.lead, on=earliest - timedelta(days=1))
    assert no.details["earliest"] == earliest.isoformat()
    play.do(ASK, play.lead, on=earliest)


def test_a_paper_act_comes_with_its_document(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    bare = play.command(AcceptFiling(), play.platform, on=play.today).model_copy(update={"effective_document": None})
    with pytest.raises(Refused, match="effective_without_document"):
        admit(play.policy, play.state, bare, play.now)


def test_what_was_done_on_paper_in_time_is_not_late_because_it_was_entered_late(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.do(AcceptFiling(), play.platform)
    play.until(at(2026, 3, 11))
    late, in_time = play.fork(), play.fork()
    assert DeadlineMet(id="registration", late=True) in late.do(REGISTER, late.platform, on=date(2026, 3, 10))
    assert DeadlineMet(id="registration", late=False) in in_time.do(REGISTER, in_time.platform, on=date(2026, 3, 9))


def test_a_date_that_is_counted_from_a_paper_may_have_passed_when_it_is_entered(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.until(at(2026, 3, 9))
    play.do(AcceptFiling(), play.platform, on=date(2026, 3, 2))
    play.do(REGISTER, play.platform, on=date(2026, 3, 2))
    assert play.deadline("consultation_start").due_on == date(2026, 3, 5)
    play.let_pass()
    assert play.deadline("consultation_start").status.value == "overdue"
