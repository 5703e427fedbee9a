"""From the contract to the end of the sandbox trial, and what happens on the way."""

from datetime import date, time

from demo.chapters.review import convened, seated
from demo.scene import Scene, Script
from models.calendar import Period, Unit
from models.commands.review import GiveExpertOpinion, Mark
from models.commands.trial import (
    AcknowledgeIncident,
    AdmitTrial,
    AdvancePhase,
    AnalyseIncident,
    ApproveResumption,
    CloseIncident,
    ConcludeExit,
    FileExitReport,
    FileReport,
    FirstFault,
    GiveTrialOpinion,
    LiftSupervision,
    NotifyLeak,
    ProposeResumption,
    ProveRollback,
    RecordFault,
    RecordReading,
    ReportFix,
    ReportIncident,
    ReportUpward,
    Shortfall,
    StartTrial,
    SubmitTrialPlan,
    SuspendTrial,
    TerminateTrial,
    TrialPlan,
    VerifyIncident,
)
from models.deadline import DeadlineStatus
from models.plan import (
    Area,
    Bounds,
    CheckAnswer,
    Deployment,
    EmploymentImpact,
    ExemptedRule,
    Kpi,
    PersonalData,
    Safeguard,
    Users,
    Window,
)
from models.vocabulary import PanelPurpose, Position
from rules.calendar import shift_workdays
from rules.exit_panel import needed
from rules.keyed import find
from rules.phases import beyond_stop, next_of, shortfalls, unmet
from rules.trial_plan import checks_of, phases_of, profile_of

RELIABLE, FALSE_ALARMS = "4.1", "4.2"
"""The indicators of every plan."""
JOBS = EmploymentImpact(created=18, displaced=6, retrained=6, note="原岗位人员转为远程值守和运维。")
REPORTED_BEFORE = 6
"""A punctual bidder reports so many working days before it is due: before the reminder of the fifth day."""


def tried(scene: Scene, *bidders: str, months: int = 3, inclusion: bool = True) -> Script:
    """A trial that goes well, from its plan to the end of its exit evaluation."""
    yield from started(scene, *bidders, months=months, inclusion=inclusion)
    yield from ran_its_time(scene, *bidders)
    for bidder in bidders:
        yield from evaluated(scene, bidder)


def started(scene: Scene, *bidders: str, months: int = 3, inclusion: bool = True) -> Script:
    yield from planned(scene, *bidders, months=months)
    yield from admitted(scene, *bidders, inclusion=inclusion)


def planned(scene: Scene, *bidders: str, months: int = 3) -> Script:
    yield scene.workdays(7)
    yield [scene.bidder(name).does(SubmitTrialPlan(bidder=name, plan=trial_plan(scene, months))) for name in bidders]


def admitted(scene: Scene, *bidders: str, inclusion: bool = True) -> Script:
    yield scene.workdays(2)
    yield from advised_on_plan(scene, *bidders)
    yield scene.workdays(3)
    yield [scene.regulator.does(admission(scene, name)) for name in bidders]
    yield scene.workdays(2)
    yield [
        scene.regulator.does(StartTrial(bidder=name, notice=scene.document("启动通知"), inclusion=inclusion))
        for name in bidders
    ]


def advised_on_plan(scene: Scene, *bidders: str) -> Script:
    """Whoever is asked about the plan agrees."""
    opinions = [
        (name, clock.holder.unit)
        for name in bidders
        for clock in scene.state.deadlines
        if (clock.limit, clock.bidder) == ("trial_opinion", name) and clock.holder is not None
    ]
    yield [
        scene.department(unit).does(GiveTrialOpinion(bidder=name, position=Position.AGREE, text="同意方案。"))
        for name, unit in opinions
    ]


def admission(scene: Scene, bidder: str) -> AdmitTrial:
    """Every item of the checklist is found, by two officers where the domain asks for two."""
    profile = profile_of(scene.policy, scene.state)
    checks = checks_of(scene.policy, scene.state, "admission")
    return AdmitTrial(
        bidder=bidder,
        reasons="方案、预案、保险齐备。",
        checks=tuple(CheckAnswer(check=each.key, answer="found") for each in checks),
        with_officer=scene.regulator.colleague.id if profile and profile.two_officers else None,
    )


