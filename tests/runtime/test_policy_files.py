"""Three cities, three files, one engine; and a file that is wrong says where, and what to do."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from models.calendar import Period, Unit
from models.policy import NO_LOOKALIKE_RULES, Policy
from models.vocabulary import GateKind, Mode, Role, Track
from rules import lifecycle
from runtime.policy_files import YEARS_BEFORE, city_files, load_city, load_policy
from runtime.yaml_files import FileProblems

PROJECT = Path(__file__).resolve().parents[2]
POLICIES = PROJECT / "policies"
THREE = ("chongqing", "ningbo", "yancheng")
"""The cities that the project starts with; a fourth city's file is loaded and checked by the same tests."""
CITIES = tuple(path.stem for path in city_files(POLICIES))
NEITHER = ("平台默认值（无法定期限）", "平台默认值（无法定依据）")
GUIDES = ("write-a-city-policy.md", "write-a-city-policy.zh-CN.md")
KIB = 1024

Broken = Callable[..., list[str]]


@pytest.fixture(scope="module")
def cities() -> dict[str, Policy]:
    return {path.stem: load_policy(path) for path in city_files(POLICIES)}


@pytest.fixture
def broken(tmp_path: Path) -> Broken:
    """What is said of a city's file in which these texts were replaced: `city.yaml:LINE: key: what; what to do`."""

    def broken(*replacements: tuple[str, str], city: str = "yancheng") -> list[str]:
        text = (POLICIES / f"{city}.yaml").read_text()
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "city.yaml"
        path.write_text(text)
        with pytest.raises(FileProblems) as refused:
            load_policy(path, POLICIES / "calendars")
        return str(refused.value).replace(f"{tmp_path}/", "").splitlines()

    return broken


def line_of(text: str, city: str = "yancheng", *, after: str = "") -> int:
    """The line on which a text stands in a city's file, the first one behind `after`."""
    content = (POLICIES / f"{city}.yaml").read_text()
    return content.count("\n", 0, content.index(text, content.index(after))) + 1


# every city's file


def test_the_three_cities_have_a_file_each() -> None:
    assert set(THREE) <= set(CITIES)


@pytest.mark.parametrize("city", CITIES)
def test_a_citys_file_loads_with_its_calendar(cities: dict[str, Policy], city: str) -> None:
    policy = cities[city]
    assert policy.calendar.years >= {policy.effective_from.year, policy.effective_from.year - YEARS_BEFORE}


@pytest.mark.parametrize("city", CITIES)
def test_a_policy_with_its_calendar_travels_in_one_command(cities: dict[str, Policy], city: str) -> None:
    policy = cities[city]
    assert len(policy.model_dump_json().encode()) < 58 * KIB, "a command takes 64"
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


