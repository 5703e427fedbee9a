"""A file that is wrong says where and how, and a file that is hostile does no harm."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from models.calendar import YearNotice
from runtime.calendar_files import load_calendar
from runtime.yaml_files import MAX_BYTES, FileProblems, head, load_yaml


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Limit(Closed):
    length: int = Field(ge=1, strict=True)
    unit: Literal["days", "workdays"] = "days"
    ends: date | None = None


class Fixed(Closed):
    kind: Literal["fixed"]
    amount: int


class Shared(Closed):
    kind: Literal["shared"]
    share: str = Field(description='a share such as "2/3"')


class City(Closed):
    name: str
    opens: time = time(9)
    limits: dict[str, Limit] = {}
    steps: tuple[str, ...] = ()
    rule: Annotated[Fixed | Shared, Field(discriminator="kind")] | None = None
    anything: dict[Any, Any] = {}

    @model_validator(mode="after")
    def _two_steps(self) -> Self:
        if len(self.steps) == 1:
            raise ValueError("one step leads nowhere; write two or none")
        return self


class Country(Closed):
    cities: tuple[City, ...]


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, name: str = "city.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def complaints(path: Path, model: type[BaseModel] = City) -> list[str]:
    """What is said of a file, without its folder: `city.yaml:3: key: what; what to do`."""
    with pytest.raises(FileProblems) as refused:
        load_yaml(path, model)
    return str(refused.value).replace(f"{path.parent}/", "").splitlines()


def test_a_good_file_becomes_its_model(write: Write) -> None:
    path = write("name: 盐城\nlimits:\n  call: {length: 20, unit: workdays, ends: 2026-03-02}\nsteps: [a, b]\n")
    city = load_yaml(path, City)
    assert city.limits == {"call": Limit(length=20, unit="workdays", ends=date(2026, 3, 2))}
    assert city.steps == ("a", "b")


def test_plain_values_mean_what_they_look_like(write: Write) -> None:
    text = (
        "name: no\nopens: 17:30\nanything: {a: on, b: 0123, c: 1_000, d: 1.5, e: true, f: , g: 2026-03-02, h: 1:30}\n"
    )
    city = load_yaml(write(text), City)
    assert city.name == "no"
    assert city.opens == time(17, 30)
    assert list(city.anything.values()) == ["on", "0123", 1000, 1.5, True, None, date(2026, 3, 2), "1:30"]


def test_a_byte_order_mark_is_no_part_of_the_first_key(write: Write) -> None:
    assert load_yaml(write(b"\xef\xbb\xbfname: x\n"), City).name == "x"


def test_an_unknown_key_names_the_nearest_known_one(write: Write) -> None:
    assert complaints(write("name: x\nlimits:\n  call:\n    length: 1\n    unti: days\n")) == [
        "city.yaml:5: limits.call.unti: is not a known key; did you mean unit?"
    ]


def test_an_unknown_key_like_no_other_lists_those_still_free(write: Write) -> None:
    assert complaints(write("name: x\nlimits:\n  call: {length: 1, zzz: 2}\n")) == [
        "city.yaml:3: limits.call.zzz: is not a known key; remove it, or use one of: unit, ends"
    ]


def test_a_missing_key_points_at_the_block_that_lacks_it(write: Write) -> None:
    assert complaints(write("name: x\nlimits:\n  bid: {length: 1}\n  call:\n    unit: days\n")) == [
        "city.yaml:4: limits.call.length: is missing; add it"
    ]


def test_a_missing_key_is_described_where_its_model_does(write: Write) -> None:
    assert complaints(write("name: x\nrule:\n  kind: shared\n")) == [
        'city.yaml:2: rule.share: is missing; add it: a share such as "2/3"'
    ]


def test_a_wrong_value_is_shown_with_what_it_should_be(write: Write) -> None:
    text = "name: x\nlimits:\n  call:\n    length: 0\n    unit: weeks\n    ends: 2026-02-30\n"
    assert complaints(write(text)) == [
        "city.yaml:4: limits.call.length: 0 does not fit; it should be greater than or equal to 1",
        "city.yaml:5: limits.call.unit: 'weeks' does not fit; it should be 'days' or 'workdays'",
        "city.yaml:6: limits.call.ends: '2026-02-30' is no date; write a day that exists, as 2026-01-31",
    ]


def test_a_number_where_text_belongs_asks_for_quotes(write: Write) -> None:
    assert complaints(write("name: 1.10\n")) == ["city.yaml:1: name: 1.1 is not text; put it in quotes"]


def test_a_list_item_has_its_own_line(write: Write) -> None:
    assert complaints(write("name: x\nsteps:\n  - a\n  - b\n  - 3\n")) == [
        "city.yaml:5: steps.2: 3 is not text; put it in quotes"
    ]


def test_a_block_where_a_list_belongs_and_the_reverse(write: Write) -> None:
    assert complaints(write("name: x\nlimits:\n  - a\nsteps:\n  a: b\n")) == [
        "city.yaml:2: limits: this list does not fit; write a block of `key: value` lines",
        "city.yaml:4: steps: this block does not fit; write a list",
    ]


def test_a_validator_of_a_block_points_at_the_block(write: Write) -> None:
    assert complaints(write("cities:\n  - name: x\n  - name: y\n    steps: [a]\n"), Country) == [
        "city.yaml:3: cities.1: one step leads nowhere; write two or none"
    ]


def test_a_validator_of_the_whole_file_points_at_its_start(write: Write) -> None:
    assert complaints(write("# a city\n\nname: x\nsteps: [a]\n")) == [
        "city.yaml:3: one step leads nowhere; write two or none"
    ]


def test_a_key_that_stands_twice_is_refused_with_both_lines(write: Write) -> None:
    assert complaints(write("name: x\nlimits:\n  call: {length: 1}\n  call: {length: 2}\nname: y\n")) == [
        "city.yaml:4: limits.call: stands twice, on line 3 and on line 4; keep one of the two",
        "city.yaml:5: name: stands twice, on line 1 and on line 5; keep one of the two",
    ]


def test_all_problems_of_a_file_come_at_once_in_order_of_line(write: Write) -> None:
    text = "nam: x\nlimits:\n  call: {length: 1}\n  call: {length: 2}\nsteps: [!!python/name:os.system a, 2]\n"
    assert complaints(write(text)) == [
        "city.yaml:1: name: is missing; add it",
        "city.yaml:1: nam: is not a known key; did you mean name?",
        "city.yaml:4: limits.call: stands twice, on line 3 and on line 4; keep one of the two",
        "city.yaml:5: steps.0: has the tag !!python/name:os.system; remove the tag",
        "city.yaml:5: steps.1: 2 is not text; put it in quotes",
    ]


def test_a_problem_carries_its_parts(write: Write) -> None:
    path = write("name: x\nsteps:\n- 1\n")
    with pytest.raises(FileProblems) as refused:
        load_yaml(path, City)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.key) == (path, 3, "steps.0")
    assert (problem.message, problem.hint) == ("1 is not text", "put it in quotes")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "city.yaml:1: is empty"),
        ("# nothing\n", "city.yaml:1: is empty"),
        ("just words\n", "city.yaml:1: 'just words' does not fit; write a block of `key: value` lines"),
        (
            "name: x\n\tsteps: []\n",
            "city.yaml:2: is not YAML: while scanning for the next token, found character '\\t'",
        ),
        ("name: [x\n", "city.yaml:2: is not YAML: while parsing a flow sequence"),
        ("name: x\n---\nname: y\n", "city.yaml:2: is not YAML: expected a single document in the stream"),
        ("name: *x\n", "city.yaml:1: is not YAML: found undefined alias 'x'"),
        ("name: x\nsteps: [\a]\n", "city.yaml:2: holds the control character U+0007; remove it"),
        (b"name: x\n# \xd1\xce\xb3\xc7\n", "city.yaml:2: is not UTF-8; save the file as UTF-8"),
        ("name: x\n[a]: b\n", "city.yaml:2: has a key that is not a word; write a plain key"),
        (
            "name: x\nlimits: {<<: {}}\n",
            "city.yaml:2: limits.<<: would merge another block; write that block's keys out",
        ),
        ("name: !secret x\n", "city.yaml:1: name: has the tag !secret; remove the tag"),
        (
            "name: !!python/object/apply:os.system [ls]\n",
            "city.yaml:1: name: has the tag !!python/object/apply:os.system",
        ),
        ("[" * 3_000, "city.yaml: is nested too deeply"),
        ("anything: &a {b: *a}\n", "city.yaml: is nested too deeply, or refers to itself; flatten it"),
        ("name: x\n" + "#" * MAX_BYTES, "city.yaml: is larger than 1,048,576 bytes"),
        (f"name: x\nlimits: {{a: {{length: {'9' * 5000}}}}}\n", "city.yaml:2: limits.a.length: '9999"),
    ],
)
def test_what_is_no_usable_file_is_refused_in_plain_words(write: Write, text: str | bytes, complaint: str) -> None:
    assert complaints(write(text))[0].startswith(complaint)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert complaints(tmp_path / "none.yaml") == [
        "none.yaml: can not be read: No such file or directory; check the path and its permissions"
    ]


def test_a_few_aliases_are_welcome(write: Write) -> None:
    city = load_yaml(write("name: x\nlimits:\n  a: &usual {length: 5}\n  b: *usual\n"), City)
    assert city.limits["b"] == Limit(length=5)


def test_aliases_that_multiply_are_refused_before_they_unfold(write: Write) -> None:
    lines = ["name: x", "anything:", "  a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (complaint,) = complaints(write("\n".join(lines)))
    assert "repeats more than 1,000 values by aliases; write them out" in complaint


NOTICE = "year: 2026\nsource: test\nholidays:\n  - {name: 元旦, days: [2026-01-01]}\nmakeup_workdays: [2026-01-04]\n"


def test_a_wrong_notice_names_its_line_and_key(write: Write) -> None:
    path = write(NOTICE.replace("2026-01-04", "2026-01-05"), "cn-2026.yaml")
    assert complaints(path, YearNotice) == [
        "cn-2026.yaml:5: makeup_workdays: 2026-01-05 is a Monday; only a Saturday or Sunday is a make-up workday"
    ]


def calendar_complaints(folder: Path) -> list[str]:
    with pytest.raises(FileProblems) as refused:
        load_calendar(folder)
    return str(refused.value).replace(str(folder), "calendars").splitlines()


def test_a_folder_of_notices_becomes_a_calendar(write: Write, tmp_path: Path) -> None:
    write(NOTICE, "cn-2026.yaml")
    write("year: 2025\nsource: test\n", "cn-2025.yaml")
    write("not a notice", "readme.yaml")
    assert [notice.year for notice in load_calendar(tmp_path).notices] == [2025, 2026]


def test_the_problems_of_all_notices_come_at_once(write: Write, tmp_path: Path) -> None:
    write("year: 2024\n", "cn-2024.yaml")
    write("year: 2025\nsource: test\n", "cn-2023.yaml")
    write(NOTICE + "year: 2026\n", "cn-2026.yaml")
    assert calendar_complaints(tmp_path) == [
        "calendars/cn-2023.yaml: year: is 2025; rename the file to cn-2025.yaml, or correct the year",
        "calendars/cn-2024.yaml:1: source: is missing; add it",
        "calendars/cn-2026.yaml:6: year: stands twice, on line 1 and on line 6; keep one of the two",
    ]


def test_notices_that_contradict_each_other_are_refused(write: Write, tmp_path: Path) -> None:
    write(NOTICE, "cn-2026.yaml")
    write("year: 2025\nsource: test\nholidays: [{name: x, days: [2026-01-04]}]\n", "cn-2025.yaml")
    assert calendar_complaints(tmp_path) == [
        "calendars: 2026-01-04 is a rest day in one notice and a workday in another; correct one of them"
    ]


def test_what_is_wrong_with_notices_is_said_in_chinese_too(write: Write, tmp_path: Path) -> None:
    def said() -> list[str]:
        with pytest.raises(FileProblems) as refused:
            load_calendar(tmp_path)
        return [problem.zh for problem in refused.value.problems]

    assert said() == ["没有 cn-*.yaml 文件；请放入各年的放假通知，每年一份，或改正路径"]
    wrong = write("year: 2025\nsource: test\nholidays: [{name: x, days: [2026-01-04]}]\n", "cn-2024.yaml")
    assert said() == ["写的是 2025 年；请把文件改名为 cn-2025.yaml，或改正年份"]
    wrong.rename(tmp_path / "cn-2025.yaml")
    write(NOTICE, "cn-2026.yaml")
    assert said() == ["2026-01-04 在一份通知中放假，在另一份中上班；请改正其一"]
    write(NOTICE.replace("2026-01-04", "2026-01-05"), "cn-2026.yaml")
    assert said() == ["2026-01-05 是周一；调休上班日只能是周六或周日"]


def test_a_folder_without_notices_is_refused(tmp_path: Path) -> None:
    assert calendar_complaints(tmp_path) == [
        "calendars: holds no file cn-*.yaml; add the yearly notices, one file each, or correct the path"
    ]


class Plain(Closed):
    name: str
    length: int = Field(ge=1)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("name：甲\nlength: 3\n", "“：”是全角符号，请改用半角", "the full-width ： is no YAML"),
        ("name: 甲\nlength: 三\n", "“三”不是数字；请用半角数字", "half-width digits"),
        ("length: 3\n", "缺少这一项；请补上", "is missing; add it"),
        ("name: 甲\nlenght: 3\n", "没有这个键；是否应为 length？", "did you mean length?"),
        ("name:\nlength: 3\n", "没有填；请写上内容", "is empty; write its value"),
        ("name: 甲\nlength: 0\n", "“0”不合适；不得小于 1", "it should be greater than or equal to 1"),
        ("name: 甲\nname: 乙\nlength: 3\n", "出现两次（第 1 行和第 2 行）；请保留其一", "stands twice"),
    ],
)
def test_problems_are_said_in_both_languages(tmp_path: Path, text: str, zh: str, en: str) -> None:
    file = tmp_path / "plain.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FileProblems) as found:
        load_yaml(file, Plain)
    assert zh in found.value.text("zh")
    assert en in found.value.text("en")


class Door(Closed):
    key: SecretStr | None = Field(None, min_length=16)
    keys: tuple[Annotated[SecretStr, Field(min_length=16)], ...] = ()


@pytest.mark.parametrize("wrong", ["key: tooshort", "keys: [tooshort]", "keys: tooshort", "key: 20260302"])
def test_a_secret_that_does_not_fit_is_not_repeated(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "door.yaml"
    file.write_text(wrong)
    with pytest.raises(FileProblems) as refused:
        load_yaml(file, Door)
    said = refused.value.text("zh") + refused.value.text("en")
    assert "***" in said
    assert not any(secret in said for secret in ("tooshort", "20260302"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("version: 1\ncity: 宁波市\ncode: NB\nlimits: [\n", {"city": "宁波市", "code": "NB"}),
        ("limits: {city: 别处, code: [city, code]}\ncity: 宁波市\n", {"city": "宁波市"}),
        ("other: city\ncity: 宁波市\n", {"city": "宁波市"}),
        ("city: [a, b]\ncode: NB\n", {"code": "NB"}),
        ("- city\n- 宁波市\n", {}),
        ("a: &x 1\nb: *x\ncity: 宁波市\n", {"city": "宁波市"}),
        ("city: [\n", {}),
        ("", {}),
    ],
)
def test_the_head_of_a_text_is_read_alone(text: str, found: dict[str, str]) -> None:
    assert head(text, ("city", "code")) == found
