"""The six words and one date by which operators find a scene in Temporal's own UI.

Plain strings: workflows set them, the server registers them, and neither has to import the other. Their values are
never encrypted, so none holds a person's name or a business secret. A database has room for ten keywords and three
dates. A new one is added here and in `deploy/temporal/prepare-namespace.sh`; a test compares the two.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

SCENE_STAGE: Final = "SceneStage"
SCENE_STEP: Final = "SceneStep"
SCENE_CITY: Final = "SceneCity"
SCENE_DOMAIN: Final = "SceneDomain"
SCENE_LEAD: Final = "SceneLead"
SCENE_RISK: Final = "SceneRisk"
SCENE_NEXT_DUE: Final = "SceneNextDue"

SEARCH_ATTRIBUTES: Final[Mapping[str, Literal["Keyword", "Datetime"]]] = MappingProxyType(
    {
        SCENE_STAGE: "Keyword",
        SCENE_STEP: "Keyword",
        SCENE_CITY: "Keyword",
        SCENE_DOMAIN: "Keyword",
        SCENE_LEAD: "Keyword",
        SCENE_RISK: "Keyword",
        SCENE_NEXT_DUE: "Datetime",
    }
)
