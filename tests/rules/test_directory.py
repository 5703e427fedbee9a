"""The directory: who somebody is on a day, for whom they may act, and who may change it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.actor import Actor
from models.directory import Directory, DirectoryChange, Organisation
from models.policy import Policy
from models.proposal import ProposalStatus
from models.refusal import Refused
from models.vocabulary import Role
from rules import directory as rules
from tests.scenario import city

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
CITY = "盐城市"
OLD, NEW, GROUP = "市大数据局", "市数据局", city("yancheng").offices.leading_group


def directory(**more: Any) -> Directory:
    content: dict[str, Any] = {
        "city": CITY,
        "organisations": [
            {"name": "市科学技术局", "aliases": ["市科技局"]},
            {"name": OLD, "merged_into": NEW, "merged_on": "2026-06-01"},
            {"name": NEW},
            {"name": "甲公司", "kind": "enterprise"},
            {"name": GROUP, "aliases": ["领导小组办公室"]},
        ],
        "persons": [
            {
                "id": "li", "name": "李",
                "memberships": [
                    {"unit": "市科技局", "roles": ["lead_department", "cooperating_department"]},
                    {"unit": OLD, "roles": ["regulator"], "last": "2026-12-31"},
                ],
            },
            {"id": "wang", "name": "王", "memberships": [{"unit": "市科学技术局", "roles": ["lead_department"]}]},
            {
                "id": "zhao", "name": "赵",
                "memberships": [{"unit": "甲公司", "roles": ["bidder"], "first": "2026-04-01"}],
            },
            {"id": "admin", "name": "管理员", "memberships": [{"unit": NEW, "roles": ["administrator"]}]},
            {"id": "chief", "name": "组长", "memberships": [{"unit": GROUP, "roles": ["leading_group"]}]},
        ],
        "delegations": [],
    }  # fmt: skip
    return Directory.model_validate({**content, **more})


def away(by: str, to: str, **more: Any) -> dict[str, Any]:
    return {"by": by, "to": to, "first": "2026-03-01", "last": "2026-03-10", "reasons": "休假", **more}


def who(person: str, day: date = DAY, book: Directory | None = None, **more: Any) -> Actor:
    return rules.actor(book or directory(), 3, person, day, **more)


def refused(code: str, person: str, day: date = DAY, book: Directory | None = None, **more: Any) -> Refused:
    with pytest.raises(Refused) as no:
        who(person, day, book, **more)
    assert no.value.code == code
    return no.value


# who somebody is


def test_a_person_with_one_membership_needs_to_say_no_more() -> None:
    assert who("wang") == Actor(person="wang", unit="市科学技术局", role=Role.LEAD, directory_version=3)


def test_an_alias_stands_for_the_name() -> None:
    assert who("li", role=Role.COOPERATING, unit="市科技局").unit == "市科学技术局"
    assert who("li", role=Role.COOPERATING, unit="市科学技术局").unit == "市科学技术局"


def test_who_is_several_says_which_unless_the_act_tells() -> None:
    no = refused("unclear_membership", "li")
    assert no.details["known"] == f"lead_department:市科学技术局, cooperating_department:市科学技术局, regulator:{OLD}"
    assert who("li", among=(Role.REGULATOR, Role.SUPERVISOR)).role is Role.REGULATOR
    assert who("li", role=Role.REGULATOR).unit == OLD
    refused("unclear_membership", "li", among=(Role.REGULATOR, Role.LEAD))


def test_who_may_not_do_an_act_in_any_role_is_still_known_by_the_one_they_have() -> None:
    assert who("wang", among=(Role.REGULATOR,)).role is Role.LEAD, "the permissions say no, and that is on record"


def test_a_merged_organisation_is_its_successor_from_that_day() -> None:
    assert who("li", date(2026, 5, 31), role=Role.REGULATOR).unit == OLD
    assert who("li", date(2026, 6, 1), role=Role.REGULATOR).unit == NEW
    assert who("li", date(2026, 6, 1), role=Role.REGULATOR, unit=OLD).unit == NEW


def test_a_membership_holds_from_its_first_day_to_its_last() -> None:
    refused("not_a_member", "zhao", date(2026, 3, 31))
    assert who("zhao", date(2026, 4, 1)).role is Role.BIDDER
    assert who("li", date(2026, 12, 31), role=Role.REGULATOR).role is Role.REGULATOR
    refused("not_a_member", "li", date(2027, 1, 1), role=Role.REGULATOR)


def test_nobody_is_what_the_directory_does_not_say() -> None:
    refused("unknown_person", "nobody")
    refused("not_a_member", "wang", role=Role.REGULATOR)
    refused("not_a_member", "wang", unit="甲公司")
    refused("not_a_member", "wang", unit="不知道的局")


# acting for another


def test_who_stands_in_acts_as_the_other_with_the_path_on_record() -> None:
    book = directory(delegations=[away("wang", "zhao")])
    actor = who("zhao", book=book, on_behalf_of=("wang",))
    assert actor == Actor(
        person="zhao", unit="市科学技术局", role=Role.LEAD, directory_version=3, on_behalf_of=("wang",)
    )


@pytest.mark.parametrize(
    ("more", "day"),
    [
        ({}, date(2026, 2, 28)),
        ({}, date(2026, 3, 11)),
        ({"roles": ["regulator"]}, DAY),
        ({"unit": "甲公司"}, DAY),
    ],
)
def test_a_delegation_holds_for_its_days_roles_and_unit(more: dict[str, Any], day: date) -> None:
    book = directory(delegations=[away("wang", "zhao", **more)])
    refused("not_delegated", "zhao", day, book, on_behalf_of=("wang",))


def test_a_delegation_for_a_unit_by_its_alias_counts() -> None:
    book = directory(delegations=[away("wang", "zhao", unit="市科技局", roles=["lead_department"])])
    assert who("zhao", book=book, on_behalf_of=("wang",)).role is Role.LEAD


def test_every_step_of_a_path_needs_its_own_delegation() -> None:
    book = directory(delegations=[away("wang", "li"), away("li", "zhao")])
    assert who("zhao", book=book, on_behalf_of=("li", "wang")).unit == "市科学技术局"
    no = refused("not_delegated", "zhao", book=book, on_behalf_of=("wang",))
    assert (no.details["by"], no.details["person"]) == ("wang", "zhao")
    refused("not_delegated", "li", book=book, on_behalf_of=("zhao", "wang"))


def test_the_role_is_that_of_who_is_away_not_of_who_stands_in() -> None:
    book = directory(delegations=[away("wang", "li")])
    assert who("li", book=book, on_behalf_of=("wang",)).role is Role.LEAD
    refused("not_a_member", "li", book=book, role=Role.REGULATOR, on_behalf_of=("wang",))


def test_a_path_that_turns_back_on_itself_is_refused() -> None:
    book = directory(delegations=[away("wang", "li"), away("li", "wang")])
    refused("delegation_cycle", "li", book=book, on_behalf_of=("wang", "li"))


def test_the_unit_is_written_as_the_scene_or_its_policy_knows_it() -> None:
    later = date(2026, 7, 1)
    assert who("li", later, role=Role.REGULATOR).unit == NEW
    assert who("li", later, role=Role.REGULATOR, known_as=("市科技局", OLD)).unit == OLD, "pinned before the merger"
    assert who("li", later, role=Role.REGULATOR, known_as=(NEW, OLD)).unit == NEW
    assert who("wang", known_as=("市科技局",)).unit == "市科技局"
    assert who("wang", known_as=("别的局",)).unit == "市科学技术局"


# what a directory may be


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"organisations": [{"name": "甲"}, {"name": "乙", "aliases": ["甲"]}]}, "甲 stands twice"),
        ({"organisations": [{"name": "甲", "parent": "乙"}]}, "names 乙, which is not there"),
        ({"organisations": [{"name": "甲", "parent": "乙"}, {"name": "乙", "parent": "甲"}]}, "stands above itself"),
        (
            {"organisations": [{"name": n, "merged_into": o, "merged_on": "2026-01-01"} for n, o in ("甲乙", "乙甲")]},
            "stands above itself",
        ),
        ({"organisations": [{"name": "甲", "merged_into": "甲"}]}, "merged_into and merged_on go together"),
        ({"persons": [{"id": "x", "name": "某"}, {"id": "x", "name": "别人"}]}, "x stands twice"),
        (
            {"persons": [{"id": "x", "name": "某", "memberships": [{"unit": "无", "roles": ["bidder"]}]}]},
            "belongs to 无, which is not there",
        ),
        (
            {
                "persons": [
                    {"id": "x", "name": "某", "memberships": [{"unit": NEW, "roles": ["administrator", "regulator"]}]}
                ]
            },
            "an administrator has no other role",
        ),
        (
            {
                "persons": [
                    {
                        "id": "x", "name": "某",
                        "memberships": [{"unit": NEW, "roles": ["auditor"]}, {"unit": OLD, "roles": ["expert"]}],
                    }
                ]
            },
            "an auditor has no other role",
        ),
        ({"persons": [{"id": "x", "name": "某", "memberships": [{"unit": NEW, "roles": ["system"]}]}]}, "is no system"),
        ({"delegations": [away("admin", "wang")]}, "nobody stands in for"),
        ({"delegations": [away("wang", "admin")]}, "nobody stands in for"),
        ({"delegations": [away("wang", "wang")]}, "stands in for nobody but themselves"),
        ({"delegations": [away("wang", "nobody")]}, "there is no person nobody"),
        ({"delegations": [away("wang", "li", last="2026-02-01")]}, "before it begins"),
        ({"delegations": [away("wang", "li", unit="无")]}, "无 is not there"),
    ],
)  # fmt: skip
def test_a_directory_that_contradicts_itself_is_refused(more: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        directory(**more)


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12),
    st.integers(0, 7),
)
def test_a_name_always_leads_to_an_organisation_that_stands(merges: list[tuple[int, int]], start: int) -> None:
    """Mergers in any order, rings refused: the successor is found, and has not been merged by that day itself."""
    into = dict(merges)
    content = [
        {
            "name": f"局{n}",
            **({"merged_into": f"局{into[n]}", "merged_on": f"2026-0{1 + n}-01"} if n in into else {}),
        }
        for n in range(8)
    ]
    try:
        book = Directory.model_validate({"city": CITY, "organisations": content})
    except ValueError:
        return
    found = book.organisation(rules.unit_on(book, f"局{start}", date(2026, 5, 15)))
    assert found is not None
    assert found.merged_on is None or found.merged_on > date(2026, 5, 15)


# who may change it


@pytest.fixture
def yancheng() -> Policy:
    return city("yancheng")


def admin(person: str = "admin", **more: Any) -> Actor:
    return Actor.model_validate({"person": person, "unit": NEW, "role": Role.ADMINISTRATOR, **more})


def group(policy: Policy, person: str = "chief", **more: Any) -> Actor:
    unit = policy.offices.leading_group
    return Actor.model_validate({"person": person, "unit": unit, "role": Role.LEADING_GROUP, **more})


def proposed(policy: Policy, standing: DirectoryChange | None = None, book: Directory | None = None) -> DirectoryChange:
    return rules.propose(policy, standing, book or directory(), admin(), NOW)


def decided(policy: Policy, change: DirectoryChange, by: Actor, standing: DirectoryChange | None = None) -> Any:
    return rules.decide(policy, standing, change, by, NOW, confirmed=True)


def test_the_administrator_proposes_and_the_leading_group_confirms(yancheng: Policy) -> None:
    first = decided(yancheng, proposed(yancheng), group(yancheng))
    assert (first.status, first.version) == (ProposalStatus.CONFIRMED, 1)
    more = directory(organisations=[*directory().organisations, Organisation(name="新单位")])
    second = decided(yancheng, proposed(yancheng, first, more), group(yancheng), first)
    assert (second.base, second.version) == (1, 2)


def test_nobody_else_proposes_or_confirms_and_nobody_does_both(yancheng: Policy) -> None:
    change = proposed(yancheng)
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Refused, match="not_permitted"):
            rules.propose(yancheng, None, directory(), admin(role=role), NOW)
    for role in set(Role) - {Role.LEADING_GROUP}:
        with pytest.raises(Refused, match="not_permitted"):
            decided(yancheng, change, group(yancheng, role=role))
    with pytest.raises(Refused, match="not_the_office"):
        decided(yancheng, change, group(yancheng, unit=yancheng.offices.platform_office))
    for actor in (group(yancheng, "admin"), group(yancheng, on_behalf_of=("admin",))):
        with pytest.raises(Refused, match="same_person"):
            decided(yancheng, change, actor)


@pytest.mark.parametrize("without", ["admin", "chief"])
def test_a_directory_that_nobody_could_change_again_is_neither_proposed_nor_confirmed(
    yancheng: Policy, without: str
) -> None:
    persons = [each for each in directory().persons if each.id != without]
    with pytest.raises(Refused, match="directory_locks_out"):
        proposed(yancheng, book=directory(persons=persons))
    ending = [
        each.model_copy(update={"memberships": (each.memberships[0].model_copy(update={"last": DAY}),)})
        if each.id == without else each
        for each in directory().persons
    ]  # fmt: skip
    change = proposed(yancheng, book=directory(persons=ending))
    with pytest.raises(Refused, match="directory_locks_out"):
        rules.decide(yancheng, None, change, group(yancheng), NOW + timedelta(days=2), confirmed=True)


def test_a_large_directory_is_read_in_time_that_grows_with_it() -> None:
    """Five thousand organisations in a chain of hundreds: looked up, not searched."""
    names = [f"局{n}" for n in range(5_000)]
    content = [{"name": name, "parent": names[n - 1] if n % 200 else None} for n, name in enumerate(names)]
    book = Directory.model_validate({"city": CITY, "organisations": content})
    assert book.organisation("局4999") is not None


def test_a_directory_of_another_city_or_the_same_again_is_refused(yancheng: Policy) -> None:
    with pytest.raises(Refused, match="wrong_city"):
        rules.propose(yancheng, None, directory(city="宁波市"), admin(), NOW)
    first = decided(yancheng, proposed(yancheng), group(yancheng))
    with pytest.raises(Refused, match="same_directory"):
        proposed(yancheng, first)


def test_what_was_made_from_an_older_version_is_not_confirmed_any_more(yancheng: Policy) -> None:
    one, other = proposed(yancheng), proposed(yancheng, book=directory(delegations=[away("wang", "li")]))
    first = decided(yancheng, one, group(yancheng))
    with pytest.raises(Refused, match="directory_overtaken"):
        decided(yancheng, other, group(yancheng), first)


def test_the_same_decision_again_changes_nothing_and_another_is_refused(yancheng: Policy) -> None:
    first = decided(yancheng, proposed(yancheng), group(yancheng))
    assert decided(yancheng, first, group(yancheng), first) == first
    with pytest.raises(Refused, match="directory_decided"):
        decided(yancheng, first, group(yancheng, "other"), first)
    with pytest.raises(Refused, match="directory_decided"):
        rules.decide(yancheng, first, first, group(yancheng), NOW, confirmed=False, reasons="不妥")


# who could take a duty


def test_candidates_are_who_is_of_the_unit_in_the_role_on_the_day() -> None:
    book = directory()
    assert rules.candidates(book, "市科技局", Role.LEAD, DAY) == ("li", "wang")
    assert rules.candidates(book, "市科学技术局", Role.COOPERATING, DAY) == ("li",)
    assert rules.candidates(book, OLD, Role.REGULATOR, date(2026, 7, 1)) == ("li",), "by the unit it was merged into"
    assert rules.candidates(book, OLD, Role.REGULATOR, date(2027, 1, 1)) == ()
    assert rules.candidates(book, "甲公司", Role.BIDDER, DAY) == (), "only from April"


def test_a_duty_is_not_passed_to_a_stranger() -> None:
    rules.refuse_stranger(directory(), "wang", "市科技局", Role.LEAD, DAY)
    with pytest.raises(Refused) as refused:
        rules.refuse_stranger(directory(), "zhao", "市科技局", Role.LEAD, DAY)
    assert (refused.value.code, refused.value.details["candidates"]) == ("not_a_candidate", "li, wang")


# a pool to draw a panel from


def belongs(unit: str, role: str, **more: Any) -> dict[str, Any]:
    return {"unit": unit, "roles": [role], **more}


def pool(*people: tuple[str, list[dict[str, Any]]], known_as: tuple[str, ...] = ()) -> list[tuple[str, str, list[str]]]:
    book = directory(persons=[{"id": id, "name": id, "memberships": held} for id, held in people])
    found = rules.experts(book, DAY, known_as=known_as)
    assert all(each.expert for each in found)
    return [(each.person, each.unit, list(each.ties)) for each in found]


def test_the_pool_is_who_is_an_expert_on_the_day_in_the_directorys_order() -> None:
    people = (
        ("zhou", [belongs("甲公司", "expert")]),
        ("gone", [belongs("甲公司", "expert", last="2026-03-01")]),
        ("next", [belongs("甲公司", "expert", first="2026-03-03")]),
        ("clerk", [belongs(NEW, "regulator")]),
        ("an", [belongs(NEW, "expert", first="2026-03-02", last="2026-03-02")]),
    )
    assert pool(*people) == [("zhou", "甲公司", []), ("an", NEW, [])]


def test_every_other_unit_that_an_expert_is_or_was_in_is_a_tie() -> None:
    held = [
        belongs("甲公司", "bidder", last="2025-12-31"),
        belongs("市科技局", "expert"),
        belongs("市科学技术局", "lead_department"),
    ]
    assert pool(("li", held)) == [("li", "市科学技术局", ["甲公司"])]


def test_units_of_the_pool_are_written_as_the_scene_knows_them() -> None:
    held = [belongs("市科学技术局", "expert"), belongs("甲公司", "bidder", last="2025-12-31")]
    assert pool(("li", held), known_as=("市科技局",)) == [("li", "市科技局", ["甲公司"])]
