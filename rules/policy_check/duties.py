"""Which duty is whose, and with which verbs one discharges it."""

from models.policy import Offices, Sourced
from models.vocabulary import Machine, Role
from rules import lifecycle

OFFICES: tuple[Role, ...] = tuple(Role(name) for name in Offices.model_fields if name not in Sourced.model_fields)


WITH_ONE_UNIT = (Role.LEAD, Role.OWNER, Role.REGULATOR, *OFFICES)
"""Roles that one unit plays in a scene, whoever the bidder is: they can be written to, and asked to decide."""


_WAYS_OUT = {*lifecycle.ANYWHERE, "terminate", "override"}
"""Possible at any step, and the discharge of no duty."""


def _acts_at(step: lifecycle.Step) -> tuple[str, ...]:
    verbs = lifecycle.verbs_at(step.machine, step.key)
    if step.machine is Machine.SCENE:
        verbs = lifecycle.discharging(step.key)
    return tuple(verb for verb in verbs if verb not in _WAYS_OUT)


DUTIES: tuple[tuple[str, Role, tuple[str, ...]], ...] = (
    *(
        (step.limit, step.holder, _acts_at(step))
        for step in lifecycle.STEPS
        if step.limit is not None and step.holder is not None
    ),
    ("consultation", Role.COOPERATING, ("give_opinion",)),
    ("objection", Role.PLATFORM_OFFICE, ("answer_objection",)),
    ("complaint", Role.SUPERVISOR, ("decide_complaint",)),
    ("complaint_outcome", Role.LEADING_GROUP, ("conclude_complaint",)),
    ("complaint_answer", Role.REGULATOR, ("answer_complaint",)),
    ("complaint_answer", Role.SUPERVISOR, ("answer_complaint",)),
    ("factor", Role.LEAD, ("answer_factor",)),
    ("factor", Role.COOPERATING, ("answer_factor",)),
    ("green_channel", Role.PLATFORM_OFFICE, ("decide_green_channel",)),
    ("invitation_review", Role.LEAD, ("review_invitation",)),
    ("bid_opening", Role.BIDDER, ("reveal_bid",)),
    ("race_comparison", Role.LEAD, ("compare_racers",)),
    ("trial_opinion", Role.COOPERATING, ("give_trial_opinion",)),
    ("report", Role.BIDDER, ("file_report",)),
    ("midterm", Role.BIDDER, ("file_report",)),
    ("fix", Role.BIDDER, ("report_fix",)),
    ("resumption", Role.REGULATOR, ("propose_resumption",)),
    ("resumption", Role.REGULATOR, ("approve_resumption",)),
    ("supervision", Role.REGULATOR, ("terminate_trial",)),
    ("supervision", Role.REGULATOR, ("lift_supervision",)),
    ("exit_evaluation", Role.BIDDER, ("file_exit_report",)),
    ("exit_evaluation", Role.EXPERT, ("give_expert_opinion",)),
    ("incident_report", Role.BIDDER, ("report_incident",)),
    ("incident_analysis", Role.REGULATOR, ("analyse_incident",)),
    ("incident_acknowledgement", Role.REGULATOR, ("acknowledge_incident",)),
    ("incident_close", Role.REGULATOR, ("close_incident",)),
    ("correction_order", Role.BIDDER, ("report_correction",)),
    ("correction_check", Role.REGULATOR, ("verify_correction",)),
    ("correction_check", Role.REGULATOR, ("verify_incident",)),
    ("casualty_report", Role.REGULATOR, ("report_upward",)),
    ("upward_report", Role.REGULATOR, ("report_upward",)),
    ("leak_notice", Role.BIDDER, ("notify_leak",)),
    ("delivery", Role.BIDDER, ("apply_for_acceptance",)),
    ("acceptance_opinion", Role.OWNER, ("give_acceptance_opinion",)),
    ("acceptance_opinion", Role.REGULATOR, ("give_acceptance_opinion",)),
    ("acceptance_opinion", Role.COOPERATING, ("give_acceptance_opinion",)),
    ("expert_review", Role.EXPERT, ("give_expert_opinion",)),
    ("scoring", Role.EXPERT, ("score_bid",)),
    ("acceptance_review", Role.EXPERT, ("give_expert_opinion",)),
    ("acceptance_review", Role.EXPERT, ("sign_acceptance_opinion",)),
    ("payment", Role.LEAD, ("approve_payment",)),
    ("payment", Role.PAYER, ("pay_milestone",)),
    ("refund_receipt", Role.PAYER, ("confirm_refund",)),
    ("suggestion", Role.LEAD, ("answer_suggestion",)),
    ("suggestion", Role.REGULATOR, ("answer_suggestion",)),
    ("lineage_review", Role.EVALUATION_TEAM, ("conclude_lineage_review",)),
    ("lineage_review", Role.REGULATOR, ("conclude_lineage_review",)),
    ("lineage_review", Role.PLATFORM_OFFICE, ("conclude_lineage_review",)),
    ("service", Role.PLATFORM_OFFICE, ("record_service",)),
    ("appeal", Role.SUPERVISOR, ("decide_appeal",)),
    ("withdrawal_consent", Role.OWNER, ("answer_withdrawal",)),
    ("withdrawal_consent", Role.BIDDER, ("answer_withdrawal",)),
)
"""Limit, who has the duty, and the verbs of which one discharges it."""


HELD: frozenset[str] = frozenset(limit for limit, _, _ in DUTIES) | {
    "extension_answer", "fault_tolerance", "take_over_confirmation",
}  # fmt: skip
"""Limits that are somebody's duty; the others are periods that simply run."""


OF_THE_SCENE: frozenset[str] = frozenset(
    step.limit for step in lifecycle.STEPS if step.machine is Machine.SCENE and step.limit is not None
)
"""Limits that also run where no bidder is meant."""