def trial_plan(scene: Scene, months: int) -> TrialPlan:
    return TrialPlan(
        duration=Period(length=months, unit=Unit.MONTHS),
        bounds="限定区域、限定时段、限定对象。",
        emergency_plan=scene.paper("应急预案"),
        commitment=scene.paper("安全承诺书"),
        exit_plan=scene.paper("退出与补偿方案"),
        insurance=scene.paper("保险单"),
        insurance_until=date(2044, 12, 31),
        complaint_channel="12345",
        risk=scene.application.risk,
        insured_yuan=5_000_000,
        within=Bounds(
            areas=(Area(key="1.1", where="方案附图所示区域。"),),
            scale=(Deployment(key="1.2", what="台（套）", at_most=20),),
            users=(Users(key="1.3", who="已告知并同意的使用者。", at_most=500),),
            windows=(Window(key="1.4", days="工作日", opens=time(9), closes=time(17)),),
            data=(PersonalData(key="1.5", what="联系方式", protection="脱敏存储，试点结束即删除。"),),
        ),
        exempted_rules=(
            ExemptedRule(
                key="2.1",
                rule="现行作业规程",
                clause="人员在场",
                why="由系统代替人员巡视。",
                instead="远程值守，可随时停机。",
            ),
        ),
        safeguards=(Safeguard(key="3.1", text="安全员全程值守，设一键停机。"),),
        kpis=(
            Kpi(key=RELIABLE, name="可用率", unit="%", better="higher", target="95", stop="70"),
            Kpi(key=FALSE_ALARMS, name="误报率", unit="‰", better="lower", target="3.5", stop="20"),
        ),
    )


def ran_its_time(scene: Scene, *bidders: str, phases: bool = True) -> Script:
    """The trial runs to its end: reports come in before they are due, the phases follow one another."""
    end = scene.deadline(f"trial/{bidders[0]}")
    yield from went_on(scene, *bidders, until=end.due_on, phases=phases)
    for bidder in bidders:
        if scene.running(f"trial/{bidder}"):
            yield scene.passed(f"trial/{bidder}")


def went_on(scene: Scene, *bidders: str, until: date, phases: bool = True) -> Script:
    """The trial runs on, and its bidders report, until that day."""
    while (filing := _next_filing(scene, *bidders)) is not None and filing[0] <= until:
        day, bidder, kind = filing
        yield scene.until(day)
        yield from measured(scene, bidder)
        impact = JOBS if kind == "midterm" else None
        report = FileReport.model_validate(
            {"bidder": bidder, "kind": kind, "document": scene.document("试点报告"), "employment": impact}
        )
        yield scene.bidder(bidder).does(report)
        if phases and kind == "regular":
            yield from advanced(scene, bidder)
    yield scene.until(until)


def _next_filing(scene: Scene, *bidders: str) -> tuple[date, str, str] | None:
    """Day, bidder and kind of the next report that is filed."""
    filings = []
    for bidder in bidders:
        for limit, kind in (("report", "regular"), ("midterm", "midterm")):
            duty = scene.running(f"{limit}/{bidder}")
            if duty is not None and duty.status is not DeadlineStatus.PAUSED:
                day = shift_workdays(scene.calendar, duty.due_on, -REPORTED_BEFORE)
                filings.append((max(day, scene.today), bidder, kind))
    return min(filings, default=None)


def advanced(scene: Scene, bidder: str) -> Script:
    """To the next phase, if there is one and nothing is left to do in this one."""
    present = next(trial.phase for trial in scene.state.trials if trial.bidder == bidder)
    following = next_of(phases_of(scene.policy, scene.state), present)
    if following is not None and not unmet(scene.policy, scene.state, bidder, scene.today):
        yield scene.regulator.does(AdvancePhase(bidder=bidder, phase=following, reasons="上一阶段指标达到。"))


