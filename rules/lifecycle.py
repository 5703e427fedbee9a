"""The lifecycle: every step a scene can stand at, and every way from one step to another, as two literals.

The table is the law: `Docket.enter` and `Docket.move` refuse (as an internal error) a move that has no row here, the
diagrams in docs/ are drawn from it, and a command is possible only where a row or an act of the step names it. It is
the superset of all cities: a policy switches steps off and sets limits, roles and quorums; it adds no stages.

A scene has one machine of its own and, for each bidder, one each for contract, trial, inclusion period and acceptance
(several bidders run at once in a 赛马). The scene's own step waits in `contracting`, `trial` and `acceptance` until the
bidders' machines have settled.

Sources: docs/explanation/domain.md, from the five policy texts S0-S4; the limits of the steps are policy data.
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from models.vocabulary import Machine, Role, Stage

SCENE, CONTRACT, TRIAL, INCLUSION, ACCEPTANCE = Machine


class Step(NamedTuple):
    """`limit` is the policy's key for the time that `holder` has; a step without holder is a period that runs.

    `acts` are the verbs possible at this step that do not leave it by themselves.
    """

    machine: Machine
    key: str
    stage: Stage
    zh: str
    en: str
    limit: str | None = None
    holder: Role | None = None
    acts: tuple[str, ...] = ()
    terminal: bool = False


class Row(NamedTuple):
    """From `source` to `target` by `by`: a verb, or `after:<limit>` when that limit passes."""

    machine: Machine
    source: str
    by: str
    target: str


SOLICITATION, REVIEW, MATCHING, TRIALS, ACCEPTING, PROMOTION, CLOSED = Stage

OF_INCIDENTS = (
    "report_incident", "acknowledge_incident", "report_upward", "notify_leak", "analyse_incident", "verify_incident",
    "close_incident", "report_correction",
)  # fmt: skip
"""An incident is dealt with to its end, also where the trial is over, or is repeated, or never was (fast track)."""
_INSURED_ACTS = ("renew_insurance", *OF_INCIDENTS)
_REFUND_ACTS = ("record_refund", "confirm_refund", "ask_fault_tolerance", "decide_fault_tolerance")
"""What was paid is owed back wherever the work ends without acceptance, also where there never was an acceptance."""
_NOTICE_ACTS = ("raise_objection", "answer_objection")

STEPS: tuple[Step, ...] = (
    # the scene's own machine
    Step(SCENE, "draft", SOLICITATION, "草稿", "draft"),
    Step(SCENE, "submitted", SOLICITATION, "待核完整性", "submitted", "completeness", Role.PLATFORM_OFFICE),
    Step(SCENE, "supplement", SOLICITATION, "补正", "supplement", "supplement", Role.OWNER),
    Step(SCENE, "accepted", SOLICITATION, "待登记", "filing accepted", "registration", Role.PLATFORM_OFFICE),
    Step(SCENE, "registered", REVIEW, "已登记", "registered", "consultation_start", Role.LEAD),
    Step(SCENE, "consultation", REVIEW, "会商", "consultation", acts=("give_opinion", "add_signer", "remove_signer")),
    Step(SCENE, "deadlock", REVIEW, "会商未决", "consultation without quorum", "deadlock", Role.LEAD),
    Step(SCENE, "fair_competition", REVIEW, "公平竞争审查", "fair-competition review", "fair_competition", Role.LEAD),
    Step(
        SCENE, "expert_review", REVIEW, "专家评审与认定", "expert review", "expert_review", Role.LEAD,
        acts=("convene_panel", "give_expert_opinion", "recuse"),
    ),
    Step(SCENE, "confirmation", REVIEW, "领导小组确认", "confirmation", "confirmation", Role.LEADING_GROUP),
    Step(SCENE, "recognised", REVIEW, "已认定待公示", "recognised", "notice_publication", Role.PLATFORM_OFFICE),
    Step(SCENE, "recognition_notice", REVIEW, "认定公示", "notice of recognition", "public_notice", acts=_NOTICE_ACTS),
    Step(SCENE, "listing", REVIEW, "待列入清单", "to be listed", "listing", Role.PLATFORM_OFFICE),
    Step(SCENE, "returned", REVIEW, "退回修改", "returned for correction", "resubmission", Role.OWNER),
    Step(SCENE, "listed", MATCHING, "已列入清单", "listed", "posting", Role.OWNER),
    Step(
        SCENE, "posted", MATCHING, "张榜", "challenge open", "bidding",
        acts=("amend_challenge", "review_invitation", "submit_bid", "withdraw_bid"),
    ),
    Step(
        SCENE, "opening", MATCHING, "开标", "bids being opened", "opening_session", Role.PLATFORM_OFFICE,
        acts=("open_bids",),
    ),
    Step(SCENE, "eligibility", MATCHING, "资格与信用核查", "eligibility", "eligibility", Role.LEAD),
    Step(
        SCENE, "scoring", MATCHING, "路演评分", "scoring", "scoring", Role.LEAD,
        acts=("convene_panel", "score_bid", "recuse"),
    ),
    Step(SCENE, "ranked", MATCHING, "已排名待公示", "ranked", "notice_publication", Role.PLATFORM_OFFICE),
    Step(SCENE, "ranking_notice", MATCHING, "排名公示", "notice of ranking", "public_notice", acts=_NOTICE_ACTS),
    Step(SCENE, "awarding", MATCHING, "待发中榜通知", "to be awarded", "award", Role.LEAD),
    Step(SCENE, "contracting", MATCHING, "签订任务书", "contracting"),
    Step(SCENE, "unmatched", MATCHING, "流标", "call failed", "reissue", Role.OWNER),
    Step(SCENE, "trial", TRIALS, "沙盒试点", "sandbox trial", acts=("compare_racers", "suggest_rule_change")),
    Step(SCENE, "acceptance", ACCEPTING, "验收", "acceptance", acts=("assess_value", "suggest_rule_change")),
    Step(
        SCENE, "candidate", PROMOTION, "推广候选", "candidate for promotion", "nomination", Role.LEAD,
        acts=(
            "apply_for_benchmark", "assess_value", "record_benefit", "record_replication", "record_uptake",
            "recommend_upward",
        ),
    ),
    Step(
        SCENE, "evaluation", PROMOTION, "标杆评估", "benchmark evaluation", "evaluation", Role.EVALUATION_TEAM,
        acts=("give_benchmark_opinion",),
    ),
    Step(
        SCENE, "benchmark_decision", PROMOTION, "标杆审定", "benchmark decision", "evaluation", Role.LEADING_GROUP,
        acts=("give_benchmark_opinion",),
    ),
    Step(
        SCENE, "benchmark_confirmed", PROMOTION, "标杆待公示", "benchmark confirmed",
        "notice_publication", Role.PLATFORM_OFFICE,
    ),
    Step(SCENE, "benchmark_notice", PROMOTION, "标杆公示", "notice of benchmark", "public_notice", acts=_NOTICE_ACTS),
    Step(
        SCENE, "benchmark", PROMOTION, "标杆场景", "benchmark", "yearly_review", Role.EVALUATION_TEAM,
        acts=(
            "apply_for_benchmark", "assess_value", "record_benefit", "record_replication", "record_uptake",
            "recommend_upward", "review_benchmark",
        ),
    ),
    Step(SCENE, "remedies", CLOSED, "待办结", "closing"),
    Step(SCENE, "closed", CLOSED, "办结归档", "closed", terminal=True),
    # one bidder's contract
    Step(CONTRACT, "offered", MATCHING, "待拟任务书", "contract offered", "contract", Role.OWNER),
    Step(CONTRACT, "signing", MATCHING, "签署中", "being signed", acts=("propose_contract",)),
    Step(
        CONTRACT, "signed", MATCHING, "已签订", "signed",
        acts=("propose_payment", "approve_payment", "pay_milestone", *_REFUND_ACTS, *OF_INCIDENTS), terminal=True,
    ),
    Step(CONTRACT, "lapsed", MATCHING, "未签订", "lapsed", acts=_REFUND_ACTS, terminal=True),
    Step(
        CONTRACT, "dissolved", MATCHING, "已解除", "dissolved",
        acts=("approve_payment", "pay_milestone", *_REFUND_ACTS, *OF_INCIDENTS), terminal=True,
    ),
    # one bidder's trial
    Step(TRIAL, "planning", TRIALS, "编制方案", "planning", "trial_plan", Role.BIDDER, acts=OF_INCIDENTS),
    Step(
        TRIAL, "submitted", TRIALS, "待准入", "plan submitted", "admission", Role.REGULATOR,
        acts=("give_trial_opinion", *OF_INCIDENTS),
    ),
    Step(TRIAL, "admitted", TRIALS, "已准入", "admitted", "start", Role.REGULATOR, acts=_INSURED_ACTS),
    Step(
        TRIAL, "running", TRIALS, "试点中", "running",
        acts=("advance_phase", "file_report", "record_reading", *_INSURED_ACTS),
    ),
    Step(
        TRIAL, "suspended", TRIALS, "已叫停", "suspended", "fix", Role.BIDDER,
        acts=(
            "report_fix", "propose_resumption", "lift_supervision", "file_report", "record_reading", "record_fault",
            *_INSURED_ACTS,
        ),
    ),
    Step(
        TRIAL, "exit", TRIALS, "退出评估", "exit evaluation", "exit_evaluation", Role.REGULATOR,
        acts=(
            "convene_panel", "give_expert_opinion", "recuse",
            "file_report", "file_exit_report", "record_reading", "record_fault", *OF_INCIDENTS,
        ),
    ),
    Step(
        TRIAL, "rolling_back", TRIALS, "恢复原状", "rolling back", "rollback", Role.BIDDER, acts=OF_INCIDENTS,
    ),
    Step(TRIAL, "ended", TRIALS, "试点结束", "ended", acts=OF_INCIDENTS, terminal=True),
    Step(TRIAL, "unfit", TRIALS, "未通过退出评估", "ended unfit", acts=OF_INCIDENTS, terminal=True),
    Step(TRIAL, "terminated", TRIALS, "已终止", "terminated", acts=OF_INCIDENTS, terminal=True),
    Step(TRIAL, "refused", TRIALS, "不予准入", "refused", acts=OF_INCIDENTS, terminal=True),
    Step(TRIAL, "withdrawn", TRIALS, "已退出", "withdrawn", acts=OF_INCIDENTS, terminal=True),
    # one bidder's inclusion period
    Step(INCLUSION, "active", TRIALS, "包容期内", "active", acts=("record_fault", "verify_correction")),
    Step(INCLUSION, "extended", TRIALS, "包容期延长", "extended", acts=("record_fault", "verify_correction")),
    Step(INCLUSION, "ended", TRIALS, "包容期满", "ended", acts=("verify_correction",), terminal=True),
    Step(INCLUSION, "ended_early", TRIALS, "提前结束", "ended early", acts=("verify_correction",), terminal=True),
    Step(INCLUSION, "breached", TRIALS, "触碰红线", "breached", acts=("verify_correction",), terminal=True),
    Step(INCLUSION, "ordinary", TRIALS, "常规监管", "no period", acts=("verify_correction",), terminal=True),
    # one bidder's acceptance
    Step(
        ACCEPTANCE, "applying", ACCEPTING, "待申请验收", "to be applied for", "acceptance_application", Role.BIDDER,
        acts=("check_intellectual_property",),
    ),
    Step(
        ACCEPTANCE, "reviewing", ACCEPTING, "验收评审", "being reviewed", "acceptance_review", Role.LEAD,
        acts=(
            "convene_panel", "give_expert_opinion", "recuse", "give_acceptance_opinion", "sign_acceptance_opinion",
            "check_intellectual_property",
        ),
    ),
    Step(
        ACCEPTANCE, "concluded", ACCEPTING, "验收待公示", "concluded", "notice_publication", Role.PLATFORM_OFFICE,
    ),
    Step(ACCEPTANCE, "noticed", ACCEPTING, "验收公示", "notice of acceptance", "public_notice", acts=_NOTICE_ACTS),
    Step(
        ACCEPTANCE, "rectifying", ACCEPTING, "整改", "rectifying", "rectification", Role.BIDDER,
        acts=("check_intellectual_property",),
    ),
    Step(
        ACCEPTANCE, "failed", ACCEPTING, "验收不合格", "failed", "refund", Role.BIDDER,
        acts=("ask_fault_tolerance", "decide_fault_tolerance"),
    ),
    Step(ACCEPTANCE, "retrial", ACCEPTING, "重新试点", "in re-trial"),
    Step(ACCEPTANCE, "passed", ACCEPTING, "验收通过", "passed", terminal=True),
    Step(ACCEPTANCE, "settled", ACCEPTING, "已清算", "settled", terminal=True),
    Step(ACCEPTANCE, "lapsed", ACCEPTING, "逾期未申请", "lapsed", terminal=True),
    Step(ACCEPTANCE, "withdrawn", ACCEPTING, "已退出", "withdrawn", terminal=True),
)  # fmt: skip

BEFORE_CONTRACT = (
    "submitted", "supplement", "accepted", "registered", "consultation", "deadlock", "fair_competition",
    "expert_review", "confirmation", "recognised", "recognition_notice", "listing", "listed", "posted", "opening",
    "eligibility", "scoring", "ranked", "ranking_notice", "awarding", "unmatched", "returned",
)  # fmt: skip
"""Steps in which the owner may still withdraw alone."""

AFTER_CHECK = ("scoring", "ranked", "ranking_notice", "awarding", "unmatched")
"""Steps after the eligibility check and before the contract: an upheld appeal against it has it made anew."""

BY_AGREEMENT = ("contracting", "trial", "acceptance")
"""Steps in which a withdrawal takes the agreement of the other parties to the contract."""

OPEN = (
    *BEFORE_CONTRACT, *BY_AGREEMENT, "candidate", "evaluation", "benchmark_decision",
    "benchmark_confirmed", "benchmark_notice", "benchmark",
)  # fmt: skip
"""Every step between submission and the end."""

RAISING = ("evaluation", "benchmark_decision", "benchmark_confirmed", "benchmark_notice")
"""Steps on the way to a title: a first one, or a higher one that is decided on while the title stands."""

OF_A_TITLE = (
    "assess_value", "record_benefit", "record_replication", "record_uptake", "recommend_upward", "review_benchmark",
    "withdraw_benchmark",
)  # fmt: skip
"""What goes on while a benchmark is being raised; on the way to a first title none of it is possible."""

STARTED = ("running", "suspended", "exit")
"""Steps of a trial that has begun and was not concluded: it ends by its exit, or by a proven rollback."""

RETURN_FROM = (
    "registered", "consultation", "deadlock", "fair_competition", "expert_review", "confirmation", "recognised",
    "recognition_notice", "listing",
)  # fmt: skip
RETURN_TO = ("accepted", "registered", "fair_competition", "expert_review")
"""Targets of a return for correction: the owner corrects, and a resubmission starts over there."""
STRAIGHT_BACK_TO = tuple(step for step in RETURN_FROM if step != "recognition_notice")
"""Where it can go straight back to instead; a public notice that was interrupted is published anew."""

OVERRIDE_TO = ("accepted", "registered", "fair_competition", "expert_review", "listing", "listed")
"""What the leading group may re-open, with reasons, of the way before the contract; in promotion `candidate`."""
OVERRIDE_TRIAL = {"admitted": "submitted", "refused": "submitted", "unfit": "exit"}
"""What it may re-open of a bidder's trial: where it stands, and the decision that is taken anew."""

