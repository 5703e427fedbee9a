"""The invented years of the demo: when it begins, and the notice that comes while it is told."""

from datetime import date
from pathlib import Path
from typing import Final

from demo.scene import Scene, Script
from models.calendar import Calendar
from models.commands.anywhere import LoadCalendar
from models.policy import Policy
from runtime.calendar_files import load_calendar

MARCH_2040: Final = date(2040, 3, 5)
"""A Monday, later than any day on which the demo is run: a server's clock can be moved forward only."""
KNOWN_YEARS: Final = (2040, 2041)
"""Whose notices are published when the stories begin."""
LAST_NOTICE_ON: Final = date(2041, 11, 18)


def invented_calendar() -> Calendar:
    return load_calendar(Path(__file__).parent / "calendars")


def with_invented_years(policy: Policy, calendar: Calendar) -> Policy:
    """The policy with a short calendar: its own last published year, and the invented years known at the beginning."""
    known = tuple(notice for notice in calendar.notices if notice.year in KNOWN_YEARS)
    return policy.model_copy(update={"calendar": Calendar(notices=(*policy.calendar.notices[-1:], *known))})


def notice_of_2042(scene: Scene) -> Script:
    """The notice of 2042 is published in November 2041 and loaded; what was provisional is counted again."""
    yield scene.until(max(scene.today, LAST_NOTICE_ON))
    provisional = [each.id for each in scene.state.deadlines if each.provisional]
    notice = next(each for each in scene.calendar.notices if each.year == LAST_NOTICE_ON.year + 1)
    proposed_by, confirmed_by = scene.platform.actor.person, scene.leading_group.actor.person
    yield scene.platform.does(LoadCalendar(notice=notice, proposed_by=proposed_by, confirmed_by=confirmed_by))
    still = [each.id for each in scene.state.deadlines if each.provisional and each.id in provisional]
    scene.holds(not still, f"still provisional: {', '.join(still)}")
