"""Reading a YAML file into a model, so that whoever wrote the file can correct it alone.

Every problem names the file, the line, the key, what is wrong and what to do; all problems of a file come at once. A
file is data only: no tags, no merge keys, no key twice, few aliases, at most 1 MiB. Plain values mean what they look
like: `no`, `on`, `17:30` and `0123` are text, where YAML 1.1 reads False, True, 1050 and 83; dates are dates.
"""

import contextlib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, get_args

import yaml
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from yaml.composer import Composer
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.resolver import Resolver

from models.refusal import Language

from .salvage import fitting

MAX_BYTES = 1024 * 1024
MAX_ALIASED = 1000
"""How many values a file may repeat by aliases, counted after expansion: ten lines can stand for a billion values."""

HIDDEN = "***"
"""Stands for a secret in what is said about a file."""

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing to correct. `line` counts from 1, 0 is the whole file; `key` is a dotted path, list items from 0.

    `zh` is message and hint in Chinese; where a rule of the content itself has only English words, it is empty.
    `named` is what the key is called in Chinese, where it has a name.
    """

    file: Path
    line: int = 0
    key: str = ""
    message: str
    hint: str
    zh: str = ""
    named: str = ""

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: Language) -> str:
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        said = self.zh if language == "zh" and self.zh else f"{self.message}; {self.hint}"
        key = f"{self.key}（{self.named}）" if language == "zh" and self.named else self.key
        return ": ".join(part for part in (place, key, said) if part)


class FileProblems(Exception):
    """A file, or a folder of files, that can not be used. As text: one problem a line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: Language) -> str:
        return "\n".join(problem.text(language) for problem in self.problems)


def load_yaml(path: Path, model: type[Model], prepare: Callable[[object], object] = lambda content: content) -> Model:
    """The file's content, as `prepare` makes it, as a `model`.

    Raises FileProblems with everything found wrong, in order of line.
    """
    return load_text(read_text(path), path, model, prepare)


def load_text(
    text: str, file: Path, model: type[Model], prepare: Callable[[object], object] = lambda content: content
) -> Model:
    """The same of a text that was read already; `file` is what problems are told of."""
    loaded, problems = load_as_far(text, file, model, prepare)
    if problems or loaded is None:
        raise FileProblems(problems)
    return loaded


def load_as_far(
    text: str, file: Path, model: type[Model], prepare: Callable[[object], object] = lambda content: content
) -> tuple[Model | None, tuple[Problem, ...]]:
    """What of a text fits the model (`runtime.salvage`), with everything found wrong, in order of line.

    Raises FileProblems where it can not be read at all.
    """
    reading = _Text(file)
    content = prepare(reading.read(text))
    loaded: Model | None
    try:
        loaded = model.model_validate(content)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
        reading.problems.extend(reading.explain(model, error) for error in errors)
        loaded = fitting(model, content, [error["loc"] for error in errors])
    return loaded, reading.failure().problems


def read_text(path: Path) -> str:
    """A file of at most `MAX_BYTES` of UTF-8. Raises FileProblems."""
    try:
        with path.open("rb") as file:
            return text_in(file, path)
    except OSError as error:
        zh = f"无法读取（{error.strerror}）；请检查路径和权限"
        hint = "check the path and its permissions"
        raise _unreadable(path, 0, f"can not be read: {error.strerror}", hint, zh) from None


def text_in(file: BinaryIO, path: Path) -> str:
    """What an open file holds; `path` is what problems are told of. Raises FileProblems."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        zh = f"大于 {MAX_BYTES:,} 字节；请拆分，或检查是否选错文件"
        hint = "split it, or check that it is the right file"
        raise _unreadable(path, 0, f"is larger than {MAX_BYTES:,} bytes", hint, zh)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        zh = "不是 UTF-8；请另存为 UTF-8"
        raise _unreadable(path, line, "is not UTF-8", "save the file as UTF-8", zh) from None


def _unreadable(file: Path, line: int, message: str, hint: str, zh: str) -> FileProblems:
    return FileProblems((Problem(file=file, line=line, message=message, hint=hint, zh=zh),))


def split_advice(text: str) -> tuple[str, str]:
    """What is wrong and what to do, from a validator's "what is wrong; what to do"."""
    message, _, hint = text.removeprefix("Value error, ").partition("; ")
    return message, hint or "correct it"


_TAG = "tag:yaml.org,2002:"
_PLAIN = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?(?:0|[1-9][0-9_]*)",
    "float": r"[-+]?(?:0|[1-9][0-9_]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?",
    "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
