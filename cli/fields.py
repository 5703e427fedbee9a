"""An act from what is typed: `plan.duration=6 months`, read by the type that the field has.

Paths follow the models: a dot goes into a model, a number into a list; a list's own name adds one more to it. A value
that stands for a file (`@report.pdf` where a document belongs) is read here, and only its name and SHA-256 go on. What
a field cannot hold is said with the field's name; the models themselves have the last word.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from enum import Enum
from hashlib import sha256
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, StringConstraints, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, to_jsonable_python

from models.calendar import Period, Unit, YearNotice
from models.commands import ACTS, Act
from models.document import Document
from models.field_words import about, owner_of
from models.policy import Policy
from models.text import Digest
from models.words import VERBS
from runtime.notice_files import load_notice
from runtime.policy_files import load_city, load_policy

from . import output
from .output import Failure, misuse, say
from .session import settings

Model = TypeVar("Model", bound=BaseModel)

LARGEST_INDEX = 100
_DIGEST = next(each.pattern for each in get_args(Digest) if isinstance(each, StringConstraints))
_TRUTH = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}
_UNITS = {
    **{unit.value: unit for unit in Unit}, **{unit.value.removesuffix("s"): unit for unit in Unit},
    "工作日": Unit.WORKDAYS, "个工作日": Unit.WORKDAYS, "日": Unit.DAYS, "天": Unit.DAYS, "个月": Unit.MONTHS,
    "月": Unit.MONTHS, "年": Unit.YEARS, "小时": Unit.HOURS,
}  # fmt: skip
_WHOLE = (Document, Period, Policy, YearNotice)
"""Models that one value stands for."""


class Entry(NamedTuple):
    """One field that can be set: its path, what it takes in words, and whether it has to be given."""

    path: str
    takes: str
    required: bool
    default: str
    note: str


def act_class(verb: str) -> type[Act]:
    """Raises Failure for a verb that does not exist, naming the nearest; a verb's Chinese name is one too."""
    name = verb.strip().replace("-", "_").lower()
    by_word = {word: key for key, each in VERBS.items() for word in each}
    name = by_word.get(verb.strip(), name)
    if name in ACTS and name != "pass_deadline":
        return ACTS[name]
    near = get_close_matches(name, ACTS, n=3, cutoff=0.5)
    near += [by_word[word] for word in get_close_matches(verb, by_word, n=3, cutoff=0.4)]
    shown = ", ".join(dict.fromkeys(near)) or "-"
    raise misuse(
        f"没有名为“{verb}”的操作。相近：{shown}。全部操作见 scene verbs。",
        f"There is no command {verb}. Near: {shown}. All are listed by `scene verbs`.",
        code="unknown_verb",
    )


def entries(model: type[BaseModel], prefix: str = "", *, required: bool = True) -> Iterator[Entry]:
    """Every field of an act that can be set, in order, nested ones by their path."""
    for name, info in model.model_fields.items():
        if not prefix and name == "verb":
            continue
        shape = _shape_of(info)
        needed = required and info.is_required()
        if inside := _composite(shape):
            yield from entries(inside, f"{prefix}{name}.{'0.' if shape.many else ''}", required=needed)
            continue
        takes = _takes(shape)
        if shape.many:
            takes = say(f"{takes}（可多个）", f"{takes}, repeatable")
        default = "" if info.is_required() or info.default in (None, ()) else _shown(info.default)
        yield Entry(f"{prefix}{name}", takes, needed, default, about(owner_of(model), name).text(output.language()))


def build(model: type[Model], given: Sequence[str], start: dict[str, Any] | None = None) -> Model:
    """The model from `path=value` pairs; `start` is what other options gave. Raises Failure."""
    return validated(model, {**_typed(model, given), **(start or {})})


def so_far(model: type[BaseModel], given: Sequence[str], start: dict[str, Any]) -> dict[str, Any]:
    """What there is of a model's fields over `start`, as JSON: some may be missing, none may be wrong.

    Raises Failure.
    """
    content = _over(start, to_jsonable_python(_typed(model, given)))
    try:
        model.model_validate(content)
    except ValidationError as invalid:
        if wrong := [each for each in invalid.errors(include_url=False) if each["type"] != "missing"]:
            raise _misfit(wrong) from None
    return content


