"""What everything in a scene is about: each verb, each kind of event, each field of its state, each limit, as
literals.

The table of reading rights (`models.policy.reads`) is made of subjects. What is new has none until it stands here:
nobody but who stands outside the table is shown it, and a test says so by name. Some are about what they name: a
notice about a ranking is about scores, more time for a report is about the trial (`Via`).
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, assert_never

from models.commands import Act
from models.commands.anywhere import ProposeCorrection
from models.deadline import AwaitedService, Deadline
from models.events import Event
from models.journal import JournalEntry
from models.policy import Subject
from models.state import SceneState
from models.vocabulary import Machine, NoticeAbout, PanelPurpose
from rules.keyed import find
from rules.permissions import bidders


class Via(StrEnum):
    """What tells the subject of a thing: the field of this name."""

    PURPOSE = "purpose"
    ABOUT = "about"
    OBJECTION = "objection"
    CLOCK = "clock"
    ENTRY = "entry"
    CORRECTION = "correction"
    VERB = "verb"
    MACHINE = "machine"


SCENE, BID, SCORE, CONTRACT, TRIAL, INCIDENT, ACCEPTANCE, PROMOTION, FUND, QUOTA, RULES, AUDIT = Subject

About = Subject | Via


def _each(*groups: tuple[About, str]) -> dict[str, About]:
    return {name: about for about, names in groups for name in names.split()}


VERBS: Mapping[str, About] = _each(
    (SCENE, "submit accept_filing request_supplement answer_supplement register decline_admission ask_consultation"),
    (SCENE, "give_opinion conclude_fair_competition recognise refuse confirm_scene list_scene"),
    (SCENE, "post_challenge amend_challenge review_invitation give_up_matching"),
    (SCENE, "withdraw answer_withdrawal terminate suspend resume return_for_correction resubmit reassign override"),
    (SCENE, "take_over confirm_take_over pass_deadline copy_to add_signer remove_signer close_scene"),
    (SCENE, "complain answer_complaint request_factor answer_factor ask_green_channel decide_green_channel"),
    (BID, "submit_bid withdraw_bid open_bids reveal_bid verify_eligibility"),
    (SCORE, "score_bid"),
    (CONTRACT, "award decline_award propose_contract sign_contract propose_payment approve_payment pay_milestone"),
    (CONTRACT, "record_finance"),
    (TRIAL, "compare_racers submit_trial_plan give_trial_opinion admit_trial return_trial_plan refuse_trial"),
    (TRIAL, "start_trial advance_phase file_report record_reading renew_insurance suspend_trial report_fix"),
    (TRIAL, "propose_resumption approve_resumption terminate_trial prove_rollback file_exit_report conclude_exit"),
    (TRIAL, "record_fault report_correction verify_correction end_inclusion_early lift_supervision"),
    (TRIAL, "suggest_rule_change answer_suggestion"),
    (INCIDENT, "report_incident acknowledge_incident report_upward notify_leak analyse_incident verify_incident"),
    (INCIDENT, "close_incident"),
    (ACCEPTANCE, "apply_for_acceptance give_acceptance_opinion check_intellectual_property sign_acceptance_opinion"),
    (ACCEPTANCE, "conclude_acceptance submit_rectification record_refund confirm_refund ask_fault_tolerance"),
    (ACCEPTANCE, "decide_fault_tolerance assess_value"),
    (PROMOTION, "give_benchmark_opinion"),
    (PROMOTION, "apply_for_benchmark nominate_benchmark conclude_evaluation confirm_benchmark record_benefit"),
    (PROMOTION, "record_replication record_uptake recommend_upward review_benchmark withdraw_benchmark"),
    (PROMOTION, "inherit_evidence reopen_review conclude_lineage_review"),
    (RULES, "adopt_policy load_calendar propose_calendar confirm_calendar propose_directory confirm_directory"),
    (FUND, "pay_into_fund claim_from_fund withdraw_fund_claim propose_compensation approve_compensation"),
    (FUND, "decline_compensation pay_compensation recover_compensation"),
    (QUOTA, "set_quota"),
    (AUDIT, "dismiss_event"),
    (Via.PURPOSE, "convene_panel give_expert_opinion recuse"),
    (Via.ABOUT, "publish_notice raise_objection"),
    (Via.OBJECTION, "answer_objection file_complaint decide_complaint conclude_complaint"),
    (Via.CLOCK, "request_extension decide_extension"),
    (Via.CLOCK, "claim_duty release_duty transfer_duty delegate_duty hand_back_duty nudge"),
    (Via.ENTRY, "appeal decide_appeal record_service propose_correction take_back"),
    (Via.CORRECTION, "confirm_correction"),
)
"""Every verb of a scene, and those of the offices."""

EVENTS: Mapping[str, About] = _each(
    (SCENE, "scene_ending scene_closed scene_submitted filing_accepted supplement_requested supplement_answered"),
    (SCENE, "scene_registered consultation_asked opinion_given consultation_closed opinions_voided"),
    (SCENE, "fair_competition_concluded scene_recognised scene_confirmed scene_listed"),
    (SCENE, "challenge_posted challenge_amended invitation_reviewed invitation_lapsed call_failed"),
    (SCENE, "scene_taken_over take_over_confirmed withdrawal_asked withdrawal_answered scene_suspended scene_resumed"),
    (SCENE, "scene_returned scene_resubmitted part_reassigned step_overridden copy_sent signer_added signer_removed"),
    (SCENE, "complaint_made complaint_answered factor_requested factor_answered"),
    (SCENE, "green_channel_asked green_channel_decided"),
    (BID, "bid_submitted bid_withdrawn bids_opened bid_revealed eligibility_verified eligibility_annulled"),
    (SCORE, "bid_scored bids_ranked"),
    (CONTRACT, "awarded contract_proposed contract_signed payment_proposed payment_decided milestone_paid"),
    (CONTRACT, "finance_recorded"),
    (TRIAL, "racers_compared trial_planned trial_opinion_given trial_admitted trial_started phase_advanced"),
    (TRIAL, "report_filed reading_recorded insurance_renewed trial_suspended fix_reported resumption_proposed"),
    (TRIAL, "trial_resumed trial_terminated rollback_proven exit_report_filed exit_concluded inclusion_granted"),
    (
        TRIAL,
        "fault_recorded correction_reported correction_verified supervision_began supervision_lifted measure_annulled",
    ),
    (TRIAL, "rule_change_suggested suggestion_answered"),
    (INCIDENT, "incident_reported incident_acknowledged reported_upward leak_notified incident_analysed"),
    (INCIDENT, "incident_assessed incident_verified incident_closed"),
    (ACCEPTANCE, "acceptance_opened acceptance_applied_for acceptance_opinion_given intellectual_property_checked"),
    (ACCEPTANCE, "acceptance_silence acceptance_opinion_signed acceptance_concluded rectification_submitted"),
    (ACCEPTANCE, "refund_owed refund_declared refund_missed refund_recorded fault_tolerance_asked"),
    (ACCEPTANCE, "fault_tolerance_decided fault_tolerance_annulled value_assessed"),
    (PROMOTION, "benchmark_opinion_given"),
    (PROMOTION, "benchmark_applied_for benchmark_nominated benchmark_evaluated benchmark_decided benchmark_reviewed"),
    (
        PROMOTION,
        "benchmark_raised benchmark_withdrawn benchmark_restored benefit_recorded replication_recorded uptake_recorded",
    ),
    (PROMOTION, "recommended_upward evidence_inherited lineage_review_opened lineage_review_concluded"),
    (RULES, "policy_adopted calendar_loaded"),
    (Via.PURPOSE, "panel_convened member_recused expert_opinion_given"),
    (Via.ABOUT, "notice_published notice_ran_out objection_raised"),
    (Via.OBJECTION, "objection_answered complaint_filed complaint_decided complaint_concluded objection_settled"),
    (Via.CLOCK, "deadline_set deadline_met deadline_passed deadline_cancelled deadline_paused deadline_moved rung_due"),
    (Via.CLOCK, "service_awaited service_dropped extension_requested extension_decided"),
    (Via.CLOCK, "duty_claimed duty_released duty_transferred duty_delegated duty_handed_back duty_nudged"),
    (Via.ENTRY, "decision_served notice_served appeal_lodged appeal_decided decision_final correction_proposed"),
    (Via.ENTRY, "entry_corrected act_taken_back upheld_too_late"),
    (Via.CORRECTION, "correction_rejected"),
    (Via.VERB, "adverse_decision document_issued"),
    (Via.MACHINE, "step_entered"),
)

FIELDS: Mapping[str, Subject] = {
    name: about
    for about, names in (
        (SCENE, "scene sequence stage step entered_at entered_on outcome declared unconfirmed began_on"),
        (SCENE, "profile call policy_version policy_digest calendar lead cooperating regulator supplements"),
        (SCENE, "consultation fair_competition panels recused notices objections listed_in challenge"),
        (SCENE, "complaints factors green_channel returns returned suspension withdrawal decisions services"),
        (SCENE, "ran_on reopened_on corrections extension_requests deadlines"),
        (BID, "bids"),
        (SCORE, "ranking"),
        (CONTRACT, "contracts payments finances"),
        (TRIAL, "trials race_compared inclusions suggestions"),
        (INCIDENT, "incidents"),
        (ACCEPTANCE, "acceptances refunds refunds_on_their_way value_yuan value_shares"),
        (
            PROMOTION,
            "benchmark benchmark_applications benchmark_opinions replications uptakes awarded_yuan benefits_yuan",
        ),
        (PROMOTION, "recommendations inherited lineage_reviews"),
        (AUDIT, "directory_version hands last touched receipts"),
    )
    for name in names.split()
}
"""Of the state of a scene. Panels, decisions, clocks and services are told apart one by one as well."""

LIMITS: Mapping[str, Subject] = {
    name: about
    for about, names in (
        (SCENE, "call_window completeness supplement registration consultation_start consultation deadlock"),
        (SCENE, "fair_competition expert_review confirmation notice_publication public_notice objection"),
        (
            SCENE,
            "complaint_window complaint complaint_outcome listing posting bidding invitation_review amendment reissue",
        ),
        (SCENE, "service appeal_window appeal resubmission withdrawal_consent complaint_answer factor green_channel"),
        (SCENE, "extension_answer take_over_confirmation"),
        (BID, "opening_session bid_opening eligibility"),
        (SCORE, "scoring"),
        (CONTRACT, "award contract payment"),
        (TRIAL, "race_comparison trial_plan trial_opinion admission start trial insurance report midterm fix"),
        (
            TRIAL,
            "resumption rollback exit_evaluation inclusion supervision correction_order correction_check suggestion",
        ),
        (INCIDENT, "incident_report incident_analysis incident_acknowledgement incident_close casualty_report"),
        (INCIDENT, "upward_report leak_notice"),
        (ACCEPTANCE, "acceptance_application delivery acceptance_review acceptance_opinion rectification refund"),
        (ACCEPTANCE, "fault_tolerance refund_receipt"),
        (PROMOTION, "nomination evaluation yearly_review lineage_review"),
        (FUND, "fund_proposal fund_decision fund_payment"),
    )
    for name in names.split()
}

PURPOSES: Mapping[PanelPurpose, Subject] = {
    PanelPurpose.RECOGNITION: SCENE, PanelPurpose.SCORING: SCORE, PanelPurpose.EXIT: TRIAL,
    PanelPurpose.ACCEPTANCE: ACCEPTANCE,
}  # fmt: skip
NOTICES: Mapping[NoticeAbout, Subject] = {
    NoticeAbout.RECOGNITION: SCENE, NoticeAbout.RANKING: SCORE, NoticeAbout.ACCEPTANCE: ACCEPTANCE,
    NoticeAbout.BENCHMARK: PROMOTION,
}  # fmt: skip
MACHINES: Mapping[Machine, Subject] = {
    Machine.SCENE: SCENE, Machine.CONTRACT: CONTRACT, Machine.TRIAL: TRIAL, Machine.INCLUSION: TRIAL,
    Machine.ACCEPTANCE: ACCEPTANCE,
}  # fmt: skip


class Matter(NamedTuple):
    """What a thing is about: `subject` None is nobody's to read; `bidder` whose it is, where it is a bidder's."""

    subject: Subject | None
    bidder: str | None = None


class Matters:
    """The matter of whatever a scene has. What names an entry is about what that entry was, if the journal is known."""

    def __init__(self, state: SceneState, journal: Sequence[JournalEntry] = ()) -> None:
        self._state = state
        self._journal = {each.sequence: each for each in journal}
        corrections = (each for each in journal if isinstance(each.command.act, ProposeCorrection))
        self._corrections = {each.command.act.correction: each.sequence for each in corrections}  # type: ignore[union-attr]

    def act(self, act: Act) -> Matter:
        return self._matter(VERBS.get(act.verb), act)

    def event(self, event: Event) -> Matter:
        return self._matter(EVENTS.get(event.kind), event)

    def verb(self, verb: str, bidder: str | None = None) -> Matter:
        """Of an act of which only the verb is known; of one that is about what it names the scene itself."""
        about = VERBS.get(verb)
        return Matter(SCENE if isinstance(about, Via) else about, bidder)

    def clock(self, clock: Deadline | AwaitedService) -> Matter:
        """A deadline's, a duty's, or a service's that is waited for."""
        holder = clock.holder
        theirs = holder.unit if holder is not None and holder.role == "bidder" else None
        return Matter(LIMITS.get(clock.limit), clock.bidder or theirs)

    def _matter(self, about: About | None, thing: Act | Event) -> Matter:
        bidder = _bidder(thing)
        if about is None or isinstance(about, Subject):
            return Matter(about, bidder)
        match about:
            case Via.PURPOSE:
                panel = getattr(thing, "panel", None)
                purpose = panel.purpose if panel is not None else getattr(thing, "purpose", None)
                return Matter(PURPOSES.get(purpose) if purpose else None, bidder)
            case Via.ABOUT:
                return Matter(NOTICES.get(getattr(thing, "about")), bidder)  # noqa: B009
            case Via.OBJECTION:
                objection = find(self._state.objections, id=getattr(thing, "objection", ""))
                return Matter(NOTICES[objection.about], objection.bidder) if objection else Matter(SCENE)
            case Via.CLOCK:
                return self._clock_of(thing)
            case Via.ENTRY:
                return self._entry_of(_first(thing, "decision", "sequence", "entry"))
            case Via.CORRECTION:
                return self._entry_of(self._corrections.get(getattr(thing, "correction", "")))
            case Via.VERB:
                return self.verb(str(_first(thing, "verb", "form")), bidder)
            case Via.MACHINE:
                return Matter(MACHINES[getattr(thing, "machine")], bidder)  # noqa: B009
            case _:
                assert_never(about)

    def _clock_of(self, thing: Act | Event) -> Matter:
        whole = _first(thing, "awaited", "deadline")
        if isinstance(whole, Deadline | AwaitedService):
            return self.clock(whole)
        return self.id(str(_first(thing, "id", "duty", "deadline") or ""))

    def id(self, id: str) -> Matter:
        """Of a deadline of which only the id is known."""
        known = find(self._state.deadlines, id=id)
        if known is not None:
            return self.clock(known)
        limit, _, of = id.partition("/")
        named = (each for each in _bidders(self._state) if of == each or of.startswith(f"{each}/"))
        return Matter(LIMITS.get(limit, SCENE), next(named, None))

    def _entry_of(self, sequence: object) -> Matter:
        entry = self._journal.get(sequence) if isinstance(sequence, int) else None
        if entry is None or VERBS.get(entry.command.act.verb) in (Via.ENTRY, Via.CORRECTION):
            return Matter(SCENE)
        return self.act(entry.command.act)


def _first(thing: object, *names: str) -> object:
    return next((value for name in names if (value := getattr(thing, name, None)) is not None), None)


def _bidder(thing: object) -> str | None:
    """Whose a thing is: it says so, or what it holds does."""
    held: Iterable[object] = (thing, *(getattr(thing, name, None) for name in ("bid", "panel", "suggestion")))
    found = next((each for one in held if (each := getattr(one, "bidder", None)) is not None), None)
    return found if isinstance(found, str) else None


def _bidders(state: SceneState) -> tuple[str, ...]:
    return (*bidders(state), *(each.bidder for each in state.trials))
