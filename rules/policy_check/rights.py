"""Who may do what: the table of permissions against the duties, and the forms of documents against the verbs."""

from collections.abc import Iterator

from models.commands import ACTS
from models.policy import Policy, Reading, Subject
from models.vocabulary import Role
from rules.policy_check.contradiction import OFFICE_VERBS, VERBS, Contradiction, nearest, twice
from rules.policy_check.duties import DUTIES, WITH_ONE_UNIT
from rules.subjects import VERBS as ABOUT

_NO_BUSINESS = {
    Role.SYSTEM: "passes deadlines and does nothing else",
    Role.AUDITOR: "reads everything and changes nothing",
    Role.ADMINISTRATOR: "has no business rights (separation of duties)",
}


_PUBLIC = ("raise_objection", "file_complaint", "report_incident", "complain")


_OWN_CAUSE: dict[Role, tuple[str, ...]] = {
    Role.BIDDER: (
        "verify_eligibility", "score_bid", "award", "admit_trial", "start_trial", "approve_resumption", "conclude_exit",
        "record_fault", "verify_correction", "verify_incident", "conclude_acceptance", "decide_fault_tolerance",
        "answer_objection", "decide_complaint", "decide_appeal", "decide_extension", "conclude_evaluation",
        "confirm_benchmark", "approve_payment", "pay_milestone", "answer_complaint", "answer_factor",
        "decide_green_channel",
        "propose_compensation", "approve_compensation", "decline_compensation", "pay_compensation",
        "recover_compensation",
    ),
    Role.OWNER: (
        "register", "recognise", "confirm_scene", "score_bid", "answer_objection", "decide_complaint", "decide_appeal",
        "decide_fault_tolerance", "conclude_evaluation", "confirm_benchmark", "approve_compensation",
        "answer_complaint", "answer_factor", "decide_green_channel",
        "decline_compensation", "pay_compensation",
    ),
    Role.LEADING_GROUP: ("score_bid",),
}  # fmt: skip
"""Verbs with which a role would judge its own cause; the leading group never touches a score."""


_TOLD_BY_THE_OFFICE = ("inherit_evidence", "reopen_review")


def permissions(policy: Policy) -> Iterator[Contradiction]:
    granted = policy.permissions
    for verb, roles in granted.items():
        key = f"permissions.{verb}"
        if verb not in (*VERBS, *OFFICE_VERBS):
            missing = [each for each in (*VERBS, *OFFICE_VERBS) if each not in granted] or list(VERBS)
            system = "remove it: only the system passes deadlines"
            hint = system if verb in ACTS else nearest(verb, missing, "remove it, or use a verb of the manual")
            yield Contradiction(key, f"{verb} is no verb that a role may use", hint)
            continue
        if not roles:
            yield Contradiction(key, "is given to nobody: it could never be done", "name a role")
        yield from twice(key, roles)
        for at, role in enumerate(roles):
            if role in _NO_BUSINESS and (role, verb) != (Role.ADMINISTRATOR, "propose_directory"):
                yield Contradiction(f"{key}.{at}", f"{role} {_NO_BUSINESS[role]}", "remove it")
            elif role is Role.PUBLIC and verb not in _PUBLIC:
                yield Contradiction(f"{key}.{at}", f"the public may only {', '.join(_PUBLIC)}", "remove it")
            elif verb in _OWN_CAUSE.get(role, ()):
                yield Contradiction(f"{key}.{at}", f"{role} would judge its own cause", "give it to another role")
    for verb in _TOLD_BY_THE_OFFICE:
        if granted.get(verb) and Role.PLATFORM_OFFICE not in granted[verb]:
            yield Contradiction(
                f"permissions.{verb}",
                "the kin of a scene are told in the name of its platform office, which may not do this",
                f"add {Role.PLATFORM_OFFICE}",
            )
    for verb in VERBS:
        if verb not in granted:
            yield Contradiction(f"permissions.{verb}", "is missing: nobody could ever do it", "add it, with its roles")


