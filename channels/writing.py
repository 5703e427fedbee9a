"""A letter's words, from templates. They are data: they run in a sandbox, and a name that is missing is an error.

A city's own templates stand in for the common ones of its engine, and these for the built-in ones, file by file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, get_args

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from activities.delivery import Unwritable, Written
from models.calendar import Calendar
from models.mailbox import Message
from models.refusal import Language
from models.vocabulary import Machine
from models.words import LEVELS, LIMITS, NOTIFICATIONS, OUTCOMES, VERBS, Word
from rules.calendar import workdays_left
from rules.deadlines import local_day
from rules.lifecycle import STEPS

TEMPLATES: Final = Path(__file__).parent / "templates"
SUFFIX: Final = ".j2"
_STEPS: Final = {step.key: Word(step.zh, step.en) for step in STEPS if step.machine is Machine.SCENE}


@dataclass(frozen=True)
class Writer:
    """Implements `activities.delivery.Writer`. `calendar` is for the working days left.

    `own` is a folder of templates, `LANGUAGE/FILE` and `CITY/LANGUAGE/FILE`, that stand in for the built-in ones.
    """

    calendar: Calendar
    own: Path | None = None

    def write(self, messages: tuple[Message, ...], language: Language, now: datetime) -> Written:
        """One letter for all the messages; one of several cities in common words. Raises Unwritable."""
        try:
            plain = _environment(self._folders({message.payload["city"] for message in messages}, language))
            escaped = plain.overlay(autoescape=True)
            items = [_item(self.calendar, message, language, now) for message in messages]
            facts: Mapping[str, Any] = {"items": items, "now": now}
            return Written(
                subject=" ".join(plain.get_template("subject.txt.j2").render(facts).split()),
                text=plain.get_template("letter.txt.j2").render(facts),
                html=escaped.get_template("letter.html.j2").render(facts),
            )
        except (TemplateError, KeyError, ValueError, TypeError, OSError) as problem:
            raise Unwritable(str(problem) or type(problem).__name__) from problem

    def _folders(self, cities: set[str], language: Language) -> Iterator[Path]:
        """The first that has a template counts."""
        if self.own is not None:
            yield from (each / language for each in self.own.glob("*/") if {each.name} == cities)
            yield self.own / language
        yield TEMPLATES / language


def broken_templates(own: Path) -> dict[str, str]:
    """The templates of a folder that cannot be loaded, and why. Raises OSError where there is no such folder."""
    broken = {}
    for folder in (own, *(each for each in sorted(own.iterdir()) if each.is_dir())):
        for language in get_args(Language):
            for file in sorted((folder / language).glob(f"*{SUFFIX}")):
                try:
                    _environment([folder / language]).get_template(file.name)
                except (TemplateError, ValueError, OSError) as problem:
                    broken[str(file)] = str(problem).splitlines()[0] or type(problem).__name__
    return broken


def _environment(folders: Iterable[Path]) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(list(folders)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # plain text; the HTML is escaped by an overlay
    )


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
        "limit": LIMITS[matter["limit"]].text(language) if matter.get("limit") else None,
        "to_do": [VERBS[verb].text(language) for verb in matter.get("verbs", ())],
        "bidder": matter.get("bidder"),
        "due_on": due_on,
        "provisional": matter.get("provisional", False),
        "paused": matter.get("paused", False),
        "workdays_left": left,
        "outcome": OUTCOMES[matter["outcome"]].text(language) if matter.get("outcome") else None,
        "given_to": matter.get("given_to"),
        "entry": message.sequence,
    }