SKIPPABLE = (
    "consultation", "expert_review", "confirmation", "recognition_notice", "scoring", "ranking_notice", "trial",
    "acceptance_notice", "benchmark_notice",
)  # fmt: skip
"""Steps that a policy may leave out, for the city (`steps_off`) or for a track (`tracks.*.skips`)."""


_ORDER: dict[str, int] = {step.key: at for at, step in enumerate(STEPS) if step.machine is SCENE}


def comes_before(first: str, second: str) -> bool:
    """Whether one of the scene's own steps stands before another in the normal course."""
    return _ORDER[first] < _ORDER[second]


def _rows(machine: Machine, sources: Iterable[str], by: str, *targets: str) -> tuple[Row, ...]:
    return tuple(Row(machine, source, by, target) for source in sources for target in targets if source != target)


def _when_final(machine: Machine, sources: Iterable[str], target: str) -> tuple[Row, ...]:
    """The scene was terminated, and nothing can be done against it any more."""
    return (
        *_rows(machine, sources, "after:appeal_window", target),
        *_rows(machine, sources, "decide_appeal", target),
    )


_AFTER_REGISTRATION = ("consultation", "fair_competition")
_AFTER_FAIR = ("expert_review", "confirmation", "recognised", "listing")
_AFTER_EXPERTS = ("confirmation", "recognised", "listing")
_BACK_FROM_NOTICE = ("expert_review", "fair_competition")
_CALL_FAILED = ("unmatched", "closed")
_AFTER_SCORING = ("ranked", "awarding", *_CALL_FAILED)
_END = ("remedies", "closed")
_AFTER_ACCEPTANCES = ("candidate", *_END)
_AFTER_TRIALS = ("acceptance", *_AFTER_ACCEPTANCES)
_AFTER_CONTRACTS = ("trial", *_AFTER_TRIALS, "unmatched")

