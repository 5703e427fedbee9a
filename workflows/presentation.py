"""How a scene shows in Temporal's own UI: search attributes for operators, and details in plain words.

Search attributes are never encrypted: no personal data and no business secrets stand in them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from models import search_attributes as names
from models.state import SceneState
from models.vocabulary import Machine
from rules.disclosure import Veil
from rules.docket import BIDDER_MACHINES
from rules.duties import duties
from rules.lifecycle import step_of

STAGE = SearchAttributeKey.for_keyword(names.SCENE_STAGE)
STEP = SearchAttributeKey.for_keyword(names.SCENE_STEP)
CITY = SearchAttributeKey.for_keyword(names.SCENE_CITY)
DOMAIN = SearchAttributeKey.for_keyword(names.SCENE_DOMAIN)
LEAD = SearchAttributeKey.for_keyword(names.SCENE_LEAD)
RISK = SearchAttributeKey.for_keyword(names.SCENE_RISK)
NEXT_DUE = SearchAttributeKey.for_datetime(names.SCENE_NEXT_DUE)


class Sign:
    """A scene's sign in Temporal's UI; what it shows already is not written again."""

    def __init__(self) -> None:
        self._shown: Sequence[object] = ()

    def show(self, state: SceneState, next_due: datetime | None) -> None:
        shown = attributes_of(state, next_due)
        workflow.upsert_search_attributes([update for update in shown if update not in self._shown])
        workflow.set_current_details(details_of(state))
        self._shown = shown


def attributes_of(state: SceneState, next_due: datetime | None) -> Sequence[SearchAttributeUpdate[Any]]:
    updates: list[SearchAttributeUpdate[Any]] = [STAGE.value_set(state.stage.value), STEP.value_set(state.step)]
    if (profile := state.profile) is not None:
        updates += [CITY.value_set(profile.city), DOMAIN.value_set(profile.domain), RISK.value_set(profile.risk.value)]
    if state.lead is not None:
        updates.append(LEAD.value_set(state.lead))
    return (*updates, NEXT_DUE.value_set(next_due) if next_due is not None else NEXT_DUE.value_unset())


def details_of(state: SceneState) -> str:
    """A few lines of Markdown: where the scene stands and whose turn it is."""
    if state.profile is None:
        return "未申报 not submitted"
    step = step_of(Machine.SCENE, state.step)
    lines = [f"**{state.profile.name}** · {state.profile.city} · {state.profile.domain}", f"{step.zh} ({step.en})"]
    for machine, parts in BIDDER_MACHINES.items():
        lines += [f"- {part.bidder}: {step_of(machine, part.step).zh}" for part in getattr(state, parts) if part.step]
    seen = state.model_copy(update={"deadlines": Veil(None, state).deadlines()})
    lines += [f"- {duty.due_on} {duty.holder.unit}: {', '.join(duty.verbs)}" for duty in duties(seen)[:8]]
    return "\n".join(lines)
