"""The words of official documents, from templates.

A document is in Chinese, as the law has it. Its words are a function of the entry, the policy it was decided under, and
the number: they are written once and kept with their digest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from activities.delivery import Unwritable
from channels.template_files import DOCUMENTS, environment
from models.calendar import Period, Unit
from models.document import OfficialDocument
from models.events.anywhere import AdverseDecision, ServiceAwaited
from models.events.clock import DeadlineSet
from models.events.solicitation import SceneRegistered
from models.journal import JournalEntry
from models.policy import Policy
from models.vocabulary import Machine
from models.words import LIMITS, VERBS
from rules.deadlines import local_day
from rules.lifecycle import step_of

PLAIN: Final = "document.txt.j2"
"""For an act that has no template of its own."""
_LENGTHS: Final = {
    Unit.HOURS: "{}小时", Unit.WORKDAYS: "{}个工作日", Unit.DAYS: "{}日", Unit.MONTHS: "{}个月", Unit.YEARS: "{}年",
}  # fmt: skip
_VERDICTS: Final = {"passed": "通过", "conditional": "有条件通过，限期整改", "retrial": "重新试点", "failed": "不通过"}


@dataclass(frozen=True)
class DocumentWriter:
    """`own` is a folder of templates that stand in for the built-in ones; see `channels.template_files`."""

    own: Path | None = None

    def write(self, document: OfficialDocument, entry: JournalEntry, policy: Policy, name: str) -> str:
        """A document's words; `name` is the scene's. Raises Unwritable."""
        try:
            words = environment(self.own, {document.city}, DOCUMENTS)
            template = words.select_template([f"{document.form}.txt.j2", PLAIN])
            return _tidy(template.render(_facts(document, entry, policy, name)))
        except Exception as problem:  # a template can fail in any way
            raise Unwritable(str(problem) or type(problem).__name__) from problem


def _tidy(text: str) -> str:
    """No blank line twice, none at the end, no blanks at a line's end."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).rstrip("\n") + "\n"


def _facts(document: OfficialDocument, entry: JournalEntry, policy: Policy, name: str) -> dict[str, Any]:
    """What a template may say."""
    act = entry.command.act
    registered = next((event for event in entry.events if isinstance(event, SceneRegistered)), None)
    adverse = any(isinstance(event, AdverseDecision) and event.against == document.to_unit for event in entry.events)
    remedy = {**_limit(policy, "appeal_window"), "to": policy.offices.complaint_supervisor}
    return {
        "unit": entry.command.actor.unit,
        "title": document.title,
        "number": document.number or "（无文号）",
        "to": document.to_unit or f"当事人（{document.to_person}）",
        "name": name,
        "scene": document.stream,
        "verb": VERBS[act.verb].zh,
        "act": {"reasons": "", **act.model_dump(mode="json")},
        "verdict": _VERDICTS.get(getattr(act, "verdict", ""), ""),
        "lead": registered.lead if registered else "",
        "regulator": registered.regulator if registered else "",
        "supervisor": policy.offices.complaint_supervisor,
        "step": lambda key: step_of(Machine.SCENE, key).zh,
        "clocks": [
            {**_limit(policy, limit, period), "what": LIMITS[limit].zh, "from_service": from_service}
            for limit, period, from_service in _clocks(document, entry)
        ],
        "remedy": remedy if adverse else None,
        "day": _day(entry),
    }


def _day(entry: JournalEntry) -> date:
    return entry.command.effective_on or local_day(entry.at)


def _clocks(document: OfficialDocument, entry: JournalEntry) -> Iterator[tuple[str, Period | None, bool]]:
    """The addressee's clocks that this entry starts: limit, period, and whether it runs from service."""
    for event in entry.events:
        match event:
            case ServiceAwaited(awaited=awaited):
                yield awaited.limit, awaited.period, True
            case DeadlineSet(deadline=deadline) if deadline.holder and deadline.holder.unit == document.to_unit:
                # A day that was fixed, or is counted from another day, is not counted from the document.
                if deadline.legs and deadline.counted_from == _day(entry):
                    yield deadline.limit, deadline.period, False
            case _:
                pass


def _limit(policy: Policy, key: str, period: Period | None = None) -> dict[str, str]:
    limit = policy.limit(key)
    period = period or limit.period
    return {"length": _LENGTHS[period.unit].format(period.length), "clause": limit.clause}
