"""Every way through an inclusion period, against a simulator that is written here and shares nothing with the rules.

First the ladder alone, exhaustively; then whole periods, with orders, stops, extensions and ends, by hypothesis.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.calendar import Period, Unit
from models.commands.anywhere import DecideExtension, RequestExtension
from models.commands.trial import (
    ApproveResumption,
    EndInclusionEarly,
    FirstFault,
    ProposeResumption,
    RecordFault,
    ReportCorrection,
    ReportFix,
    SuspendTrial,
    VerifyCorrection,
)
from models.deadline import DeadlineStatus
from models.events.trial import FaultRecorded
from models.policy import Policy
from models.refusal import Refused
from models.state import Fault
from rules.calendar import shift_workdays
from rules.inclusion_statement import statements
from rules.ladder import climb
from rules.red_lines import LIVE
from tests.scenario import Play, city, document, with_limit, with_rules

A = "甲公司"
MEASURES = ("remind", "advise", "interview", "order")
WINDOW = 30
LADDERS = tuple(each for size in range(1, 5) for each in combinations(MEASURES, size))


# the ladder alone


def expected_climb(ladder: tuple[str, ...], skip_from: int, faults: list[tuple[str, int]]) -> list[str]:
    """The measures of faults given as (kind, day), up to the breach; written from the domain's words alone."""
    measures: list[str] = []
    at = -1
    for number, (kind, day) in enumerate(faults):
        before = [then for other, then in faults[:number] if other == kind and day - then <= WINDOW]
        at += 2 if len(before) >= skip_from else 1
        if at >= len(ladder):
            return [*measures, "breach"]
        measures.append(ladder[at])
    return measures


@pytest.mark.parametrize("ladder", LADDERS, ids="-".join)
@pytest.mark.parametrize("skip_from", [1, 2])
def test_every_path_on_every_ladder_is_the_simulators(ladder: tuple[str, ...], skip_from: int) -> None:
    window = Period(length=WINDOW, unit=Unit.DAYS)
    rules = with_rules(
        city("yancheng"), "inclusion", ladder=ladder, repeats_to_skip=skip_from, repeat_window=window
    ).inclusion
    for kinds_and_gaps in product(product("ab", (0, WINDOW, WINDOW + 1)), repeat=4):
        day, story = 0, []
        for kind, gap in kinds_and_gaps:
            day += gap
            story.append((kind, day))
        faults: tuple[Fault, ...] = ()
        measures = []
        for number, (kind, on) in enumerate(story, start=1):
            found = climb(rules, faults, kind, date(2026, 3, 2) + timedelta(days=on))
            measures.append(found.rung)
            if found.rung == "breach":
                break
            recorded = date(2026, 3, 2) + timedelta(days=on)
            faults = (*faults, Fault(number=number, kind=kind, recorded_on=recorded, rung=found.rung, by="r"))
        assert measures == expected_climb(ladder, skip_from, story), story


def test_a_fault_that_was_found_first_and_happened_later_is_a_repeat_within_the_window_only() -> None:
    """A paper act that is entered afterwards (补录) may lie before what was entered already."""
    window = Period(length=WINDOW, unit=Unit.DAYS)
    rules = with_rules(city("yancheng"), "inclusion", repeat_window=window).inclusion
    later = tuple(
        Fault(number=number, kind="a", recorded_on=date(2026, 3, 2) + timedelta(days=WINDOW), rung="remind", by="r")
        for number in (1, 2)
    )
    assert climb(rules, later, "a", date(2026, 3, 2)).repeats == (1, 2)
    assert climb(rules, later, "a", date(2026, 3, 1)).repeats == ()


@pytest.mark.parametrize(("adopted", "expected"), [(("advise", "order"), "order"), (("remind", "order"), "order")])
def test_a_ladder_that_was_adopted_in_between_lets_nobody_down(adopted: tuple[str, ...], expected: str) -> None:
    """Interviewed under the old ladder: the new one, which knows no interview, goes on above it."""
    rules = with_rules(city("yancheng"), "inclusion", ladder=adopted).inclusion
    before = (Fault(number=1, kind="a", recorded_on=date(2026, 3, 2), rung="interview", by="r"),)
    assert climb(rules, before, "b", date(2026, 3, 2)).rung == expected


