"""What somebody may be shown of a call: who bids, what the judges gave, who the judges are.

The one place that decides it; every display asks here. Nothing is shown before its moment, whoever asks:

- **bids** with the close: before it nobody is told who bids (招标投标法22、36); that something sealed came in shows;
- **points** with the lock, when the last judge has scored and the ranking stands (招标投标法38、44);
- **names of judges** with the award (招标投标法37), to auditors too; nobody is named to anybody but themselves.

Some roles read later than that, none earlier (`READS`); everybody reads their own bid, and their own seat and points.
Who does not say who they are is shown what anybody with a part in the matching is.

The journal stays complete, as proof: what is withheld is what an interface prints. Sealed bids hold no price and no
proposal even there (`rules.bidding`). Whoever reads the database or Temporal itself is not asked here; nor is anybody
who draws a panel's lots again from the whole journal and the directory.
"""

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from models.commands.matching import PostChallenge
from models.deadline import Deadline, Desk, Holder
from models.events.review import MemberRecused, PanelConvened
from models.journal import JournalEntry
from models.state import Bid, Panel, SceneState
from models.vocabulary import PanelPurpose, Role
from rules.keyed import find


class Stand(IntEnum):
    """How far a call has come."""

    SEALED = 0
    CLOSED = 1
    LOCKED = 2
    AWARDED = 3


class Reads(NamedTuple):
    bids: Stand
    points: Stand


_EARLIEST = Reads(bids=Stand.CLOSED, points=Stand.LOCKED)
_LATEST = Reads(bids=Stand.AWARDED, points=Stand.AWARDED)

READS: dict[Role | None, Reads] = {
    **dict.fromkeys(Role, _LATEST),
    None: _EARLIEST,
    Role.PLATFORM_OFFICE: Reads(bids=Stand.CLOSED, points=Stand.AWARDED),
    **dict.fromkeys(
        (Role.LEAD, Role.OWNER, Role.ST_BUREAU, Role.EXPERT, Role.SUPERVISOR, Role.AUDITOR, Role.SYSTEM), _EARLIEST
    ),
    Role.LEADING_GROUP: Reads(bids=Stand.AWARDED, points=Stand.LOCKED),
    Role.BIDDER: Reads(bids=Stand.LOCKED, points=Stand.AWARDED),
    Role.PUBLIC: Reads(bids=Stand.LOCKED, points=Stand.AWARDED),
}
"""From when on a role reads the bids of others, and points: domain.md, who may do what, columns Bid and Score.

Bidders and the public read in the notice of the ranking who took part; a role without a part in the matching reads
what the award made public.
"""

_ABOUT_BIDS = ("submit_bid", "withdraw_bid", "reveal_bid", "verify_eligibility", "score_bid")
_SCORING = "scoring"
"""The limit under which judges have their duties."""
UNNAMED = "judge"
"""Stands for a member of a scoring panel, with the number of the seat behind it where there is one."""


class Viewer(NamedTuple):
    """Who asks, as far as they have said."""

    role: Role | None = None
    unit: str | None = None
    person: str | None = None


ANYBODY = Viewer()


def stand(state: SceneState) -> Stand:
    """An appeal may bring a call that was broken off back before its close: until then it stays sealed."""
    if state.contracts:
        return Stand.AWARDED
    back = state.step == "remedies" and any(each.reopens == "posted" for each in state.decisions)
    if state.challenge is not None and (state.step == "posted" or back):
        return Stand.SEALED
    return Stand.LOCKED if state.ranking else Stand.CLOSED


def names_open(state: SceneState, panel: Panel) -> bool:
    """Whether the members of a panel stand open by name."""
    return panel.purpose is not PanelPurpose.SCORING or stand(state) >= Stand.AWARDED


