"""Events from outside, from the wire to the act: over real HTTP and a real database, into a scene played on the rules.

The command line's tests do the same on a real server (`tests/cli/test_events.py`).
"""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.events import EventActivities
from channels.cloud_events import STRUCTURED, signed
from channels.webhook import signature
from client.outside import HEADER_BYTES, Outside
from client.scene_client import SceneClient
from models.commands import Command
from models.commands.matching import ProposeContract
from models.commands.trial import ReportIncident
from models.outside import EVENT_BYTES, Dismissal, Handling, Reception
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from rules.journal import admit, fold, repeated
from runtime.connect import ServerUnreachable
from runtime.receiving import FilesAndLists, WhenNeeded
from runtime.settings import Settings
from runtime.wiring import Parts, parts
from storage.database import migrate
from storage.received import ReceivedFilter, SqlReceived
from tests.scenario import Play, city, document

SECRET, SEALS = "a secret of some length", "the seals' own secret"
BIDDER = "甲公司"
SOURCES = f"""\
sources:
  - name: sensors
    source: https://sensors.example
    secrets: [{SECRET}]
    types: [incident.reported, unheard.of, document.served]
    cities: [宁波市, 盐城市]
  - name: seals
    source: https://seals.example
    secrets: ["{SEALS}"]
    types: [contract.signed.bidder]
    cities: [宁波市]
"""


@dataclass
class Town:
    """One scene, played on the rules.

    `away` is raised instead of an answer; `deaf`: the answer is lost, after the act; `behind`: as it is said to stand.
    """

    play: Play
    away: Exception | None = None
    deaf: bool = False
    behind: SceneState | None = None

    async def state(self, scene: str) -> SceneState:
        await self._on_the_way(scene)
        return self.behind or self.play.state

    async def act(self, scene: str, command: Command) -> Receipt:
        await self._on_the_way(scene)
        receipt = repeated(self.play.state, command) or self._done(command)
        if self.deaf:
            raise Refused("no_worker")
        return receipt

    def _done(self, command: Command) -> Receipt:
        for entry in admit(self.play.policy, self.play.state, command, self.play.now):
            self.play.journal.append(entry)
            self.play.state = fold(self.play.state, entry)
        return self.play.state.receipts[-1]

    async def _on_the_way(self, scene: str) -> None:
        await asyncio.sleep(0.001)
        if self.away is not None:
            raise self.away
        if scene != self.play.scene:
            raise Refused("unknown_scene", scene=scene)

    @property
    def incidents(self) -> list[str]:
        return [each.id for each in self.play.state.incidents]


@dataclass
class Door:
    """The door, what stands behind it, and who knocks."""

    outside: Outside
    town: Town
    store: SqlReceived
    opened: Parts

    async def knock(self, event: dict[str, Any], *, secret: str = SECRET, at: datetime | None = None) -> Reception:
        return await self.outside.receive(*message(event, secret=secret, at=at))

    def kept(self, reception: Reception) -> Handling:
        found = self.store.find(reception.id or "")
        assert found is not None
        return found.handling


@pytest.fixture(scope="module")
def running() -> Play:
    return Play(city("盐城市"), scene="YC-1").to_running(BIDDER)


@pytest.fixture
def door(running: Play, tmp_path: Path) -> Iterator[Door]:
    settings = Settings(data_dir=tmp_path)
    migrate(settings.database_url.get_secret_value())
    settings.sources.write_text(SOURCES, encoding="utf-8")
    with parts(settings) as opened:
        town, store = Town(running.fork()), SqlReceived(opened.engine)
        yield Door(Outside(town, store, FilesAndLists(opened)), town, store, opened)


def incident(**changes: Any) -> dict[str, Any]:
    data = {"bidder": BIDDER, "incident": "INC-1", "casualty": False, "text": "车辆偏离车道", **changes.pop("data", {})}
    return {"specversion": "1.0", "id": "e-1", "source": "https://sensors.example", "type": "incident.reported",
            "subject": "YC-1", "data": data, **changes}  # fmt: skip