"""The plain scalars that are not text, by the last word of their tag."""
_TAGS = {_TAG + word for word in (*_PLAIN, "str", "seq", "map")}


class _Plain(Resolver):
    yaml_implicit_resolvers = {  # noqa: RUF012  # None: whatever the first character
        None: [(_TAG + word, re.compile(rf"^(?:{pattern})$")) for word, pattern in _PLAIN.items()]
    }


class _Slow(_Plain, yaml.SafeLoader):
    """Says best what is wrong with a text, and where."""


class _Fast(Composer, CParser, _Plain):
    """Eight times as fast. Composes here, not in C: that way too deep a nesting is an error, and no crash."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        _Plain.__init__(self)


def head(text: str, keys: Collection[str]) -> dict[str, str]:
    """The plain values of these keys at the top of a text, which is read no further than to the last of them.

    What is wrong behind them, or with the text, is for whoever reads it all to say.
    """
    found: dict[str, str] = {}
    depth, key = 0, None
    with contextlib.suppress(yaml.YAMLError):
        for event in yaml.parse(text, Loader=_Fast):  # type: ignore[arg-type]
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth == 1 and isinstance(event, yaml.SequenceStartEvent):
                break
            if depth > 1 or not isinstance(event, yaml.ScalarEvent):
                key = None
            elif key is None:
                key = event.value
            else:
                found |= {key: event.value} if key in keys else {}
                key = None
            if len(found) == len(keys):
                break
    return found


def compose(text: str) -> yaml.Node | None:
    """The nodes of a text, with their lines. Raises yaml.YAMLError, RecursionError."""
    try:
        return yaml.compose(text, Loader=_Fast)  # type: ignore[arg-type]
    except yaml.YAMLError:
        return yaml.compose(text, Loader=_Slow)


_Path = tuple[str, ...]


@dataclass
class _Text:
    """One file being read: the line of each value by its path, and what is wrong so far."""

    file: Path
    lines: dict[_Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    aliased: int = 0

    def read(self, text: str) -> object:
        try:
            root = compose(text)
            if root is None:
                zh = "文件是空的；请写入内容或删除文件"
                raise self._unusable(1, "is empty", "write its content, or remove the file", zh)
            return self._value(root, (), root.start_mark.line + 1)
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            character = f"U+{ord(text[error.position]):04X}"
            zh = f"含控制字符 {character}；请删除"
            raise self._unusable(line, f"holds the control character {character}", "remove it", zh) from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            problem = ", ".join(part for part in (error.context, error.problem) if part)
            hint, zh = "check indents (no tabs), quotes and colons here", "请检查缩进（不用制表符）、引号和冒号"
            if wide := _full_width(text.splitlines()[max(line - 2, 0) : line]):
                hint = f"the full-width {wide} is no YAML: use the half-width one"
                zh = f"“{wide}”是全角符号，请改用半角"
            slip = next((chinese for english, chinese in _SLIPS.items() if english in problem), "写法有误")
            raise self._unusable(line, f"is not YAML: {problem}", hint, f"不是有效的 YAML：{slip}；{zh}") from None
        except RecursionError:
            zh = "嵌套过深或引用自身；请拉平"
            raise self._unusable(0, "is nested too deeply, or refers to itself", "flatten it", zh) from None

    def explain(self, model: type[BaseModel], error: ErrorDetails) -> Problem:
        path: _Path = ()
        for step in error["loc"]:  # steps the file does not have, such as a union's tag, are passed over
            if (*path, str(step)) in self.lines:
                path = (*path, str(step))
        line, zh = self.lines[path], ""
        if error["input"] is not None and _is_secret(model, path):
            error = {**error, "input": HIDDEN}
        given = _shown(error["input"])
        match error["type"]:
            case "missing":
                name = str(error["loc"][-1])
                info = _known_keys(model, path).get(name)
                message, hint = "is missing", f"add it: {info.description}" if info and info.description else "add it"
                zh = "缺少这一项；请补上"
                path = (*path, name)
            case "extra_forbidden":
                known = [name for name in _known_keys(model, path[:-1]) if (*path[:-1], name) not in self.lines]
                message, hint = "is not a known key", _nearest(path[-1], known)
                near = get_close_matches(path[-1], known, n=1)
                zh = (
                    f"没有这个键；是否应为 {near[0]}？"
                    if near
                    else f"没有这个键；请删除，或从中选用：{'、'.join(known) or '无'}"
                )
            case _ if said := error.get("ctx", {}).get("zh"):
                (message, hint), zh = split_advice(error["msg"]), said
            case "value_error" | "assertion_error":
                message, hint = split_advice(str(error.get("ctx", {}).get("error", error["msg"])))
            case "model_type" | "dict_type":
                message, hint = f"{given} does not fit", "write a block of `key: value` lines"
                zh = f"{_shown_zh(error['input'])}不合适；应为若干行“键: 值”"
            case "tuple_type" | "list_type":
                message, hint = f"{given} does not fit", "write a list"
                zh = f"{_shown_zh(error['input'])}不合适；应为列表"
            case "date_from_datetime_parsing" | "date_parsing" | "date_type":
                message, hint = f"{given} is no date", "write a day that exists, as 2026-01-31"
                zh = f"{_shown_zh(error['input'])}不是日期；请写存在的日子，如 2026-01-31"
            case "string_type" if error["input"] is None:
                message, hint, zh = "is empty", "write its value", "没有填；请写上内容"
            case "bool_type" | "bool_parsing":
                message, hint = f"{given} is neither true nor false", "write true or false"
                zh = f"{_shown_zh(error['input'])}既不是 true 也不是 false；请写其一"
            case "time_parsing" | "time_type":
                message, hint = f"{given} is no time of the day", "write it as 17:30"
                zh = f"{_shown_zh(error['input'])}不是时刻；请写成 17:30"
            case "int_from_float":
                message, hint = f"{given} is no whole number", "write a whole number"
                zh = f"{_shown_zh(error['input'])}不是整数；请写整数"
            case "string_type":
                message, hint = f"{given} is not text", "put it in quotes"
                zh = f"{_shown_zh(error['input'])}不是文字；请加引号"
            case "enum" | "literal_error":
                allowed = str(error.get("ctx", {}).get("expected", ""))
                message, hint = f"{given} does not fit", re.sub(r"^\w+ should", "it should", error["msg"])
                known = re.findall(r"'([^']*)'", allowed)
                near = get_close_matches(str(error["input"]), known, n=1)
                hint = f"did you mean {near[0]}? {hint.capitalize()}" if near else hint
                asked = f"是否应为 {near[0]}？" if near else ""
                zh = f"{_shown_zh(error['input'])}不合适；{asked}可选：{'、'.join(known) or allowed}"
            case "int_parsing" | "int_type" | "float_parsing" | "float_type":
                message, hint = f"{given} is no number", "write a plain number, in half-width digits"
                zh = f"{_shown_zh(error['input'])}不是数字；请用半角数字"
            case kind:
                message = f"{given} does not fit"
                hint = re.sub(r"^\w+ should", "it should", error["msg"])
                bound = _BOUNDS.get(kind, "请对照 docs/reference/policy.md 改正")
                if str(error.get("ctx", {}).get("pattern", "")).startswith("^[A-Za-z0-9][A-Za-z0-9._:@-]"):
                    bound = "应由字母、数字和 . _ : @ - 组成，以字母或数字开头"
                zh = f"{_shown_zh(error['input'])}不合适；{bound.format(**error.get('ctx', {}))}"
        return self._problem(line, path, message, hint, zh)

    def failure(self) -> FileProblems:
        return FileProblems(tuple(sorted(self.problems, key=lambda problem: problem.line)))

    def _value(self, node: yaml.Node, path: _Path, line: int) -> object:
        self.lines[path] = line
        if id(node) in self.seen:
            self.aliased += 1
            if self.aliased > MAX_ALIASED:
                zh = f"以别名重复的值超过 {MAX_ALIASED:,} 个；请逐一写出"
                message = f"repeats more than {MAX_ALIASED:,} values by aliases"
                raise self._unusable(line, message, "write them out", zh)
        self.seen.add(id(node))
        if node.tag not in _TAGS:
            tag = node.tag.replace(_TAG, "!!")
            zh = f"带有标签 {tag}；请删除标签"
            self.problems.append(self._problem(line, path, f"has the tag {tag}", "remove the tag", zh))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [
                self._value(item, (*path, str(index)), item.start_mark.line + 1)
                for index, item in enumerate(node.value)
            ]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: _Path) -> dict[Any, object]:
        content: dict[Any, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                zh = "键不是一个词；请写普通的键"
                self.problems.append(self._problem(line, path, "has a key that is not a word", "write a plain key", zh))
                continue
            key = _scalar(key_node)
            here = (*path, str(key))
            if key == "<<":
                zh = "会并入另一块；请把那一块的键逐一写出"
                self.problems.append(
                    self._problem(line, here, "would merge another block", "write that block's keys out", zh)
                )
            elif here in self.lines:
                twice = f"stands twice, on line {self.lines[here]} and on line {line}"
                zh = f"出现两次（第 {self.lines[here]} 行和第 {line} 行）；请保留其一"
                self.problems.append(self._problem(line, here, twice, "keep one of the two", zh))
            else:
                content[key] = self._value(value_node, here, line)
        return content

    def _problem(self, line: int, path: _Path, message: str, hint: str, zh: str = "") -> Problem:
        return Problem(file=self.file, line=line, key=".".join(path), message=message, hint=hint, zh=zh)

    def _unusable(self, line: int, message: str, hint: str, zh: str) -> FileProblems:
        return FileProblems((*self.problems, self._problem(line, (), message, hint, zh)))


_SLIPS = {
    "mapping values are not allowed": "冒号前后的写法有误，或上一行没有写完",
    "expected <block end>": "缩进与前面各行不齐",
    "found character '\\t'": "用了制表符缩进",
    "could not find expected ':'": "这一行缺少冒号",
    "found unexpected end of stream": "引号或括号没有闭合",
    "expected ',' or ']'": "方括号没有闭合，或缺少逗号",
    "expected ',' or '}'": "花括号没有闭合，或缺少逗号",
    "found undefined alias": "引用了没有定义的别名",
    "found unknown escape character": "双引号中的反斜杠写法有误",
    "that cannot start any token": "用了不能打头的符号，须加引号",
    "expected a single document": "文件里有不止一份文档（---）",
}
"""What the parser says, as whoever writes the file understands it."""
_BOUNDS = {
    "greater_than_equal": "不得小于 {ge}",
    "greater_than": "应大于 {gt}",
    "less_than_equal": "不得大于 {le}",
    "less_than": "应小于 {lt}",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "至多 {max_length} 个字",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "string_pattern_mismatch": "格式应符合 {pattern}",
}


def _full_width(lines: list[str]) -> str | None:
    """The likeliest slip of a Chinese keyboard."""
    return next((letter for line in reversed(lines) for letter in line if letter in "：，　“”‘’［］｛｝"), None)


def _scalar(node: yaml.Node) -> object:
    text: str = node.value
    try:
        match node.tag.removeprefix(_TAG):
            case "null":
                return None
            case "bool":
                return {"true": True, "false": False}[text.lower()]
            case "int":
                return int(text)
            case "float":
                return float(text)
            case "timestamp":
                return date.fromisoformat(text)
    except (ValueError, KeyError):  # 2026-02-30: the model says what is wrong, and knows the key
        pass
    return text


def _known_keys(model: type[BaseModel], path: _Path) -> dict[str, FieldInfo]:
    """The keys that may stand in the block at `path`: several models' where the block is a union."""
    keys = _keys(model)
    for step in path:  # an index, or a key of a dict, leads on to the same models
        if step in keys:
            inside = _models_in(keys[step].annotation)
            keys = {name: info for each in inside for name, info in _keys(each).items()}
    return keys


def _is_secret(model: type[BaseModel], path: _Path) -> bool:
    """Whether what stands there is shown to nobody: a secret, or one of several."""
    while path and path[-1].isdecimal():
        path = path[:-1]
    info = _known_keys(model, path[:-1]).get(path[-1]) if path else None
    return info is not None and any(each is SecretStr for each in _within(info.annotation))


def _within(annotation: object) -> Iterator[object]:
    yield annotation
    for argument in get_args(annotation):
        yield from _within(argument)


def _keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _nearest(name: str, known: list[str]) -> str:
    if near := get_close_matches(name, known, n=1):
        return f"did you mean {near[0]}?"
    return f"remove it, or use one of: {', '.join(known)}" if known else "remove it"


def _shown(value: object) -> str:
    match value:
        case dict():
            return "this block"
        case list():
            return "this list"
        case None:
            return "an empty value"
        case _:
            text = repr(value) if isinstance(value, str) else str(value)
            return text if len(text) <= 60 else f"{text[:57]}..."


def _shown_zh(value: object) -> str:
    match value:
        case dict():
            return "这一块"
        case list():
            return "这个列表"
        case None:
            return "空值"
        case _:
            return f"“{str(value)[:60]}”"
