"""The city itself: its units, domains, offices, and what its two tracks leave out."""

from pydantic import Field

from models.frozen import Frozen
from models.text import Name
from models.vocabulary import Maturity, Risk, SceneType

from .sourced import Sourced


class CityUnit(Frozen):
    name: Name = Field(description="the unit as the city writes it")
    assumed: bool = Field(False, description="true where no source text names this unit")


class Domain(Frozen):
    name: Name = Field(description="the domain as the city writes it")
    type: SceneType = Field(description="which of the four types it belongs to")
    lead: Name = Field(description="the lead department")
    units: tuple[Name, ...] = Field(min_length=1, description="responsible units; all but the lead cooperate")
    regulator: Name = Field(description="admits to the sandbox, grants inclusion, issues orders")
    livelihood: bool = Field(False, description="true: the stricter inclusion profile applies")
    assumed: bool = Field(False, description="true where the source does not name the units")
    clause: Name = Field(description="where the domain and its units are named")


class Offices(Sourced):
    """The unit that holds each office of which the city has one."""

    platform_office: Name = Field(description="checks completeness, publishes lists and notices")
    st_bureau: Name = Field(description="third party to task contracts")
    evaluation_team: Name = Field(description="evaluates and reviews benchmark cases")
    complaint_supervisor: Name = Field(description="decides complaints and appeals; decides nothing else")
    payer: Name = Field(description="pays; proposes and approves nothing")
    leading_group: Name = Field(description="last step of escalation; confirms and overrides")


class TrackRule(Sourced):
    skips: tuple[str, ...] = Field((), description="steps of the lifecycle that this track leaves out")
    maturities: tuple[Maturity, ...] = Field(
        (), exclude_if=lambda maturities: not maturities, description="whose technology may take it; none named: any"
    )
    risks: tuple[Risk, ...] = Field(
        (), exclude_if=lambda risks: not risks, description="of which risk a scene may take it; none named: any"
    )
    livelihood: bool = Field(
        True, exclude_if=lambda may: may, description="false: no scene of a livelihood domain takes it"
    )

    def bar(self, maturity: Maturity, risk: Risk, *, livelihood: bool) -> str | None:
        """Why a scene may not take this track."""
        if self.maturities and maturity not in self.maturities:
            return maturity.value
        if self.risks and risk not in self.risks:
            return f"risk: {risk.value}"
        return "livelihood" if livelihood and not self.livelihood else None