def reads(policy: Policy) -> Iterator[Contradiction]:
    """What the law closes stays closed, words stand where they mean something, and who acts on a thing can read it."""
    rules = policy.reads
    if rules is None:
        return
    for role, row in rules.roles.items():
        key = f"reads.roles.{role}"
        if role in _READS_NOTHING:
            yield Contradiction(key, f"{role} {_NO_BUSINESS[role]}", "remove the line")
            continue
        for subject, word in zip(rules.of, row, strict=True):
            if (early := _TOO_EARLY.get((subject, word))) is not None:
                yield Contradiction(key, f"{subject}: {word} is {early[0]}", f"write {early[1]}, or later")
            elif word is Reading.PUBLIC and subject in _UNPUBLISHED:
                yield Contradiction(key, f"{subject}: nothing of it is ever published", "write own, or none")
            elif word in (Reading.RESULT, Reading.TOTAL) and subject is not Subject.SCORE:
                yield Contradiction(key, f"{subject}: {word} is a word for scores", "write all, own or none")
            elif (whose := _WORD_OF.get(word)) is not None and role is not whose:
                yield Contradiction(key, f"{subject}: {word} is a word for {whose}", "write own, all or none")
            elif role is Role.PUBLIC and word not in (Reading.NONE, Reading.PUBLIC, Reading.OWN):
                hint = "write public, own or none"
                yield Contradiction(
                    key, f"{subject}: the public has a part in no scene, and {word} gives nothing", hint
                )
    if rules.cell(Role.AUDITOR, Subject.AUDIT) is not Reading.ALL:
        yield Contradiction(
            "reads.roles", "the auditor reads all records (审计法第三十四条)", "write audit: all for auditor"
        )
    for verb, roles in policy.permissions.items():
        about = ABOUT.get(verb)
        if not isinstance(about, Subject) or rules.cell(Role.PUBLIC, about) is Reading.PUBLIC:
            continue
        for role in roles:
            if role not in _NO_BUSINESS and rules.cell(role, about) is Reading.NONE:
                message = f"{role} may {verb} and reads nothing of {about}"
                yield Contradiction("reads.roles", message, f"write own for {about} in the line of {role}")


_READS_NOTHING = (Role.ADMINISTRATOR, Role.SYSTEM)
_TOO_EARLY: dict[tuple[Subject, Reading], tuple[str, str]] = {
    **{
        (Subject.BID, word): (
            "before the close, when nobody reads who bids (招标投标法第二十二条、第三十六条)",
            "closed",
        )
        for word in (Reading.ALL, Reading.PUBLIC)
    },
    **{
        (Subject.SCORE, word): ("before all points are in (招标投标法第三十八条、第四十四条)", "locked")
        for word in (Reading.ALL, Reading.CLOSED)
    },
}
"""The rules keep these closed whatever stands there (`rules.reading`): a table that says otherwise is not true."""
_UNPUBLISHED = (Subject.INCIDENT, Subject.AUDIT)
_WORD_OF = {Reading.ASSIGNED: Role.EXPERT, Reading.CASE: Role.SUPERVISOR}


def undischarged(policy: Policy) -> Iterator[Contradiction]:
    granted = policy.permissions
    for limit, role, verbs in DUTIES:
        if any(role in granted.get(verb, ()) for verb in verbs) or not any(granted.get(verb) for verb in verbs):
            continue
        yield Contradiction(
            f"permissions.{verbs[0]}",
            f"{role} has the duty `{limit}` and may do nothing to discharge it ({' or '.join(verbs)})",
            f"add {role}",
        )
    finders = granted.get("decide_fault_tolerance", ())
    if finders and not set(finders) & set(WITH_ONE_UNIT):
        yield Contradiction(
            "permissions.decide_fault_tolerance",
            "no single unit would owe the answer to who asks for fault tolerance",
            f"add one of: {', '.join(WITH_ONE_UNIT)}",
        )
    for limit in policy.limits.stated:
        if policy.limit(limit).extension is None:
            continue
        holders = {role for duty, role, _ in DUTIES if duty == limit and role is not Role.EXPERT}
        holders = holders or {Role.BIDDER, Role.LEAD, Role.REGULATOR}
        if granted.get("request_extension") and not holders & set(granted["request_extension"]):
            yield Contradiction(
                "permissions.request_extension",
                f"limits.{limit} can be extended, and none of those who would ask may ask",
                f"add one of: {', '.join(sorted(holders))}",
            )


def documents(policy: Policy) -> Iterator[Contradiction]:
    for verb in policy.documents.forms if policy.documents else ():
        if verb not in VERBS:
            hint = nearest(verb, VERBS, "use a verb of the manual")
            yield Contradiction(f"documents.forms.{verb}", f"{verb} is no verb that a role may use", hint)
