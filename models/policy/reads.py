"""Who may read what: the reading half of the table of roles (docs/explanation/domain.md, what is shown to whom).

A row for each role, a word for each subject in the order of `of`. Who has no row reads nothing. What the words come to
in a scene, and what no policy can open before the law does, is `rules.reading`.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from models.text import wrong
from models.vocabulary import Role

from .sourced import Sourced


class Subject(StrEnum):
    """What there is to read: the columns of the table."""

    SCENE = "scene"
    BID = "bid"
    SCORE = "score"
    CONTRACT = "contract"
    TRIAL = "trial"
    INCIDENT = "incident"
    ACCEPTANCE = "acceptance"
    PROMOTION = "promotion"
    FUND = "fund"
    QUOTA = "quota"
    RULES = "rules"
    AUDIT = "audit"


class Reading(StrEnum):
    """Whose, and from when on. `rules.reading` says of each what it comes to."""

    NONE = "none"
    PUBLIC = "public"
    RESULT = "result"
    TOTAL = "total"
    OWN = "own"
    OWN_AWARDED = "own_awarded"
    ASSIGNED = "assigned"
    CASE = "case"
    CLOSED = "closed"
    LOCKED = "locked"
    AWARDED = "awarded"
    ALL = "all"


def _words(value: object) -> object:
    return value.split() if isinstance(value, str) else value


def _line(words: tuple[StrEnum, ...]) -> str:
    return " ".join(words)


Subjects = Annotated[tuple[Subject, ...], BeforeValidator(_words), PlainSerializer(_line, return_type=str)]
Row = Annotated[tuple[Reading, ...], BeforeValidator(_words), PlainSerializer(_line, return_type=str)]
"""Words on one line: such a table is short, and is read and changed as it is printed."""


class ReadRules(Sourced):
    """A table: `of` is its head, each role a line of as many words."""

    of: Subjects = Field(description="the subjects, on one line; one that is left out is read by nobody")
    roles: dict[Role, Row] = Field(description="role: a word for each subject, on one line; no line reads nothing")

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        if len(set(self.of)) != len(self.of):
            raise wrong("of: a subject stands twice; keep one of the two", "of 中有一项出现两次；请保留其一")
        for role, row in self.roles.items():
            if len(row) != len(self.of):
                raise wrong(
                    f"roles: {role} has {len(row)} words for {len(self.of)} subjects; write one for each",
                    f"roles 中 {role} 有 {len(row)} 个词，而表头有 {len(self.of)} 项；请每项写一个词",
                )
        return self

    def cell(self, role: Role, subject: Subject) -> Reading:
        row = self.roles.get(role, ())
        return dict(zip(self.of, row, strict=False)).get(subject, Reading.NONE)

    def has(self, role: Role) -> bool:
        return role in self.roles


DEFAULT_READS = ReadRules.model_validate(
    {
        "of": "scene bid score contract trial incident acceptance promotion fund quota rules audit",
        "roles": {
            "platform_office": "all closed none all all all all all none all own own",
            "lead_department": "all closed locked all all all own own own all all own",
            "cooperating_department": "all none none none own all own own none own all own",
            "scene_owner": "own closed result own own own own own own own all own",
            "st_bureau": "all closed locked own all all own all all all all own",
            "bidder": "public own own_awarded own own own own own own none none own",
            "expert": "assigned assigned own none assigned none assigned assigned none none none own",
            "regulator": "all none none all own own own all none none all own",
            "evaluation_team": "all none none none all all all own none all all own",
            "complaint_supervisor": "case case case case case all case all none none none own",
            "payer": "all none none all none none all none own none none own",
            "leading_group": "all awarded total all own all all own own own own all",
            "auditor": "all closed locked all all all all all all all all all",
            "public": "public none public public public own public public public public public none",
        },
        "clause": "平台默认值（无法定依据）",
        "default": True,
    }
)
"""What a policy reads by that was adopted before there was this section."""
