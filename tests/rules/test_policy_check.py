"""What has the right shape and still cannot work is found, with its key, and the three cities' files are free of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from pydantic import model_validator

from models.commands import ACTS
from models.policy import Limits, Policy
from models.vocabulary import Role
from models.words import OFFICE_VERBS
from rules import alarms, lifecycle, policy_check
from rules.policy_check import DUTIES, VERBS, Contradiction, contradictions, contradictions_of_a_part
from runtime.policy_files import city_files, load_policy

POLICIES = Path(__file__).resolve().parents[2] / "policies"
CITIES = tuple(path.stem for path in city_files(POLICIES))
GONE = object()
NO_RECEIPT = "payer has the duty `refund_receipt` and may do nothing to discharge it (confirm_refund)"
NOBODY_CONFIRMS = (
    "no single unit would owe the confirmation of a takeover, without which back_dating.confirm_take_over lets nothing "
    "be paid"
)


class Draft(Policy):
    """A policy as the file says it, before the model's own cross-checks."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        return self


@pytest.fixture(scope="module", params=CITIES)
def policy(request: pytest.FixtureRequest) -> Policy:
    return load_policy(POLICIES / f"{request.param}.yaml")


@pytest.fixture(scope="module")
def yancheng() -> Policy:
    return load_policy(POLICIES / "yancheng.yaml")


def changed(policy: Policy, changes: dict[str, object]) -> Policy:
    """The policy with other values at dotted paths; GONE removes a key."""
    content = policy.model_dump(mode="json", exclude={"calendar"})
    for path, value in changes.items():
        *steps, last = path.split(".")
        block: Any = content
        for step in steps:
            block = block[int(step)] if isinstance(block, list) else block[step]
        if value is GONE:
            del block[last]
        elif isinstance(block, list) and int(last) == len(block):
            block.append(value)
        elif isinstance(block, list):
            block[int(last)] = value
        else:
            block[last] = value
    return Draft.model_validate(content)


def found(policy: Policy, changes: dict[str, object]) -> list[str]:
    return [f"{each.key}: {each.message}" for each in contradictions(changed(policy, changes))]


def test_no_city_contradicts_itself(policy: Policy) -> None:
    assert contradictions(policy) == ()


def test_every_city_says_who_may_use_every_verb_but_passing_a_deadline(policy: Policy) -> None:
    assert policy.permissions.keys() == (ACTS.keys() - {"pass_deadline"}) | OFFICE_VERBS.keys()


def test_in_every_city_one_office_proposes_a_holiday_notice_another_confirms_it_and_both_may_load_it(
    policy: Policy,
) -> None:
    may = policy.permissions
    assert (may["propose_calendar"], may["confirm_calendar"]) == ((Role.PLATFORM_OFFICE,), (Role.LEADING_GROUP,))
    assert {*may["propose_calendar"], *may["confirm_calendar"]} <= {*may["load_calendar"]}


def test_a_file_from_before_the_offices_verbs_is_no_contradiction(policy: Policy) -> None:
    """It may stand in a history as an adopted policy: a replay must not refuse what was accepted."""
    assert found(policy, {f"permissions.{verb}": GONE for verb in OFFICE_VERBS}) == []


def test_nobody_without_business_rights_is_granted_a_verb(policy: Policy) -> None:
    granted = {(role, verb) for verb, roles in policy.permissions.items() for role in roles}
    without = {each for each in granted if each[0] in (Role.SYSTEM, Role.AUDITOR, Role.ADMINISTRATOR)}
    assert without == {(Role.ADMINISTRATOR, "propose_directory")}, "which is no business of a scene"


def test_the_duties_name_only_limits_and_verbs_that_exist() -> None:
    assert {limit for limit, _, _ in DUTIES} <= set(Limits.model_fields)
    assert {verb for _, _, verbs in DUTIES for verb in verbs} <= set(VERBS)
    steps = {step.limit for step in lifecycle.STEPS if step.holder is not None}
    assert steps <= {limit for limit, _, _ in DUTIES}


def test_a_limit_whose_passing_has_a_consequence_does_not_escalate(policy: Policy) -> None:
    for limit in alarms.CONSEQUENCES.keys() - set(alarms.STAYS_OPEN):
        ladder = policy.ladders[policy.limit(limit).ladder]
        assert all(rung.offset <= 0 for rung in ladder.rungs), limit


WORKDAYS_30 = {"length": 30, "unit": "workdays"}

