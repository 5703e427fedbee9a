"""Complaints, factors, the green channel, loans and insurance."""

from datetime import date
from typing import Literal

from models.state.support import Complaint, FactorRequest, Finance
from models.vocabulary import Credit

from .event import Event


class ComplaintMade(Event):
    kind: Literal["complaint_made"] = "complaint_made"
    complaint: Complaint


class ComplaintAnswered(Event):
    kind: Literal["complaint_answered"] = "complaint_answered"
    complaint: str
    founded: bool
    credit: Credit | None = None

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"complaint/{self.complaint}",)


class FactorRequested(Event):
    kind: Literal["factor_requested"] = "factor_requested"
    request: FactorRequest


class FactorAnswered(Event):
    kind: Literal["factor_answered"] = "factor_answered"
    request: str
    granted: bool

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"factor/{self.request}",)


class GreenChannelAsked(Event):
    kind: Literal["green_channel_asked"] = "green_channel_asked"
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return ("green_channel",)


class GreenChannelDecided(Event):
    kind: Literal["green_channel_decided"] = "green_channel_decided"
    granted: bool
    on: date

    @property
    def touches(self) -> tuple[str, ...]:
        return ("green_channel",)


class FinanceRecorded(Event):
    kind: Literal["finance_recorded"] = "finance_recorded"
    finance: Finance


SupportEvent = (
    ComplaintMade
    | ComplaintAnswered
    | FactorRequested
    | FactorAnswered
    | GreenChannelAsked
    | GreenChannelDecided
    | FinanceRecorded
)