def signing(headers: dict[str, str], body: bytes, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    timestamp = str(int((at or datetime.now(UTC)).timestamp()))
    word = signature(secret, timestamp, signed(headers, body))
    return {**headers, "X-Scene-Timestamp": timestamp, "X-Scene-Signature": f"sha256={word}"}


def message(event: dict[str, Any], *, secret: str = SECRET, at: datetime | None = None) -> tuple[dict[str, str], bytes]:
    body = json.dumps(event, ensure_ascii=False).encode()
    return signing({"Content-Type": STRUCTURED}, body, secret, at), body


async def test_an_incident_that_a_sensor_reports_is_an_incident_of_the_scene(door: Door) -> None:
    said = await door.knock(incident())
    assert (said.outcome, said.status, said.scene, said.entry) == (
        "accepted",
        202,
        "YC-1",
        door.town.play.state.sequence,
    )
    assert door.town.incidents == ["INC-1"]
    actor = door.town.play.journal[-1].command.actor
    assert (actor.person, actor.role) == ("source:sensors", Role.REGULATOR)
    assert actor.unit == door.town.play.state.regulator
    kept = door.store.find(said.id or "")
    assert kept is not None
    assert (kept.handling, kept.entry, kept.event_id, kept.source) == (Handling.ACCEPTED, said.entry, "e-1", "sensors")
    assert kept.sha256 == sha256(door.store.body(kept.id)).hexdigest()
    assert SECRET not in kept.model_dump_json() + said.model_dump_json()


async def test_the_same_event_again_is_no_second_act_however_it_is_spelt(door: Door) -> None:
    first = await door.knock(incident())
    entries = len(door.town.play.journal)
    body = json.dumps(incident(), indent=1).encode()
    again = await door.outside.receive(signing({"Content-Type": STRUCTURED}, body), body)
    assert (again.outcome, again.status, again.entry, again.id) == ("duplicate", 200, first.entry, first.id)
    assert len(door.town.play.journal) == entries


async def test_ten_at_once_are_one_act(door: Door) -> None:
    entries = len(door.town.play.journal)
    said = await asyncio.gather(*(door.knock(incident()) for _ in range(10)))
    assert sorted(each.outcome for each in said) == ["accepted", *["duplicate"] * 9]
    assert len(door.town.play.journal) == entries + 1


async def test_the_same_id_for_another_content_is_refused_and_kept(door: Door) -> None:
    await door.knock(incident())
    other = await door.knock(incident(data={"incident": "INC-2"}))
    assert (other.outcome, other.status, other.code) == ("refused", 409, "event_id_reused")
    assert door.kept(other) is Handling.REFUSED
    assert door.town.incidents == ["INC-1"]
    again = await door.outside.retry(other.id or "")
    assert again is not None
    assert again.code == "event_id_reused"


REFUSED: dict[str, tuple[dict[str, Any], str, int]] = {
    "an unknown scene": (incident(subject="YC-2"), "unknown_scene", 404),
    "no scene's id": (incident(subject="../x"), "unknown_scene", 404),
    "no subject": (incident(subject=None), "event_incomplete", 422),
    "an unknown bidder": (incident(data={"bidder": "乙公司"}), "unknown_bidder", 422),
    "a field too little": (incident(data={"text": None}), "event_incomplete", 422),
    "a field that does not fit": (incident(data={"incident": "a b"}), "malformed", 422),
    "a type that no policy knows": (incident(type="unheard.of"), "event_unmapped", 422),
    "a type that is another's": (incident(type="contract.signed.bidder"), "event_not_allowed", 403),
    "a source that is another": (incident(source="https://seals.example"), "event_not_allowed", 403),
    "no version": (incident(specversion=None), "event_attribute_missing", 400),
    "what the step does not allow": (
        incident(type="document.served", data={"entry": 1, "served_on": "2026-03-02", "to": "甲", "title": "回执",
                                               "sha256": "0" * 64}),
        "nothing_to_serve", 422,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("event", "code", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_done_is_refused_kept_and_not_tried_by_being_sent_again(
    door: Door, event: dict[str, Any], code: str, status: int
) -> None:
    entries = len(door.town.play.journal)
    said = await door.knock(event)
    assert (said.outcome, said.code, said.status) == ("refused", code, status)
    assert not re.search(r"\{[a-z]+\}", said.text("zh") + said.text("en"))
    assert door.kept(said) is Handling.REFUSED
    again = await door.knock(event)
    assert (again.code, again.status, again.id) == (code, status, said.id)
    assert door.store.events().total == 1
    assert len(door.town.play.journal) == entries


async def test_a_source_reaches_only_the_cities_that_its_entry_names(door: Door) -> None:
    file = door.opened.settings.sources
    file.write_text(SOURCES.replace("[宁波市, 盐城市]", "[宁波市]"), encoding="utf-8")
    assert (await door.knock(incident())).code == "unknown_scene"
    assert door.town.incidents == []


@pytest.mark.parametrize(
    ("secret", "away", "code"),
    [
        ("nobody's, and long enough", timedelta(), "event_signature"),
        (SECRET, timedelta(minutes=-6), "event_timestamp"),
        (SECRET, timedelta(minutes=6), "event_timestamp"),
    ],
)
async def test_of_what_nobody_known_has_signed_only_the_number_is_kept(
    door: Door, secret: str, away: timedelta, code: str
) -> None:
    said = await door.knock(incident(), secret=secret, at=datetime.now(UTC) + away)
    assert (said.outcome, said.status, said.code, said.id) == ("refused", 401, code, None)
    assert door.store.events().total == 0
    assert [(each.code, each.count) for each in door.store.strangers()] == [(code, 1)]
    assert door.town.incidents == []


async def test_a_source_cannot_speak_as_another_with_its_own_secret(door: Door) -> None:
    said = await door.knock(incident(), secret=SEALS)
    assert (said.status, said.code) == (403, "event_not_allowed")
    assert door.town.incidents == []


async def test_what_is_too_large_is_not_looked_at(door: Door) -> None:
    body = b"[" * (EVENT_BYTES + 1)
    large = await door.outside.receive(signing({"Content-Type": STRUCTURED}, body), body)
    assert (large.status, large.code, large.id) == (413, "event_too_large", None)
    headers = {"Content-Type": "application/json", "ce-x": "x" * HEADER_BYTES}
    assert (await door.outside.receive(signing(headers, b"{}"), b"{}")).status == 413
    just = incident(data={"more": ""})
    just["data"]["more"] = "x" * (EVENT_BYTES - len(message(just)[1]))
    assert len(message(just)[1]) == EVENT_BYTES
    assert (await door.knock(just)).outcome == "accepted"


@pytest.mark.parametrize("away", [Refused("server_unreachable", address="-"), Refused("ledger_behind"),
                                  RPCError("broken", RPCStatusCode.INTERNAL, b"")])  # fmt: skip
async def test_while_nobody_answers_an_event_waits_and_is_one_act_later(door: Door, away: Exception) -> None:
    entries = len(door.town.play.journal)
    door.town.away = away
    said = await door.knock(incident())
    assert (said.outcome, said.status) == ("retry_later", 503)
    assert int(said.headers["Retry-After"]) > 0
    assert door.kept(said) is Handling.WAITING
    assert (await door.knock(incident())).outcome == "retry_later"
    door.town.away = None
    assert (await door.knock(incident())).outcome == "accepted"
    assert (await door.knock(incident())).outcome == "duplicate"
    assert len(door.town.play.journal) == entries + 1
    assert door.store.events(ReceivedFilter(failed=True)).total == 0


async def test_an_act_whose_answer_was_lost_is_not_done_again_though_the_scene_has_moved_on(door: Door) -> None:
    entries = len(door.town.play.journal)
    door.town.deaf = True
    assert (await door.knock(incident())).code == "no_worker"
    assert len(door.town.play.journal) == entries + 1
    door.town.deaf = False
    assert (await door.knock(incident(id="e-2", data={"incident": "INC-2"}))).outcome == "accepted"
    [waiting] = door.store.failed()
    said = await door.outside.retry(waiting)
    assert said is not None
    assert (said.outcome, said.entry) == ("accepted", entries + 1)
    assert door.town.incidents == ["INC-1", "INC-2"]


async def test_what_was_refused_becomes_an_act_when_it_is_tried_again_and_can_be_done(door: Door) -> None:
    name, door.town.play.scene = door.town.play.scene, "YC-9"
    said = await door.knock(incident())
    assert said.code == "unknown_scene"
    door.town.play.scene = name
    again = await door.outside.retry(said.id or "")
    assert again is not None
    assert (again.outcome, again.id) == ("accepted", said.id)
    more = await door.outside.retry(said.id or "")
    assert more is not None
    assert more.outcome == "duplicate"
    assert await door.outside.retry("ev-0") is None


async def test_a_scene_goes_by_the_policy_that_it_is_pinned_to(door: Door) -> None:
    today = door.town.play.policy
    content = today.model_dump(mode="json")
    content["outside"][0]["fields"][3] = {"field": "text", "value": "由传感平台报告"}
    pinned = Policy.model_validate(content)
    door.opened.rulebooks.keep(pinned)
    door.town.play = Play(pinned, scene="YC-1").to_running(BIDDER)
    assert (await door.knock(incident())).outcome == "accepted"
    act = door.town.play.journal[-1].command.act
    assert isinstance(act, ReportIncident)
    assert act.text == "由传感平台报告"

    content["outside"][0]["scene"] = "data.place"
    elsewhere = Policy.model_validate(content)
    door.opened.rulebooks.keep(elsewhere)
    door.town.play = Play(elsewhere, scene="YC-1").to_running(BIDDER)
    assert (await door.knock(incident(id="e-3", data={"place": "YC-7"}))).code == "unknown_scene"
    assert (await door.knock(incident(id="e-4", data={"place": "YC-1"}))).outcome == "accepted"

    before = Policy.model_validate({**content, "outside": []})
    door.opened.rulebooks.keep(before)
    door.town.play = Play(before, scene="YC-1").to_running(BIDDER)
    assert (await door.knock(incident(id="e-2"))).code == "event_unmapped"


async def test_an_event_that_met_another_act_is_made_anew_as_the_scene_stands_then(door: Door) -> None:
    """A list may be behind its scene for a moment; the sender had seen neither."""
    sources = SOURCES.replace(
        "contract.signed.bidder]\n    cities: [宁波市]", "contract.signed.bidder]\n    cities: [盐城市]"
    )
    door.opened.settings.sources.write_text(sources, encoding="utf-8")
    play = door.town.play = Play(city("盐城市"), scene="YC-1").to_contracting(BIDDER)
    door.town.behind = play.state
    terms = play.terms()
    play.do(ProposeContract(bidder=BIDDER, terms=terms), play.owner)
    pledge = document("军令状").model_dump()
    data = {"bidder": BIDDER, "sha256": terms.document.sha256, "pledge": pledge}
    sign = {"type": "contract.signed.bidder", "source": "https://seals.example", "data": data}

    said = await door.knock(incident(**sign), secret=SEALS)
    assert (said.outcome, said.code) == ("retry_later", "stale")
    assert door.kept(said) is Handling.WAITING
    door.town.behind = None
    said = await door.knock(incident(**sign), secret=SEALS)
    assert (said.outcome, said.text("en")) == ("accepted", "")
    assert play.journal[-1].command.act.verb == "sign_contract"


async def test_a_source_that_was_struck_off_gets_nothing_done_by_a_retry(door: Door) -> None:
    door.town.away = Refused("no_worker")
    said = await door.knock(incident())
    door.town.away = None
    door.opened.settings.sources.write_text("sources: []\n", encoding="utf-8")
    again = await door.outside.retry(said.id or "")
    assert again is not None
    assert again.code == "event_source_gone"
    assert door.town.incidents == []


async def test_a_broken_file_of_sources_or_policies_is_our_fault_and_not_the_senders(
    door: Door, tmp_path: Path
) -> None:
    door.opened.settings.sources.write_text("sources: [{}]\n", encoding="utf-8")
    said = await door.knock(incident())
    assert (said.outcome, said.code, said.id) == ("retry_later", "file_unreadable", None)
    door.opened.settings.sources.write_text(SOURCES, encoding="utf-8")

    broken = door.opened.settings.model_copy(update={"policies_dir": tmp_path / "nowhere"})
    without = Outside(door.town, door.store, FilesAndLists(Parts(**{**door.opened.__dict__, "settings": broken})))
    said = await without.receive(*message(incident()))
    assert (said.outcome, said.code) == ("retry_later", "file_unreadable")
    assert door.kept(said) is Handling.WAITING
    assert (await door.knock(incident())).outcome == "accepted"


async def test_without_its_database_nothing_is_done_and_the_sender_is_told_to_come_again(door: Door) -> None:
    with door.opened.engine.begin() as connection:
        connection.execute(text("ALTER TABLE received RENAME TO gone"))
    said = await door.knock(incident())
    assert (said.outcome, said.status, said.code) == ("retry_later", 503, "event_not_kept")
    assert door.town.incidents == []


async def test_a_server_is_asked_for_only_when_it_is_needed(door: Door) -> None:
    async def connect() -> SceneClient:
        raise ServerUnreachable("nowhere:1", "gone")

    alone = Outside(WhenNeeded(connect), door.store, FilesAndLists(door.opened))
    assert (await alone.receive(*message(incident(id="e-0", type="unheard.of")))).code == "event_unmapped"
    said = await alone.receive(*message(incident()))
    assert (said.outcome, said.code, said.details) == ("retry_later", "server_unreachable", {"address": "nowhere:1"})


# over the wire


@asynccontextmanager
async def serving(outside: Outside) -> AsyncIterator[str]:
    """The smallest HTTP server that can stand before the door."""
    loop = asyncio.get_running_loop()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = asyncio.run_coroutine_threadsafe(outside.receive(dict(self.headers.items()), body), loop)
            reception = asked.result(30)
            self.send_response(reception.status)
            for name, value in reception.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reception.body)))
            self.end_headers()
            self.wfile.write(reception.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/events"
        finally:
            await asyncio.to_thread(server.shutdown)
            thread.join()


async def test_an_event_comes_over_http_in_one_piece_and_with_its_attributes_as_headers(door: Door) -> None:
    async with serving(door.outside) as url, httpx.AsyncClient(trust_env=False) as client:
        headers, body = message(incident())
        first = await client.post(url, content=body, headers=headers)
        assert (first.status_code, first.json()["outcome"], first.json()["scene"]) == (202, "accepted", "YC-1")

        event = incident()
        body = json.dumps(event.pop("data")).encode()
        attributes = {f"ce-{name}": quote(value) for name, value in event.items()}
        headers = signing({"Content-Type": "application/json", **attributes}, body)
        again = await client.post(url, content=body, headers=headers)
        assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])

        forged = await client.post(url, content=body, headers={**headers, "ce-id": "e-2"})
        assert forged.status_code == 401
        refused = await client.post(url, content=b"{", headers=signing({"Content-Type": STRUCTURED}, b"{"))
        assert (refused.status_code, refused.json()["code"]) == (400, "event_not_json")
        assert "JSON" in refused.json()["zh"]
        assert "JSON" in refused.json()["en"]
        door.town.away = Refused("no_worker")
        headers, body = message(incident(id="e-3", data={"incident": "INC-3"}))
        later = await client.post(url, content=body, headers=headers)
        assert (later.status_code, later.headers["Retry-After"]) == (503, "30")
    assert door.town.incidents == ["INC-1"]