class Veil:
    """What of one scene is withheld from one viewer. `journal` is the whole of it, where entries are to be shown."""

    def __init__(self, state: SceneState, viewer: Viewer = ANYBODY, journal: Sequence[JournalEntry] = ()) -> None:
        reached, reads = stand(state), READS[viewer.role]
        self._state, self._viewer = state, viewer
        self._bids = reached < reads.bids
        self._points = reached < reads.points
        convened = [each.sequence for each in journal if any(_scores(event) for event in each.events)]
        calls = [each.sequence for each in journal if isinstance(each.command.act, PostChallenge)]
        self._call, self._first_panel = max(calls, default=0), min(convened, default=0)
        self._judges = {} if reached >= Stand.AWARDED else _judges(state, journal)
        self._judges.pop(viewer.person or "", None)
        ids = sorted(map(re.escape, self._judges), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w.@-])(?:{'|'.join(ids)})(?![\w.@-])", re.ASCII) if ids else None

    # what the lists know

    def state(self) -> SceneState:
        """The scene as this viewer may see it."""
        state = self._state
        bids = tuple(map(self._bid, filter(self._reads, state.bids)))
        return state.model_copy(
            update={
                "bids": bids,
                "ranking": () if self._bids else state.ranking,
                "panels": tuple(self._panel(each) for each in state.panels),
                "deadlines": tuple(self.deadline(each) for each in state.deadlines if self.shows(each)),
            }
        )

    def _reads(self, bid: Bid) -> bool:
        return not self._bids or self._is_own(bid.bidder)

    def _is_own(self, bidder: str | None) -> bool:
        return self._viewer.role is Role.BIDDER and bidder is not None and bidder == self._viewer.unit

    def _bid(self, bid: Bid) -> Bid:
        own = tuple(score for score in bid.scores if score[0] == self._viewer.person)
        given = own if self._points else bid.scores
        return bid.model_copy(update={"scores": tuple((self.text(person), points) for person, points in given)})

    def _panel(self, panel: Panel) -> Panel:
        if panel.purpose is not PanelPurpose.SCORING or not self._judges:
            return panel
        seats = tuple(
            seat.model_copy(update={"person": self._judges[seat.person], "unit": ""})
            if seat.person in self._judges
            else seat
            for seat in panel.seats
        )
        return panel.model_copy(update={"seats": seats, "reserve": ()})

    def shows(self, clock: Any) -> bool:
        """Whether a deadline, or a duty, may be seen: one that is laid on a bidder tells who bids."""
        holder = clock.holder
        bidder = holder.unit if holder is not None and holder.role is Role.BIDDER else clock.bidder
        return not self._bids or bidder is None or self._is_own(bidder)

    def is_judges(self, clock: Any) -> bool:
        """Whether a deadline, or a duty, is a judge's who is not named to this viewer."""
        return clock.limit == _SCORING and clock.holder is not None and clock.holder.person in self._judges

    def deadline(self, deadline: Deadline) -> Deadline:
        if deadline.limit != _SCORING:
            return deadline
        to = {"id": self.text(deadline.id), "holder": self._holder(deadline.holder), "desk": self._desk(deadline.desk)}
        return deadline.model_copy(update=to)

    def _holder(self, holder: Holder | None) -> Holder | None:
        if holder is None or holder.person not in self._judges:
            return holder
        return holder.model_copy(update={"unit": "", "person": self._judges[holder.person]})

    def _desk(self, desk: Desk | None) -> Desk | None:
        return None if desk is None or desk.claimed_by in self._judges else desk

    # what was written

    def entry(self, entry: JournalEntry) -> dict[str, Any]:
        """An entry as data; of one that tells who bids only its number and its time, with `sealed`."""
        act, actor = entry.command.act, entry.command.actor
        theirs = actor.role is Role.BIDDER or act.verb in _ABOUT_BIDS
        own = self._is_own(actor.unit) or (actor.role is Role.EXPERT and actor.person == self._viewer.person)
        if self._bids and entry.sequence > self._call and theirs and not own:
            return {"sequence": entry.sequence, "at": entry.model_dump(mode="json")["at"], "sealed": True}
        data = entry.model_dump(mode="json")
        if self._bids and entry.sequence > self._call:
            data["events"] = [each for each in data["events"] if not self._tells_who_bids(each)]
        if self._points and act.verb == "score_bid" and not own:
            data["command"]["act"]["scores"] = []
            for event in data["events"]:
                event.pop("tenths", None)
        if self._judges and any(map(_scores, entry.events)):
            # A pool stands in the order of the directory: a number in its place would be a name.
            data["command"]["act"] |= {"members": [], "pool": []}
            for event in data["events"]:
                if "panel" in event:
                    event["panel"]["reserve"] = []
                    event["draw"] = None
        return data if entry.sequence < self._first_panel else self.told(data)

    def _tells_who_bids(self, event: dict[str, Any]) -> bool:
        clock = event.get("deadline") or event.get("id")
        id = str(clock["id"] if isinstance(clock, dict) else clock)
        return any(id.endswith(f"/{bid.bidder}") for bid in self._state.bids if not self._is_own(bid.bidder))

    def refusal(self, data: dict[str, Any]) -> dict[str, Any]:
        """A refused command as data; of one that tells who bids only where, when and why."""
        command, actor = data.get("command") or {}, data.get("actor") or {}
        act = command.get("act") or {} if isinstance(command, dict) else {}
        theirs = actor.get("role") == Role.BIDDER or act.get("verb") in _ABOUT_BIDS
        if self._bids and theirs and not self._is_own(actor.get("unit")):
            return {**data, "command": None, "actor": None, "details": {}, "sealed": True}
        if self._points and act.get("verb") == "score_bid" and actor.get("person") != self._viewer.person:
            data = {**data, "command": {**command, "act": {**act, "scores": []}}}
        told: dict[str, Any] = self.told(data)
        return told

    def told(self, data: Any) -> Any:
        """Data that tells of the scoring, without the judges: numbers for their ids, nothing for their units."""
        if self._pattern is None:
            return data
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, list | tuple):
            return [self.told(each) for each in data]
        if not isinstance(data, dict):
            return data
        found = {self.text(key): self.told(value) for key, value in data.items()}
        person = data.get("person")
        if person in self._judges or (person is None and data.get("role") == Role.EXPERT):
            found |= {key: "" for key in ("unit",) if key in data} | {key: [] for key in ("ties",) if key in data}
        return found

    def text(self, text: str) -> str:
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._judges[found.group()], text)


