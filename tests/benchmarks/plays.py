"""The acts that are played: recorded once from the rules, then sent to every design in the same order.

`file` is a scene's way through solicitation and review into matching, two changes of stage included. `burst` is a
consultation of ten departments. Neither waits for a date, so both can be played in real time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from models.commands import Command
from models.commands.matching import SubmitBid
from models.commands.review import (
    AskConsultation,
    ConcludeFairCompetition,
    ConvenePanel,
    GiveExpertOpinion,
    GiveOpinion,
    ListScene,
    Recognise,
)
from models.policy import CityUnit, Policy
from models.state import SceneState
from models.vocabulary import PanelPurpose, Position
from rules.alarms import next_alarm
from rules.bidding import commitment
from rules.journal import fold
from runtime.policy_files import load_policy
from tests.scenario import Play, digest, of_narrow_pools

POLICIES = Path(__file__).resolve().parents[2] / "policies"
DEPARTMENTS = 10

OPINION = (
    "原则同意。该场景与本部门职责有关的事项：一是道路测试区域与城市主干道的衔接处应设置明显标识，并由运营单位落实人员值守；"
    "二是数据采集范围应限于场景运行所必需，涉及公共视频的按规定脱敏后使用；三是试点期间发生投诉的，应于两个工作日内答复并抄送我单位。"
    "以上意见请在实施方案中予以采纳。"
)
"""Of the usual length: 130 characters, 400 bytes. A two-word opinion would make every design look cheaper."""


@dataclass(frozen=True)
class Script:
    """`commands[0]` begins the scene. `alarms[n]` is when the next reminder comes due after `commands[n]`."""

    policy: Policy
    commands: tuple[Command, ...]
    alarms: tuple[datetime | None, ...]


def _policy() -> Policy:
    """Yancheng's, without the five days of public notice that nobody can wait for here."""
    policy = load_policy(POLICIES / "yancheng.yaml")
    return of_narrow_pools(policy.model_copy(update={"steps_off": (*policy.steps_off, "recognition_notice")}))


def _many_departments(policy: Policy) -> Policy:
    """The first domain, with ten cooperating departments."""
    domain = policy.domains[0]
    units = tuple(f"第{number}配合单位" for number in range(1, DEPARTMENTS + 1))
    return policy.model_copy(
        update={
            "units": (*policy.units, *(CityUnit(name=unit) for unit in units)),
            "domains": (domain.model_copy(update={"units": (domain.lead, *units)}), *policy.domains[1:]),
        }
    )


def _ask(play: Play) -> None:
    play.to_registered()
    play.do(AskConsultation(question="请各配合单位就本场景的实施条件和风险防控提出意见。"), play.lead)


def _opinions(play: Play) -> None:
    """As given at the same instant: nobody has seen another's."""
    seen = play.state.sequence
    for unit in play.state.cooperating:
        play.do(GiveOpinion(position=Position.AGREE, text=OPINION), play.cooperating(unit), seen=seen)


def _recorded(play: Play) -> Script:
    state, alarms = SceneState(scene=play.scene), []
    for entry in play.journal:
        state = fold(state, entry)
        alarms.append(next_alarm(state))
    return Script(play.policy, tuple(entry.command for entry in play.journal), tuple(alarms))


def file_script() -> Script:
    """19 acts, from the submission to the third bid."""
    play = Play(_policy(), now=datetime.now(UTC))
    _ask(play)
    _opinions(play)
    play.do(ConcludeFairCompetition(passed=True, conclusion=OPINION), play.lead)
    members = play.members()
    play.do(ConvenePanel(purpose=PanelPurpose.RECOGNITION, pool=members, size=len(members)), play.lead)
    for number in range(1, len(members) + 1):
        opinion = GiveExpertOpinion(purpose=PanelPurpose.RECOGNITION, recommend=True, text=OPINION)
        play.do(opinion, play.expert(number))
    play.do(Recognise(value=OPINION), play.lead)
    play.do(ListScene(list="demand", batch="2026-1"), play.platform)
    play.post()
    for bidder in ("甲公司", "乙公司", "丙公司"):
        secret = commitment(f"n-{digest(bidder)[:16]}", digest(f"方案{bidder}"), 500_000)
        play.do(SubmitBid(bidder=bidder, commitment=secret), play.bidder(bidder))
    return _recorded(play)


def burst_script() -> Script:
    """Three acts to open the consultation, then ten opinions."""
    play = Play(_many_departments(_policy()), now=datetime.now(UTC))
    _ask(play)
    _opinions(play)
    return _recorded(play)