def _over(start: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Fields within fields are added, not replaced; a list is taken as it is given."""
    content = dict(start)
    for name, value in more.items():
        there = content.get(name)
        content[name] = _over(there, value) if isinstance(there, dict) and isinstance(value, dict) else value
    return content


def _typed(model: type[BaseModel], given: Sequence[str]) -> dict[str, Any]:
    typed = Typed(model)
    for pair in given:
        path, sign, value = pair.partition("=")
        if not sign or not path.strip():
            raise misuse(f"--set 应为 字段=值，而不是“{pair}”。", f"--set takes field=value, not {pair}.")
        typed.set(path.strip(), value)
    return typed.content()


def validated(model: type[Model], content: dict[str, Any]) -> Model:
    """Raises Failure naming every field that does not fit."""
    try:
        return model.model_validate(content)
    except ValidationError as invalid:
        raise malformed(invalid) from None


def malformed(invalid: ValidationError) -> Failure:
    return _misfit(invalid.errors(include_url=False))


def _misfit(errors: list[ErrorDetails]) -> Failure:
    problems = say("；", "; ").join(map(_problem, errors))
    return misuse(f"内容有误：{problems}。", f"This does not fit: {problems}.", code="malformed")


def problems_of(invalid: ValidationError) -> list[tuple[str, str]]:
    """Each field's path, and what is wrong with it."""
    errors = invalid.errors(include_url=False)
    return [(".".join(str(step) for step in error["loc"]), _problem(error)) for error in errors]


def document(value: str, folder: Path = Path()) -> dict[str, str]:
    """`@path`: the file's name and SHA-256; or title|SHA-256; or that alone. Raises Failure for no such file."""
    if value.startswith("@"):
        path = folder / Path(value[1:]).expanduser()
        return {"title": path.name, "sha256": digest_of(path)}
    title, _, digits = value.rpartition("|")
    if _DIGEST and re.fullmatch(_DIGEST, digits):
        return {"title": title or digits[:12], "sha256": digits}
    raise misuse(
        f"文件应写作 @路径 或 64 位 SHA-256，而不是“{value}”。",
        f"A document is given as @path, or as the 64 digits of its SHA-256, not as {value}.",
        code="malformed",
    )


def digest_of(path: Path) -> str:
    """Raises Failure for a file that cannot be read."""
    digest = sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1024 * 1024):
                digest.update(block)
    except OSError as error:
        raise Failure(
            "file",
            say(
                f"无法读取文件 {path}（{error.strerror}）。请检查路径和权限。",
                f"{path} can not be read ({error.strerror}). Check the path and its permissions.",
            ),
        ) from None
    return digest.hexdigest()


def digest(value: str) -> str:
    """A SHA-256 as it is, or that of `@file`."""
    return document(value)["sha256"]


def with_documents(model: type[BaseModel], content: object, folder: Path) -> object:
    """A file's content with every `@path` read, wherever the model has a document; paths are relative to `folder`."""
    if not isinstance(content, dict):
        return content
    fields = model.model_fields
    return {
        name: _with_documents(_shape_of(fields[name]), value, folder) if name in fields else value
        for name, value in content.items()
    }


def _with_documents(shape: "_Shape", value: object, folder: Path) -> object:
    if isinstance(value, list):
        return [_with_documents(shape, each, folder) for each in value]
    if isinstance(value, str) and value.startswith("@"):
        if shape.inner is Document:
            return document(value, folder)
        return document(value, folder)["sha256"] if shape.digest else value
    inside = _composite(shape)
    return with_documents(inside, value, folder) if inside else value


