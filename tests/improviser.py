"""Somebody who plays a scene by ear: mostly what is due, often what is possible, now and then what makes no sense.

Every choice goes through `choose`: hypothesis can steer and shrink it, a plain random generator can drive it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from models.actor import Actor
from models.calendar import Holiday, Period, Unit, YearNotice
from models.commands import ACTS, Act
from models.deadline import DeadlineStatus, Duty
from models.refusal import Refused
from models.state import IncidentStatus
from models.state.review import ObjectionStatus
from models.vocabulary import Credit, GateKind, Machine, Mode, NoticeAbout, PanelPurpose, Phase, Position, Risk, Role
from rules import lifecycle
from rules.alarms import next_alarm
from rules.bidding import commitment
from rules.decide import possible_verbs
from rules.docket import BIDDER_MACHINES
from rules.duties import duties
from rules.journal import entry_for
from rules.permissions import units_playing
from rules.refunds import paid_yuan
from tests.scenario import JOBS, ON_TIME, Play, digest, document

T = TypeVar("T")
Choose = Callable[[Sequence[Any]], Any]

BIDDERS = ("甲公司", "乙公司", "丙公司")
CONTENT_WITH_BIDDER = {verb for verb, act in ACTS.items() if "bidder" in act.model_fields}

ENDINGS = {
    "terminate", "withdraw", "override", "refuse", "return_for_correction", "decline_admission", "give_up_matching",
    "decline_award", "refuse_trial", "return_trial_plan", "terminate_trial", "suspend_trial", "request_supplement",
    "recuse", "withdraw_benchmark", "end_inclusion_early", "close_scene", "amend_challenge", "raise_objection",
}  # fmt: skip
"""What keeps a scene from going on: chosen now and then only, else no scene gets far."""

SILLY = {
    "not_permitted", "not_your_part", "unknown_unit", "wrong_step", "wrong_bidder_step", "unknown_bidder",
    "already_closed", "not_submitted", "opinion_already_given", "not_asked", "already_reviewed", "not_on_panel",
    "already_signed", "already_verified", "already_revealed", "unknown_objection", "objection_not_open", "no_inclusion",
    "unknown_incident", "incident_not_open", "no_withdrawal", "not_asked_to_agree", "unknown_decision", "not_appealed",
    "already_served", "no_extension_request", "unknown_deadline", "not_an_approver", "notice_not_due", "no_panel",
}  # fmt: skip
"""Refusals that a duty's own holder must not meet with every verb of that duty."""


