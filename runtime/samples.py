"""The 300 real scenes of the five policy texts, and the application each would be submitted with.

The texts name the scenes and little more. What an application needs beyond that is assumed: chosen by the scene's id,
so that it is the same everywhere and always, spread over scales, risks and tracks, and named in `assumed`.
"""

from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field

from models.commands.solicitation import Application
from models.document import Document
from models.frozen import Frozen
from models.policy import Policy
from models.text import Identifier, Name
from models.vocabulary import Risk, Scale, Track

from .yaml_files import load_yaml


class SampleSource(Frozen):
    """One policy text: `name` is its short title, used in clauses; `years` the plan's first and last, where stated."""

    name: Name
    title: Name
    city: Name
    status: Name
    years: tuple[int | None, int | None]


class SampleScene(Frozen):
    """What a text says of one scene. `scale` and `units` are None where it does not say."""

    id: Identifier
    name: Name
    city: Name
    domain: Name
    type: str
    type_basis: Literal["stated", "mapped"] = Field(
        description="mapped: the text has no such type, it was assigned here"
    )
    scale: Scale | None
    kind: Literal["named_scene", "scene_family", "platform", "demonstration_zone"]
    source: Name = Field(description="the short title of the text")
    section: Name
    units: tuple[Name, ...] | None = None


class SampleScenes(Frozen):
    """The file `scenes.yaml`."""

    sources: tuple[SampleSource, ...]
    scenes: tuple[SampleScene, ...]


class UnknownSample(LookupError):
    """There is no sample of that id; the text names the nearest ones."""


def load_scenes(folder: Path) -> tuple[SampleScene, ...]:
    """The scenes of `scenes.yaml` in a folder, in the file's order. Raises FileProblems."""
    return load_yaml(folder / "scenes.yaml", SampleScenes).scenes


def sample(folder: Path, id: str) -> SampleScene:
    """One scene by its id, such as YC26-014, in any case. Raises UnknownSample, FileProblems."""
    scenes = {scene.id: scene for scene in load_scenes(folder)}
    if (found := scenes.get(id.upper())) is not None:
        return found
    near = get_close_matches(id.upper(), scenes, n=3, cutoff=0.4) or list(scenes)[:3]
    raise UnknownSample(f"there is no sample {id}; nearest: {', '.join(near)}")


_SCALES = (Scale.SMALL,) * 13 + (Scale.INTEGRATED,) * 6 + (Scale.COMPREHENSIVE,)
_RISKS = {
    "早期": (Risk.LOW,) * 6 + (Risk.MEDIUM,) * 10 + (Risk.HIGH,) * 4,
    "成熟": (Risk.LOW,) * 3 + (Risk.MEDIUM,),
}
_MATURITIES = ("早期",) * 13 + ("成熟",) * 7
_FUNDING = {
    "市属国有企业": ("国有企业自筹", "财政资金与企业自筹"),
    "市级部门": ("市级财政资金",),
    "区县板块": ("区级财政资金", "财政资金与企业自筹"),
}
"""Kind of owner (they open scenes in all five texts): where its money comes from."""
_STAGES: tuple[Literal["在建", "待建"], ...] = ("在建", "待建", "待建")
_DOCUMENTS = ("场景申报书", "资金证明", "风险评估表", "公平竞争自查表")
_BUDGETS = {
    Scale.SMALL: (200_000, 300_000, 500_000, 800_000, 1_200_000, 2_000_000),
    Scale.INTEGRATED: (900_000, 1_500_000, 3_000_000, 5_000_000, 8_000_000),
    Scale.COMPREHENSIVE: (5_000_000, 10_000_000, 20_000_000),
}
_NEVER_STATED = (
    "maturity", "track", "risk", "owner", "need", "budget_yuan", "funding_source", "project_stage",
    "fair_competition_self_check", "documents",
)  # fmt: skip

Choice = TypeVar("Choice")


def _chosen(scene: SampleScene, field: str, choices: tuple[Choice, ...]) -> Choice:
    """The same choice for the same scene and field, always and on every machine."""
    digest = sha256(f"{scene.id}/{field}".encode()).digest()
    return choices[int.from_bytes(digest[:8]) % len(choices)]


def application_of(scene: SampleScene, policy: Policy) -> Application:
    """The application for a sample under its city's policy. Raises ValueError for another city's policy.

    The owner is a placeholder and none of the policy's units, so that nobody reviews a scene of their own.
    """
    if scene.city != policy.city:
        raise ValueError(f"{scene.id} is a scene of {scene.city}; the policy is that of {policy.city}")
    if (domain := policy.domain(scene.domain)) is None:
        raise ValueError(f"{scene.id} is of the domain {scene.domain}, which the policy of {policy.city} lacks")
    scale = scene.scale or _chosen(scene, "scale", _SCALES)
    maturity = _chosen(scene, "maturity", _MATURITIES)
    risk = _chosen(scene, "risk", _RISKS[maturity])
    may_be_fast = policy.tracks[Track.FAST].bar(maturity, risk, livelihood=domain.livelihood) is None
    owner = _chosen(scene, "owner", tuple(_FUNDING))
    assumed = (
        *(("type",) if scene.type_basis == "mapped" else ()),
        *(("scale",) if scene.scale is None else ()),
        *_NEVER_STATED,
    )
    return Application(
        name=scene.name,
        city=scene.city,
        domain=scene.domain,
        type=scene.type,
        scale=scale,
        maturity=maturity,
        track=Track.FAST if maturity == "成熟" and may_be_fast else Track.SANDBOX,
        risk=risk,
        owner=f"{scene.city}{scene.domain}场景单位（{owner}）",
        need=f"开放{scene.name}的真实场景，征集可验证、可推广的解决方案。",
        budget_yuan=_chosen(scene, "budget_yuan", _BUDGETS[scale]),
        funding_source=_chosen(scene, "funding_source", _FUNDING[owner]),
        project_stage=_chosen(scene, "project_stage", _STAGES),
        fair_competition_self_check=True,
        documents=tuple(
            Document(title=title, sha256=sha256(f"{scene.id}/{title}".encode()).hexdigest()) for title in _DOCUMENTS
        ),
        source=f"{scene.source} {scene.section}",
        assumed=assumed,
    )
