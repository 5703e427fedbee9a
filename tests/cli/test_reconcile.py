"""`scene audit reconcile` as it is typed: what it asks for, and what it prints."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from audit.difference_words import KINDS, PLANS
from audit.differences import Difference, Kind, Plan, Told
from cli import output, reconciling
from models.vocabulary import Role
from runtime import presence
from runtime.reconciling import Looked
from tests.cli.terminal import Terminal, town
from tests.scenario import city

CITY = city("盐城市")
GROUP = f"leading_group:{CITY.office(Role.LEADING_GROUP)}:director-1"
OFFICE = f"platform_office:{CITY.office(Role.PLATFORM_OFFICE)}:clerk-1"
AUDITOR = "auditor:审计局:auditor-1"
BY = ("--as", GROUP)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A town of its own: what is asked of all scenes is asked of these."""
    with town(tmp_path_factory.mktemp("records")) as terminal:
        yield terminal


@pytest.fixture
def copy(scene: Terminal, tmp_path: Path) -> Terminal:
    """A copy of the town's records beside the same server: what is changed in it hurts nobody."""
    scene.ok("submit", "--sample", "YC26-031", "--id", "RECONCILE-1")
    with (
        closing(sqlite3.connect(scene.data_dir / "scene.db")) as whole,
        closing(sqlite3.connect(tmp_path / "scene.db")) as other,
    ):
        whole.backup(other)
    card = presence.find(scene.data_dir)
    assert card is not None
    return Terminal(tmp_path, {"TEMPORAL_ADDRESS": card.address})