@dataclass
class Improviser:
    play: Play
    choose: Choose
    calm: bool = False
    """Ends nothing on purpose: such scenes get far."""
    about: str | None = None
    """The bidder that the act being made is about."""
    duty: str = ""
    """The duty that is being discharged, where one is tried on its own."""

    def often(self, usual: T, *others: T) -> T:
        """The first nine times out of ten."""
        picked: T = self.choose((usual,) * 9 * len(others) + others)
        return picked

    # one move

    def move(self) -> str:
        """Does something, or lets time go by. Says what."""
        play = self.play
        kind = self.choose(
            ("duty",) * 12 + ("panel",) * 4 + ("pass_period",) * 3 + ("possible",) * 4
            + ("anywhere", "anything", "pass_any", "wait", "alarm", "wrong_hands")
        )  # fmt: skip
        if kind == "panel":
            kind = "duty" if not self._panel_speaks() else kind
        match kind:
            case "panel":
                return "panel"
            case "pass_period":
                running = [each for each in play.state.deadlines if each.holder is None]
                return self._pass(running) or self._act(self._verb_due())
            case "pass_any":
                return self._pass(list(play.state.deadlines)) or "nothing runs"
            case "wait":
                play.wait(timedelta(hours=self.choose((1, 20, 75, 400))))
                return "wait"
            case "alarm":
                if (at := next_alarm(play.state)) is not None:
                    play.until(max(at, play.now))
                return "alarm"
            case "duty":
                return self._act(self._verb_due())
            case "possible" | "anywhere":
                found = possible_verbs(play.state) if kind == "possible" else lifecycle.ANYWHERE
                return self._act((self._one_of(found or ("submit",)), None, None))
            case _:
                verb = self.choose([verb for verb in ACTS if not (self.calm and verb in ENDINGS)])
                role = self.choose(tuple(Role)) if kind == "wrong_hands" else None
                return self._act((verb, None, self._somebody(role) if role else None))

    def _pass(self, running: list[Any]) -> str:
        open_ones = [each for each in running if each.status is DeadlineStatus.OPEN]
        if not open_ones:
            return ""
        clock = self.choose(sorted(open_ones, key=lambda each: each.due_at))
        if clock.limit == "trial" and self.often(True, False):
            with suppress(Refused):
                self.play.pass_phases()
        self.play.until(max(clock.due_at, self.play.now))
        return f"pass {clock.limit}"

    def _verb_due(self) -> tuple[str, str | None, Actor | None]:
        """What one of the open duties asks for, by its holder."""
        play = self.play
        if play.state.step == "draft":
            return self.often("submit", "take_over"), None, None
        due = [duty for duty in duties(play.state) if duty.verbs and duty.status is not DeadlineStatus.PAUSED]
        if not due:
            return self.choose(possible_verbs(play.state) or ("resume",)), None, None
        duty: Duty = self.choose(due)
        return self._one_of(duty.verbs), self._bidder_of(duty), self._holder_of(duty)

    def _one_of(self, verbs: Sequence[str]) -> str:
        forward = [verb for verb in verbs if verb not in ENDINGS] or verbs
        picked: str = self.choose(forward if self.calm else self.often(forward, verbs))
        return picked

    def _bidder_of(self, duty: Duty) -> str | None:
        """A bid is opened by its bidder; all else names the bidder whose machine it is."""
        return duty.bidder or (duty.holder.unit if duty.holder.role is Role.BIDDER else None)

    def _holder_of(self, duty: Duty) -> Actor:
        names = {role: f"{role.value}-{self.often(1, 2)}" for role in (duty.holder.role,)}
        claimed_by = duty.desk and (duty.desk.delegated_to or duty.desk.claimed_by)
        name = duty.holder.person or self.often(claimed_by or names[duty.holder.role], names[duty.holder.role])
        return self.play.person(duty.holder.role, duty.holder.unit, name)

    def tries(self, duty: Duty) -> Iterator[tuple[str, str]]:
        """Verb: what its holder is told who discharges this duty with it now. Nothing is entered."""
        play = self.play
        scored: list[str | None] = [bid.bidder for bid in play.state.bids if bid.eligible]
        self.duty = duty.deadline
        for verb in duty.verbs:
            for bidder in scored if verb == "score_bid" else [self._bidder_of(duty)]:
                command = play.command(self.act(verb, bidder), self._holder_of(duty))
                try:
                    entry_for(play.policy, play.state, command, play.now)
                except Refused as no:
                    yield f"{verb} {bidder}", no.code
                else:
                    yield f"{verb} {bidder}", "ok"

    def _panel_speaks(self) -> bool:
        """Every member who has not spoken does."""
        play = self.play
        due = [each for each in duties(play.state) if each.holder.role is Role.EXPERT]
        for duty in due:
            bidder = duty.bidder
            bids = [bid.bidder for bid in play.state.bids if bid.eligible] if "score_bid" in duty.verbs else [bidder]
            for each in bids:
                if duty.deadline in [deadline.id for deadline in play.state.deadlines]:
                    verb = duty.verbs[-1] if self._has_spoken(duty) else duty.verbs[0]
                    self._try(self.act(verb, each), self._holder_of(duty))
        return bool(due)

    def _has_spoken(self, duty: Duty) -> bool:
        seats = [seat for panel in self.play.state.panels if panel.bidder == duty.bidder for seat in panel.seats]
        return any(seat.person == duty.holder.person and seat.recommend is not None for seat in seats)

    def _act(self, what: tuple[str, str | None, Actor | None]) -> str:
        verb, bidder, actor = what
        if verb == "pass_deadline":
            return verb
        act = self.act(verb, bidder)
        return f"{verb}: {self._try(act, actor or self._actor_for(act))}"

    def attempt(self, verb: str) -> str:
        """Does this, whatever comes of it: "ok", or the code of the refusal."""
        act = self.act(verb)
        return self._try(act, self._actor_for(act))

    def _try(self, act: Act, actor: Actor) -> str:
        play = self.play
        play.let_pass()
        before = play.state
        on = self.often(None, play.today - timedelta(days=self.choose((0, 3, 30))))
        try:
            play.do(act, actor, on=on, seen=self.often(None, max(0, before.sequence - 3)))
        except Refused as no:
            assert play.state is before, "a refusal changed something"
            return no.code
        return "ok"

    # who

    def _actor_for(self, act: Act) -> Actor:
        roles = self.play.policy.permissions.get(act.verb) or (Role.SYSTEM,)
        return self._somebody(self.choose(roles), act)

    def _somebody(self, role: Role, act: Act | None = None) -> Actor:
        play = self.play
        name = f"{role.value}-{self.often(1, 2)}"
        if role is Role.EXPERT:
            seats = [seat for panel in play.state.panels for seat in panel.seats]
            return play.expert(int(self.choose(seats).person.removeprefix("expert-"))) if seats else play.expert(1)
        if role is Role.OWNER and play.state.profile is None:
            return play.owner
        if role is Role.BIDDER:
            return play.person(role, getattr(act, "bidder", None) or self.choose(BIDDERS), name)
        units = units_playing(play.policy, play.state, role, act or Act(verb="x"))
        return play.person(role, self.choose(units) if units else "某单位", name)

    # what

    def act(self, verb: str, bidder: str | None = None) -> Act:
        play = self.play
        if verb in CONTENT_WITH_BIDDER and bidder is None:
            bidder = self._some_bidder(verb)
        self.about = bidder
        content: dict[str, object] = {"verb": verb, **getattr(self, f"_{verb}", dict)()}
        if verb in CONTENT_WITH_BIDDER:
            content.setdefault("bidder", bidder)
        fields = ACTS[verb].model_fields
        for name in ("reasons", "text", "finding", "grounds", "conclusion", "question", "value", "changes", "note"):
            if name in fields and fields[name].is_required():
                content.setdefault(name, "理由")
        for name in ("document", "notice", "proof", "evidence", "analysis"):
            if name in fields and fields[name].is_required() and verb != "load_calendar":
                content.setdefault(name, document(name))
        if "documents" in fields:
            content.setdefault("documents", (document("材料"),))
        assert play.policy is not None
        return ACTS[verb].model_validate(content)

    def _some_bidder(self, verb: str) -> str | None:
        state = self.play.state
        at = [
            part.bidder
            for machine, parts in BIDDER_MACHINES.items()
            for part in getattr(state, parts)
            if verb in lifecycle.verbs_at(machine, part.step)
        ]
        bids = [bid.bidder for bid in state.bids]
        nobody = None if verb in _OPTIONAL else "无名"
        picked: str | None = self.often(self.choose(at or bids or BIDDERS), self.choose(BIDDERS), nobody)
        return picked

    def _submit(self) -> dict[str, object]:
        return {"application": self.play.application()}

    def _take_over(self) -> dict[str, object]:
        play = self.play
        step = self.choose(
            [row.target for row in lifecycle.ROWS if row.by == "take_over" and row.machine is Machine.SCENE]
        )
        late = step in ("contracting", "trial", "acceptance", "candidate", "benchmark")
        bidders = [self._declared(bidder, step) for bidder in BIDDERS[: self.choose((1, 1, 2))]] if late else []
        return {
            "application": play.application(), "step": step, "since": play.today - timedelta(days=400),
            "bidders": bidders, "history": "线下办理",
        }  # fmt: skip

    def _declared(self, bidder: str, step: str) -> object:
        play = self.play
        began = self.choose((None, play.today - timedelta(days=40), play.today - timedelta(days=250)))
        ended = began + timedelta(days=35) if began and step != "trial" else None
        plan = play.plan() if began or self.choose((True, False)) else None
        paid = self.often(0, 20_000)
        return play.declared(
            bidder, plan=plan, trial_started_on=began, trial_ended_on=ended, phase="test", paid_yuan=paid
        )

    def _request_supplement(self) -> dict[str, object]:
        return {"items": ("资金证明",)}

    def _register(self) -> dict[str, object]:
        return {"duplicate_check": {"duplicate": self.often(False, True), "finding": "查重"}}

    def _give_opinion(self) -> dict[str, object]:
        return {
            "position": self.choose((Position.AGREE,) * 5 + (Position.CONDITIONAL, Position.OBJECT)),
            "conditions": self.often(("限时段",), ()),
        }

    def _conclude_fair_competition(self) -> dict[str, object]:
        unfair = ({"kind": GateKind.REGION, "text": "限本地"},)
        return {"passed": self.often(True, False), "conditions": self.often((), unfair)}

    def _convene_panel(self) -> dict[str, object]:
        play = self.play
        purpose = self.often(self._panel_due(), *PanelPurpose)
        reviewing = self._reviewed(purpose)
        reviewing = [bidder for bidder in reviewing if bidder == self.about] or reviewing
        size = self.often(play.policy.panels[purpose.value].minimum, 4, 9)
        bidder = self.choose(reviewing) if reviewing else None
        if play.policy.panels[purpose.value].drawn and not self.often(False, True):
            pool = play.members(self.often(3, 1) * size + 6, purpose)
            again = {"reasons": "名单有误", "with_officer": "lead-9"} if self.choose((False, False, True)) else {}
            return {"purpose": purpose, "pool": pool, "size": size, "bidder": bidder, **again}
        return {"purpose": purpose, "members": play.members(size, purpose), "bidder": bidder}

    def _panel_due(self) -> PanelPurpose:
        """That of a bidder whom the act is about, if any; else of whoever is reviewed, or of the scene's step."""
        state, about = self.play.state, self.about
        at_work = [(PanelPurpose.EXIT, each) for each in self._reviewed(PanelPurpose.EXIT)]
        at_work += [(PanelPurpose.ACCEPTANCE, each) for each in self._reviewed(PanelPurpose.ACCEPTANCE)]
        for purpose, _ in sorted(at_work, key=lambda each: each[1] != about):
            return purpose
        return PanelPurpose.SCORING if state.step == "scoring" else PanelPurpose.RECOGNITION

    def _reviewed(self, purpose: PanelPurpose) -> list[str]:
        """The bidders about whom a panel of this kind can be asked now."""
        state = self.play.state
        if purpose is PanelPurpose.EXIT:
            return [each.bidder for each in state.trials if each.step == "exit"]
        reviewing = [each.bidder for each in state.acceptances if each.step == "reviewing"]
        return reviewing if purpose is PanelPurpose.ACCEPTANCE else []

    def _give_expert_opinion(self) -> dict[str, object]:
        purpose = self._panel_due()
        purpose = PanelPurpose.RECOGNITION if purpose is PanelPurpose.SCORING else purpose
        act = self.play.recommend_act(self.about, purpose=purpose, recommend=self.often(True, False))
        more: dict[str, object] = {} if self._reviewed(purpose) else {"bidder": None}
        return {"purpose": purpose, "recommend": act.recommend, "marks": self.often(act.marks, ()), **more}

    def _recuse(self) -> dict[str, object]:
        purpose = self._panel_due()
        reviewing = self._reviewed(purpose)
        return {"purpose": purpose, **({"bidder": reviewing[0]} if reviewing else {})}

    def _confirm_scene(self) -> dict[str, object]:
        return {"confirmed": self.often(True, False)}

    def _publish_notice(self) -> dict[str, object]:
        about = self._noticed(("recognised", "ranked", "benchmark_confirmed"), "concluded")
        return {"about": about, **({} if about is NoticeAbout.ACCEPTANCE else {"bidder": self.often(None, BIDDERS[0])})}

    def _raise_objection(self) -> dict[str, object]:
        about = self._noticed(("recognition_notice", "ranking_notice", "benchmark_notice"), "noticed")
        more: dict[str, object] = {} if about is NoticeAbout.ACCEPTANCE else {"bidder": None}
        return {"about": about, "real_name": self.often(True, False), **more}

    def _noticed(self, scene: tuple[str, str, str], acceptance: str) -> NoticeAbout:
        state = self.play.state
        by_step = dict(zip(scene, (NoticeAbout.RECOGNITION, NoticeAbout.RANKING, NoticeAbout.BENCHMARK), strict=True))
        found = [NoticeAbout.ACCEPTANCE] if any(each.step == acceptance for each in state.acceptances) else []
        found += [by_step[state.step]] if state.step in by_step else []
        picked: NoticeAbout = self.often(self.choose(found or list(NoticeAbout)), *NoticeAbout)
        return picked

    def _objection(self, *status: ObjectionStatus) -> str:
        found = [each.id for each in self.play.state.objections if each.status in status]
        picked: str = self.choose(found or ["objection-0"])
        return picked

    def _answer_objection(self) -> dict[str, object]:
        return {"objection": self._objection(ObjectionStatus.RAISED), "upheld": self.choose((True, False, False))}

    def _file_complaint(self) -> dict[str, object]:
        return {"objection": self._objection(ObjectionStatus.ANSWERED)}

    def _decide_complaint(self) -> dict[str, object]:
        return {"objection": self._objection(ObjectionStatus.COMPLAINT), "upheld": self.choose((True, False))}

    def _conclude_complaint(self) -> dict[str, object]:
        again = self.choose((True, False))
        return {
            "objection": self._objection(ObjectionStatus.TO_CONCLUDE),
            "outcome": "done_again" if again else "stands", "follows": "重新评审" if again else None,
        }  # fmt: skip

    def _list_scene(self) -> dict[str, object]:
        return {"list": "demand", "batch": "B1"}

    def _post_challenge(self) -> dict[str, object]:
        play = self.play
        mode = self.choose((*play.policy.modes, Mode.HORSE_RACE, Mode.HORSE_RACE))
        rule = play.policy.modes.get(mode)
        invited = BIDDERS[:2] if rule and rule.invited_only else ()
        bases = rule.legal_bases if rule and rule.legal_bases else ("政策",)
        return {
            "mode": mode, "legal_basis": self.often(bases[0], "其他"),
            "budget_yuan": 800_000, "criteria": "评分表", "invited": invited,
            "closes_on": play.today + timedelta(days=self.often(30, 10, 60)), "justification": "唯一来源",
        }  # fmt: skip

    def _amend_challenge(self) -> dict[str, object]:
        return {"closes_on": self.choose((None, self.play.today + timedelta(days=25), self.play.today))}

    def _secret(self, bidder: str) -> tuple[str, str, int]:
        return f"n-{digest(bidder)[:16]}", digest(f"方案{bidder}"), 500_000

    def _submit_bid(self) -> dict[str, object]:
        taken = {bid.bidder for bid in self.play.state.bids}
        free = [bidder for bidder in BIDDERS if bidder not in taken]
        bidder = self.choose(free or BIDDERS)
        secret = commitment(*self._secret(bidder))
        return {"bidder": bidder, "commitment": secret, "consortium": self.often((), ("戊研究院",))}

    def _review_invitation(self) -> dict[str, object]:
        return {"approved": self.often(True, False)}

    def _open_bids(self) -> dict[str, object]:
        return {"with_officer": self.often("platform_office-2", "platform_office-1"), "record": document("开标记录")}

    def _reveal_bid(self) -> dict[str, object]:
        bidder = self.about or ""
        nonce, _, price = self._secret(bidder)
        return {"nonce": nonce, "proposal": document(f"方案{bidder}"), "price_yuan": self.often(price, price + 1)}

    def _verify_eligibility(self) -> dict[str, object]:
        unchecked = [bid.bidder for bid in self.play.state.bids if bid.revealed and bid.eligible is None]
        more: dict[str, object] = {"bidder": self.choose(unchecked)} if unchecked else {}
        return {
            "eligible": self.often(True, False), "credit": self.choose(tuple(Credit)),
            "commitment_signed": self.often(True, False),
            "members": self._members(more.get("bidder", self.about)), **more,
        }  # fmt: skip

    def _members(self, bidder: object) -> list[dict[str, object]]:
        """What is found of each member of a consortium, seldom of all but one."""
        consortium = next((bid.consortium for bid in self.play.state.bids if bid.bidder == bidder), ())
        return [
            {
                "unit": unit, "eligible": self.often(True, False), "credit": self.choose(tuple(Credit)),
                "commitment_signed": self.often(True, False),
            }
            for unit in self.often(consortium, consortium[1:])
        ]  # fmt: skip

    def _score_bid(self) -> dict[str, object]:
        return {"scores": self.play.scores(self.choose((0.95, 0.9, 0.8, 0.75, 0.5)))}

    def _award(self) -> dict[str, object]:
        passed = [line.bidder for line in self.play.state.ranking if line.passed]
        return {"bidders": tuple(passed[: self.choose((1, 2, 2, 3))]) or BIDDERS[:1]}

    def _compare_racers(self) -> dict[str, object]:
        racing = [trial.bidder for trial in self.play.state.trials if trial.step in ("running", "suspended")]
        scored = self.often(False, True)
        findings = [
            {"bidder": bidder, "finding": "进展", "scores": self.play.scores(self.choose((0.9, 0.7))) if scored else ()}
            for bidder in racing or BIDDERS[:1]
        ]
        return {"basis": "评分表", "findings": findings, "ends": self.choose((None, *racing))}

    def _propose_contract(self) -> dict[str, object]:
        return {"terms": self.play.terms()}

    def _recognise(self) -> dict[str, object]:
        act = self.play.recognise_act()
        return {"value": act.value, "findings": self.often(act.findings, ())}

    def _sign_contract(self) -> dict[str, object]:
        members = self.play.members_signed(self.about or "无名")
        return {
            "terms_sha256": self.often(digest("任务书"), digest("他")),
            "pledge": document("军令状"),
            "members": self.often(members, members[1:]),
        }

    def _submit_trial_plan(self) -> dict[str, object]:
        play = self.play
        duration = self.choose(
            (Period(length=10, unit=Unit.DAYS), Period(length=2, unit=Unit.MONTHS), Period(length=6, unit=Unit.MONTHS))
        )
        until = play.today + timedelta(days=self.often(900, 8))
        risk = self.often(play.risk, Risk.HIGH)
        parts = {"duration": duration, "insurance_until": until, "risk": risk}
        less: dict[str, object] = self.often({}, {"within": None}, {"insured_yuan": 5})
        return {"plan": play.plan().model_copy(update=parts | less)}

    def _admit_trial(self) -> dict[str, object]:
        act = self.play.admit_act(self.about or "无名")
        checks = self.often(act.checks, act.checks[1:])
        return {"checks": checks, "with_officer": self.often("regulator-3", None, "regulator-1")}

    def _start_trial(self) -> dict[str, object]:
        return {"inclusion": self.often(True, False)}

    def _advance_phase(self) -> dict[str, object]:
        return {"phase": self.choose(tuple(Phase))}

    def _file_report(self) -> dict[str, object]:
        return {"kind": self.choose(("regular", "midterm")), "employment": self.often(JOBS, None)}

    def _record_reading(self) -> dict[str, object]:
        on = self.play.today - timedelta(days=self.often(0, 30, -1))
        return {"kpi": self.often(ON_TIME, "k"), "value": self.choose(("97", "97", "90", "70")), "on": on}

    def _renew_insurance(self) -> dict[str, object]:
        return {"until": self.play.today + timedelta(days=self.often(1500, 8))}

    def _terminate_trial(self) -> dict[str, object]:
        return {"ground": self.choose(("safety", "breach", "force_majeure"))}

    def _conclude_exit(self) -> dict[str, object]:
        act = self.play.conclude_exit_act(self.about or "无名")
        return {
            "fit_for_acceptance": self.often(True, False), "checks": self.often(act.checks, ()),
            "shortfalls": self.often(act.shortfalls, ()), "against_panel": self.often("另有证据", None),
        }  # fmt: skip

    def _file_exit_report(self) -> dict[str, object]:
        return self.play.exit_report_act(self.about or "无名", faults=self.often("已改正", None)).model_dump(
            include={"document", "incidents", "faults", "employment"}
        )

    def _record_fault(self) -> dict[str, object]:
        red_line = self.often(None, self.play.policy.inclusion.red_lines[0], "no_such")
        kind, punishable = self.choose(("delay", "noise")), self.often(True, False)
        findings = {"first": True, "minor": True, "corrected": True, "harmless": self.often(True, False)}
        return {
            "kind": kind, "red_line": red_line, "punishable": punishable, "plan_clause": "1.1", "guidance": "现场指导",
            "first_fault": None if punishable else findings,
            "with_officer": self.often("regulator-3", None, "regulator-1"),
        }  # fmt: skip

    def _report_correction(self) -> dict[str, object]:
        ordered = [each.id for each in self.play.state.incidents if each.status is IncidentStatus.ORDERED]
        return {"incident": self.choose([None, None, *ordered]), "fault": self._ordered_fault()}

    def _verify_correction(self) -> dict[str, object]:
        return {"corrected": self.often(True, False), "fault": self._ordered_fault()}

    def _ordered_fault(self) -> int | None:
        picked: int | None = self.choose([None, *(each.number for each in self.play.state.open_orders(self.about))])
        return picked

    def _report_incident(self) -> dict[str, object]:
        known = [incident.id for incident in self.play.state.incidents]
        owed = [
            each.id.rsplit("/", 1)[1]
            for each in self.play.state.deadlines
            if each.limit == "incident_report" and each.bidder == self.about
        ]
        return {
            "incident": self.choose([*owed, f"I-{len(known) + 1}", *known]), "casualty": self.often(False, True),
            "severity": self.choose((None, "minor", "serious")), "leak": self.often(False, True),
        }  # fmt: skip

    def _incident_of(self, bidder: str | None, status: IncidentStatus) -> str:
        found = [each.id for each in self.play.state.incidents if (each.bidder, each.status) == (bidder, status)]
        picked: str = self.choose(found or ["I-1"])
        return picked

    def _analyse_incident(self) -> dict[str, object]:
        return {
            "incident": self._incident_of(self.about, IncidentStatus.REPORTED),
            "order": self.choose((None, "更换")),
            "casualty": self.often(None, False, True),
            "leak": self.often(None, False),
            "severity": self.often(None, "minor", "serious"),
            "with_officer": self.often("regulator-3", None, "regulator-1"),
        }

    def _open_incident(self) -> str:
        state = self.play.state
        found = [each.id for each in state.incidents if each.bidder == self.about and each.status != "closed"]
        picked: str = self.choose(found or ["I-1"])
        return picked

    def _acknowledge_incident(self) -> dict[str, object]:
        unread = [
            each.id
            for each in self.play.state.incidents
            if each.bidder == self.about and each.acknowledged_by is None and each.status != "closed"
        ]
        return {"incident": self.choose(unread or [self._open_incident()])}

    def _report_upward(self) -> dict[str, object]:
        report = document("上报").model_copy(update={"number": self.often("应急〔2026〕1号", None)})
        return {"incident": self._open_incident(), "to": "市人民政府", "document": report}

    def _notify_leak(self) -> dict[str, object]:
        owed = [
            tuple(each.id.rsplit("/", 2)[1:])
            for each in self.play.state.deadlines
            if each.limit == "leak_notice" and each.bidder == self.about
        ]
        incident, to = self.choose(owed or [(self._open_incident(), "authority")])
        return {"incident": incident, "to": to}

    def _close_incident(self) -> dict[str, object]:
        incident = self._incident_of(self.about, IncidentStatus.INVESTIGATED)
        why_not = self.often("未触碰", None)
        return {"incident": incident, "cause": "误判", "remedy": "升级", "lessons": "复测", "no_red_line": why_not}

    def _verify_incident(self) -> dict[str, object]:
        return {"incident": self._incident_of(self.about, IncidentStatus.ORDERED), "verified": self.often(True, False)}

    def _give_acceptance_opinion(self) -> dict[str, object]:
        return {"position": self.choose(tuple(Position))}

    def _check_intellectual_property(self) -> dict[str, object]:
        bidder = self.about or "甲公司"
        item = {"name": "软件", "kind": "software", "origin": self.often("made", "open_source"), "owners": (bidder,)}
        return {"items": (item | {"conflict": self.often(None, "权属有争议")},)}

    def _conclude_acceptance(self) -> dict[str, object]:
        verdict = self.choose(("passed",) * 6 + ("conditional", "retrial", "failed"))
        return {
            "verdict": verdict, "conditions": self.often(("补充",), ()), **self.often(self.play.defended(), {}),
            "against_panel": self.often("证据不足", None), "over_objections": self.often("已采纳", None),
        }  # fmt: skip

    def _record_refund(self) -> dict[str, object]:
        return {"amount_yuan": self.often(paid_yuan(self.play.state, self.about or ""), 1000)}

    def _confirm_refund(self) -> dict[str, object]:
        return {"amount_yuan": self.often(paid_yuan(self.play.state, self.about or ""), 0)}

    def _decide_fault_tolerance(self) -> dict[str, object]:
        return self.play.tolerance_act("甲公司", self.choose((True, False))).model_dump(
            include={"tolerated", "answers"}
        )

    def _assess_value(self) -> dict[str, object]:
        solver = self.play.state.contracts[0].bidder if self.play.state.contracts else "甲公司"
        parties = [
            {"party": self.play.owner_unit, "share": "1/3"},
            {"party": self.often(solver, "旁人公司"), "share": self.often("2/3", "1/2")},
        ]
        figures = [{"indicator": "节约成本", "amount_yuan": 10}]
        return {
            "value_yuan": 10, "sharing": "约定", "method": "收益法", "assessors": ["评估机构"],
            "figures": figures, "shares": parties,
        }  # fmt: skip

    def _nominate_benchmark(self) -> dict[str, object]:
        of = self.often(None, *(self.play.policy.promotion.case_types or ("无此类型",)))
        return {"level": self.often(self.choose(self.play.policy.promotion.levels).name, "无此等级"), "case_type": of}

    def _conclude_evaluation(self) -> dict[str, object]:
        act = self.play.evaluation_act(self.often(True, False))
        return act.model_dump(include={"recommended", "answers"})

    def _confirm_benchmark(self) -> dict[str, object]:
        return {"confirmed": self.often(True, False)}

    def _record_benefit(self) -> dict[str, object]:
        kind = self.choose((*(each.kind for each in self.play.policy.promotion.kinds), "no_such"))
        return {"kind": kind, "beneficiary": self.often("甲公司", "旁人公司"), "amount_yuan": self.choose((0, 400_000))}

    def _record_replication(self) -> dict[str, object]:
        return {"city": self.choose((self.play.policy.city, "南京市")), "district": self.choose((None, "新区"))}

    def _recommend_upward(self) -> dict[str, object]:
        return {"to": self.often("province", "nation", "no_such")}

    def _review_benchmark(self) -> dict[str, object]:
        return {"keep": self.often(True, False)}

    def _propose_payment(self) -> dict[str, object]:
        return {"milestone": self.often("交付", "没有的"), "amount_yuan": self.choose((100, 400_000_000))}

    def _milestone(self, *status: str) -> str:
        known = [each.milestone for each in self.play.state.payments if each.status in status]
        return str(self.choose(known or ["交付"]))

    def _approve_payment(self) -> dict[str, object]:
        return {"milestone": self._milestone("proposed"), "approved": self.often(True, False)}

    def _pay_milestone(self) -> dict[str, object]:
        return {"milestone": self._milestone("approved")}

    def _inherit_evidence(self) -> dict[str, object]:
        number = self.choose((1, 2, 3))
        return {"evidence": {"scene": "KIN-1", "sequence": number, "head": digest("head"), "city": "宁波市"}}

    def _reopen_review(self) -> dict[str, object]:
        cause = {"scene": "KIN-1", "sequence": self.choose((4, 5, 6)), "head": digest("head"), "kind": "incident"}
        return {"cause": {**cause, "incident": "I-1"}}

    def _suggest_rule_change(self) -> dict[str, object]:
        evidence = self.often({"clauses": ("1.1",)}, {}, {"readings": ("9.9",)})
        to = Role.LEAD  # one who answers: whose duty it is cannot be mistaken
        text = {"rule": "作业规程", "clause": "第三条", "proposed": "可以远程值守"}
        return {"suggestion": f"S-{self.choose((1, 2, 3))}", "evidence": evidence, "to": to, **text}

    def _answer_suggestion(self) -> dict[str, object]:
        open_ones = [each.id for each in self.play.state.suggestions if each.answer is None]
        known = self._waiting("suggestion", open_ones)
        answer = self.choose(("adopted", "passed_on", "declined"))
        return {"suggestion": self.choose(known or ["S-9"]), "answer": answer}

    def _conclude_lineage_review(self) -> dict[str, object]:
        known = [each.id for each in self.play.state.lineage_reviews if each.affected is not False]
        return {"review": self.choose(known or ["KIN-1@1"]), "affected": self.often(False, True)}

    def _answer_withdrawal(self) -> dict[str, object]:
        return {"agreed": self.choose((True, True, False))}

    def _terminate(self) -> dict[str, object]:
        return {"ground": "breach", **self._complaint()}

    def _withdraw_benchmark(self) -> dict[str, object]:
        return self._complaint()

    def _complaint(self) -> dict[str, object]:
        """Names the upheld complaint that it follows from, where one waits."""
        found = [each.id for each in self.play.state.objections if each.status is ObjectionStatus.TO_CONCLUDE]
        return {"objection": self.choose((found[0], None))} if found else {}

    def _return_for_correction(self) -> dict[str, object]:
        return {"to": self.choose(lifecycle.RETURN_TO), "then": self.choose(("start_over", "straight_back"))}

    def _deadline_id(self) -> str:
        state = self.play.state
        asked = [request.deadline for request in state.extension_requests]
        extendable = [each.id for each in state.deadlines if self.play.policy.limit(each.limit).extension]
        picked: str = self.choose([*asked, *extendable] or [each.id for each in state.deadlines] or ["none"])
        return picked

    def _request_extension(self) -> dict[str, object]:
        return {"deadline": self._deadline_id()}

    def _decide_extension(self) -> dict[str, object]:
        asked = [request.deadline for request in self.play.state.extension_requests]
        return {"deadline": self.choose(asked or [self._deadline_id()]), "granted": self.often(True, False)}

    def _reassign(self) -> dict[str, object]:
        state = self.play.state
        part = self.choose(("lead", "regulator", "cooperating"))
        held = {"lead": (state.lead,), "regulator": (state.regulator,), "cooperating": state.cooperating}[part]
        units = sorted(self.play.policy.unit_names)
        return {"part": part, "from_unit": self.choose(held or ("无",)) or "无", "to_unit": self.choose(units)}

    def _decision(self) -> int:
        found = [decision.sequence for decision in self.play.state.decisions]
        picked: int = self.choose(found or [1])
        return picked

    def _appeal(self) -> dict[str, object]:
        return {"decision": self._decision()}

    def _decide_appeal(self) -> dict[str, object]:
        return {"decision": self._decision(), "upheld": self.choose((True, False))}

    def _record_service(self) -> dict[str, object]:
        unserved = [each.sequence for each in self.play.state.decisions if each.served_on is None]
        unserved += [each.entry for each in self.play.state.services]
        served_on = self.play.today - timedelta(days=self.often(0, 1, 40))
        decision = self.choose(unserved or [self._decision()])
        return {"entry": decision, "how": "post", "served_on": served_on, "to": "当事人"}

    def _propose_correction(self) -> dict[str, object]:
        position = self.choose((None, *Position))
        sequence = self.choose((1, max(1, self.play.state.sequence), 10**6))
        given = self.play.state.consultation.opinions if self.play.state.consultation else ()
        if given and position:
            sequence = self.choose(given).sequence
        id = f"K-{self.choose((1, 2, 3))}"
        return {"correction": id, "sequence": sequence, "right_text": "应为", "position": position}

    def _confirm_correction(self) -> dict[str, object]:
        known = [correction.id for correction in self.play.state.corrections]
        return {"correction": self.choose(known or ["K-1"]), "confirmed": self.often(True, False)}

    def _adopt_policy(self) -> dict[str, object]:
        policy = self.play.policy
        changed = policy.model_copy(update={"version": f"v{self.play.state.sequence}"})
        return {"policy": self.often(type(policy).model_validate(changed.model_dump()), OTHER[0] if OTHER else policy)}

    def _load_calendar(self) -> dict[str, object]:
        year = self.choose((2026, 2027, 2028))
        days = tuple(date(year, 10, day) for day in range(1, self.choose((3, 7))))
        holiday = Holiday(name="国庆节", days=days)
        notice = YearNotice(year=year, source="测试", holidays=(holiday,), invented=True)
        confirmed_by = self.often("group-1", self.choose((None, "office-1")))
        return {"notice": notice, "proposed_by": "office-1", "confirmed_by": confirmed_by}

    def _duty(self) -> dict[str, object]:
        return {"duty": self.choose([each.id for each in self.play.state.deadlines] or ["none"])}

    _claim_duty = _release_duty = _hand_back_duty = _nudge = _duty

    def _handed_on(self) -> dict[str, object]:
        roles = [each.holder.role for each in self.play.state.deadlines if each.holder is not None] or [Role.LEAD]
        return {**self._duty(), "to": f"{self.choose(roles).value}-{self.choose((2, 1))}"}

    _transfer_duty = _delegate_duty = _handed_on

    def _copy_to(self) -> dict[str, object]:
        return {"units": (self.choose(sorted(self.play.policy.unit_names)),)}

    def _add_signer(self) -> dict[str, object]:
        return {"unit": self.choose(sorted(self.play.policy.unit_names))}

    def _remove_signer(self) -> dict[str, object]:
        return {"unit": self.choose(self.play.state.cooperating or sorted(self.play.policy.unit_names))}

    def _take_back(self) -> dict[str, object]:
        last = self.play.state.last
        return {"entry": last.before.sequence + 1 if last is not None else max(1, self.play.state.sequence)}

    def _override(self) -> dict[str, object]:
        if self.often(False, True):
            return {"to": self.choose(("submitted", "exit")), **self._complaint()}
        return {"to": self.choose((*lifecycle.OVERRIDE_TO, "candidate")), "bidder": None, **self._complaint()}

    def _record_uptake(self) -> dict[str, object]:
        routes = self.play.policy.promotion.uptake
        route = self.choose(routes) if routes else None
        return {"route": route.key if route else "x", "legal_basis": route.legal_bases[0] if route else "x"}

    def _complain(self) -> dict[str, object]:
        known = [each.bidder for each in self.play.state.contracts]
        return {
            "complaint": f"C-{len(self.play.state.complaints) + 1}", "real_name": True,
            "to": self.choose(("regulator", "complaint_supervisor")), "against": self.choose((None, *known)),
        }  # fmt: skip

    def _waiting(self, limit: str, ids: Sequence[str]) -> Sequence[str]:
        """Of several that wait for an answer, the one that the duty is about."""
        return [each for each in ids if self.duty == f"{limit}/{each}"] or ids

    def _answer_complaint(self) -> dict[str, object]:
        waiting = self._waiting(
            "complaint_answer", [each.id for each in self.play.state.complaints if each.founded is None]
        )
        return {
            "complaint": self.choose(waiting or ["C-1"]), "founded": self.choose((True, False)),
            "credit": self.often(None, *Credit),
        }  # fmt: skip

    def _request_factor(self) -> dict[str, object]:
        kinds = [each.key for each in self.play.policy.factors.kinds] if self.play.policy.factors else []
        number = len(self.play.state.factors) + 1
        return {"request": f"F-{number}", "factor": self.choose((*kinds, "none")), "amount": "2 MW"}

    def _answer_factor(self) -> dict[str, object]:
        waiting = self._waiting("factor", [each.id for each in self.play.state.factors if each.granted is None])
        return {"request": self.choose(waiting or ["F-1"]), "granted": self.often(True, False), "result": "已落实"}

    def _decide_green_channel(self) -> dict[str, object]:
        return {"granted": self.often(True, False)}

    def _record_finance(self) -> dict[str, object]:
        return {
            "kind": self.choose(("loan", "insurance")), "provider": "某银行", "amount_yuan": 100,
            "premium_yuan": self.often(10, None), "since": self.play.today, "until": self.play.today,
        }  # fmt: skip

    def _give_trial_opinion(self) -> dict[str, object]:
        return {"position": self.choose(tuple(Position))}

    def _give_benchmark_opinion(self) -> dict[str, object]:
        return {"position": self.choose(tuple(Position))}

    def _apply_for_benchmark(self) -> dict[str, object]:
        return {"level": self.often(self.choose(self.play.policy.promotion.levels).name, "无此等级")}


OTHER: list[Any] = []
"""Another city's policy, to be refused."""
_OPTIONAL = {verb for verb in CONTENT_WITH_BIDDER if not ACTS[verb].model_fields["bidder"].is_required()}


def improvise(play: Play, seed: int, moves: int) -> Play:
    """So many moves, or until the scene is closed; the same seed makes the same."""
    somebody = Improviser(play, Random(seed).choice)  # noqa: S311 - chance that can be repeated
    for _ in range(moves):
        if play.state.closed:
            break
        somebody.move()
    return play


def some_act(play: Play, verb: str) -> Act:
    """An act of this verb with content that makes some sense in the scene, always the same."""
    return Improviser(play, lambda options: options[0]).act(verb)


def dead_duties(play: Play) -> list[str]:
    """Open duties whose own holder is refused, with every verb they have, for a reason that nobody could mend."""
    somebody = Improviser(play, lambda options: options[0])
    found = []
    for duty in duties(play.state):
        if not duty.verbs or duty.status is DeadlineStatus.PAUSED or play.state.suspension is not None:
            continue
        codes = dict(somebody.tries(duty))
        if all(code in SILLY for code in codes.values()):
            found.append(f"{duty.deadline} of {duty.holder}: {codes}")
    return found
