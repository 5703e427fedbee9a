"""Who decides on a scene neither owns it nor answers what is brought against it; and somebody is consulted."""

import pytest

from models.commands.anywhere import Reassign
from models.commands.solicitation import DuplicateCheck, Register
from models.policy import Policy
from tests.scenario import Play

CHECKED = DuplicateCheck(finding="无重复")


def units(play: Play) -> tuple[str, ...]:
    offices = play.policy.offices
    return offices.platform_office, offices.complaint_supervisor, play.owner_unit


@pytest.fixture
def accepted(policy: Policy) -> Play:
    domain = policy.domains[0]
    owner = next(each.name for each in policy.units if each.name not in domain.units and each.name != domain.regulator)
    return Play(policy, owner_unit=owner).submit()


@pytest.mark.parametrize("part", ["lead", "regulator"])
def test_neither_the_owner_nor_who_answers_objections_or_appeals_is_registered_to_decide(
    accepted: Play, part: str
) -> None:
    for unit in units(accepted):
        accepted.refuses("judge_of_itself", Register(duplicate_check=CHECKED, **{part: unit}), accepted.platform)  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["lead", "regulator", "cooperating"])
def test_nor_does_a_part_pass_to_them_later(policy: Policy, part: str) -> None:
    play = Play(policy).to_consultation()
    present = {"lead": play.state.lead, "regulator": play.state.regulator, "cooperating": play.state.cooperating[0]}
    for unit in units(play)[:2]:
        act = Reassign(part=part, from_unit=present[part] or "", to_unit=unit, reasons="机构调整")  # type: ignore[arg-type]
        play.refuses("judge_of_itself", act, play.group)


def test_the_owners_unit_is_not_asked_about_its_own_scene(policy: Policy) -> None:
    domain = next(each for each in policy.domains if len(each.units) > 2)
    owner = next(unit for unit in domain.units if unit not in (domain.lead, domain.regulator))
    play = Play(policy, owner_unit=owner, domain=domain.name).to_registered()
    assert owner not in play.state.cooperating
    assert play.state.cooperating


def test_consultation_is_not_switched_off_by_naming_nobody(accepted: Play) -> None:
    accepted.refuses("no_cooperating", Register(duplicate_check=CHECKED, cooperating=()), accepted.platform)
