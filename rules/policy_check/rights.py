"""Who may do what: the table of permissions against the duties, and the forms of documents against the verbs."""

from collections.abc import Iterator

from models.commands import ACTS
from models.policy import Policy, Reading, Subject
from models.vocabulary import Role
from models.words import Word
from rules.policy_check.contradiction import OF_THE_MANUAL, OFFICE_VERBS, VERBS, Contradiction, nearest, twice
from rules.policy_check.duties import DUTIES, WITH_ONE_UNIT
from rules.subjects import VERBS as ABOUT

_NO_BUSINESS = {
    Role.SYSTEM: Word("只处理到期，别无职责", "passes deadlines and does nothing else"),
    Role.AUDITOR: Word("只读，不改变任何事项", "reads everything and changes nothing"),
    Role.ADMINISTRATOR: Word("没有业务权限（职责分离）", "has no business rights (separation of duties)"),
}


_PUBLIC = ("raise_objection", "file_complaint", "report_incident", "complain")


_OWN_CAUSE: dict[Role, tuple[str, ...]] = {
    Role.BIDDER: (
        "verify_eligibility", "score_bid", "award", "admit_trial", "start_trial", "approve_resumption", "conclude_exit",
        "record_fault", "verify_correction", "verify_incident", "conclude_acceptance", "decide_fault_tolerance",
        "answer_objection", "decide_complaint", "conclude_complaint", "decide_appeal", "decide_extension",
        "conclude_evaluation",
        "confirm_benchmark", "approve_payment", "pay_milestone", "answer_complaint", "answer_factor",
        "decide_green_channel",
        "propose_compensation", "approve_compensation", "decline_compensation", "pay_compensation",
        "recover_compensation", "confirm_take_over",
    ),
    Role.OWNER: (
        "register", "recognise", "confirm_scene", "score_bid", "answer_objection", "decide_complaint",
        "conclude_complaint", "decide_appeal",
        "decide_fault_tolerance", "conclude_evaluation", "confirm_benchmark", "approve_compensation",
        "answer_complaint", "answer_factor", "decide_green_channel",
        "decline_compensation", "pay_compensation", "confirm_take_over",
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
            system = Word("请删去：到期只由系统处理", "remove it: only the system passes deadlines")
            other = Word("请删去，或用操作手册（scene verbs）中的操作", "remove it, or use a verb of the manual")
            hint = system if verb in ACTS else nearest(verb, missing, other)
            yield Contradiction(
                key, f"{verb} is no verb that a role may use", hint.en, f"{verb} 不是角色可用的操作；{hint.zh}"
            )
            continue
        if not roles:
            yield Contradiction(
                key,
                "is given to nobody: it could never be done",
                "name a role",
                "没有给任何角色，永远无人可办；请写明角色",
            )
        yield from twice(key, roles)
        for at, role in enumerate(roles):
            if role in _NO_BUSINESS and (role, verb) != (Role.ADMINISTRATOR, "propose_directory"):
                yield Contradiction(
                    f"{key}.{at}",
                    f"{role} {_NO_BUSINESS[role].en}",
                    "remove it",
                    f"{role} {_NO_BUSINESS[role].zh}；请删去",
                )
            elif role is Role.PUBLIC and verb not in _PUBLIC:
                yield Contradiction(
                    f"{key}.{at}",
                    f"the public may only {', '.join(_PUBLIC)}",
                    "remove it",
                    f"公众只可 {'、'.join(_PUBLIC)}；请删去",
                )
            elif verb in _OWN_CAUSE.get(role, ()):
                yield Contradiction(
                    f"{key}.{at}",
                    f"{role} would judge its own cause",
                    "give it to another role",
                    f"{role} 会成为自己的裁判；请交给别的角色",
                )
    for verb in _TOLD_BY_THE_OFFICE:
        if granted.get(verb) and Role.PLATFORM_OFFICE not in granted[verb]:
            yield Contradiction(
                f"permissions.{verb}",
                "the kin of a scene are told in the name of its platform office, which may not do this",
                f"add {Role.PLATFORM_OFFICE}",
                f"告知关联场景以其平台窗口的名义办理，而平台窗口无权办理；请加上 {Role.PLATFORM_OFFICE}",
            )
    for verb in VERBS:
        if verb not in granted:
            yield Contradiction(
                f"permissions.{verb}",
                "is missing: nobody could ever do it",
                "add it, with its roles",
                "没有写，永远无人可办；请补上，并写明角色",
            )


def reads(policy: Policy) -> Iterator[Contradiction]:
    """What the law closes stays closed, words stand where they mean something, and who acts on a thing can read it."""
    rules = policy.reads
    if rules is None:
        return
    for role, row in rules.roles.items():
        key = f"reads.roles.{role}"
        if role in _READS_NOTHING:
            yield Contradiction(
                key,
                f"{role} {_NO_BUSINESS[role].en}",
                "remove the line",
                f"{role} {_NO_BUSINESS[role].zh}；请删去这一行",
            )
            continue
        for subject, word in zip(rules.of, row, strict=True):
            if (early := _TOO_EARLY.get((subject, word))) is not None:
                yield Contradiction(
                    key,
                    f"{subject}: {word} is {early[0].en}",
                    f"write {early[1]}, or later",
                    f"{subject}：{word} 早于{early[0].zh}；请写 {early[1]} 或更晚的词",
                )
            elif word is Reading.PUBLIC and subject in _UNPUBLISHED:
                yield Contradiction(
                    key,
                    f"{subject}: nothing of it is ever published",
                    "write own, or none",
                    f"{subject}：从不公开；请写 own 或 none",
                )
            elif word in (Reading.RESULT, Reading.TOTAL) and subject is not Subject.SCORE:
                yield Contradiction(
                    key,
                    f"{subject}: {word} is a word for scores",
                    "write all, own or none",
                    f"{subject}：{word} 只用于分数；请写 all、own 或 none",
                )
            elif (whose := _WORD_OF.get(word)) is not None and role is not whose:
                yield Contradiction(
                    key,
                    f"{subject}: {word} is a word for {whose}",
                    "write own, all or none",
                    f"{subject}：{word} 只用于 {whose}；请写 own、all 或 none",
                )
            elif role is Role.PUBLIC and word not in (Reading.NONE, Reading.PUBLIC, Reading.OWN):
                hint = "write public, own or none"
                yield Contradiction(
                    key,
                    f"{subject}: the public has a part in no scene, and {word} gives nothing",
                    hint,
                    f"{subject}：公众不参与任何场景，写 {word} 等于没写；请写 public、own 或 none",
                )
    if rules.cell(Role.AUDITOR, Subject.AUDIT) is not Reading.ALL:
        yield Contradiction(
            "reads.roles",
            "the auditor reads all records (审计法第三十四条)",
            "write audit: all for auditor",
            "审计可看全部记录（审计法第三十四条）；请为 auditor 写 audit: all",
        )
    for verb, roles in policy.permissions.items():
        about = ABOUT.get(verb)
        if not isinstance(about, Subject) or rules.cell(Role.PUBLIC, about) is Reading.PUBLIC:
            continue
        for role in roles:
            if role not in _NO_BUSINESS and rules.cell(role, about) is Reading.NONE:
                message = f"{role} may {verb} and reads nothing of {about}"
                yield Contradiction(
                    "reads.roles",
                    message,
                    f"write own for {about} in the line of {role}",
                    f"{role} 可以 {verb}，却看不到任何 {about}；请在 {role} 一行的 {about} 处写 own",
                )


_READS_NOTHING = (Role.ADMINISTRATOR, Role.SYSTEM)
_TOO_EARLY: dict[tuple[Subject, Reading], tuple[Word, str]] = {
    **{
        (Subject.BID, word): (
            Word(
                "截止；截止前谁投标任何人都看不到（招标投标法第二十二条、第三十六条）",
                "before the close, when nobody reads who bids (招标投标法第二十二条、第三十六条)",
            ),
            "closed",
        )
        for word in (Reading.ALL, Reading.PUBLIC)
    },
    **{
        (Subject.SCORE, word): (
            Word(
                "评分到齐（招标投标法第三十八条、第四十四条）",
                "before all points are in (招标投标法第三十八条、第四十四条)",
            ),
            "locked",
        )
        for word in (Reading.ALL, Reading.CLOSED)
    },
}
"""The rules keep these closed whatever stands there (`rules.reading`): a table that says otherwise is not true."""
_UNPUBLISHED = (Subject.INCIDENT, Subject.AUDIT)
_WORD_OF = {Reading.ASSIGNED: Role.EXPERT, Reading.CASE: Role.SUPERVISOR}


def undischarged(policy: Policy) -> Iterator[Contradiction]:
    granted = policy.permissions
    for limit, role, verbs in DUTIES:
        if limit == "refund_receipt" and not policy.acceptance.refund_receipt:
            continue
        if any(role in granted.get(verb, ()) for verb in verbs) or not any(granted.get(verb) for verb in verbs):
            continue
        yield Contradiction(
            f"permissions.{verbs[0]}",
            f"{role} has the duty `{limit}` and may do nothing to discharge it ({' or '.join(verbs)})",
            f"add {role}",
            f"{role} 负有期限 `{limit}` 的责任，却无权办理（{'、'.join(verbs)}）；请加上 {role}",
        )
    yield from _asked_of_nobody(policy)
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
                f"limits.{limit} 可以延期，而须申请的角色都无权申请；请加上其一：{'、'.join(sorted(holders))}",
            )


def _asked_of_nobody(policy: Policy) -> Iterator[Contradiction]:
    """What is asked of whoever may answer it is owed by one unit: the first of the roles that one plays."""
    asked = {
        "decide_fault_tolerance": Word(
            "没有哪一个单位答复容错申请", "no single unit would owe the answer to who asks for fault tolerance"
        )
    }
    if policy.back_dating.confirm_take_over:
        asked["confirm_take_over"] = Word(
            "没有哪一个单位确认存量导入，而 back_dating.confirm_take_over 要求先确认后付款",
            "no single unit would owe the confirmation of a takeover, without which back_dating.confirm_take_over "
            "lets nothing be paid",
        )
    for verb, problem in asked.items():
        may = policy.permissions.get(verb, ())
        can = tuple(role for role in WITH_ONE_UNIT if verb not in _OWN_CAUSE.get(role, ()))
        if may and not set(may) & set(can):
            yield Contradiction(
                f"permissions.{verb}",
                problem.en,
                f"add one of: {', '.join(can)}",
                f"{problem.zh}；请加上其一：{'、'.join(can)}",
            )


def documents(policy: Policy) -> Iterator[Contradiction]:
    for verb in policy.documents.forms if policy.documents else ():
        if verb not in VERBS:
            hint = nearest(verb, VERBS, OF_THE_MANUAL)
            yield Contradiction(
                f"documents.forms.{verb}",
                f"{verb} is no verb that a role may use",
                hint.en,
                f"{verb} 不是角色可用的操作；{hint.zh}",
            )