def _scores(event: object) -> bool:
    return isinstance(event, PanelConvened) and event.panel.purpose is PanelPurpose.SCORING


def _judges(state: SceneState, journal: Sequence[JournalEntry]) -> dict[str, str]:
    """Everybody who sits or sat on a scoring panel, or might: by the number of the seat they have now."""
    found: dict[str, str] = {}
    for entry in journal:
        for event in entry.events:
            if isinstance(event, PanelConvened) and event.panel.purpose is PanelPurpose.SCORING:
                found |= dict.fromkeys(_of(event.panel), UNNAMED)
                act = entry.command.act
                pool = (*getattr(act, "members", ()), *getattr(act, "pool", ()))
                found |= {each.person: UNNAMED for each in pool}
            elif isinstance(event, MemberRecused) and event.purpose is PanelPurpose.SCORING:
                found[event.person] = UNNAMED
    panel = find(state.panels, purpose=PanelPurpose.SCORING, bidder=None)
    if panel is not None:
        found |= dict.fromkeys(_of(panel), UNNAMED)
        found |= {seat.person: f"{UNNAMED}-{number}" for number, seat in enumerate(panel.seats, start=1)}
    return found


def _of(panel: Panel) -> tuple[str, ...]:
    return tuple(seat.person for seat in (*panel.seats, *panel.reserve))
