"""The real scenes load, nothing of the texts' wording came along, and each makes an application that is accepted."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from models.actor import Actor
from models.commands import COMMAND_BYTES, Command
from models.commands.solicitation import Application, Submit
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Risk, Role, Scale, Track
from rules.deadlines import BEIJING
from rules.decide import decide
from runtime.policy_files import city_files, load_policy
from runtime.samples import SampleScene, UnknownSample, application_of, load_scenes, sample

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = PROJECT / "samples"
NOW = datetime(2026, 3, 2, 9, tzinfo=BEIJING)


@pytest.fixture(scope="module")
def scenes() -> tuple[SampleScene, ...]:
    return load_scenes(SAMPLES)


@pytest.fixture(scope="module")
def policies() -> dict[str, Policy]:
    return {policy.city: policy for policy in map(load_policy, city_files(PROJECT / "policies"))}


@pytest.fixture(scope="module")
def applications(scenes: tuple[SampleScene, ...], policies: dict[str, Policy]) -> dict[str, Application]:
    return {scene.id: application_of(scene, policies[scene.city]) for scene in scenes}


def test_there_are_300_scenes_of_three_cities(scenes: tuple[SampleScene, ...]) -> None:
    assert Counter(scene.city for scene in scenes) == {"盐城市": 151, "重庆市": 101, "宁波市": 48}
    assert len({scene.id for scene in scenes}) == 300


def test_a_scale_is_given_only_where_the_text_states_it(scenes: tuple[SampleScene, ...]) -> None:
    assert Counter(scene.scale for scene in scenes) == {None: 284, Scale.COMPREHENSIVE: 16}


def test_units_are_given_where_the_text_names_them_and_agree_with_the_policy(
    scenes: tuple[SampleScene, ...], policies: dict[str, Policy]
) -> None:
    for scene in scenes:
        domain = policies[scene.city].domain(scene.domain)
        assert domain is not None
        assert scene.units == (domain.units if scene.city == "重庆市" else None), scene.id


def test_every_domain_of_a_sample_is_in_its_citys_policy(
    scenes: tuple[SampleScene, ...], policies: dict[str, Policy]
) -> None:
    assert all(policies[scene.city].domain(scene.domain) for scene in scenes)


def test_every_source_of_a_sample_is_explained_in_its_citys_policy(
    scenes: tuple[SampleScene, ...], policies: dict[str, Policy]
) -> None:
    for scene in scenes:
        assert any(source.endswith(f"简称{scene.source}") for source in policies[scene.city].sources), scene.id


def test_the_135_quotas_carry_their_source_and_no_sentence_of_it() -> None:
    quotas = yaml.safe_load((SAMPLES / "quotas.yaml").read_text())["quotas"]
    assert len({quota["id"] for quota in quotas}) == 135
    assert all(quota["source"] and quota["section"] for quota in quotas)
    assert not any(key.endswith("quote") for quota in quotas for key in quota)


def test_the_49_units_and_their_tasks_are_there() -> None:
    units = yaml.safe_load((SAMPLES / "units.yaml").read_text())
    assert len({(unit["city"], unit["name"]) for unit in units["units"]}) == 49
    assert [len(units[key]) for key in ("domains", "tasks", "duties")] == [22, 12, 23]


@pytest.mark.parametrize("name", ["scenes.yaml", "quotas.yaml", "units.yaml"])
def test_no_sentence_of_a_text_is_carried_over(name: str) -> None:
    """No value is as long as a sentence, and none ends as one does."""

    def values(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for inner in value.values() for text in values(inner)]
        if isinstance(value, list):
            return [text for inner in value for text in values(inner)]
        return [value] if isinstance(value, str) else []

    for text in values(yaml.safe_load((SAMPLES / name).read_text())):
        assert len(text) <= 70, text
        assert "。" not in text, text


def test_a_sample_is_found_by_its_id_in_any_case() -> None:
    assert sample(SAMPLES, "yc26-014").name == "低空飞行器测试与验证"


def test_an_unknown_sample_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownSample, match=r"there is no sample YC26-14; nearest: YC26-014, "):
        sample(SAMPLES, "YC26-14")


def test_a_sample_that_is_like_no_other_is_answered_with_examples() -> None:
    with pytest.raises(UnknownSample, match=r"there is no sample \?; nearest: YC26-001, YC26-002, YC26-003"):
        sample(SAMPLES, "?")


def test_every_sample_may_be_submitted(applications: dict[str, Application], policies: dict[str, Policy]) -> None:
    for id, application in applications.items():
        owner = Actor(person="owner-1", unit=application.owner, role=Role.OWNER)
        command = Command(command_id=id, actor=owner, seen=0, act=Submit(application=application))
        assert len(command.model_dump_json().encode()) < COMMAND_BYTES
        events = decide(policies[application.city], SceneState(scene=id), command, NOW)
        assert [event.kind for event in events][:2] == ["scene_submitted", "step_entered"]


def test_what_no_text_states_is_marked_as_assumed(
    scenes: tuple[SampleScene, ...], applications: dict[str, Application]
) -> None:
    for scene in scenes:
        assumed = set(applications[scene.id].assumed)
        assert assumed <= set(Application.model_fields)
        assert {"owner", "budget_yuan", "risk", "track", "maturity"} <= assumed
        assert ("scale" in assumed) == (scene.scale is None)
        assert ("type" in assumed) == (scene.type_basis == "mapped")
        assert not assumed & {"name", "city", "domain", "source"}


def test_a_sample_gives_the_same_application_every_time(policies: dict[str, Policy]) -> None:
    application = application_of(sample(SAMPLES, "YC26-014"), policies["盐城市"])
    assert (application.scale, application.risk, application.track) == (Scale.SMALL, Risk.MEDIUM, Track.SANDBOX)
    assert (application.budget_yuan, application.owner) == (1_200_000, "盐城市低空经济场景单位（区县板块）")


@pytest.mark.parametrize("city", ["盐城市", "宁波市", "重庆市"])
def test_the_samples_of_each_city_are_a_good_spread(
    applications: dict[str, Application], policies: dict[str, Policy], city: str
) -> None:
    ours = [application for application in applications.values() if application.city == city]
    fast = policies[city].tracks[Track.FAST]
    livelihood = {domain.name for domain in policies[city].domains if domain.livelihood and not fast.livelihood}
    for field, least in (("scale", 0.02), ("risk", 0.05), ("track", 0.25), ("maturity", 0.25), ("project_stage", 0.2)):
        # To a livelihood domain one track alone is open where the city says so.
        of = [each for each in ours if each.domain not in livelihood] if field == "track" else ours
        shares = Counter(getattr(application, field) for application in of)
        assert min(shares.values()) >= least * len(of), (field, shares)
        assert len(shares) == {"scale": 3, "risk": 3}.get(field, 2)
    assert {application.budget_yuan >= 1_000_000 for application in ours} == {True, False}


def test_mature_technology_takes_the_fast_track_where_it_is_open_and_is_never_of_high_risk(
    applications: dict[str, Application], policies: dict[str, Policy]
) -> None:
    for application in applications.values():
        domain = policies[application.city].domain(application.domain)
        assert domain is not None
        barred = domain.livelihood and not policies[application.city].tracks[Track.FAST].livelihood
        fast = application.maturity == "成熟" and not barred
        assert fast == (application.track is Track.FAST)
        assert application.track is Track.SANDBOX or application.risk is not Risk.HIGH


def test_no_owner_of_a_sample_reviews_scenes(applications: dict[str, Application], policies: dict[str, Policy]) -> None:
    for application in applications.values():
        assert application.owner not in policies[application.city].unit_names


def test_a_sample_of_another_city_is_refused(policies: dict[str, Policy]) -> None:
    with pytest.raises(ValueError, match="YC26-014 is a scene of 盐城市; the policy is that of 宁波市"):
        application_of(sample(SAMPLES, "YC26-014"), policies["宁波市"])


def test_a_sample_whose_domain_the_policy_lacks_is_refused(policies: dict[str, Policy]) -> None:
    policy = policies["盐城市"]
    without = policy.model_copy(update={"domains": policy.domains[:1]})
    with pytest.raises(ValueError, match="YC26-014 is of the domain 低空经济, which the policy of 盐城市 lacks"):
        application_of(sample(SAMPLES, "YC26-014"), without)