BROKEN: dict[str, tuple[dict[str, object], str]] = {
    "a step that no city may leave out": (
        {"steps_off": ["fair_competition"]},
        "steps_off.0: fair_competition is a step that no city may leave out",
    ),
    "a step that does not exist": ({"steps_off": ["confirm"]}, "steps_off.0: confirm is no step of the lifecycle"),
    "a track that leaves out the eligibility check": (
        {"tracks.fast.skips": ["trial", "eligibility"]},
        "tracks.fast.skips.1: eligibility is a step that no city may leave out",
    ),
    "a step left out twice": ({"steps_off": ["confirmation"] * 2}, "steps_off.1: confirmation stands twice"),
    "a sandbox without a trial": (
        {"tracks.sandbox.skips": ["trial"]},
        "tracks.sandbox.skips.0: the sandbox track would have no sandbox trial",
    ),
    "a missing track": ({"tracks.fast": GONE}, "tracks: fast is missing"),
    "scored modes without scoring": (
        {"steps_off": ["scoring"]},
        "steps_off.0: 揭榜挂帅, 赛马, 定向择优, 联合招标 would be scored by a panel, and scoring is left out",
    ),
    "an unknown verb": (
        {"permissions.awrd": ["lead_department"]},
        "permissions.awrd: awrd is no verb that a role may use",
    ),
    "the system's own verb": (
        {"permissions.pass_deadline": ["platform_office"]},
        "permissions.pass_deadline: pass_deadline is no verb that a role may use",
    ),
    "a verb that is missing": ({"permissions.award": GONE}, "permissions.award: is missing: nobody could ever do it"),
    "a verb for nobody": ({"permissions.award": []}, "permissions.award: is given to nobody: it could never be done"),
    "a verb for the system": (
        {"permissions.award": ["lead_department", "system"]},
        "permissions.award.1: system passes deadlines and does nothing else",
    ),
    "a cap of a claim that its scene's cap makes void": (
        {"fund.per_claim_yuan": 2_000_000},
        "fund.per_claim_yuan: 2000000 can never be reached: per_scene_yuan is 1000000",
    ),
    "a cap of a scene that the year's cap makes void": (
        {"fund.per_scene_yuan": 6_000_000},
        "fund.per_scene_yuan: 6000000 can never be reached: per_year_yuan is 5000000",
    ),
    "a cause twice": (
        {"fund.causes.1.key": "incident"},
        "fund.causes.1: incident stands twice",
    ),
    "a termination that nothing grounds": (
        {"fund.causes.1.grounds": []},
        "fund.causes.1.grounds: no ground counts: it could never be claimed",
    ),
    "claims that begin after they end": (
        {"fund.claim_after": {"length": 4, "unit": "months"}},
        "fund.claim_after: claims begin after 4 months and end within 3 months",
    ),
    "a decision within hours": (
        {"fund.decision": {"length": 4, "unit": "hours"}},
        "fund.decision: is counted in days, not in hours",
    ),
    "a bidder who approves its own claim": (
        {"permissions.approve_compensation": ["leading_group", "bidder"]},
        "permissions.approve_compensation.1: bidder would judge its own cause",
    ),
    "a verb for the auditor": (
        {"permissions.award": ["lead_department", "auditor"]},
        "permissions.award.1: auditor reads everything and changes nothing",
    ),
    "a verb for the administrator": (
        {"permissions.adopt_policy": ["leading_group", "administrator"]},
        "permissions.adopt_policy.1: administrator has no business rights (separation of duties)",
    ),
    "a decision by the public": (
        {"permissions.award": ["lead_department", "public"]},
        "permissions.award.1: the public may only raise_objection, file_complaint, report_incident, complain",
    ),
    "a bidder who accepts its own work": (
        {"permissions.conclude_acceptance": ["lead_department", "bidder"]},
        "permissions.conclude_acceptance.1: bidder would judge its own cause",
    ),
    "a leading group that scores": (
        {"permissions.score_bid": ["expert", "leading_group"]},
        "permissions.score_bid.1: leading_group would judge its own cause",
    ),
    "a role named twice": (
        {"permissions.award": ["lead_department", "lead_department"]},
        "permissions.award.1: lead_department stands twice",
    ),
    "a duty that its holder may not discharge": (
        {"permissions.give_opinion": ["lead_department"]},
        (
            "permissions.give_opinion: cooperating_department has the duty `consultation` and may do nothing to "
            "discharge it (give_opinion)"
        ),
    ),
    "an extension that nobody may ask for": (
        {"permissions.request_extension": ["bidder", "scene_owner", "complaint_supervisor", "lead_department"]},
        "permissions.request_extension: limits.consultation can be extended, and none of those who would ask may ask",
    ),
    "a party that may not sign": (
        {"contracting.parties": ["owner", "st_bureau", "bidder"], "permissions.answer_withdrawal.2": "st_bureau"},
        "contracting.parties.1: st_bureau may not sign_contract: no contract would ever be complete",
    ),
    "a party twice": (
        {"contracting.parties": ["owner", "bidder", "bidder"]},
        "contracting.parties.2: bidder stands twice",
    ),
    "a contract without the bidder": (
        {"contracting.parties": ["owner", "st_bureau"]},
        "contracting.parties: lacks the bidder",
    ),
    "a unit twice": (
        {"units.1.name": "全市场景征集和发布统一平台"},
        "units.1.name: 全市场景征集和发布统一平台 stands twice",
    ),
    "a lead that nobody declared": (
        {"domains.0.lead": "海洋经济牵头单元", "domains.0.units.0": "海洋经济牵头单元"},
        "domains.0.lead: 海洋经济牵头单元 is not among `units`",
    ),
    "an office that nobody declared": ({"offices.payer": "市财局"}, "offices.payer: 市财局 is not among `units`"),
    "a domain twice": ({"domains.1.name": "海洋经济"}, "domains.1.name: 海洋经济 stands twice"),
    "a lead outside its domain's units": (
        {"domains.0.units": ["海洋经济配合单位"]},
        "domains.0.units: lacks the lead 海洋经济牵头单位",
    ),
    "a supervisor who regulates": (
        {"offices.complaint_supervisor": "低空经济监管单位"},
        (
            "offices.complaint_supervisor: 低空经济监管单位 decides appeals and is also a domain's lead or regulator: "
            "it would judge its own decisions"
        ),
    ),
    "a payer who decides": (
        {"offices.payer": "盐城市场景培育和开放工作领导小组"},
        (
            "offices.payer: 盐城市场景培育和开放工作领导小组 is also the leading_group; "
            "who proposes, who decides and who pays are different units"
        ),
    ),
    "a ladder that does not exist": (
        {"limits.award.ladder": "standrad"},
        "limits.award.ladder: standrad is not among `ladders`",
    ),
    "a clock that runs where nobody can act": (
        {"limits.award.when_suspended": "runs"},
        (
            "limits.award.when_suspended: the clock would run while the scene is suspended, "
            "when its holder may do nothing about it"
        ),
    ),
    "an extension longer than its limit": (
        {"limits.trial.extension.times": 3},
        "limits.trial.extension.period: 3 times 6 months is more than the limit itself (12 months)",
    ),
    "an inclusion period beyond twice its length": (
        {"limits.inclusion.extension.period.length": 13},
        "limits.inclusion.extension.period: 1 times 13 months is more than the limit itself (12 months)",
    ),
    "an extension in hours of a limit in days": (
        {"limits.fix.extension.period.unit": "hours"},
        "limits.fix.extension.period: hours and days do not add up",
    ),
    "an extension that would have to be asked for before the start": (
        {"limits.fix.extension.ask_before": WORKDAYS_30},
        (
            "limits.fix.extension.ask_before: 30 workdays before the end of 15 workdays lies before the start: "
            "nobody could ask in time"
        ),
    ),
    "a last moment to ask in calendar days": (
        {"limits.fix.extension.ask_before.unit": "days"},
        "limits.fix.extension.ask_before: is not in workdays",
    ),
    "an approver who may not decide": (
        {"limits.fix.extension.approvers": ["payer"]},
        "limits.fix.extension.approvers.0: payer may not decide_extension",
    ),
    "an approver who is many units": (
        {"limits.fix.extension.approvers": ["expert"]},
        "limits.fix.extension.approvers.0: no single unit is the expert of a scene",
    ),
    "a change that always moves the close": (
        {"limits.amendment.period.length": 21},
        (
            "limits.amendment.period: 21 days is longer than a call stays open (20 days): "
            "every change would move the close"
        ),
    ),
    "a payment later than the law allows": (
        {"limits.payment.period.length": 61},
        (
            "limits.payment.period: small and medium enterprises are paid within 60 days of delivery "
            "(保障中小企业款项支付条例), whatever a contract says, and no extension counts"
        ),
    ),
    "a payment that waits for a suspended scene": (
        {"limits.payment.when_suspended": "pauses"},
        (
            "limits.payment.when_suspended: what is owed for a delivery is paid in the law's time, "
            "also by a scene that stands still"
        ),
    ),
    "opinions that come no earlier than the conclusion": (
        {"limits.acceptance_opinion.period.length": 30},
        (
            "limits.acceptance_opinion.period: the opinions would come no earlier than the conclusion, "
            "which waits for them"
        ),
    ),
    "a report that no trial is long enough for": (
        {"limits.report.period": {"length": 2, "unit": "years"}},
        "limits.report.period: no trial is long enough for a single report",
    ),
    "a reminder for everybody": (
        {"ladders.standard.rungs.0.to": "cooperating_department"},
        "ladders.standard.rungs.0.to: no single unit is the cooperating_department of a scene",
    ),
    "a reminder to the holder of nothing": (
        {"ladders.quiet.rungs": [{"offset": 0}]},
        (
            "ladders.quiet.rungs.0: call_window, public_notice, complaint_window, bidding, amendment, appeal_window "
            "uses this ladder and is nobody's duty: the reminder would reach nobody"
        ),
    ),
    "a reminder to a bidder where there is none": (
        {"limits.yearly_review.ladder": "long"},
        "ladders.long.rungs.0.to: yearly_review uses this ladder and may run where there is no bidder",
    ),
    "an alarm before anything is overdue": (
        {"ladders.standard.rungs.3.level": "red"},
        "ladders.standard.rungs.3.level: red comes before anything is overdue",
    ),
    "the same reminder twice": (
        {"ladders.reminders.rungs.1.offset": -2},
        "ladders.reminders.rungs.2: tells the same unit twice on the same day",
    ),
    "a reminder after the day has ended": (
        {"day_ends": "08:30:00"},
        (
            "reminders_at: 09:00 is not before 08:30, when the day ends: the reminder of the last day would come "
            "after it is over"
        ),
    ),
    "a time in another zone": ({"day_ends": "17:30:00Z"}, "day_ends: names a time zone"),
    "an even panel that must be odd": (
        {"panels.recognition.minimum": 6},
        "panels.recognition.minimum: 6 is even, and `odd: true` asks for an odd number",
    ),
    "a missing panel": ({"panels.scoring": GONE}, "panels: scoring is missing"),
    "an overlap where nothing overlaps": (
        {"panels.scoring.overlap": "1/3"},
        "panels.scoring.overlap: counts for acceptance only",
    ),
    "a race of one": ({"modes.赛马.winners": 1}, "modes.赛马.winners: a race of one is no race"),
    "an open challenge for the invited": (
        {"modes.揭榜挂帅.invited_only": True},
        "modes.揭榜挂帅.invited_only: 揭榜挂帅 is open to everybody",
    ),
    "a directed mode for everybody": (
        {"modes.定向委托.invited_only": False, "modes.定向委托.scored": True},
        "modes.定向委托: 定向委托 goes to those invited only",
    ),
    "a choice of the best that nobody makes": (
        {"modes.定向择优.scored": False},
        "modes.定向择优.scored: several may bid and nobody would judge the bids: the cheapest wins",
    ),
    "a dimension twice": (
        {"score_sheet.dimensions.1.key": "technical"},
        "score_sheet.dimensions.1.key: technical stands twice",
    ),
    "phases out of order": (
        {"trial.phases": ["pilot", "test"]},
        "trial.phases: pilot, test is out of order, or repeats",
    ),
    "a ladder of faults that climbs down": (
        {"inclusion.ladder": ["order", "remind"]},
        "inclusion.ladder: order, remind is out of order, or repeats",
    ),
    "a window in working days": (
        {"inclusion.repeat_window.unit": "workdays"},
        "inclusion.repeat_window: is counted in natural days",
    ),
    "back-dating by the hour": ({"back_dating.at_most.unit": "hours"}, "back_dating.at_most: is in hours"),
    "a cap without an award": (
        {"promotion.benefits": ["commendation"]},
        "promotion.award_cap_yuan: caps an award that `benefits` does not list",
    ),
    "an event that becomes no act of ours": (
        {"outside.0.verb": "report_incidents"},
        "outside.0.verb: report_incidents is no verb that a role may use",
    ),
    "an event that becomes two acts": (
        {"outside.1.event": "incident.reported"},
        "outside.1.event: incident.reported stands twice",
    ),
    "an event that opens a sealed bid": (
        {"outside.0.verb": "reveal_bid"},
        ("outside.0.verb: reveal_bid opens a sealed bid, which would lie open among the events that were received"),
    ),
    "an event in a role that may not": (
        {"outside.0.role": "expert"},
        "outside.0.role: permissions do not give report_incident to expert",
    ),
    "an event in the name of nobody in particular": (
        {"outside.0.role": "public"},
        "outside.0.role: a scene has no single public",
    ),
    "an event in the name of a unit that nobody declared": (
        {"outside.0.unit": "市水务局"},
        "outside.0.unit: 市水务局 is not among `units`",
    ),
    "an event that fills a field which the act lacks": (
        {"outside.0.fields.3.field": "txt"},
        "outside.0.fields.3.field: report_incident has no field txt",
    ),
    "an event that leaves a field open": (
        {"outside.0.fields.3.field": "txt"},
        "outside.0.fields: report_incident needs text, which nothing fills",
    ),
    "an event that fills half a document": (
        {"outside.4.fields.5.field": "proof.number"},
        "outside.4.fields: record_service needs proof.sha256, which nothing fills",
    ),
    "an event that fills a field twice": (
        {"outside.0.fields.1.field": "bidder"},
        "outside.0.fields.1.field: bidder stands twice",
    ),
    "an event that fills a document and a part of it": (
        {"outside.4.fields.4.field": "proof"},
        "outside.4.fields.5.field: proof.sha256 is part of another field that is filled",
    ),
    "a constant that the field cannot hold": (
        {"outside.4.fields.1.value": "by pigeon"},
        "outside.4.fields.1.value: by pigeon is nothing that how can be",
    ),
    "a stand-in that the field cannot hold": (
        {"outside.0.fields.2.otherwise": "perhaps"},
        "outside.0.fields.2.otherwise: perhaps is nothing that casualty can be",
    ),
    "an award of nothing": (
        {"promotion.award_cap_yuan": 0},
        "promotion.benefits.0: an award of at most 0 yuan can never be recorded",
    ),
    "a record above what all may come to": (
        {"promotion.benefits": ["award", {"kind": "subsidy", "each_yuan": 2, "in_all_yuan": 1}]},
        "promotion.benefits.1.each_yuan: is above the cap for all (1)",
    ),
    "an award with two caps": (
        {"promotion.benefits": [{"kind": "award", "in_all_yuan": 1}]},
        "promotion.benefits.0.in_all_yuan: differs from award_cap_yuan",
    ),
    "a criterion that stands twice": (
        {"promotion.criteria.1.key": "advanced"},
        "promotion.criteria.1.key: advanced stands twice",
    ),
    "a level that is evaluated by nothing": (
        {"promotion.criteria": [{"key": "local", "name": "特色", "levels": ["城市级"]}]},
        "promotion.criteria: 企业级, 产业级 has no criterion",
    ),
    "voices for a unit that nobody declared": (
        {"consultation.quorum.weights": {"没有的单位": 2}},
        "consultation.quorum.weights.没有的单位: 没有的单位 is not among `units`",
    ),
    "a veto for a unit that nobody declared": (
        {"consultation.vetoers": ["没有的单位"]},
        "consultation.vetoers.0: 没有的单位 is not among `units`",
    ),
    "an act that cannot be taken back": (
        {"handling.take_back": ["give_opinion", "list_scene"]},
        "handling.take_back.1: list_scene cannot be taken back",
    ),
    "a numbered document taken back": (
        {"handling.take_back": ["register"]},
        "handling.take_back.0: register makes a document with a number",
    ),
    "a receipt of the payer, who may record none": (
        {"permissions.confirm_refund": ["leading_group"]},
        f"permissions.confirm_refund: {NO_RECEIPT}",
    ),
    "a takeover that no office may confirm": (
        {"permissions.confirm_take_over": ["cooperating_department"]},
        f"permissions.confirm_take_over: {NOBODY_CONFIRMS}",
    ),
    "a takeover that its owner confirms": (
        {"permissions.confirm_take_over": ["scene_owner"]},
        f"permissions.confirm_take_over: {NOBODY_CONFIRMS}",
    ),
    "a takeover that a bidder confirms": (
        {"permissions.confirm_take_over": ["platform_office", "bidder"]},
        "permissions.confirm_take_over.1: bidder would judge its own cause",
    ),
    "a nudge counted in hours": (
        {"handling.nudge_every": {"length": 3, "unit": "hours"}},
        "handling.nudge_every: is counted in workdays or days",
    ),
}


