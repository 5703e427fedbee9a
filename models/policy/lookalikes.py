"""What the duplicate check (避免重复建设) compares and proposes."""

from pydantic import Field

from models.text import Name

from .sourced import Sourced

SAME_WORDS = (
    ("人工智能", "AI"), ("自动驾驶", "无人驾驶", "智能驾驶"), ("无人机", "无人航空器"),
    ("数字人", "虚拟人", "虚拟主播"), ("高层", "高楼", "楼宇"), ("灭火", "消防", "扑救"),
    ("火情", "林火", "山火", "森林火灾"), ("泄漏", "泄露"), ("危化品", "危险化学品", "危险品"),
    ("工地", "施工现场"), ("双碳", "能碳", "碳达峰碳中和"), ("车网互动", "V2G"), ("光储充", "光伏储能充电"),
    ("文旅", "文化和旅游", "文化旅游"), ("社保", "社会保险"), ("医保", "医疗保险"), ("快递", "末端配送", "派件"),
)  # fmt: skip
"""Abbreviations and turns of phrase. A city's file may list its own instead."""
COMMON_WORDS = (
    "智慧", "智能", "智能化", "数字", "数字化", "信息化", "人工智能", "大数据", "数据", "场景", "应用", "应用场景",
    "平台", "系统", "中心", "体系", "模式", "项目", "方案", "解决", "解决方案", "建设", "服务", "管理", "技术", "创新",
    "融合", "协同", "一体化", "综合", "示范", "试点", "全程", "全市", "城市", "开放", "真实", "征集", "验证", "推广",
    "提高", "提升", "实现", "开展", "支持", "提供", "引入", "采用", "利用", "通过", "要求", "希望", "实时", "自动",
    "新型", "高级", "级别", "高质量", "现代", "未来", "经济",
)  # fmt: skip
"""What the names and needs of most scenes hold, whatever they are about. A city's file may list its own instead."""


class LookAlikeRules(Sourced):
    """The duplicate check (避免重复建设): what is proposed as a look-alike, for a person to decide."""

    propose_from: float = Field(0.35, ge=0, le=1, description="the likeness from which a scene is proposed, of 0 to 1")
    at_most: int = Field(10, ge=1, le=50, description="how many scenes are proposed at a time, the likest first")
    name: int = Field(20, ge=0, description="what alike names count, as a share of all four")
    need: int = Field(60, ge=1, description="what alike needs count: all that is said, the name as well")
    place: int = Field(10, ge=0, description="what the same places count, where both scenes name places")
    domain: int = Field(10, ge=0, description="what the same domain counts; each city has domains of its own")
    must_look: bool = Field(
        False,
        exclude_if=lambda must: not must,
        description="true: where any are proposed, a scene is registered by a check that names what it looked at",
    )
    places: tuple[Name, ...] = Field(
        (), max_length=500, description="the city's districts and counties, looked for in the texts, as 大丰区"
    )
    same: tuple[tuple[Name, ...], ...] = Field(
        SAME_WORDS, max_length=500, description="words that mean the same; each group begins with the one to be shown"
    )
    common: tuple[Name, ...] = Field(
        COMMON_WORDS,
        max_length=1000,
        description="words that most scenes use, which say little of what one needs; what is made of them as well",
    )
    common_weight: float = Field(0.02, ge=0, le=1, description="how much such a word weighs beside any other")


NO_LOOKALIKE_RULES = LookAlikeRules(clause="平台默认值（无法定依据）", default=True)
"""Where a city's file has no such section."""