# whatever comes


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY
@given(st.binary(max_size=200) | JSON.map(lambda content: json.dumps(content).encode()))
async def test_what_is_no_event_is_never_an_act(door: Door, body: bytes) -> None:
    said = await door.outside.receive(signing({"Content-Type": STRUCTURED}, body), body)
    assert said.outcome == "refused"
    assert said.status == 400
    assert door.kept(said) is Handling.REFUSED
    assert door.store.body(said.id or "") == body
    assert door.town.incidents == []


@MANY
@given(st.sampled_from(["specversion", "id", "source", "type", "subject", "time", "data"]), JSON)
async def test_an_event_with_anything_in_one_of_its_attributes_is_an_act_or_is_refused(
    door: Door, attribute: str, value: Any
) -> None:
    body = json.dumps({**incident(id="fuzz"), attribute: value}).encode()
    entries = len(door.town.play.journal)
    said = await door.outside.receive(signing({"Content-Type": STRUCTURED}, body), body)
    assert said.outcome in ("accepted", "duplicate", "refused")
    assert said.body
    assert len(door.town.play.journal) - entries == (said.outcome == "accepted")


@MANY
@given(st.sampled_from(["bidder", "incident", "casualty", "text"]), JSON)
async def test_an_event_with_anything_in_its_data_is_an_act_or_is_refused(door: Door, field: str, value: Any) -> None:
    body = json.dumps(incident(id=sha256(repr(value).encode()).hexdigest(), data={field: value})).encode()
    entries = len(door.town.play.journal)
    said = await door.outside.receive(signing({"Content-Type": STRUCTURED}, body), body)
    assert said.outcome in ("accepted", "duplicate", "refused")
    assert len(door.town.play.journal) - entries == (said.outcome == "accepted")