ROWS: tuple[Row, ...] = (
    # solicitation
    Row(SCENE, "draft", "submit", "submitted"),
    *_rows(SCENE, ("submitted",), "request_supplement", "supplement"),
    *_rows(SCENE, ("submitted",), "accept_filing", "accepted"),
    *_rows(SCENE, ("submitted",), "after:completeness", "accepted"),
    *_rows(SCENE, ("supplement",), "answer_supplement", "submitted"),
    *_rows(SCENE, ("supplement",), "after:supplement", "closed"),
    *_rows(SCENE, ("submitted", "accepted"), "register", "registered"),
    *_rows(SCENE, ("submitted", "accepted"), "decline_admission", "remedies"),
    # review
    *_rows(SCENE, ("registered", "deadlock"), "ask_consultation", *_AFTER_REGISTRATION),
    *_rows(SCENE, ("consultation",), "give_opinion", "fair_competition", "deadlock"),
    *_rows(SCENE, ("consultation",), "remove_signer", "fair_competition", "deadlock"),
    *_rows(SCENE, ("consultation",), "confirm_correction", "fair_competition", "deadlock"),
    *_rows(SCENE, ("consultation",), "after:consultation", "fair_competition", "deadlock"),
    *_rows(SCENE, ("fair_competition",), "conclude_fair_competition", *_AFTER_FAIR),
    *_rows(SCENE, ("expert_review",), "recognise", *_AFTER_EXPERTS),
    *_rows(SCENE, ("deadlock", "fair_competition", "expert_review"), "refuse", "remedies"),
    *_rows(SCENE, ("confirmation",), "confirm_scene", "recognised", "listing", "remedies"),
    *_rows(SCENE, ("recognised",), "publish_notice", "recognition_notice"),
    *_rows(SCENE, ("recognition_notice",), "after:public_notice", "listing"),
    *_rows(SCENE, ("recognition_notice",), "answer_objection", "listing", *_BACK_FROM_NOTICE),
    *_rows(SCENE, ("recognition_notice",), "decide_complaint", "listing", *_BACK_FROM_NOTICE),
    *_rows(SCENE, ("listing",), "decide_complaint", *_BACK_FROM_NOTICE),
    *_rows(SCENE, ("listing",), "list_scene", "listed"),
    *_rows(SCENE, RETURN_FROM, "return_for_correction", "returned"),
    *_rows(SCENE, ("returned",), "resubmit", *dict.fromkeys((*RETURN_TO, *STRAIGHT_BACK_TO))),
    *_rows(SCENE, ("returned",), "after:resubmission", *_END),
    # matching
    *_rows(SCENE, ("listed", "unmatched"), "post_challenge", "posted"),
    *_rows(SCENE, ("posted",), "review_invitation", "listed", "unmatched"),
    *_rows(SCENE, ("posted",), "after:bidding", "opening", "listed", *_CALL_FAILED),
    Row(SCENE, "opening", "reveal_bid", "eligibility"),
    *_rows(SCENE, ("opening",), "after:bid_opening", "eligibility", *_CALL_FAILED),
    *_rows(SCENE, ("eligibility",), "verify_eligibility", "scoring", *_AFTER_SCORING, "remedies"),
    *_rows(SCENE, ("scoring",), "score_bid", *_AFTER_SCORING, "remedies"),
    *_rows(SCENE, (*AFTER_CHECK, "contracting"), "decide_appeal", "eligibility"),
    *_rows(SCENE, ("ranked",), "publish_notice", "ranking_notice"),
    *_rows(SCENE, ("ranking_notice",), "after:public_notice", "awarding"),
    *_rows(SCENE, ("ranking_notice",), "answer_objection", "awarding", "eligibility"),
    *_rows(SCENE, ("ranking_notice",), "decide_complaint", "awarding", "eligibility"),
    Row(SCENE, "awarding", "decide_complaint", "eligibility"),
    *_rows(SCENE, ("awarding",), "award", "contracting"),
    *_rows(SCENE, ("contracting",), "sign_contract", "trial", "acceptance"),
    *_rows(SCENE, ("contracting",), "decline_award", *_AFTER_CONTRACTS),
    *_rows(SCENE, ("contracting",), "after:contract", *_AFTER_CONTRACTS),
    *_rows(SCENE, ("contracting",), "withdraw", *_AFTER_CONTRACTS),
    *_rows(SCENE, ("unmatched",), "after:reissue", "remedies", "closed"),
    *_rows(SCENE, ("listed", "unmatched"), "give_up_matching", "closed"),
    Row(SCENE, "unmatched", "give_up_matching", "remedies"),
    Row(CONTRACT, "", "award", "offered"),
    Row(CONTRACT, "", "decline_award", "offered"),
    Row(CONTRACT, "", "withdraw", "offered"),
    Row(CONTRACT, "", "after:contract", "offered"),
    Row(CONTRACT, "offered", "propose_contract", "signing"),
    *_rows(CONTRACT, ("signing",), "sign_contract", "signed"),
    *_rows(CONTRACT, ("offered", "signing"), "decline_award", "lapsed"),
    *_rows(CONTRACT, ("offered", "signing"), "withdraw", "lapsed"),
    *_rows(CONTRACT, ("offered", "signing"), "after:contract", "lapsed"),
    *_rows(CONTRACT, ("signed", "offered", "signing"), "answer_withdrawal", "dissolved"),
    *_when_final(CONTRACT, ("signed", "offered", "signing"), "dissolved"),
    # trial
    *_rows(SCENE, ("trial",), "conclude_exit", "acceptance", "candidate", "remedies"),
    *_rows(SCENE, ("trial",), "refuse_trial", "acceptance", "candidate", "remedies"),
    *_rows(SCENE, ("trial",), "prove_rollback", *_AFTER_TRIALS),
    *_rows(SCENE, ("trial",), "answer_withdrawal", *_AFTER_TRIALS),
    *_rows(SCENE, ("trial",), "decide_appeal", *_AFTER_TRIALS),
    Row(TRIAL, "", "sign_contract", "planning"),
    *_rows(TRIAL, ("planning",), "submit_trial_plan", "submitted"),
    *_rows(TRIAL, ("submitted",), "admit_trial", "admitted"),
    *_rows(TRIAL, ("submitted", "admitted"), "return_trial_plan", "planning"),
    *_rows(TRIAL, ("submitted",), "refuse_trial", "refused"),
    *_rows(TRIAL, ("refused",), "decide_appeal", "submitted"),
    *_rows(TRIAL, ("admitted",), "start_trial", "running"),
    *_rows(TRIAL, ("running",), "suspend_trial", "suspended"),
    *_rows(TRIAL, ("running",), "record_reading", "suspended"),
    *_rows(TRIAL, ("running",), "record_fault", "suspended"),
    *_rows(TRIAL, ("running",), "verify_correction", "suspended"),
    *_rows(TRIAL, ("running",), "verify_incident", "suspended"),
    *_rows(TRIAL, ("running",), "report_incident", "suspended"),
    *_rows(TRIAL, ("running",), "analyse_incident", "suspended"),
    *_rows(TRIAL, ("running",), "close_incident", "suspended"),
    *_rows(TRIAL, ("running",), "after:correction_order", "suspended"),
    *_rows(TRIAL, ("running",), "after:insurance", "suspended"),
    *_rows(TRIAL, ("suspended",), "approve_resumption", "running"),
    *_rows(TRIAL, ("running", "suspended"), "after:trial", "exit"),
    *_rows(TRIAL, ("running",), "file_exit_report", "exit"),
    *_rows(TRIAL, ("admitted", "running", "suspended", "exit"), "terminate_trial", "rolling_back"),
    *_rows(TRIAL, ("running", "suspended"), "compare_racers", "rolling_back"),
    *_rows(TRIAL, ("rolling_back", "terminated"), "decide_appeal", "planning"),
    *_rows(TRIAL, ("running",), "terminate", "suspended"),
    *_rows(TRIAL, ("running",), "suspend", "suspended"),
    *_rows(TRIAL, ("rolling_back",), "prove_rollback", "terminated", "withdrawn", "planning"),
    *_rows(TRIAL, ("exit",), "conclude_exit", "ended", "unfit"),
    *_rows(TRIAL, ("unfit",), "decide_appeal", "exit"),
    *(Row(TRIAL, source, "override", target) for source, target in OVERRIDE_TRIAL.items()),
    *_rows(TRIAL, ("ended",), "conclude_acceptance", "planning"),
    *_rows(TRIAL, ("planning", "submitted", "admitted"), "answer_withdrawal", "withdrawn"),
    *_rows(TRIAL, STARTED, "answer_withdrawal", "rolling_back"),
    *_when_final(TRIAL, ("planning", "submitted", "admitted"), "terminated"),
    *_when_final(TRIAL, ("suspended", "exit"), "rolling_back"),
    # inclusion period
    *_rows(INCLUSION, ("", "ended", "ended_early", "ordinary"), "start_trial", "active"),
    Row(INCLUSION, "", "record_fault", "ordinary"),
    *_rows(INCLUSION, ("active",), "decide_extension", "extended"),
    *_rows(INCLUSION, ("ended_early",), "decide_appeal", "active", "extended"),
    *_rows(INCLUSION, ("breached",), "decide_appeal", "active", "extended", "ended", "ended_early", "ordinary"),
    *_rows(INCLUSION, ("active", "extended"), "after:inclusion", "ended"),
    *_rows(INCLUSION, ("active", "extended"), "conclude_exit", "ended"),
    *_rows(INCLUSION, ("active", "extended"), "end_inclusion_early", "ended_early"),
    *_rows(INCLUSION, ("active", "extended"), "terminate_trial", "ended_early"),
    *_rows(INCLUSION, ("active", "extended"), "compare_racers", "ended_early"),
    *_rows(INCLUSION, ("active", "extended"), "answer_withdrawal", "ended_early"),
    *_when_final(INCLUSION, ("active", "extended"), "ended_early"),
    *_rows(INCLUSION, ("active", "extended", "ended", "ended_early", "ordinary"), "record_fault", "breached"),
    *_rows(INCLUSION, ("ended", "ended_early", "ordinary"), "close_incident", "breached"),
    *_rows(INCLUSION, ("active", "extended", "ended", "ended_early", "ordinary"), "verify_correction", "breached"),
    # acceptance
    *_rows(SCENE, ("acceptance",), "after:public_notice", "candidate"),
    *_rows(SCENE, ("acceptance",), "answer_objection", "candidate"),
    *_rows(SCENE, ("acceptance",), "decide_complaint", "candidate"),
    *_rows(SCENE, ("acceptance",), "conclude_acceptance", "candidate", "trial"),
    *_rows(SCENE, ("acceptance",), "record_refund", *_AFTER_ACCEPTANCES),
    *_rows(SCENE, ("acceptance",), "confirm_refund", *_AFTER_ACCEPTANCES),
    *_rows(SCENE, ("acceptance",), "after:acceptance_application", *_AFTER_ACCEPTANCES),
    *_rows(SCENE, ("acceptance",), "after:delivery", *_AFTER_ACCEPTANCES),
    *_rows(SCENE, ("acceptance",), "answer_withdrawal", *_AFTER_ACCEPTANCES),
    *_rows(SCENE, ("acceptance",), "decide_appeal", "trial"),
    Row(ACCEPTANCE, "", "sign_contract", "applying"),
    Row(ACCEPTANCE, "", "conclude_exit", "applying"),
    *_rows(ACCEPTANCE, ("applying",), "apply_for_acceptance", "reviewing"),
    *_rows(ACCEPTANCE, ("applying",), "after:acceptance_application", "lapsed"),
    *_rows(ACCEPTANCE, ("applying",), "after:delivery", "lapsed"),
    *_rows(ACCEPTANCE, ("reviewing",), "conclude_acceptance", "concluded", "passed", "rectifying", "retrial", "failed"),
    *_rows(ACCEPTANCE, ("concluded",), "publish_notice", "noticed"),
    *_rows(ACCEPTANCE, ("noticed",), "after:public_notice", "passed"),
    *_rows(ACCEPTANCE, ("noticed",), "answer_objection", "passed", "reviewing"),
    *_rows(ACCEPTANCE, ("noticed",), "decide_complaint", "passed", "reviewing"),
    *_rows(ACCEPTANCE, ("rectifying",), "submit_rectification", "reviewing"),
    *_rows(ACCEPTANCE, ("rectifying",), "after:rectification", "failed"),
    *_rows(ACCEPTANCE, ("failed",), "record_refund", "settled"),
    *_rows(ACCEPTANCE, ("failed",), "confirm_refund", "settled"),
    *_rows(ACCEPTANCE, ("failed", "settled"), "decide_appeal", "reviewing"),
    *_rows(ACCEPTANCE, ("retrial",), "conclude_exit", "applying", "lapsed"),
    *_rows(ACCEPTANCE, ("lapsed",), "conclude_exit", "applying"),
    *_rows(ACCEPTANCE, ("retrial",), "prove_rollback", "lapsed"),
    *_rows(ACCEPTANCE, ("retrial",), "refuse_trial", "lapsed"),
    *_rows(
        ACCEPTANCE, ("applying", "reviewing", "concluded", "noticed", "rectifying", "retrial"),
        "answer_withdrawal", "withdrawn",
    ),
    *_when_final(
        ACCEPTANCE, ("applying", "reviewing", "concluded", "noticed", "rectifying", "retrial"), "withdrawn",
    ),
    # promotion
    *_rows(SCENE, ("candidate", "benchmark"), "nominate_benchmark", "evaluation"),
    *_rows(SCENE, ("evaluation",), "conclude_evaluation", "benchmark_decision"),
    *_rows(SCENE, ("benchmark_decision",), "confirm_benchmark", "benchmark_confirmed", "benchmark", "candidate"),
    *_rows(SCENE, ("benchmark_confirmed",), "publish_notice", "benchmark_notice"),
    *_rows(SCENE, ("benchmark_notice",), "after:public_notice", "benchmark"),
    *_rows(SCENE, ("benchmark_notice",), "answer_objection", "benchmark", "evaluation"),
    *_rows(SCENE, ("benchmark_notice",), "decide_complaint", "benchmark", "evaluation"),
    *_rows(SCENE, ("benchmark", *RAISING), "review_benchmark", "candidate"),
    *_rows(SCENE, ("benchmark", *RAISING), "withdraw_benchmark", "candidate"),
    *_rows(SCENE, ("candidate",), "decide_appeal", "benchmark"),
    *_rows(SCENE, ("candidate", "benchmark"), "close_scene", *_END),
    # from any open step
    *_rows(SCENE, BEFORE_CONTRACT, "withdraw", "closed"),
    *_rows(SCENE, ("eligibility", *AFTER_CHECK), "withdraw", "remedies"),
    *_rows(SCENE, ("contracting",), "answer_withdrawal", *_END),
    *_rows(SCENE, OPEN, "terminate", "remedies"),
    *(  # what is returned was not listed yet
        Row(SCENE, source, "override", target)
        for source in (*BEFORE_CONTRACT, "remedies") for target in OVERRIDE_TO
        if comes_before(target, "listed" if source == "returned" else source)
    ),
    *_rows(SCENE, ("evaluation", "benchmark_decision", "benchmark_confirmed", "benchmark_notice", "benchmark"),
           "override", "candidate"),
    *_rows(SCENE, ("remedies",), "after:appeal_window", "closed"),
    *_rows(SCENE, ("remedies",), "approve_payment", "closed"),
    *_rows(SCENE, ("remedies",), "pay_milestone", "closed"),
    *_rows(SCENE, ("remedies",), "record_refund", "closed"),
    *_rows(SCENE, ("remedies",), "confirm_refund", "closed"),
    *_rows(SCENE, ("remedies",), "decide_appeal", "closed", *OPEN),
    Row(SCENE, "remedies", "close_incident", "closed"),
    Row(SCENE, "remedies", "prove_rollback", "closed"),
    Row(SCENE, "remedies", "verify_correction", "closed"),
    Row(SCENE, "remedies", "override", "trial"),
    # a scene that runs elsewhere is taken over into any step that holds nothing half done by a bidder
    *_rows(SCENE, ("draft",), "take_over", "accepted", "registered", "fair_competition", "expert_review",
           "recognised", "listing", "listed", "contracting", "trial", "acceptance", "candidate", "benchmark"),
    Row(CONTRACT, "", "take_over", "offered"),
    Row(CONTRACT, "", "take_over", "signed"),
    Row(TRIAL, "", "take_over", "planning"),
    Row(TRIAL, "", "take_over", "running"),
    Row(TRIAL, "", "take_over", "ended"),
    Row(ACCEPTANCE, "", "take_over", "applying"),
    Row(ACCEPTANCE, "", "take_over", "passed"),
)  # fmt: skip