# whole periods


@dataclass
class Ordered:
    """`at`: issued, served, reported, or lapsed: its time is over and nobody has reported it."""

    at: str = "issued"
    due: date | None = None
    more_time: bool = False


@dataclass
class Simulated:
    """What a period should be, counted by hand: nothing of the rules' own is used but the calendar."""

    play: Play
    started: date
    until: date
    step: str = "active"
    stopped: bool = False
    at: int = -1
    faults: list[tuple[str, date, bool]] = field(default_factory=list)
    orders: dict[int, "Ordered"] = field(default_factory=dict)
    """Those that nobody has verified, by the number of their fault."""
    measures: list[str] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return self.step in ("active", "extended")

    @property
    def live(self) -> bool:
        return self.play.state.trials[0].step in LIVE

    def let_pass(self, today: date) -> None:
        """What ended by itself before today: orders whose last day is over, the period. Orders outlive it."""
        for order in self.orders.values():
            if order.due is not None and order.due < today:
                order.at, order.due, self.stopped = "lapsed", None, True
        if self.running and self.until < today:
            self.end("ended")

    def end(self, step: str) -> None:
        self.step = step

    def breach(self) -> None:
        self.step, self.stopped = "breached", True
        self.orders.clear()

    def issue(self) -> None:
        """Beside those that stand; ordinary supervision has no ladder."""
        self.orders[len(self.play.state.inclusions[0].faults)] = Ordered()

    def one(self, *at: str) -> int | None:
        """The first of the orders that stand so."""
        return next((number for number, order in self.orders.items() if order.at in at), None)

    def fault(self, kind: str, today: date, *, punishable: bool) -> str:
        """The measure that it meets, or the code with which it is refused."""
        if not (self.running or self.live):
            return "no_inclusion"
        same = [
            (then, climbed) for other, then, climbed in self.faults if other == kind and (today - then).days <= WINDOW
        ]
        if not punishable:
            if same:
                return "fault_not_first"
            self.faults.append((kind, today, False))
            return "tolerated"
        if not self.running:
            self.faults.append((kind, today, False))
            self.issue()
            return "order"
        self.at += 2 if sum(climbed for _, climbed in same) >= 2 else 1
        self.faults.append((kind, today, True))
        measure = MEASURES[self.at] if self.at < len(MEASURES) else "breach"
        if measure == "order":
            self.issue()
        elif measure == "breach":
            self.breach()
        return measure


MOVES = (
    "fault a", "fault a", "fault b", "fault c", "excuse a", "excuse b", "red line", "wait 1", "wait 30", "wait 31",
    "fault d", "serve", "more time", "report", "corrected", "not corrected", "last day of the order", "stop", "resume",
    "extend",
    "last day of the period", "early",
)  # fmt: skip


def policy() -> Policy:
    window, length = Period(length=WINDOW, unit=Unit.DAYS), Period(length=90, unit=Unit.DAYS)
    return with_limit(with_rules(city("yancheng"), "inclusion", repeat_window=window), "inclusion", period=length)


def begin() -> Play:
    return Play(policy()).to_running(A)


START: list[Play] = []
PERIODS_OWN = (RecordFault, VerifyCorrection, EndInclusionEarly)


def fault(kind: str, *, punishable: bool = True, red_line: str | None = None) -> RecordFault:
    found = None if punishable else FirstFault(first=True, minor=True, corrected=True, harmless=True)
    return RecordFault(
        bidder=A, kind=kind, punishable=punishable, red_line=red_line, plan_clause="1.1", finding="属实",
        evidence=document("证据"), guidance="指导", first_fault=found, with_officer="regulator-3",
    )  # fmt: skip


def try_(play: Play, *acts: tuple[object, str]) -> str:
    """Does them all; the code of the first refusal, or what became of a fault, or nothing."""
    measure = ""
    for act, who in acts:
        actor = play.bidder(A) if who == "bidder" else getattr(play, who)
        try:
            events = play.do(act, actor)  # type: ignore[arg-type]
        except Refused as refused:
            # While the trial runs the table knows these verbs, and the period's own rule refuses; else the table does.
            of_the_table = refused.code == "wrong_bidder_step" and isinstance(act, PERIODS_OWN)
            return "no_inclusion" if of_the_table else refused.code
        for event in events:
            if isinstance(event, FaultRecorded):
                measure = event.fault.rung or ("tolerated" if event.fault.tolerated else "red line")
    return measure