async def round_of(door: Door) -> int:
    return await ActivityEnvironment().run(EventActivities(door.outside, door.store).retry)


async def test_what_waits_becomes_an_act_without_anybody_s_asking_and_what_was_refused_does_not(door: Door) -> None:
    door.town.away = Refused("no_worker")
    waits = await door.knock(incident())
    door.town.away = None
    refused = await door.knock(incident(id="e-2", subject="YC-404"))
    assert (door.kept(waits), door.kept(refused)) == (Handling.WAITING, Handling.REFUSED)

    assert await round_of(door) == 1

    assert door.town.incidents == ["INC-1"]
    assert (door.kept(waits), door.kept(refused)) == (Handling.ACCEPTED, Handling.REFUSED)
    assert await round_of(door) == 0


async def test_an_event_that_cannot_even_be_looked_at_holds_up_no_other(door: Door) -> None:
    door.town.away = Refused("no_worker")
    broken = await door.knock(incident(id="e-0"))
    waits = await door.knock(incident())
    door.town.away = None
    with door.opened.engine.begin() as connection:
        connection.execute(text("UPDATE received SET command = '{}' WHERE id = :id"), {"id": broken.id})

    assert await round_of(door) == 1
    assert door.kept(waits) is Handling.ACCEPTED


async def test_what_was_dismissed_is_not_tried_again_and_its_sender_hears_so(door: Door) -> None:
    door.town.away = Refused("no_worker")
    waits = await door.knock(incident())
    door.town.away = None
    by = door.town.play.platform
    assert door.store.dismiss(waits.id or "", Dismissal(by=by, at=datetime.now(UTC), reasons="误报"))

    assert await round_of(door) == 0
    for said in (await door.knock(incident()), await door.outside.retry(waits.id or "")):
        assert said is not None
        assert (said.outcome, said.status, said.code) == ("refused", 422, "event_dismissed")
        assert "误报" not in said.body.decode(), "the reasons are ours"
    assert door.town.incidents == []