ANYWHERE = (
    "suspend", "resume", "request_extension", "decide_extension", "reassign", "propose_correction",
    "confirm_correction", "adopt_policy", "load_calendar", "record_service", "appeal", "decide_appeal",
    "answer_withdrawal", "withdraw", "answer_objection", "file_complaint", "decide_complaint", "conclude_complaint",
    "claim_duty", "release_duty", "transfer_duty", "delegate_duty", "hand_back_duty", "nudge", "copy_to", "take_back",
    "inherit_evidence", "reopen_review", "conclude_lineage_review", "answer_suggestion",
    "complain", "answer_complaint", "request_factor", "answer_factor", "ask_green_channel", "decide_green_channel",
    "record_finance", "confirm_take_over",
)  # fmt: skip
"""Acts possible at every open step, as far as there is something for them to act on."""

WHILE_STANDING_STILL = (
    "resume", "terminate", "withdraw", "answer_withdrawal", "suspend_trial", "terminate_trial", "prove_rollback",
    *OF_INCIDENTS, "record_fault", "verify_correction", "renew_insurance", "record_service", "appeal", "decide_appeal",
    "propose_correction", "confirm_correction", "adopt_policy", "load_calendar", "request_extension",
    "decide_extension", "reassign", "raise_objection", "answer_objection", "file_complaint", "decide_complaint",
    "conclude_complaint", "override", "submit_bid", "withdraw_bid", "claim_duty", "release_duty", "transfer_duty",
    "delegate_duty", "hand_back_duty", "nudge", "copy_to",
    "inherit_evidence", "reopen_review", "conclude_lineage_review", "answer_suggestion", "complain", "answer_complaint",
    "propose_payment", "approve_payment", "pay_milestone", *_REFUND_ACTS, "confirm_take_over",
)  # fmt: skip
"""What neither a suspension nor open remedies stop: safety, remedies, records, and what has a clock that runs on."""