@dataclass
class Typed:
    """What was set so far of a model: leaves by their path, list items by their number. Raises Failure."""

    model: type[BaseModel]
    leaves: dict[tuple[str | int, ...], Any] = field(default_factory=dict)

    def set(self, path: str, value: str) -> None:
        place: tuple[str | int, ...] = ()
        shape = _Shape(self.model)
        for step in path.split("."):
            shape, at = self._step(shape, step, path)
            place = (*place, at)
        if shape.many and value[:1] != "[":
            shape = shape._replace(many=False)
            place = (*place, self._next(place))
        if place in self.leaves:
            raise misuse(f"{path} 给了两次。", f"{path} is given twice.")
        self.leaves[place] = _read(shape, value, path)

    def content(self) -> dict[str, Any]:
        root: dict[Any, Any] = {}
        for place, value in self.leaves.items():
            node = root
            for step in place[:-1]:
                node = node.setdefault(step, {})
                if not isinstance(node, dict):
                    path = ".".join(map(str, place))
                    raise misuse(f"{path} 与其他赋值冲突。", f"{path} does not go with what else was set.")
            last = place[-1]
            there = node.get(last)
            # proof=@file and proof.number=... make one document, in either order
            node[last] = {**value, **there} if isinstance(there, dict) and isinstance(value, dict) else value
        return {name: _listed(value) for name, value in root.items()}

    def _step(self, shape: "_Shape", step: str, path: str) -> tuple["_Shape", str | int]:
        if shape.many:
            if not step.isdecimal() or int(step) > LARGEST_INDEX:
                raise misuse(
                    f"{path}：“{step}”处应为序号（从 0 起）。", f"{path}: {step} is no number; items count from 0."
                )
            return shape._replace(many=False), int(step)
        inner = shape.inner
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            raise misuse(
                f"{path}：“{step}”之上没有下级字段。", f"{path}: there is nothing inside the field above {step}."
            )
        known = [name for name in inner.model_fields if not (inner is self.model and name == "verb")]
        if step not in known:
            near = get_close_matches(step, known, n=2) or known
            raise misuse(
                f"没有字段 {path}。相近：{'、'.join(near)}。",
                f"There is no field {path}. Near: {', '.join(near)}.",
                code="unknown_field",
            )
        return _shape_of(inner.model_fields[step]), step

    def _next(self, place: tuple[str | int, ...]) -> int:
        deep = len(place)
        return len({each[deep] for each in self.leaves if each[:deep] == place and len(each) > deep})


class _Shape(NamedTuple):
    """What a field takes: the type without None, Annotated and tuple, and which of these there were."""

    inner: Any
    many: bool = False
    optional: bool = False
    digest: bool = False


def _shape_of(info: FieldInfo) -> _Shape:
    return _shape(info.annotation, info.metadata)


def _shape(annotation: Any, metadata: Sequence[Any] = ()) -> _Shape:
    is_digest = any(isinstance(each, StringConstraints) and each.pattern == _DIGEST for each in metadata)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0], arguments[1:])
    if origin in (Union, UnionType):
        left = [each for each in arguments if each is not NoneType]
        if len(left) == 1:
            return _shape(left[0])._replace(optional=True)
    if origin is tuple:
        return _shape(arguments[0])._replace(many=True)
    return _Shape(annotation, digest=is_digest)


def _composite(shape: _Shape) -> type[BaseModel] | None:
    """The model whose own fields are set one by one."""
    inner = shape.inner
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) and inner not in _WHOLE else None


def _read(shape: _Shape, value: str, path: str) -> Any:
    """A value by the type of its field. Raises Failure."""
    inner = shape.inner
    if value == "" and shape.optional:
        return None
    if value[:1] in ("[", "{") and (shape.many or (isinstance(inner, type) and issubclass(inner, BaseModel))):
        try:
            return json.loads(value)
        except json.JSONDecodeError as error:
            raise misuse(f"{path} 不是 JSON（{error.msg}）。", f"{path} is not JSON ({error.msg}).") from None
    if inner is Document:
        return document(value)
    if inner is Period:
        return period(value, path)
    if inner is Policy:
        return load_policy(Path(value[1:])) if value[:1] == "@" else load_city(settings().policies_dir, value)
    if inner is YearNotice:
        return load_notice(Path(value.removeprefix("@")).expanduser())
    if shape.digest and value[:1] == "@":
        return digest(value)
    try:
        return _scalar(inner, value)
    except (ValueError, KeyError):
        takes = _takes(shape)
        raise misuse(f"{path}：“{value}”不是{takes}。", f"{path}: {value} is not {takes}.", code="malformed") from None


