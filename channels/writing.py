"""A letter's words, from templates; a city's own stand in for the common ones, and these for the built-in ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import TemplateError

from activities.delivery import Papers, Unwritable, Written
from channels.template_files import environment
from models.calendar import Calendar
from models.mailbox import Message
from models.refusal import Language
from models.vocabulary import Machine
from models.words import (
    CLAIM_STATUSES,
    FUND_DUTIES,
    LEVELS,
    LIMITS,
    NOTIFICATIONS,
    OFFICE_VERBS,
    OUTCOMES,
    VERBS,
    Word,
)
from rules.calendar import workdays_left
from rules.deadlines import local_day
from rules.lifecycle import STEPS

_STEPS: Final = {
    **{step.key: Word(step.zh, step.en) for step in STEPS if step.machine is Machine.SCENE},
    **CLAIM_STATUSES,
}
"""Where a scene stands, or a claim on a risk compensation pool."""
_LIMITS: Final = {**LIMITS, **FUND_DUTIES}
_VERBS: Final = {**VERBS, **OFFICE_VERBS}


@dataclass(frozen=True)
class Writer:
    """Implements `activities.delivery.Writer`. `calendar` is for the working days left.

    `own` is a folder of templates, `LANGUAGE/FILE` and `CITY/LANGUAGE/FILE`, that stand in for the built-in ones.
    """

    calendar: Calendar
    own: Path | None = None

    def write(
        self,
        messages: tuple[Message, ...],
        language: Language,
        now: datetime,
        papers: Papers | None = None,
        *,
        enclose: bool = False,
    ) -> Written:
        """One letter for all the messages, with the documents that it brings; one of several cities in common words.

        Raises Unwritable.
        """
        papers = papers or {}
        try:
            plain = environment(self.own, {message.payload["city"] for message in messages}, language)
            escaped = plain.overlay(autoescape=True)
            items = [
                {
                    **_item(self.calendar, message, language, now),
                    "documents": papers.get((message.stream, message.sequence), ()),
                    "enclosed": enclose,
                }
                for message in messages
            ]
            facts: Mapping[str, Any] = {"items": items, "now": now}
            return Written(
                subject=" ".join(plain.get_template("subject.txt.j2").render(facts).split()),
                text=plain.get_template("letter.txt.j2").render(facts),
                html=escaped.get_template("letter.html.j2").render(facts),
                enclosed=tuple(each for brought in papers.values() for each in brought) if enclose else (),
            )
        except (TemplateError, KeyError, ValueError, TypeError, OSError) as problem:
            raise Unwritable(str(problem) or type(problem).__name__) from problem


def _item(calendar: Calendar, message: Message, language: Language, now: datetime) -> dict[str, Any]:
    """What a template may say of a message."""
    matter = message.payload
    due_on = date.fromisoformat(matter["due_on"]) if matter.get("due_on") else None
    left = workdays_left(calendar, local_day(now), due_on) if due_on else None
    return {
        "scene": matter["scene"],
        "name": matter["name"],
        "city": matter["city"],
        "what": NOTIFICATIONS[message.kind.value].text(language),
        "level": LEVELS[message.level.value].text(language),
        "urgent": message.level.value != "remind",
        "step": _STEPS[matter["step"]].text(language),
        "limit": _LIMITS[matter["limit"]].text(language) if matter.get("limit") else None,
        "to_do": [_VERBS[verb].text(language) for verb in matter.get("verbs", ())],
        "bidder": " ".join(filter(None, (matter.get("bidder"), matter.get("item")))) or None,
        "due_on": due_on,
        "provisional": matter.get("provisional", False),
        "paused": matter.get("paused", False),
        "workdays_left": left,
        "outcome": OUTCOMES[matter["outcome"]].text(language) if matter.get("outcome") else None,
        "given_to": matter.get("given_to"),
        "entry": message.sequence,
    }