def move(play: Play, told: Simulated, what: str) -> None:
    """One move of the scene and of the simulator; they agree on what came of it."""
    period = f"inclusion/{A}"
    told.let_pass(play.today)
    kind = what[-1]
    match what.split()[0]:
        case "fault":
            assert try_(play, (fault(kind), "regulator")) == told.fault(kind, play.today, punishable=True)
        case "excuse":
            excused = fault(kind, punishable=False)
            assert try_(play, (excused, "regulator")) == told.fault(kind, play.today, punishable=False)
        case "red":
            live = play.state.trials[0].step in LIVE
            expected = "red line" if live or told.running else "no_inclusion"
            assert try_(play, (fault("z", red_line="public_safety"), "regulator")) == expected
            if expected == "red line":
                told.breach()
        case "wait":
            play.wait(timedelta(days=int(what.split()[1])))
        case "serve":
            play.serve_notices()
            for order in told.orders.values():
                if order.at == "issued":
                    order.at, order.due = "served", shift_workdays(play.policy.calendar, play.today, 15)
        case "more":
            if (number := told.one("served")) is not None:
                id, order = f"correction_order/{A}/#{number}", told.orders[number]
                ask = RequestExtension(deadline=id, reasons="备件")
                grant = DecideExtension(deadline=id, granted=True, reasons="同意")
                assert order.due is not None
                late = play.today > shift_workdays(play.policy.calendar, order.due, -2)
                code = try_(play, (ask, "bidder"), (grant, "second_regulator"))
                assert code == ("extensions_used_up" if order.more_time else "extension_too_late" if late else "")
                if not code:
                    order.more_time, order.due = True, shift_workdays(play.policy.calendar, order.due, 15)
        case "report":
            number = told.one("issued", "served", "lapsed")
            report = ReportCorrection(bidder=A, proof=document("证明"), fault=number)
            some = "correction_reported_already" if len(told.orders) == 1 else "order_not_named"
            expected = "" if number else some if told.orders else "no_open_order"
            assert try_(play, (report, "bidder")) == expected
            if number is not None:
                told.orders[number].at, told.orders[number].due = "reported", None
        case "corrected" | "not":
            corrected, named = what == "corrected", next(iter(told.orders), None)
            expected = "" if told.orders else "no_open_order"
            verified = VerifyCorrection(bidder=A, corrected=corrected, finding="核验")
            if len(told.orders) > 1:
                assert try_(play, (verified, "second_regulator")) == "order_not_named"
                verified = verified.model_copy(update={"fault": named})
            assert try_(play, (verified, "second_regulator")) == expected
            if named is not None and corrected:
                del told.orders[named]
            elif named is not None:
                told.breach()
        case "last":
            dues = [each.due for each in told.orders.values() if each.due is not None]
            day = min(dues, default=None) if what.endswith("order") else told.until
            if told.running and day is not None and day > play.today:
                play.until(play.morning_of(day))
        case "stop":
            trial = play.state.trials[0].step
            expected = "" if trial == "running" else "wrong_bidder_step"
            assert try_(play, (SuspendTrial(bidder=A, reasons="故障"), "regulator")) == expected
            told.stopped = told.stopped or trial == "running"
        case "resume":
            if play.state.trials[0].step == "suspended" and told.step != "breached":
                acts = (
                    (ReportFix(bidder=A, proof=document("证明")), "bidder"),
                    (ProposeResumption(bidder=A, reasons="已改"), "regulator"),
                    (ApproveResumption(bidder=A), "second_regulator"),
                )
                unverified = told.one("lapsed", "reported") is not None
                assert try_(play, *acts) == ("correction_unverified" if unverified else "")
                told.stopped = unverified
        case "extend":
            ask = RequestExtension(deadline=period, reasons="继续")
            grant = DecideExtension(deadline=period, granted=True, reasons="同意")
            if told.step == "active":
                late = play.today > shift_workdays(play.policy.calendar, told.until, -20)
                assert try_(play, (ask, "bidder"), (grant, "group")) == ("extension_too_late" if late else "")
                if not late:
                    told.step, told.until = "extended", play.deadline(period).due_on
                    assert told.until <= told.started + timedelta(days=90 + 371)
            elif told.step == "extended":
                assert try_(play, (ask, "bidder")) == "extensions_used_up"
        case "early":
            expected = "" if told.running else "no_inclusion"
            assert (
                try_(play, (EndInclusionEarly(bidder=A, reasons="无必要", at_bidders_request=True), "regulator"))
                == expected
            )
            if told.running:
                told.end("ended_early")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(st.sampled_from(MOVES), min_size=3, max_size=14))