CAN_BE_TAKEN_BACK = (
    "accept_filing", "answer_supplement", "register", "ask_consultation", "give_opinion", "conclude_fair_competition",
    "give_expert_opinion", "recognise", "confirm_scene", "resubmit", "verify_eligibility", "score_bid",
    "submit_trial_plan", "file_report", "report_fix", "propose_resumption",
    "file_exit_report", "apply_for_acceptance", "give_acceptance_opinion", "submit_rectification",
    "nominate_benchmark", "conclude_evaluation", "request_extension",
)  # fmt: skip
"""Acts whose way can be gone back; a policy says which of them a city lets its people take back."""

_STEP: dict[tuple[Machine, str], Step] = {(step.machine, step.key): step for step in STEPS}
_ROWS: frozenset[Row] = frozenset(ROWS)


def step_of(machine: Machine, key: str) -> Step:
    """Raises KeyError for a step that the table lacks."""
    return _STEP[machine, key]


def has_row(machine: Machine, source: str, by: str, target: str) -> bool:
    return Row(machine, source, by, target) in _ROWS


@cache
def leaves(machine: Machine, source: str, by: str) -> bool:
    """Whether a row leads out of the step by this verb."""
    return any((row.machine, row.source, row.by) == (machine, source, by) for row in ROWS)


