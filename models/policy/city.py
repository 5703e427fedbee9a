"""The city itself: its units, domains, offices, and what its two tracks leave out."""

from pydantic import Field

from models.frozen import Frozen
from models.text import Name
from models.vocabulary import Risk

from .sourced import Sourced


class CityUnit(Frozen):
    name: Name = Field(description="the unit as the city writes it")
    assumed: bool = Field(False, description="true where no source text names this unit")


class Domain(Frozen):
    name: Name = Field(description="the domain as the city writes it")
    type: Name = Field(description="which of `classification.types` it belongs to")
    lead: Name = Field(description="the lead department")
    units: tuple[Name, ...] = Field(min_length=1, description="responsible units; all but the lead cooperate")
    regulator: Name = Field(description="admits to the sandbox, grants inclusion, issues orders")
    livelihood: bool = Field(False, description="true: the stricter inclusion profile applies")
    assumed: bool = Field(False, description="true where the source does not name the units")
    clause: Name = Field(description="where the domain and its units are named")


class Classification(Sourced):
    """How a city sorts its scenes; what an application says of itself stands in these lists."""

    types: tuple[Name, ...] = Field(
        ("赛道引领型", "产业赋能型", "行业应用型", "治理服务型"), min_length=1, description="the types of scenes"
    )
    maturities: tuple[Name, ...] = Field(
        ("早期", "成熟"), min_length=1, description="how far the technology has come, least mature first"
    )
    firsts: tuple[Name, ...] = Field(("首台套", "首批次", "首版次"), description="the 三首 products that are known")
    project_kinds: tuple[Name, ...] = Field(("重大项目", "重大活动"), description="what may draw a scene along")


UNTOLD_CLASSIFICATION = Classification(clause="平台默认值（无法定依据）", default=True)
"""Of a policy from before there was this section."""


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
    maturities: tuple[Name, ...] = Field(
        (), exclude_if=lambda maturities: not maturities, description="whose technology may take it; none named: any"
    )
    risks: tuple[Risk, ...] = Field(
        (), exclude_if=lambda risks: not risks, description="of which risk a scene may take it; none named: any"
    )
    livelihood: bool = Field(
        True, exclude_if=lambda may: may, description="false: no scene of a livelihood domain takes it"
    )

    def bar(self, maturity: Name, risk: Risk, *, livelihood: bool) -> str | None:
        """Why a scene may not take this track."""
        if self.maturities and maturity not in self.maturities:
            return maturity
        if self.risks and risk not in self.risks:
            return f"risk: {risk.value}"
        return "livelihood" if livelihood and not self.livelihood else None