def spoil(terminal: Terminal, statement: str) -> None:
    with closing(sqlite3.connect(terminal.data_dir / "scene.db", isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)


def test_every_finding_and_every_way_out_has_its_words() -> None:
    assert KINDS.keys() == set(Kind)
    assert PLANS.keys() == set(Plan)


def test_what_agrees_is_said_in_one_line(scene: Terminal) -> None:
    scene.ok("submit", "--sample", "YC26-030", "--id", "RECONCILE-2")
    assert scene.ok("audit", "reconcile", "RECONCILE-2").out.strip() == "1 个场景，1 个一致，0 处差异。"
    told = scene.json("audit", "reconcile", "RECONCILE-2")
    assert (told["scenes"], told["left"]) == ({"RECONCILE-2": "agrees"}, 0)


def test_a_difference_is_shown_with_both_values_and_what_to_do(copy: Terminal) -> None:
    spoil(copy, "UPDATE scene SET step = 'listed' WHERE scene = 'RECONCILE-1'")
    answer = copy("audit", "reconcile", "RECONCILE-1")
    assert answer.status == 1
    for part in ("RECONCILE-1", "列表与账本不符", "scene step", "listed", "submitted", "--repair"):
        assert part in answer.out
    english = copy("audit", "reconcile", "RECONCILE-1", "--lang", "en").out
    assert "made again from the ledger" in english
    repaired = copy("audit", "reconcile", "RECONCILE-1", "--repair", *BY)
    assert repaired.status == 0
    assert "RECONCILE-1: 改正列表 1 处" in repaired.out
    assert "projections rebuilt" in repaired.err


def test_a_changed_entry_is_shown_and_never_repaired(copy: Terminal) -> None:
    spoil(copy, 'UPDATE entry SET text = replace(text, \'"verb":"submit"\', \'"verb":"sabmit"\')')
    answer = copy("audit", "reconcile", "RECONCILE-1", "--repair", *BY)
    assert answer.status == 1
    assert "账本记录被改动" in answer.out
    assert "sabmit" in answer.out


def test_whoever_repairs_is_named_by_person_or_by_the_account_of_the_machine(copy: Terminal) -> None:
    assert copy.refused("audit", "reconcile", "--repair", "--as", "leading_group", status=2) == "who"
    spoil(copy, "UPDATE scene SET step = 'listed' WHERE scene = 'RECONCILE-1'")
    repaired = copy("audit", "reconcile", "RECONCILE-1", "--repair", LOGNAME="operator-1", SCENE_AS="owner:甲:乙")
    assert repaired.status == 0, repaired
    assert "operator-1" in repaired.err


def test_whoever_repairs_in_a_role_has_to_be_let_at_every_scene_of_the_city(copy: Terminal) -> None:
    """An office that reads the records of all scenes may; who has a part in some, or runs the machine, may not."""
    spoil(copy, "UPDATE scene SET step = 'listed' WHERE scene = 'RECONCILE-1'")
    owner = copy.json("show", "RECONCILE-1")["profile"]["owner"]
    for who in (f"owner:{owner}:one", "administrator:数据局:admin-1", "public:公众:one"):
        assert copy.refused("audit", "reconcile", "RECONCILE-1", "--repair", "--as", who) == "not_readable"
    assert copy.refused("audit", "reconcile", "--repair", "--as", AUDITOR, status=2) == "who", "it changes nothing"
    assert copy("audit", "reconcile", "RECONCILE-1").status == 1
    assert copy("audit", "reconcile", "RECONCILE-1", "--repair", "--as", OFFICE).status == 0


def test_a_scene_that_the_ledger_forgot_is_shown_to_who_may_audit_all_and_counted_to_others(copy: Terminal) -> None:
    """Only Temporal knows it: whose it is, no list says."""
    every = copy.json("audit", "reconcile")["scenes"]
    for table, column in (("entry", "stream"), ("scene", "scene")):
        spoil(copy, f"DELETE FROM {table} WHERE {column} = 'RECONCILE-1'")  # noqa: S608
    for who in ((), ("--as", AUDITOR)):
        told = copy("audit", "reconcile", "--json", *who)
        assert (told.status, told.json["left_out"]) == (1, 0)
        assert told.json["scenes"].keys() == every.keys()
        assert told.json["scenes"]["RECONCILE-1"] == "only_in_histories"
    told = copy("audit", "reconcile", "--json", "--as", OFFICE)
    assert (told.status, told.json["left_out"]) == (3, 1), "several cities are here, and it may be another's"
    assert "RECONCILE-1" not in told.out
    assert "另有 1 个场景" in copy("audit", "reconcile", "--as", OFFICE).out
    assert copy.refused("audit", "reconcile", "RECONCILE-1", "--as", OFFICE) == "not_readable"
    assert copy.refused("audit", "reconcile", "--repair", "--as", OFFICE) == "not_readable"


def test_nothing_that_may_be_seen_is_not_everything(copy: Terminal) -> None:
    for table, column in (("entry", "stream"), ("scene", "scene")):
        spoil(copy, f"DELETE FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608
    assert copy.refused("audit", "reconcile", "--as", OFFICE) == "not_readable"
    assert "RECONCILE-1" in copy("audit", "reconcile", "--as", AUDITOR).out


def test_who_acts_by_habit_is_not_who_looks(copy: Terminal) -> None:
    """SCENE_AS says who acts; whoever works at the machine and says nothing sees it all."""
    every = copy.json("audit", "reconcile")["scenes"]
    assert copy("audit", "reconcile", "--json", SCENE_AS="owner:甲:乙").json["scenes"] == every


def test_a_list_that_can_not_be_read_does_not_end_it(copy: Terminal) -> None:
    spoil(copy, "UPDATE scene SET snapshot = 'x' WHERE scene = 'RECONCILE-1'")
    assert "RECONCILE-1" in copy("audit", "reconcile", "--as", AUDITOR).out


def test_what_cannot_be_meant_is_said(copy: Terminal, tmp_path: Path) -> None:
    assert copy.refused("audit", "reconcile", "--restart", status=2) == "usage"
    assert copy.refused("audit", "reconcile", "--delivered-until", "2026-11-22", status=2) == "usage"
    said = copy("audit", "reconcile", "--repair", "--delivered-until", "gestern")
    assert (said.status, "--delivered-until gestern" in said.err) == (2, True)
    assert copy.refused("audit", "reconcile", "NO-SUCH") == "unknown_scene"
    (tmp_path / "log.jsonl").write_text("nonsense\n")
    assert copy.refused("audit", "reconcile", "--log", tmp_path / "log.jsonl") == "log_differs"


def test_two_lives_are_printed_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = (
        (Told(sequence=5, verb="accept", person="p-1", unit="数据局", at="2026-11-22T01:00:00Z"),),
        (Told(sequence=5, verb="withdraw", person="p-2"), Told(sequence=6, verb="withdraw")),
    )
    fork = Difference(
        scene="S-1", kind=Kind.FORK, plan=Plan.PERSON, first=5, last=6, run="0123456789", event=50, at="at",
        ledger="a", history="b", in_ledger=ours, in_histories=theirs,
    )  # fmt: skip
    why = Difference(scene="S-1", kind=Kind.NOT_RESTARTED, plan=Plan.PERSON, at="went_on")
    told = reconciling._Told(asked=False)
    told.looked = {"S-1": Looked("S-1", (fork,))}
    told.failed = [why]
    output.begin("en")
    output.present(told.data(), *told.lines())
    said = capsys.readouterr().out
    for part in ("Temporal does not answer", "a fork: both went on", "5-6", "01234567 · event 50 · at", "p-1 · 数据局",
                 "p-2", "from entry 5 on", "the workflow went on meanwhile", "a person has to decide"):  # fmt: skip
        assert part in said, said
    output.begin("zh")