@cache
def verbs_at(machine: Machine, key: str) -> tuple[str, ...]:
    """The verbs that a row or an act of this step names, in the table's order, without what is possible anywhere."""
    rows = (row.by for row in ROWS if row.machine is machine and row.source == key and not row.by.startswith("after:"))
    acts = _STEP[machine, key].acts if (machine, key) in _STEP else ()
    return tuple(dict.fromkeys((*rows, *acts)))


def verbs_of_scene(key: str, *, titled: bool) -> tuple[str, ...]:
    """The verbs at one of the scene's own steps; while it is raised, those of its title go on."""
    verbs = verbs_at(SCENE, key)
    if key not in RAISING:
        return verbs
    others = tuple(verb for verb in verbs if verb not in OF_A_TITLE)
    return (*others, *OF_A_TITLE) if titled else others


def discharging(key: str) -> tuple[str, ...]:
    """The verbs at one of the scene's own steps with which its holder may discharge the step's duty.

    Nobody has reviewed a benchmark who nominates it for more.
    """
    further = ("nominate_benchmark", "apply_for_benchmark") if key == "benchmark" else ()
    return tuple(verb for verb in verbs_of_scene(key, titled=False) if verb not in further)


@cache
def stages_of(verb: str) -> tuple[Stage, ...]:
    """The stages in which some step names a verb; none for what is possible in any open stage."""
    named = {step.stage for step in STEPS if verb in verbs_at(step.machine, step.key)}
    anywhere = verb in ANYWHERE or len(named - {CLOSED}) == len(Stage) - 1
    return () if anywhere else tuple(stage for stage in Stage if stage in named)


@cache
def machines_of(verb: str) -> tuple[Machine, ...]:
    """The bidders' machines in which a verb is possible at some step."""
    return tuple(
        dict.fromkeys(
            step.machine
            for step in STEPS
            if step.machine is not Machine.SCENE and verb in verbs_at(step.machine, step.key)
        )
    )