@pytest.mark.parametrize("city", THREE)
def test_every_clause_names_a_text_or_a_statute(city: str) -> None:
    """The short title of a text that `sources` explains, a statute or standard, or that there is neither."""
    content = yaml.safe_load((POLICIES / f"{city}.yaml").read_text())
    texts = [source.split("简称")[1] for source in content["sources"]]

    def clauses(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [value["clause"]] if "clause" in value else []
            return own + [clause for inner in value.values() for clause in clauses(inner)]
        return [clause for inner in value for clause in clauses(inner)] if isinstance(value, list) else []

    for clause in clauses(content):
        assert clause in NEITHER or "法第" in clause or "条例第" in clause or "GB/T" in clause or clause.startswith(
            tuple(texts)
        ), clause  # fmt: skip


@pytest.mark.parametrize("city", CITIES)
def test_every_unit_is_used_or_named_by_the_text(cities: dict[str, Policy], city: str) -> None:
    policy = cities[city]
    offices = {policy.office(role) for role in Role}
    used = offices | {unit for domain in policy.domains for unit in (domain.lead, domain.regulator, *domain.units)}
    assert {unit.name for unit in policy.units if unit.assumed} <= used


def test_the_digest_is_of_the_rules_and_differs_by_city(cities: dict[str, Policy]) -> None:
    assert len({policy.digest for policy in cities.values()}) == len(cities)
    other = cities["ningbo"].model_copy(update={"calendar": type(cities["ningbo"].calendar)()})
    assert other.digest == cities["ningbo"].digest


def test_a_policy_without_look_alike_rules_keeps_the_digest_that_it_had_before_there_were_any(
    cities: dict[str, Policy],
) -> None:
    without = cities["ningbo"].model_copy(update={"lookalikes": NO_LOOKALIKE_RULES})

    assert "lookalikes" not in without.model_dump(mode="json")
    assert Policy.model_validate(without.model_dump(mode="json")).lookalikes == NO_LOOKALIKE_RULES
    assert cities["ningbo"].digest != type(without).model_validate(without.model_dump()).digest


# where the texts differ, the files differ


def test_ningbo_finds_its_solvers_by_contest_and_scores_two_dimensions(cities: dict[str, Policy]) -> None:
    ningbo = cities["ningbo"]
    assert {mode: rule.called for mode, rule in ningbo.modes.items()} == {Mode.OPEN_CHALLENGE: "场景大赛（以赛代招）"}
    assert [(each.key, each.points) for each in ningbo.score_sheet.dimensions] == [("technical", 60), ("business", 40)]
    assert [criterion.points for criterion in ningbo.score_sheet.criteria] == [15, 20, 15, 10, 15, 10, 15]
    assert (ningbo.score_sheet.pass_mark, ningbo.score_sheet.tie_break) == (70, "technical")


def test_only_ningbo_signs_with_three_parties(cities: dict[str, Policy]) -> None:
    assert {city: cities[city].contracting.parties for city in THREE} == {
        "chongqing": ("owner", "bidder"),
        "ningbo": ("owner", "st_bureau", "bidder"),
        "yancheng": ("owner", "bidder"),
    }


def test_ningbo_is_stricter_where_it_touches_the_peoples_livelihood(cities: dict[str, Policy]) -> None:
    ningbo = cities["ningbo"]
    assert {domain.name for domain in ningbo.domains if domain.livelihood} == {
        "交通领域", "医疗健康", "教育培训", "养老服务", "智慧政务",
    }  # fmt: skip
    assert ningbo.inclusion.livelihood_commitment
    assert not cities["chongqing"].inclusion.livelihood_commitment


def test_ningbo_caps_an_award_at_a_million_and_chongqing_gives_none(cities: dict[str, Policy]) -> None:
    assert cities["ningbo"].promotion.award_cap_yuan == 1_000_000
    assert not cities["ningbo"].promotion.default
    assert cities["chongqing"].promotion.award_cap_yuan == 0


def test_yancheng_knows_every_mode_and_asks_for_a_pledge(cities: dict[str, Policy]) -> None:
    yancheng = cities["yancheng"]
    assert set(yancheng.modes) == set(Mode)
    assert yancheng.modes[Mode.OPEN_CHALLENGE].needs_pledge
    assert yancheng.modes[Mode.HORSE_RACE].winners == 2


def test_yanchengs_units_are_placeholders_but_those_the_texts_name(cities: dict[str, Policy]) -> None:
    named = [unit.name for unit in cities["yancheng"].units if not unit.assumed]
    assert named == ["全市场景征集和发布统一平台", "市科学技术局", "盐城市场景培育和开放工作领导小组"]
    assert all(domain.assumed for domain in cities["yancheng"].domains)


def test_chongqing_has_its_22_domains_with_the_units_of_the_text(cities: dict[str, Policy]) -> None:
    chongqing = cities["chongqing"]
    stated = yaml.safe_load((PROJECT / "samples" / "units.yaml").read_text())["domains"]
    assert [(domain.name, list(domain.units), domain.lead) for domain in chongqing.domains] == [
        (each["domain"], each["units"], each["lead_presumed"]) for each in stated
    ]
    assert len(chongqing.domains) == 22
    assert not any(unit.assumed for unit in chongqing.units)


def test_only_chongqing_states_what_a_scene_is_recognised_by(cities: dict[str, Policy]) -> None:
    assert [city for city in THREE if cities[city].recognition] == ["chongqing"]


def test_the_cities_count_a_consultation_in_three_ways(cities: dict[str, Policy]) -> None:
    rules = [cities[city].consultation for city in THREE]
    assert len({rule.quorum.rule for rule in rules}) == len({rule.closes for rule in rules}) == 3


def test_ningbo_leaves_out_the_confirmation_and_more_on_the_fast_track(cities: dict[str, Policy]) -> None:
    assert cities["ningbo"].steps_off == ("confirmation",)
    assert {city: cities[city].tracks[Track.FAST].skips for city in THREE} == {
        "chongqing": ("trial",),
        "ningbo": ("expert_review", "trial"),
        "yancheng": ("trial",),
    }


@pytest.mark.parametrize("city", THREE)
def test_the_defaults_are_those_of_the_domain(cities: dict[str, Policy], city: str) -> None:
    days = {
        "call_window": 20, "completeness": 5, "supplement": 10, "registration": 5, "consultation": 10,
        "fair_competition": 5, "expert_review": 20, "confirmation": 10, "public_notice": 5, "objection": 7,
        "complaint_window": 15, "complaint": 30, "listing": 20, "eligibility": 5, "scoring": 10, "award": 2,
        "reissue": 20, "admission": 20, "start": 10, "resumption": 10, "rollback": 5, "exit_evaluation": 15,
        "correction_order": 15, "incident_analysis": 5, "acceptance_review": 30, "rectification": 60, "refund": 30,
        "evaluation": 20,
    }  # fmt: skip
    others = {
        "bidding": (20, Unit.DAYS), "amendment": (15, Unit.DAYS), "contract": (30, Unit.DAYS),
        "trial": (12, Unit.MONTHS), "inclusion": (12, Unit.MONTHS), "report": (1, Unit.MONTHS),
        "acceptance_application": (3, Unit.MONTHS), "incident_report": (1, Unit.HOURS),
        "yearly_review": (1, Unit.YEARS),
    }  # fmt: skip
    expected = {key: (length, Unit.WORKDAYS) for key, length in days.items()} | others
    for key, (length, unit) in expected.items():
        limit = cities[city].limit(key)
        assert (limit.period, limit.default) == (Period(length=length, unit=unit), True), key


# by the name of the city


@pytest.mark.parametrize("name", ["盐城市", "盐城", "YC", "yc", "yancheng"])
def test_a_city_is_found_by_any_of_its_names(name: str) -> None:
    assert load_city(POLICIES, name).city == "盐城市"


def test_an_unknown_city_is_answered_with_those_there_are() -> None:
    with pytest.raises(FileProblems) as refused:
        load_city(POLICIES, "上海市")
    known = "重庆市 (CQ, chongqing), 宁波市 (NB, ningbo), 盐城市 (YC, yancheng)"
    assert str(refused.value) == f"{POLICIES}: there is no city 上海市; use one of: {known}"


def test_a_misspelt_city_is_answered_with_the_nearest() -> None:
    with pytest.raises(FileProblems, match="there is no city ningpo; did you mean ningbo\\?"):
        load_city(POLICIES, "ningpo")


def test_one_citys_broken_file_keeps_nobody_from_anothers(tmp_path: Path) -> None:
    (tmp_path / "calendars").symlink_to(POLICIES / "calendars")
    (tmp_path / "ningbo.yaml").write_bytes((POLICIES / "ningbo.yaml").read_bytes())
    (tmp_path / "other.yaml").write_text("city: [\n")
    (tmp_path / "third.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "deep.yaml").write_text("- " * 200_000)  # more than a C stack takes
    assert load_city(tmp_path, "宁波").code == "NB"


def test_two_files_for_one_city_are_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("city: 宁波市\ncode: NB\n")
    with pytest.raises(FileProblems, match=r"a\.yaml, b\.yaml are all for NB; keep one file a city"):
        load_city(tmp_path, "NB")


# files that are wrong


def test_a_missing_limit_points_at_the_limits_and_says_what_it_is_for(broken: Broken) -> None:
    award = "  award: {period: {length: 2, unit: workdays}, clause: 政府采购法实施条例第四十三条, default: true}\n"
    assert broken((award, "")) == [
        f"city.yaml:{line_of('limits:')}: limits.award: is missing; add it: lead department issues the award notice"
    ]


def test_a_misspelt_key_is_answered_with_the_nearest(broken: Broken) -> None:
    assert broken(("  silence:", "  silense:")) == [
        (
            f"city.yaml:{line_of('consultation:', after='# —— 会商')}: consultation.silence: is missing; "
            "add it: what a department's silence counts as"
        ),
        f"city.yaml:{line_of('  silence:')}: consultation.silense: is not a known key; did you mean silence?",
    ]


def test_a_bad_share_says_what_it_should_be(broken: Broken) -> None:
    (complaint,) = broken(('overlap: "1/3"', 'overlap: "4/3"'))
    assert complaint.startswith(f"city.yaml:{line_of('overlap:', after='acceptance:')}: panels.acceptance.overlap: ")
    assert complaint.endswith("it should be less than or equal to 1")


@pytest.mark.parametrize("share", ["one half", "1/0", "", "2/3/4", "true"])
def test_what_is_no_share_at_all_is_answered_with_an_example(broken: Broken, share: str) -> None:
    line = line_of("overlap:", after="acceptance:")
    (complaint,) = broken(('overlap: "1/3"', f'overlap: "{share}"'))
    assert complaint == f"city.yaml:{line}: panels.acceptance.overlap: {share!r} is no share; " + 'write it as "2/3"'


def test_a_share_written_as_a_decimal_means_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_text((POLICIES / "yancheng.yaml").read_text().replace('overlap: "1/3"', "overlap: 0.1"))
    assert load_policy(path, POLICIES / "calendars").panels["acceptance"].overlap == Fraction(1, 10)


def test_a_unit_that_nobody_declared_names_its_line(broken: Broken) -> None:
    assert broken(("regulator: 低空经济监管单位", "regulator: 低空经济监管局")) == [
        (
            f"city.yaml:{line_of('regulator: 低空经济监管单位')}: domains.1.regulator: "
            "低空经济监管局 is not among `units`; did you mean 低空经济监管单位?"
        )
    ]


def test_a_unit_that_stands_twice_names_the_second(broken: Broken) -> None:
    unit = "  - {name: 低空经济配合单位, assumed: true}\n"
    assert broken((unit, unit * 2)) == [
        (
            f"city.yaml:{line_of(unit) + 1}: units.{line_of(unit) - line_of('units:')}.name: "
            "低空经济配合单位 stands twice; keep one of the two"
        )
    ]


def test_a_step_that_may_not_be_left_out_names_its_line(broken: Broken) -> None:
    (complaint,) = broken(("steps_off: []", "steps_off: [fair_competition]"))
    line = line_of("steps_off:")
    assert complaint.startswith(
        f"city.yaml:{line}: steps_off.0: fair_competition is a step that no city may leave out; use one of: consult"
    )


def test_an_unknown_verb_is_answered_with_the_nearest(broken: Broken) -> None:
    assert broken(("  award: [lead", "  awards: [lead")) == [
        (
            f"city.yaml:{line_of('permissions:')}: permissions.award: is missing: nobody could ever do it; "
            "add it, with its roles"
        ),
        (
            f"city.yaml:{line_of('  award: [lead')}: permissions.awards: awards is no verb that a role may use; "
            "did you mean award?"
        ),
    ]


def test_an_unknown_role_lists_the_roles(broken: Broken) -> None:
    (complaint,) = broken(("  award: [lead_department]", "  award: [lead]"))
    assert complaint.startswith(f"city.yaml:{line_of('  award: [lead')}: permissions.award.0: 'lead' does not fit; ")
    assert "'lead_department'" in complaint


def test_contradictory_values_name_their_line(broken: Broken) -> None:
    complaints = broken(("    minimum: 5", "    minimum: 6"), ("      times: 2", "      times: 4"))
    assert complaints == [
        (
            f"city.yaml:{line_of('      period: {length: 6, unit: months}')}: limits.trial.extension.period: "
            "4 times 6 months is more than the limit itself (12 months); "
            "shorten it, or set a longer limit that says what is meant"
        ),
        (
            f"city.yaml:{line_of('    minimum: 5')}: panels.recognition.minimum: "
            "6 is even, and `odd: true` asks for an odd number; use 7, or set odd: false"
        ),
    ]


def test_a_quorum_without_its_share_is_refused(broken: Broken) -> None:
    assert broken(("{rule: majority}", "{rule: share}")) == [
        (
            f"city.yaml:{line_of('{rule: majority}')}: consultation.quorum: "
            "`share` goes with rule: share, and only there; add it there, remove it elsewhere"
        )
    ]


def test_a_calendar_in_the_file_is_refused(broken: Broken) -> None:
    assert broken(("steps_off: []", "steps_off: []\ncalendar: {notices: []}")) == [
        (
            f"city.yaml:{line_of('steps_off:') + 1}: calendar: is joined at load; "
            "remove it: the yearly notices stand in the folder calendars"
        )
    ]


def test_a_file_without_calendars_beside_it_says_where_they_belong(tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_bytes((POLICIES / "yancheng.yaml").read_bytes())
    with pytest.raises(FileProblems, match="calendars: holds no file cn-"):
        load_policy(path)


# the guide


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guide_names_every_section_of_a_policy_and_every_step_that_may_be_left_out(guide: str) -> None:
    text = (PROJECT / "docs" / "how-to" / guide).read_text()
    for key in (*Policy.model_fields.keys() - {"calendar"}, *lifecycle.SKIPPABLE, *Role, *GateKind, *Mode):
        assert f"`{key}`" in text or key in Mode, key


def test_what_is_wrong_with_an_event_from_outside_is_said_with_its_line(broken: Broken) -> None:
    text = "{field: text, path: data.text}"
    (said,) = broken(("field: text, path: data.text", "field: text, path: body.text"))
    assert said.startswith(f"city.yaml:{line_of(text)}: outside.0.fields.3.path: ")
    first, second = broken(("field: text, path: data.text", "field: txt, path: data.text"))
    assert first.startswith(f"city.yaml:{line_of('fields:', after='- event: incident.reported')}: outside.0.fields: ")
    assert (
        second
        == f"city.yaml:{line_of(text)}: outside.0.fields.3.field: report_incident has no field txt; did you mean text?"
    )
    (neither,) = broken(("field: text, path: data.text", "field: text"))
    assert "write one of the two" in neither


def test_a_policy_without_events_from_outside_is_the_one_that_it_was_before_there_were_any(
    cities: dict[str, Policy],
) -> None:
    """Scenes are pinned to it by its digest, and rulebooks and journals hold its text."""
    policy = cities["yancheng"]
    before = policy.model_dump_json(exclude={"outside"})
    without = Policy.model_validate_json(before)
    assert without.model_dump_json() == before
    assert without.digest != policy.digest
    assert Policy.model_validate_json(policy.model_dump_json()).outside == policy.outside
