"""Every display, looked at with `--as`: what the city's table of reading rights gives, and no more. No engine runs."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.commands.matching import SubmitBid
from models.policy import Policy, Reading, Subject
from models.recording import RecordBatch
from models.refusal import Refused
from models.vocabulary import Role
from runtime.policy_files import load_policy
from runtime.settings import Settings
from runtime.wiring import parts
from storage.database import migrate
from tests.cli.terminal import Terminal
from tests.rules.test_reading import MOMENTS, A, B
from tests.scenario import ROOT, Play, city, digest

RUNNING, RANKED, BENCHMARK, DRAFTED, ACCEPTING = "READ-1", "READ-2", "READ-3", "READ-4", "READ-5"
SCENES = {
    RUNNING: "running", RANKED: "announced", BENCHMARK: "benchmark", DRAFTED: "consultation", ACCEPTING: "acceptance",
}  # fmt: skip
POLICY = city("yancheng")
BIDDER, OTHER = f"bidder:{A}:a", f"bidder:{B}:b"
CITIZEN = "public:公众:citizen"
ADMINISTRATOR = "administrator:信息中心:root"
AUDITOR = "auditor:审计局:auditor-1"


def office(role: Role) -> str:
    return f"{role.value}:{POLICY.office(role)}:one"


PAYER, GROUP, EVALUATORS, PLATFORM = map(
    office, (Role.PAYER, Role.LEADING_GROUP, Role.EVALUATION_TEAM, Role.PLATFORM_OFFICE)
)
LEAD = f"lead:{POLICY.domains[0].lead}:one"
ELSEWHERE = f"lead:{next(each.lead for each in POLICY.domains if each.lead != POLICY.domains[0].lead)}:one"


def keep(desk: Terminal, *plays: Play, policies: tuple[Policy, ...] = ()) -> None:
    with parts(Settings(data_dir=desk.data_dir)) as stored:
        for play in plays:
            for policy in (play.policy, *policies):
                stored.rulebooks.keep(policy)
            batch = RecordBatch(stream=play.scene, entries=tuple(play.journal))
            stored.ledger.record(batch, build="test", rules="test", now=datetime.now(UTC))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    folder = tmp_path_factory.mktemp("reading")
    desk, made = Terminal(folder), Settings(data_dir=folder)
    migrate(made.database_url.get_secret_value())
    plays = []
    for scene, moment in SCENES.items():
        play = Play(POLICY, scene=scene)
        MOMENTS[moment].build(play)
        plays.append(play)
    keep(desk, *plays)
    again = plays[0].command(SubmitBid(bidder=A, commitment=digest("x")), plays[0].bidder(A))
    with parts(made) as stored:
        stored.refusals.record(RUNNING, again, Refused("wrong_step", step="trial", verb="submit_bid", possible="-"),
                               datetime.now(UTC))  # fmt: skip
    return desk


# scene show, history, deadlines, duties


def test_show_gives_a_department_of_the_city_the_scene_and_the_public_its_public_part(desk: Terminal) -> None:
    whole, public = (desk.json("show", RUNNING, "--as", who) for who in (LEAD, CITIZEN))
    assert whole["cooperating"]
    assert whole["profile"]["owner_person"]
    assert (public["cooperating"], public["duties"], public["profile"]["owner_person"]) == ([], [], "")
    assert public["profile"]["name"] == whole["profile"]["name"]
    assert public["bidders"] == [{"bidder": A, "contract": "signed", "trial": "running", "inclusion": "active"}]


@pytest.mark.parametrize("typed", [("show",), ("ranking",), ("panels",), ("trial",), ("inclusion",), ("benchmark",)])
def test_an_administrator_reads_no_scene(desk: Terminal, typed: tuple[str, ...]) -> None:
    assert desk.refused(*typed, RUNNING, "--as", ADMINISTRATOR) == "not_readable"


def test_a_scene_before_its_first_notice_is_no_business_of_the_public(desk: Terminal) -> None:
    assert desk.refused("show", DRAFTED, "--as", CITIZEN) == "not_readable"
    assert desk.json("show", DRAFTED, "--as", ELSEWHERE)["cooperating"]


def test_the_list_has_the_scenes_that_may_be_read_as_far_as_they_may(desk: Terminal) -> None:
    def listed(who: str) -> dict[str, dict[str, object]]:
        return {each["scene"]: each for each in desk.json("list", "--as", who)["items"]}

    assert set(listed(LEAD)) == set(SCENES)
    assert set(listed(CITIZEN)) == set(SCENES) - {DRAFTED}
    assert listed(ADMINISTRATOR) == {}
    assert listed(CITIZEN)[RUNNING]["cooperating"] == []
    assert listed(LEAD)[RUNNING]["cooperating"]
    assert "共 4 个" in desk.ok("list", "--as", CITIZEN).out
    assert DRAFTED not in desk.ok("list", "--csv", "-", "--as", CITIZEN).out


def test_history_tells_each_entry_by_its_subject(desk: Terminal) -> None:
    def told(who: str) -> set[str]:
        found = desk.json("history", RUNNING, "--as", who)["entries"]
        return {each["entry"]["command"]["act"]["verb"] for each in found if "command" in each["entry"]}

    assert {"give_opinion", "submit_bid", "sign_contract", "start_trial"} <= told(LEAD)
    assert "start_trial" in told(BIDDER)
    assert "give_opinion" not in told(BIDDER)
    assert told(OTHER) == {"submit_bid", "reveal_bid", "verify_eligibility", "score_bid", "publish_notice"}
    others = [each["entry"] for each in desk.json("history", RUNNING, "--as", OTHER)["entries"]]
    acts = [each["command"]["act"] for each in others if "command" in each]
    scored = [act for act in acts if act["verb"] == "score_bid"]
    assert {act["bidder"] for act in scored} == {B}
    assert all(act["scores"] for act in scored), "after the award"
    assert "sign_contract" in told(PAYER)
    assert not {"submit_bid", "start_trial", "score_bid"} & told(PAYER)
    assert told(CITIZEN) == told(ADMINISTRATOR) == set()
    assert "无权查看" in desk.ok("history", RUNNING, "--full", "--as", PAYER).out


def test_deadlines_duties_and_their_stories_are_told_by_their_subject(desk: Terminal) -> None:
    def limits(*typed: str) -> set[str]:
        return {each["limit"] for each in desk.json(*typed)}

    assert "report" in limits("deadlines", RUNNING, "--as", BIDDER)
    assert "report" in limits("duty", "list", RUNNING, "--as", BIDDER)
    assert "report" not in limits("deadlines", RUNNING, "--all", "--as", PAYER)
    assert limits("duty", "list", RUNNING, "--as", PAYER) == set()
    assert limits("deadlines", RUNNING, "--all", "--as", CITIZEN) == {"public_notice", "bidding"}
    assert desk.refused("deadlines", RUNNING, "--why", f"report/{A}", "--as", PAYER) == "unknown_deadline"
    assert desk.json("deadlines", RUNNING, "--why", f"report/{A}", "--as", BIDDER)["deadline"]["limit"] == "report"


def test_an_inbox_shows_a_reader_what_they_may_read_of_it(desk: Terminal) -> None:
    def scenes(who: str) -> set[str]:
        return {each["scene"] for each in desk.json("inbox", "--department", A, "--as", who)}

    assert RUNNING in scenes(BIDDER)
    assert scenes(PAYER) == set()
    assert "BEGIN:VEVENT" in desk.ok("ical", "--department", A, "--as", BIDDER).out
    assert "BEGIN:VEVENT" not in desk.ok("ical", "--department", A, "--as", CITIZEN).out


# matching


def test_the_ranking_is_sheets_totals_or_places(desk: Terminal) -> None:
    lead, group, owner, public = (
        desk.json("ranking", RANKED, "--as", who)["lines"] for who in (LEAD, GROUP, "owner", CITIZEN)
    )
    assert lead[0]["judges"]
    assert lead[0]["hundredths"]
    assert (group[0]["judges"], group[0]["hundredths"]) == ([], lead[0]["hundredths"])
    for lines in (owner, public):
        assert [(each["rank"], each["bidder"], each["hundredths"]) for each in lines] == [(1, A, 0), (2, B, 0)]
    assert A in desk.ok("ranking", RANKED, "--as", CITIZEN).out
    assert desk.refused("ranking", DRAFTED, "--as", CITIZEN) == "not_readable"


def test_panels_are_shown_by_what_they_judge(desk: Terminal) -> None:
    def purposes(who: str) -> list[str]:
        return [each["purpose"] for each in desk.json("panels", RUNNING, "--as", who)["panels"]]

    assert purposes(LEAD) == ["recognition", "scoring"]
    assert purposes(PAYER) == ["recognition"]
    assert desk.refused("panels", RUNNING, "--as", CITIZEN) == "not_readable"


# trial, inclusion, acceptance, promotion


@pytest.mark.parametrize("display", ["trial", "inclusion"])
def test_a_trial_is_read_by_its_bidder_and_by_who_reads_trials(desk: Terminal, display: str) -> None:
    for who in (LEAD, ELSEWHERE, EVALUATORS, AUDITOR, BIDDER):
        assert A in desk.ok(display, RUNNING, "--as", who).out
    for who in (OTHER, PAYER, CITIZEN):
        assert desk.refused(display, RUNNING, "--as", who) == "not_readable"


def test_the_acceptance_is_the_leads_own(desk: Terminal) -> None:
    assert desk.json("acceptance", ACCEPTING, "--as", LEAD)["acceptances"][0]["payments"] is not None
    assert desk.refused("acceptance", ACCEPTING, "--as", ELSEWHERE) == "not_readable"
    team = desk.json("acceptance", ACCEPTING, "--as", EVALUATORS)["acceptances"][0]
    assert (team["bidder"], team["payments"], team["paid_yuan"]) == (A, None, None), "it reads no contracts"


def test_a_benchmark_is_read_by_the_table(desk: Terminal) -> None:
    assert desk.json("benchmark", BENCHMARK, "--as", BIDDER)["level"]
    assert desk.refused("benchmark", BENCHMARK, "--as", OTHER) == "not_readable"
    assert desk.refused("benchmark", BENCHMARK, "--as", PAYER) == "not_readable"
    assert desk.json("show", BENCHMARK, "--as", CITIZEN)["step"] == "benchmark"


def test_the_family_of_a_scene_has_names_for_who_may_read_it(desk: Terminal) -> None:
    [node] = desk.json("lineage", BENCHMARK, "--as", LEAD)["tree"]
    assert node["known"]
    assert desk.refused("lineage", BENCHMARK, "--as", ADMINISTRATOR) == "not_readable"
    assert desk.json("lineage", "--as", LEAD)["waiting"] == []


# records


def test_refusals_are_read_by_who_was_refused_and_by_who_reads_all_records(desk: Terminal) -> None:
    assert desk.json("refusals", "--as", BIDDER)["total"] == 1
    assert desk.json("refusals", "--as", AUDITOR)["total"] == 1
    for who in (OTHER, LEAD, CITIZEN, ADMINISTRATOR):
        assert desk.json("refusals", "--scene", RUNNING, "--as", who)["total"] == 0


def test_documents_are_read_by_whom_they_are_addressed_to_and_by_who_reads_their_subject(desk: Terminal) -> None:
    every = desk.json("document", "list", "--scene", RUNNING, "--limit", "500")["items"]
    own = desk.json("document", "list", "--scene", RUNNING, "--limit", "500", "--as", BIDDER)["items"]
    assert own
    assert all(each["to_unit"] == A for each in own)
    assert len(own) < len(every)
    assert desk.json("document", "list", "--scene", RUNNING, "--as", CITIZEN)["items"] == []
    foreign = next(each for each in every if each["to_unit"] != A)
    where = (RUNNING, str(foreign["sequence"]))
    assert desk.refused("document", "show", *where, "--as", BIDDER) == "unknown_document"


def test_the_time_machine_is_for_who_reads_the_records(desk: Terminal) -> None:
    """What it shows of them is in tests/cli/test_audit.py: it takes histories."""
    for typed in (("at", RUNNING), ("timeline", RUNNING), ("diff", RUNNING, "1", "2")):
        for who in (CITIZEN, ADMINISTRATOR, "bidder:丙公司:c", ELSEWHERE):
            assert desk.refused("audit", *typed, "--as", who) == "not_readable"


@pytest.mark.parametrize(
    "typed",
    [
        ("reconcile", RUNNING),
        ("prove", RUNNING),
        ("export", RUNNING),
        ("export", RUNNING, "--sealed"),
        ("whatif", RUNNING, "--policy", str(ROOT / "policies" / "yancheng.yaml")),
    ],
)
def test_audits_are_refused_to_who_may_not_read_the_records_and_that_is_recorded(
    desk: Terminal, typed: tuple[str, ...]
) -> None:
    def refused() -> list[dict[str, object]]:
        found = desk.json("refusals", "--scene", RUNNING, "--limit", "100")["items"]
        return [each["refusal"] for each in found if each["refusal"]["code"] == "not_readable"]

    before = len(refused())
    for who in (CITIZEN, ADMINISTRATOR):
        assert desk.refused("audit", *typed, "--as", who) == "not_readable"
    found = refused()
    assert len(found) == before + 2
    assert {each["command"]["claimed"]["person"] for each in found} >= {"citizen", "root"}  # type: ignore[index]
    assert {each["command"]["claimed"]["verb"] for each in found} >= {f"audit_{typed[0]}"}  # type: ignore[index]
    assert "not_readable" not in desk("audit", *typed, "--as", AUDITOR).err


def test_of_scenes_that_nobody_named_those_are_left_out_that_may_not_be_read(desk: Terminal) -> None:
    policy = str(ROOT / "policies" / "yancheng.yaml")
    every = desk.json("audit", "whatif", "--all", "--policy", policy, "--as", AUDITOR)["scenes"]
    assert every == len(SCENES)
    assert desk.refused("audit", "whatif", "--all", "--policy", policy, "--as", CITIZEN) == "not_readable"


# of the city


def test_the_pool_and_the_quotas_have_a_public_part(desk: Terminal) -> None:
    assert desk.json("fund", "show", "盐城", "--as", CITIZEN)["items"] == []
    assert desk.refused("fund", "show", "盐城", "--as", ADMINISTRATOR) == "not_readable"
    lines = desk.json("counts", "--city", "盐城", "--year", "2026", "--as", CITIZEN)
    known = desk.json("counts", "--city", "盐城", "--year", "2026", "--as", LEAD)
    assert [each["count"] for each in lines] == [each["count"] for each in known]
    assert not any(each["scenes"] for each in lines)
    assert any(each["scenes"] for each in known)
    assert desk.refused("counts", "--city", "盐城", "--as", ADMINISTRATOR) == "not_readable"


def test_messages_are_the_readers_own(desk: Terminal) -> None:
    box = ("message", "list", "--city", "盐城市", "--department", POLICY.domains[0].lead)
    assert desk.json(*box, "--as", LEAD)["total"]
    assert desk.refused(*box, "--as", PAYER) == "not_readable"


def test_people_are_for_who_reads_the_organisation_and_not_for_the_public(desk: Terminal) -> None:
    assert desk.refused("org", "show", "--city", "盐城", "--as", CITIZEN) == "not_readable"
    assert desk.refused("org", "show", "--city", "盐城", "--as", BIDDER) == "not_readable"
    assert desk.refused("org", "show", "--city", "盐城", "--as", LEAD) == "no_directory", (
        "it may read, and there is none"
    )


# the table is the city's


def test_a_city_changes_one_word_of_its_file_and_the_display_changes(desk: Terminal, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies" / "calendars", tmp_path / "calendars")
    lines = (ROOT / "policies" / "yancheng.yaml").read_text().splitlines()
    head = next(line for line in lines if line.startswith("  of: ")).split()[1:]
    at = next(number for number, line in enumerate(lines) if line.startswith("    payer: ") and "closed" not in line)
    words = lines[at].split()[1:]
    words[head.index("trial")] = "all"
    lines[at] = f"    payer: {' '.join(words)}"
    (tmp_path / "yancheng.yaml").write_text("\n".join(lines))
    policy = load_policy(tmp_path / "yancheng.yaml")
    assert policy.reading.cell(Role.PAYER, Subject.TRIAL) is Reading.ALL
    assert policy.digest != POLICY.digest
    play = Play(policy, scene="READ-9")
    MOMENTS["running"].build(play)
    keep(desk, play, policies=(policy,))

    assert desk.json("trial", "READ-9", "--as", PAYER)["trials"][0]["bidder"] == A
    assert desk.refused("trial", RUNNING, "--as", PAYER) == "not_readable", "each scene by its own rules"


def test_the_table_is_printed_with_the_permissions(desk: Terminal) -> None:
    whole = desk.json("policy", "permissions", "盐城")
    assert whole["reads"]["payer"]["trial"] == "none"
    assert whole["reads"]["scene_owner"]["score"] == "result"
    assert "administrator" not in whole["reads"]
    said = desk.ok("policy", "permissions", "盐城", "--role", "auditor").out
    assert "到齐后" in said
    cells = [each for each in desk.json("policy", "permissions", "--role", "public") if "subject" in each]
    assert [each["subject"] for each in cells] == [*Subject]
    assert json.dumps(cells[0]["reads"], ensure_ascii=False).count("public") == 3