def _scalar(inner: Any, value: str) -> Any:
    """Raises ValueError or KeyError."""
    if inner is bool:
        return _TRUTH[value.lower()]
    if inner is int:
        return int(value.replace(",", ""))
    if inner is float:
        return float(value)
    if inner is date:
        return date.fromisoformat(value)
    if inner is datetime:
        return datetime.fromisoformat(value)
    return value


def period(value: str, path: str) -> dict[str, Any]:
    """`6 months`, `20 workdays`, `12 个月`. Raises Failure."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*(\S+)\s*", value)
    unit = _UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        raise misuse(
            f"{path}：“{value}”不是期限，应如“6 个月”“20 工作日”。",
            f"{path}: {value} is no period; write it as 6 months, or 20 workdays.",
            code="malformed",
        )
    return {"length": int(found[1]), "unit": unit}


def _problem(error: ErrorDetails) -> str:
    where = ".".join(str(step) for step in error["loc"]) or say("整体", "the whole")
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return say(f"缺少 {where}", f"{where} is missing")
        case "extra_forbidden":
            return say(f"没有字段 {where}", f"there is no field {where}")
        case "string_too_long":
            most = context.get("max_length")
            return say(f"{where} 超过 {most} 字", f"{where} has more than {most} characters")
        case "string_too_short":
            return say(f"{where} 不能为空", f"{where} must not be empty")
        case "enum" | "literal_error":
            expected = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
            return say(f"{where} 应为其中之一：{expected}", f"{where} is one of: {expected}")
        case "greater_than_equal":
            return say(f"{where} 不能小于 {context.get('ge')}", f"{where} must be at least {context.get('ge')}")
        case "less_than_equal":
            return say(f"{where} 不能大于 {context.get('le')}", f"{where} must be at most {context.get('le')}")
        case "too_short":
            least = context.get("min_length")
            return say(f"{where} 至少 {least} 项", f"{where} needs at least {least}")
        case "too_long":
            most = context.get("max_length")
            return say(f"{where} 至多 {most} 项", f"{where} takes at most {most}")
        case "value_error":
            problem = str(context.get("error", error["msg"]))
            return say(f"{where} 不合要求（{problem}）", f"{where} {problem}")
        case _:
            shown = _shown(error["input"])
            return say(
                f"{where}：“{shown}”不合要求（{error['msg']}）", f"{where}: {shown} does not fit ({error['msg']})"
            )


def _takes(shape: _Shape) -> str:
    inner = shape.inner
    if get_origin(inner) is Literal:
        return "|".join(_shown(each) for each in get_args(inner))
    if isinstance(inner, type) and issubclass(inner, Enum):
        return "|".join(_shown(each) for each in inner)
    if shape.digest:
        return say("SHA-256 或 @文件", "a SHA-256 or @file")
    names = {
        bool: say("true/false", "true or false"), int: say("整数", "a whole number"), float: say("数字", "a number"),
        date: say("日期（2026-01-31）", "a date as 2026-01-31"), datetime: say("时刻", "a moment"),
        Document: say("@文件", "@file"), Period: say("期限（6 个月）", "a period as 6 months"),
        Policy: say("城市或 @文件", "a city or @file"), YearNotice: say("@文件", "@file"),
    }  # fmt: skip
    return names.get(inner, say("文字", "text"))


def _shown(value: object) -> str:
    text = str(value.value if isinstance(value, Enum) else value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _listed(node: Any) -> Any:
    """Dicts of numbers become lists, in order."""
    if not isinstance(node, dict):
        return node
    if node and all(isinstance(key, int) for key in node):
        return [_listed(node[key]) for key in sorted(node)]
    return {key: _listed(value) for key, value in node.items()}