def measured(scene: Scene, bidder: str) -> Script:
    """Every indicator of the plan is read, and does well."""
    values = {RELIABLE: "97.2", FALSE_ALARMS: "2.1"}
    trial = next(trial for trial in scene.state.trials if trial.bidder == bidder)
    yield [scene.bidder(bidder).does(reading(scene, bidder, each.key, values[each.key])) for each in trial.kpis]


def reading(scene: Scene, bidder: str, kpi: str, value: str) -> RecordReading:
    """Of today, or of the last day of a trial that is over."""
    ended = next((trial.last_day for trial in scene.state.trials if trial.bidder == bidder), None)
    on = min(scene.today, ended or scene.today)
    return RecordReading(bidder=bidder, kpi=kpi, value=value, on=on, evidence=scene.document("监测记录"))


def evaluated(scene: Scene, bidder: str, *, fit: bool = True) -> Script:
    """Exit report and exit evaluation."""
    yield scene.workdays(3)
    yield from measured(scene, bidder)
    yield scene.bidder(bidder).does(
        FileExitReport(
            bidder=bidder,
            document=scene.document("退出报告"),
            incidents="已全部办结，处置经过见报告。",
            faults="已全部改正，经过见报告。",
            employment=JOBS,
        )
    )
    yield from heard(scene, bidder, fit=fit)
    yield scene.workdays(2)
    reasons = "指标达到，可申请验收。" if fit else "关键指标未达到，不宜验收。"
    answers = tuple(
        CheckAnswer(check=each.key, answer="found") for each in checks_of(scene.policy, scene.state, "exit")
    )
    short = tuple(
        Shortfall(of=each, finding="已以其他材料核实，不影响结论。")
        for each in shortfalls(scene.policy, scene.state, bidder)
    )
    conclusion = ConcludeExit(
        bidder=bidder, fit_for_acceptance=fit, reasons=reasons, checks=answers, shortfalls=short if fit else ()
    )
    yield scene.regulator.does(conclusion)


def heard(scene: Scene, bidder: str, *, fit: bool) -> Script:
    """Experts mark what the trial has shown, where the city asks them; nothing is concluded before they have spoken."""
    trial = next(trial for trial in scene.state.trials if trial.bidder == bidder)
    if not needed(scene.policy, scene.state, trial):
        return
    yield scene.workdays(1)
    yield from convened(scene, PanelPurpose.EXIT, bidder)
    yield scene.workdays(2)
    share = 0.9 if fit else 0.4
    marks = tuple(
        Mark(criterion=each.key, points=round(each.points * share, 1)) for each in scene.policy.panels["exit"].criteria
    )
    opinion = GiveExpertOpinion(
        purpose=PanelPurpose.EXIT, bidder=bidder, recommend=fit, text="评估意见见附件。", marks=marks
    )
    yield [scene.expert(number).does(opinion) for number in seated(scene, PanelPurpose.EXIT, bidder)]


def fault(scene: Scene, bidder: str, kind: str, *, red_line: str | None = None, punishable: bool = True) -> Script:
    """Two officers record a fault with its evidence; one that is not punished, with their four findings."""
    excused = None if punishable else FirstFault(first=True, minor=True, corrected=True, harmless=True)
    yield scene.regulator.does(
        RecordFault(
            bidder=bidder, kind=kind, red_line=red_line, punishable=punishable, plan_clause="1.1",
            finding="现场检查记录。", evidence=scene.document("检查记录"), with_officer=scene.regulator.colleague.id,
            guidance="现场指导，当日改正。", first_fault=excused,
        )
    )  # fmt: skip


def had_incident(scene: Scene, bidder: str, name: str, *, casualty: bool = False) -> Script:
    """The bidder reports within the hour, the regulator acknowledges; a casualty goes upward at once."""
    text = "试点中发生事件，已先行停运。"
    yield scene.bidder(bidder).does(ReportIncident(bidder=bidder, incident=name, casualty=casualty, text=text))
    yield from acknowledged(scene, bidder, name)
    if casualty:
        yield from reported_upward(scene, bidder, name)


def acknowledged(scene: Scene, bidder: str, name: str) -> Script:
    """Well before the hour is over."""
    yield scene.regulator.does(AcknowledgeIncident(bidder=bidder, incident=name))