@pytest.mark.parametrize(("changes", "complaint"), BROKEN.values(), ids=BROKEN)
def test_a_contradiction_is_found(yancheng: Policy, changes: dict[str, object], complaint: str) -> None:
    assert complaint in found(yancheng, changes)


def test_a_city_that_does_not_ask_for_a_receipt_or_a_confirmation_needs_nobody_for_them(yancheng: Policy) -> None:
    found_in = found(
        yancheng,
        {
            "acceptance.refund_receipt": False,
            "permissions.confirm_refund": ["leading_group"],
            "back_dating.confirm_take_over": False,
            "permissions.confirm_take_over": ["cooperating_department"],
        },
    )
    assert found_in == []


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_missed_when_it_is_not_there(yancheng: Policy, verb: str) -> None:
    assert f"permissions.{verb}: is missing: nobody could ever do it" in found(yancheng, {f"permissions.{verb}": GONE})


def test_all_contradictions_come_at_once(yancheng: Policy) -> None:
    changes = {"steps_off": ["trail"], "modes.赛马.winners": 1, "permissions.award": GONE}
    assert [each.key for each in contradictions(changed(yancheng, changes))] == [
        "steps_off.0",
        "modes.赛马.winners",
        "permissions.award",
    ]


def test_a_misspelt_name_is_answered_with_the_nearest(yancheng: Policy) -> None:
    changes = {"steps_off": ["trail"], "permissions.regster": ["platform_office"], "permissions.register": GONE}
    hints = {each.key: each.hint for each in contradictions(changed(yancheng, changes))}
    assert hints["steps_off.0"] == "did you mean trial?"
    assert hints["permissions.regster"] == "did you mean register?"


