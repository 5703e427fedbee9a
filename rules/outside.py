"""What an event from outside asks for, as the city's policy reads it: which scene, which act, in whose name.

Nothing is judged here: the command goes through the same door as anybody's, and the scene's rules decide. A field that
the event lacks is left to the act's own default; where there is none, the event is refused and says what it lacks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue, TypeAdapter, ValidationError

from models.actor import Actor
from models.commands import ACTS, Act, Command
from models.outside import OutsideEvent, Source
from models.policy import OutsideField, OutsideRule, Policy
from models.refusal import Refused
from models.state import SceneState
from models.text import Identifier
from rules.permissions import units_playing

_SCENE: TypeAdapter[str] = TypeAdapter(Identifier)
LARGEST_INDEX = 49
"""No act has a longer list."""


def at(event: OutsideEvent, path: str) -> JsonValue:
    """What stands at a path; None where nothing does."""
    attribute, *steps = path.split(".")
    found: JsonValue = getattr(event, attribute)
    for step in steps:
        match found:
            case Mapping():
                found = found.get(step)
            case Sequence() if not isinstance(found, str) and step.isdecimal() and int(step[:4]) < len(found):
                found = found[int(step[:4])]
            case _:
                return None
    return found


def scene_of(rule: OutsideRule, event: OutsideEvent) -> str:
    """Raises Refused: event_incomplete, unknown_scene."""
    named = at(event, rule.scene)
    if named is None:
        raise Refused("event_incomplete", type=event.type, field="scene", path=rule.scene)
    try:
        return _SCENE.validate_python(named)
    except ValidationError:
        raise Refused("unknown_scene", scene=str(named)[:100]) from None


def command_for(policy: Policy, rule: OutsideRule, state: SceneState, event: OutsideEvent, source: Source) -> Command:
    """The command that the event is entered as, by a scene's own policy; it has seen the scene as it stands.

    Raises Refused: event_incomplete, malformed, event_unit.
    """
    act = act_from(rule, event)
    unit = _unit(policy, rule, state, event, act)
    try:
        actor = Actor(person=source.person, unit=unit, role=rule.role)
        return Command.model_validate(
            {"command_id": event.command_id, "actor": actor, "seen": state.sequence, "act": act.model_dump()}
        )
    except ValidationError as invalid:
        raise _malformed(invalid) from None


def act_from(rule: OutsideRule, event: OutsideEvent) -> Act:
    """Raises Refused: event_incomplete, malformed."""
    model = ACTS[rule.verb]
    content: dict[str, Any] = {}
    for field in rule.fields:
        value = _value(field, event)
        if value is not None:
            _put(content, field.field.split("."), value)
    try:
        return model.model_validate(_listed(content))
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            lacking = ".".join(map(str, error["loc"]))
            if error["type"] == "missing" and (path := _path(rule, lacking)):
                raise Refused("event_incomplete", type=event.type, field=lacking, path=path) from None
        raise _malformed(invalid) from None


def _value(field: OutsideField, event: OutsideEvent) -> JsonValue:
    if field.path is None:
        return field.value
    found = at(event, field.path)
    return field.otherwise if found is None else found


def _put(content: dict[str, Any], steps: list[str], value: JsonValue) -> None:
    for step in steps[:-1]:
        content = content.setdefault(step, {})
    content[steps[-1]] = value


def _listed(content: Any) -> Any:
    """Blocks whose keys are numbers, as `documents.0.title` makes them, are lists."""
    if not isinstance(content, dict):
        return content
    if content and all(key.isdecimal() for key in content):
        return [_listed(content[key]) for key in sorted(content, key=int)]
    return {key: _listed(value) for key, value in content.items()}


def _path(rule: OutsideRule, lacking: str) -> str | None:
    """Where the rule would have found a field, or a part of it, that the act lacks."""
    paths = [field.path for field in rule.fields if f"{field.field}.".startswith(f"{lacking}.")]
    return next((path for path in paths if path is not None), None)


def _unit(policy: Policy, rule: OutsideRule, state: SceneState, event: OutsideEvent, act: Act) -> str:
    named = rule.unit if rule.unit_path is None else at(event, rule.unit_path)
    if isinstance(named, str):
        return named
    playing = units_playing(policy, state, rule.role, act) or () if rule.unit_path is None else ()
    if len(playing) != 1:
        raise Refused("event_unit", type=event.type, role=rule.role)
    return playing[0]


def _malformed(invalid: ValidationError) -> Refused:
    errors = invalid.errors(include_url=False, include_input=False)
    problems = [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in errors]
    return Refused("malformed", problem="; ".join(problems)[:1000])