def reported_upward(scene: Scene, bidder: str, name: str) -> Script:
    """Within the hour, with the document's number."""
    paper = scene.paper("事件快报").model_copy(update={"number": "应急快报〔2040〕1号"})
    yield scene.regulator.does(ReportUpward(bidder=bidder, incident=name, to="市应急管理局", document=paper))


def leak_told(scene: Scene, bidder: str, name: str) -> Script:
    """To the authority, and to those whose data it was."""
    yield [
        scene.bidder(bidder).does(NotifyLeak(bidder=bidder, incident=name, to=to, document=scene.paper("泄露通知")))
        for to in ("authority", "persons")
    ]


def analysed(scene: Scene, bidder: str, name: str, *, order: str | None = None) -> Script:
    """The regulator analyses; two officers order what is to be mended."""
    yield scene.workdays(3)
    second = scene.regulator.colleague.id if order else None
    analysis = AnalyseIncident(
        bidder=bidder, incident=name, analysis=scene.document("事件分析报告"), order=order, with_officer=second
    )
    yield scene.regulator.does(analysis)


def incident_closed(scene: Scene, bidder: str, name: str, *, ordered: bool = True) -> Script:
    """A third officer verifies what was ordered."""
    if ordered:
        yield scene.workdays(6)
        verification = VerifyIncident(bidder=bidder, incident=name, verified=True, finding="整改到位。")
        yield scene.regulator.third.does(verification)
    yield scene.workdays(2)
    yield scene.regulator.does(
        CloseIncident(
            bidder=bidder, incident=name, cause="感知误判。", remedy="升级软件并复测。", lessons="上路前先行仿真。",
            no_red_line="未触碰红线，证据随附。",
        )
    )  # fmt: skip


def stopped(scene: Scene, bidder: str) -> Script:
    """An indicator is past its stop threshold; where that alone does not stop the trial, one person is enough."""
    yield scene.bidder(bidder).does(reading(scene, bidder, FALSE_ALARMS, "25"))
    if scene.policy.trial.stop_suspends:
        return
    yield scene.regulator.does(SuspendTrial(bidder=bidder, reasons="传感器连续误报，先停后查。"))


def resumed_by_two(scene: Scene, bidder: str) -> Script:
    """The fix is proven, one person proposes, a second approves; the same person may not."""
    yield scene.workdays(6)
    yield scene.bidder(bidder).does(ReportFix(bidder=bidder, proof=scene.document("整改证明")))
    yield scene.soon()
    proposal = ProposeResumption(bidder=bidder, reasons="复测通过。")
    trial = find(scene.state.trials, bidder=bidder)
    if trial is not None and beyond_stop(trial):
        yield scene.regulator.may_not(proposal, "still_past_stop")
        yield scene.bidder(bidder).does(reading(scene, bidder, FALSE_ALARMS, "3.1"))
    yield scene.regulator.does(proposal)
    yield scene.regulator.may_not(ApproveResumption(bidder=bidder), "same_person")
    yield scene.soon()
    yield scene.regulator.colleague.does(ApproveResumption(bidder=bidder))


def supervision_lifted(scene: Scene, bidder: str) -> Script:
    """After a breach nobody resumes anything before the regulator has decided that it may be resumed at all."""
    yield scene.workdays(4)
    yield scene.regulator.may_not(ProposeResumption(bidder=bidder, reasons="复测通过。"), "under_supervision")
    yield scene.regulator.does(LiftSupervision(bidder=bidder, reasons="已重划运行边界，转常态监管，不再适用包容期。"))


def terminated(scene: Scene, bidder: str) -> Script:
    """Ended for safety at once; the rollback is proven afterwards."""
    yield scene.regulator.does(TerminateTrial(bidder=bidder, ground="safety", reasons="不再具备安全条件。"))
    yield from taken_down(scene, bidder)


def taken_down(scene: Scene, bidder: str) -> Script:
    """What the trial had put up is gone, in time."""
    yield scene.workdays(3)
    yield scene.bidder(bidder).does(ProveRollback(bidder=bidder, proof=scene.document("恢复原状证明")))
