"""The domain's closed word lists (docs/explanation/domain.md): one word, used alike in code, database and screen.

Every list whose members a city may change (domains, units, limits) is policy data and stands in `models.policy`.
"""

from enum import StrEnum


class Stage(StrEnum):
    SOLICITATION = "solicitation"
    REVIEW = "review"
    MATCHING = "matching"
    TRIAL = "trial"
    ACCEPTANCE = "acceptance"
    PROMOTION = "promotion"
    CLOSED = "closed"


class Gate(StrEnum):
    """What a contract's milestone waits for: the plan admitted, the trial ended fit, the result accepted."""

    ADMISSION = "admission"
    EXIT = "exit"
    ACCEPTANCE = "acceptance"


class Machine(StrEnum):
    """The state machines of a scene. All but the first run once for each bidder."""

    SCENE = "scene"
    CONTRACT = "contract"
    TRIAL = "trial"
    INCLUSION = "inclusion"
    ACCEPTANCE = "acceptance"


class Role(StrEnum):
    PLATFORM_OFFICE = "platform_office"
    LEAD = "lead_department"
    COOPERATING = "cooperating_department"
    OWNER = "scene_owner"
    ST_BUREAU = "st_bureau"
    BIDDER = "bidder"
    EXPERT = "expert"
    REGULATOR = "regulator"
    EVALUATION_TEAM = "evaluation_team"
    SUPERVISOR = "complaint_supervisor"
    PAYER = "payer"
    LEADING_GROUP = "leading_group"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"
    PUBLIC = "public"


class Scale(StrEnum):
    """R2. A comprehensive scene is confirmed by the leading group."""

    SMALL = "小切口"
    INTEGRATED = "集成式"
    COMPREHENSIVE = "综合性"


class Track(StrEnum):
    """R7: tolerant trial for the forward-looking, a shorter way for mature technology (S3 一（二）)."""

    SANDBOX = "sandbox"
    FAST = "fast"


class Mode(StrEnum):
    """R20-R22: how a solver is found."""

    OPEN_CHALLENGE = "揭榜挂帅"
    HORSE_RACE = "赛马"
    DIRECTED = "定向委托"
    DIRECTED_BEST = "定向择优"
    JOINT_TENDER = "联合招标"


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Credit(StrEnum):
    """Credit grades, best first; inclusion asks for at least `fair` (一般)."""

    EXCELLENT = "优秀"
    GOOD = "良好"
    FAIR = "一般"
    POOR = "较差"


class Position(StrEnum):
    AGREE = "agree"
    CONDITIONAL = "agree_with_conditions"
    OBJECT = "object"


class Outcome(StrEnum):
    """How a scene's life ended."""

    PROMOTED = "promoted"
    ACCEPTED = "accepted"
    NOT_ADMITTED = "not_admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNMATCHED = "unmatched"
    TERMINATED = "terminated"
    FAILED = "failed"


class ComplaintOutcome(StrEnum):
    """What becomes of a result that counts already, where a complaint against it was upheld."""

    STANDS = "stands"
    DONE_AGAIN = "done_again"


class NoticeAbout(StrEnum):
    """What a public notice (公示) announces."""

    RECOGNITION = "recognition"
    RANKING = "ranking"
    ACCEPTANCE = "acceptance"
    BENCHMARK = "benchmark"


class PanelPurpose(StrEnum):
    RECOGNITION = "recognition"
    SCORING = "scoring"
    ACCEPTANCE = "acceptance"
    EXIT = "exit"


class GateKind(StrEnum):
    """What an entry condition of a challenge is about; the policy says which kinds are unfair."""

    REGION = "region"
    TRACK_RECORD = "track_record"
    SIZE = "size"
    OWNERSHIP = "ownership"
    TECHNICAL = "technical"
    CREDIT = "credit"
    SAFETY = "safety"
    LICENCE = "licence"


class Phase(StrEnum):
    TEST = "test"
    DEMONSTRATION = "demonstration"
    PILOT = "pilot"


class PlanPart(StrEnum):
    """What a city may ask of every trial plan (R41), by its place in the plan."""

    AREAS = "within.areas"
    SCALE = "within.scale"
    USERS = "within.users"
    WINDOWS = "within.windows"
    DATA = "within.data"
    SAFEGUARDS = "safeguards"
    KPIS = "kpis"
    STOPS = "kpis.stop"


class RunsFrom(StrEnum):
    """Where a clock starts: with the act itself, or with the proven service (送达) of what was decided."""

    ACT = "act"
    SERVICE = "service"


class Suspends(StrEnum):
    """What a suspension does to a running clock."""

    PAUSES = "pauses"
    RUNS = "runs"