def test_a_domain_with_a_single_unit_is_no_contradiction() -> None:
    chongqing = load_policy(POLICIES / "chongqing.yaml")
    assert any(domain.units == (domain.lead,) for domain in chongqing.domains)
    assert contradictions(chongqing) == ()


def test_a_quorum_that_no_round_of_a_domain_can_reach_is_found(yancheng: Policy) -> None:
    quorum = {"rule": "count", "count": 99}
    problems = found(yancheng, {"consultation.quorum": quorum})
    asked = [each for each in yancheng.domains if set(each.units) - {each.lead}]
    (problem,) = [each for each in problems if "99 voices are needed" in each]
    assert problem.count(" (") == len(asked) > 1
    assert found(yancheng, {"consultation.quorum": {"rule": "count", "count": 1}}) == []


def test_a_criterion_of_the_recognition_standard_stands_once() -> None:
    chongqing = load_policy(POLICIES / "chongqing.yaml")
    assert chongqing.recognition is not None
    first, *_ = chongqing.recognition.criteria
    (problem,) = found(chongqing, {f"recognition.criteria.{len(chongqing.recognition.criteria)}": first})
    assert first in problem


def test_an_act_without_fields_and_a_list_can_be_entered_from_outside(yancheng: Policy) -> None:
    accepted = {"event": "filing.accepted", "verb": "accept_filing", "role": "platform_office", "clause": "x"}
    number = len(yancheng.outside)
    assert found(yancheng, {f"outside.{number}": accepted}) == []
    papers = [
        {"field": f"documents.{at}.{part}", "path": f"data.{part}"} for at in (0, 1) for part in ("title", "sha256")
    ]
    applied = {"event": "applied", "verb": "apply_for_acceptance", "role": "bidder", "clause": "x"}
    filled = {**applied, "fields": [{"field": "bidder", "path": "data.bidder"}, *papers]}
    assert found(yancheng, {f"outside.{number}": filled}) == []
    assert found(yancheng, {f"outside.{number}": {**applied, "fields": filled["fields"][:1]}}) == [
        f"outside.{number}.fields: apply_for_acceptance needs documents, which nothing fills"
    ]


def test_a_check_of_a_part_stops_at_what_the_file_lacks_and_hides_no_fault_of_its_own(
    yancheng: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = yancheng.model_copy()
    del part.__dict__["score_sheet"]
    assert contradictions_of_a_part(part) == ()

    def broken(policy: Policy) -> Iterator[Contradiction]:
        yield from policy.nothing_of_the_kind  # type: ignore[attr-defined]

    def of_none(policy: Policy) -> Iterator[Contradiction]:
        yield from None.items()  # type: ignore[attr-defined]

    for check in (broken, of_none):
        monkeypatch.setattr(policy_check, "_CHECKS", (check,))
        with pytest.raises(AttributeError):
            contradictions_of_a_part(part)
