"""The code's words as a reader sees them. What has to be typed again (verbs, roles) stands beside its Chinese name."""

from collections.abc import Callable, Mapping

from models.event_words import EVENT_REASONS, EVENT_WORDS
from models.refusal import Language
from models.vocabulary import Machine
from models.words import (
    CLAIM_STATUSES,
    COMPLAINT_OUTCOMES,
    FIRST_FAULT,
    FUND_DUTIES,
    GATE_CONDITIONS,
    INCIDENTS,
    LIMITS,
    MACHINES,
    NOT_ELIGIBLE,
    NOTICES,
    OBJECTIONS,
    OFFICE_VERBS,
    OUTCOMES,
    PHASES,
    PLAN_PARTS,
    PROPOSAL_STATUSES,
    RISKS,
    ROLES,
    STAGES,
    SUBJECTS,
    UNITS,
    VERBS,
    VERDICTS,
    Word,
)
from rules.lifecycle import STEPS

from .output import language, say

_FEW = 6
_VERBS: Mapping[str, Word] = {**VERBS, **OFFICE_VERBS}
STEP_WORDS: Mapping[tuple[str, str], Word] = {(step.machine.value, step.key): Word(step.zh, step.en) for step in STEPS}


def verb(name: str) -> str:
    return _both(_VERBS, name)


def event(kind: str, because: str | None = None) -> str:
    """What happened, and why where the event says so."""
    reason = EVENT_REASONS.get(kind, {}).get(because or "")
    told = _alone(EVENT_WORDS, kind)
    return told + say(f"（{reason.zh}）", f" ({reason.en})") if reason is not None else told


def role(name: str) -> str:
    return _alone(ROLES, name)


def stage(name: str) -> str:
    return _alone(STAGES, name)


def step(key: str, machine: Machine = Machine.SCENE) -> str:
    word = STEP_WORDS.get((machine.value, key))
    return word.text(language()) if word else key


def machine(name: str) -> str:
    return _alone(MACHINES, name)


def limit(name: str) -> str:
    return _alone({**LIMITS, **FUND_DUTIES}, name)


def period_unit(name: str) -> str:
    return _alone(UNITS, name)


def outcome(name: str | None) -> str:
    return _alone(OUTCOMES, name) if name else "-"


def in_words(details: Mapping[str, str], to: Language) -> dict[str, str]:
    """A refusal's details for its text in `to`: in Chinese the names with their codes; long lists cut short."""
    if to == "en":
        return {key: _shortened(value, ", ", to) if key == "possible" else value for key, value in details.items()}
    of = details.get("machine", Machine.SCENE.value)
    steps = {key: word for (its, key), word in STEP_WORDS.items() if its == of}
    lists: dict[str, Mapping[str, Word]] = {
        "step": steps, "to": steps, "verb": _VERBS, "possible": VERBS, "did": {**_VERBS, **ROLES},
        "role": ROLES, "allowed": ROLES, "roles": ROLES, "machine": MACHINES, "about": NOTICES,
        "outcome": {**OUTCOMES, **COMPLAINT_OUTCOMES},
        "status": {**OBJECTIONS, **PROPOSAL_STATUSES, **INCIDENTS}, "missing": PLAN_PARTS, "phase": PHASES,
        "stands": CLAIM_STATUSES, "subject": SUBJECTS, "findings": FIRST_FAULT, "verdict": VERDICTS, "expected": PHASES,
    }  # fmt: skip
    for key, of_its in (("order", PHASES), ("phases", PHASES)):
        if key in details:
            details = {**details, key: " > ".join(_each(one, of_its) for one in details[key].split(" > "))}
    if "longest" in details:
        length, _, unit = details["longest"].partition(" ")
        details = {**details, "longest": f"{length} {UNITS[unit].zh}" if unit in UNITS else details["longest"]}
    if "why" in details:
        details = {**details, "why": _not_eligible(details["why"])}
    if "unmet" in details:
        details = {**details, "unmet": "；".join(map(_condition, details["unmet"].split("; ")))}
    words = {key: _each(value, lists[key]) if key in lists else value for key, value in details.items()}
    return {key: _shortened(value, "、", to) if key == "possible" else value for key, value in words.items()}


def _shortened(text: str, between: str, to: Language) -> str:
    items = text.split(between)
    if len(items) <= _FEW:
        return text
    more = f" 等 {len(items)} 项，见 scene verbs" if to == "zh" else f", ... {len(items)} in all, see `scene verbs`"
    return between.join(items[:_FEW]) + more


def _condition(text: str) -> str:
    """A condition of a gate begins with what it is."""
    what, _, rest = text.partition(" ")
    return f"{GATE_CONDITIONS[what].zh} {rest}" if what in GATE_CONDITIONS else text


def _not_eligible(why: str) -> str:
    if why in NOT_ELIGIBLE:
        return NOT_ELIGIBLE[why].zh
    what, _, which = why.partition(" ")
    return f"{NOT_ELIGIBLE[what].zh}{RISKS[which].zh if which in RISKS else which}" if what in NOT_ELIGIBLE else why


def _each(value: str, words: Mapping[str, Word]) -> str:
    named: Callable[[str], str] = lambda one: f"{words[one].zh} {one}" if one in words else one  # noqa: E731
    return "、".join(named(one) for one in value.split(", "))


def _both(words: Mapping[str, Word], name: str) -> str:
    return f"{words[name].zh} {name}" if language() == "zh" and name in words else name


def _alone(words: Mapping[str, Word], name: str) -> str:
    return words[name].text(language()) if name in words else name