def test_every_way_through_a_period_is_the_simulators(moves: list[str]) -> None:
    play = walk(moves)[0]
    (statement,) = statements(play.journal)
    assert len(statement.faults) == len(play.state.inclusions[0].faults)


def walk(moves: list[str]) -> tuple[Play, Simulated]:
    if not START:
        START.append(begin())
    play = START[0].fork()
    clock = play.deadline(f"inclusion/{A}")
    told = Simulated(play, started=play.today, until=clock.due_on)
    for what in moves:
        move(play, told, what)
        play.let_pass()
        told.let_pass(play.today)
        inclusion, trial = play.state.inclusions[0], play.state.trials[0]
        assert inclusion.step == told.step, moves
        if trial.step in ("running", "suspended"):
            assert (trial.step == "suspended") is told.stopped, moves
        assert [each.number for each in inclusion.open_orders] == list(told.orders), moves
        clocks = {each.id: each for each in play.state.deadlines}
        if told.running:
            assert clocks[f"inclusion/{A}"].due_on == told.until
            assert clocks[f"inclusion/{A}"].status is DeadlineStatus.OPEN
        elif f"inclusion/{A}" in clocks:
            assert told.step == "breached"
            assert clocks[f"inclusion/{A}"].status is DeadlineStatus.PAUSED, "it waits for an appeal"
        due = {each.id: each.due_on for each in clocks.values() if each.limit == "correction_order"}
        running = {f"correction_order/{A}/#{number}": order.due for number, order in told.orders.items() if order.due}
        assert due == running, moves
    return play, told


@pytest.mark.parametrize(
    ("moves", "step"),
    [
        (["fault a", "fault a", "fault a", "fault b"], "breached"),
        (["excuse a", "fault a", "fault a", "fault a"], "active"),
        (["fault a", "wait 30", "fault a", "wait 1", "fault a"], "active"),
        (["fault a", "fault b", "fault c", "fault b", "serve", "last day of the order", "corrected"], "active"),
        (["fault a", "fault b", "fault c", "fault b", "serve", "last day of the order", "wait 1"], "active"),
        (["fault a", "fault b", "fault c", "fault b", "serve", "wait 31", "resume", "not corrected"], "breached"),
        (["fault a", "fault b", "fault c", "fault b", "serve", "more time", "wait 30", "corrected"], "active"),
        (["fault a", "fault b", "fault c", "fault b", "excuse a", "fault a"], "breached"),
        (["fault a", "fault b", "fault c", "fault b", "serve", "not corrected"], "breached"),
        (["fault a", "fault b", "fault c", "fault b", "serve", "stop", "wait 30"], "active"),
        (["stop", "fault a", "red line"], "breached"),
        (["extend", "wait 31", "wait 31", "wait 31", "fault a"], "extended"),
        (["last day of the period", "fault a", "wait 1", "fault a"], "ended"),
        (["last day of the period", "wait 1", "fault a", "serve", "not corrected", "fault b"], "breached"),
        (["last day of the period", "red line"], "breached"),
        (["early", "fault a", "red line"], "breached"),
        (["early", "fault a", "fault b", "serve", "report", "resume", "corrected", "not corrected"], "breached"),
        (["early", "fault a", "serve", "wait 1", "fault b", "serve", "more time", "wait 31", "report"], "ended_early"),
        (["early", "fault a", "fault b", "serve", "corrected", "last day of the order", "corrected"], "ended_early"),
    ],
    ids=lambda value: value if isinstance(value, str) else " > ".join(value),
)
def test_the_ways_that_matter_most(moves: list[str], step: str) -> None:
    assert walk(moves)[1].step == step
