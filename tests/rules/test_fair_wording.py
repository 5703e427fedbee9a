"""Gates hidden in a sentence: what is flagged, what only looks alike, and that a person answers every flag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.commands.matching import AmendChallenge, PostChallenge
from models.commands.review import ConcludeFairCompetition, EntryCondition, WordingFinding
from models.events.matching import ChallengeAmended, ChallengePosted
from models.events.review import FairCompetitionConcluded
from models.policy import Policy, Wording
from models.state.review import Flag
from models.vocabulary import GateKind, Mode
from rules.fair_competition import _SIMPLIFIED, flagged
from tests.scenario import Play, city

REGION, RECORD, SIZE, OWNERSHIP = GateKind.REGION, GateKind.TRACK_RECORD, GateKind.SIZE, GateKind.OWNERSHIP


@pytest.mark.parametrize(
    ("text", "kind", "wording"),
    [
        ("揭榜方须为本市注册的独立法人。", REGION, "本市注册"),
        ("同等条件下本地企业优先。", REGION, "本地企业"),
        ("投标人应在我市内设有分支机构", REGION, "在我市内设有"),
        ("优先选用本省供应商产品", REGION, "本省供应商"),
        ("近一年在本区纳税的单位可加分", REGION, "在本区纳税"),
        ("近三年内具有同类无人配送项目业绩", RECORD, "近三年内具有同类无人配送项目业绩"),
        ("须提供不少于3个政府部门的成功案例", RECORD, "提供不少于3个政府部门的成功案例"),
        ("曾中标过市级以上信息化项目", RECORD, "中标过市级以上信息化项目"),
        ("注册资本不低于5000万元", SIZE, "注册资本不低于"),
        ("上一年度营业收入应达到1亿元", SIZE, "营业收入应达到"),
        ("社保人数在100人以上", SIZE, "社保人数在100人以上"),
        ("申报主体应为规模以上企业", SIZE, "规模以上企业"),
        ("仅限国有控股公司参与", OWNERSHIP, "限国有"),
        ("民营企业不得参与", OWNERSHIP, "民营企业不得"),
    ],
)
def test_a_gate_in_a_sentence_is_flagged_with_its_kind(policy: Policy, text: str, kind: GateKind, wording: str) -> None:
    assert Flag(kind=kind, wording=wording) in flagged(policy.fair_competition, [text])


@pytest.mark.parametrize(
    "text",
    [
        "本市场景资源丰富，先在港区试点。",
        "进入本市场的产品须通过型式检验",
        "在本市场注册的商户可扫码使用",
        "平台服务本市企业和市民，日均调用不少于一万次",
        "场景位于本市大丰区，须在本市道路上测试",
        "面向规模以上工业企业提供能耗诊断",
        "安全员不少于2名，响应时间不超过30分钟",
        "预算超过100万元的须答辩",
        "形成可复制推广的典型案例",
        "业绩考核按合同约定的指标执行",
        "国有资产不得流失，数据归发榜方所有",
        "具备L4级自动驾驶能力，提供应急预案",
        "适应国有林场的作业环境",
        "响应民营企业的用车需求",
        "对应国有资产台账",
        "不限国有、民营",
        "有限公司与民营医院均可接入",
        "供应民营加油站的油品数据",
        "无须国有单位担保",
        "具有自动驾驶能力。项目经验收合格后付款；业绩考核另行约定",
    ],
)
def test_false_friends_are_not_flagged(policy: Policy, text: str) -> None:
    assert flagged(policy.fair_competition, [text]) == ()


def test_blanks_and_line_breaks_hide_nothing(policy: Policy) -> None:
    assert [flag.wording for flag in flagged(policy.fair_competition, ["须为本 市\n注 册 的企业"])] == ["本市注册"]


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("須為本市註冊的獨立法人", "本市注册"),
        ("在我縣內設有分支機構", "在我县内设有"),
        ("近三年內具有同類項目業績", "近三年内具有同类项目业绩"),
        ("註冊資本不低於5000萬元", "注册资本不低于"),
        ("營業收入應達到1億元", "营业收入应达到"),
        ("僅限國有企業", "限国有"),
        ("民營企業不得參與", "民营企业不得"),
        ("本・市·注／册", "本市注册"),
        ("本，市。注；册", "本市注册"),
        ("【本】《市》“注”（册）", "本市注册"),
        ("本\u200b市\ufeff注\u2060册", "本市注册"),
        ("近 ３ 年 内 业 绩", "近3年内业绩"),
        ("注册资本≥５００万元", "注册资本≥"),
        ("本+市=注|册", "本市注册"),
    ],
)
def test_neither_characters_nor_what_is_strewn_in_hides_a_gate(policy: Policy, text: str, wording: str) -> None:
    assert wording in [flag.wording for flag in flagged(policy.fair_competition, [text])]


GATES = (
    "揭榜方须为本市注册的独立法人", "同等条件下本地企业优先", "投标人应在我市内设有分支机构", "注册资本不低于5000万元",
    "申报主体应为规模以上企业", "仅限国有控股公司参与", "民营企业不得参与", "近三年内具有同类项目业绩",
)  # fmt: skip
STREWN = st.sampled_from("、·・／/＼|-—～~（）()【】《》“”\"'!！?？:：… \u3000\u200b\u2060*#＊_＿")
ENDS_A_CLAUSE = st.sampled_from("，。；,;")


@given(text=st.sampled_from(GATES), data=st.data())
def test_whatever_marks_are_strewn_into_a_text_no_flag_is_lost(text: str, data: st.DataObject) -> None:
    policy = city("yancheng")
    strewn = "".join(each + "".join(data.draw(st.lists(STREWN, max_size=2))) for each in text)
    before = {flag.wording for flag in flagged(policy.fair_competition, [text])}
    assert before
    assert before <= {flag.wording for flag in flagged(policy.fair_competition, [strewn])}


@given(word=st.sampled_from(("本市注册", "本地企业", "规模以上企业", "限国有", "民营企业优先")), data=st.data())
def test_a_mark_that_ends_a_clause_hides_no_word_that_it_breaks(word: str, data: st.DataObject) -> None:
    policy = city("yancheng")
    kinds = {flag.kind for flag in flagged(policy.fair_competition, [word])}
    at = data.draw(st.integers(1, len(word) - 1))
    broken = word[:at] + data.draw(ENDS_A_CLAUSE) + word[at:]
    if at in {"民营企业优先": (2, 3, 4), "限国有": (1,)}.get(word, ()):
        return  # the city's own pattern leaves a gap there that ends with a clause
    assert kinds <= {flag.kind for flag in flagged(policy.fair_competition, [broken])}


def test_every_traditional_character_of_the_patterns_is_known(policy: Policy) -> None:
    """What the patterns name has a simplified form that the table leads to: nothing in it leads to a third sign."""
    assert all(_SIMPLIFIED.get(target) is None for target in _SIMPLIFIED.values())
    named = {each for wording in policy.fair_competition.wording.values() for flag in wording.flags for each in flag}
    assert not named & {chr(each) for each in _SIMPLIFIED}, "a pattern is written in simplified characters"


def test_the_same_wording_is_flagged_once(policy: Policy) -> None:
    assert len(flagged(policy.fair_competition, ["本市注册", "本市注册的企业"])) == 1


def test_a_city_without_a_list_flags_nothing(ningbo: Policy) -> None:
    assert flagged(ningbo.fair_competition.model_copy(update={"wording": {}}), ["本市注册"]) == ()


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is no pattern"):
        Wording(flags=("本市(",))


# in a scene


def posting(play: Play, **to: object) -> PostChallenge:
    return play.post_act(Mode.OPEN_CHALLENGE).model_copy(update=to)


def answer(*wording: str) -> tuple[WordingFinding, ...]:
    return tuple(WordingFinding(wording=each, reasons="指服务对象，不限投标人") for each in wording)


def test_a_challenge_with_flagged_wording_is_refused_until_a_person_has_answered_each(policy: Policy) -> None:
    play = Play(policy).to_listed()
    criteria = "本市注册、注册资本不低于1000万元者得满分"
    no = play.refuses("unanswered_wording", posting(play, criteria=criteria), play.owner)
    assert no.details["wording"] == "本市注册（region）、注册资本不低于（size）"
    half = posting(play, criteria=criteria, findings=answer("本市注册"))
    assert play.refuses("unanswered_wording", half, play.owner).details["wording"] == "注册资本不低于（size）"
    events = play.do(posting(play, criteria=criteria, findings=answer("本市注册", "注册资本不低于")), play.owner)
    (posted,) = [event for event in events if isinstance(event, ChallengePosted)]
    assert [(flag.kind, flag.wording) for flag in posted.flags] == [(REGION, "本市注册"), (SIZE, "注册资本不低于")]


def test_a_finding_on_what_nobody_flagged_is_refused(policy: Policy) -> None:
    play = Play(policy).to_listed()
    plain = posting(play, criteria="技术先进者得满分", findings=answer("本市注册"))
    assert play.refuses("unknown_wording", plain, play.owner).details["wording"] == "本市注册"
    both = posting(play, criteria="本市注册者得满分", findings=answer("本市注册", "注册资本"))
    no = play.refuses("unknown_wording", both, play.owner)
    assert (no.details["wording"], no.details["known"]) == ("注册资本", "本市注册")


def test_a_flag_is_answered_as_it_was_written_or_as_it_is_shown(policy: Policy) -> None:
    for written in ("本市註冊", "本·市注册", "本市注册"):
        play = Play(policy).to_listed()
        play.do(posting(play, criteria="本市註冊者得滿分", findings=answer(written)), play.owner)


@pytest.mark.parametrize("where", ["criteria", "justification", "conditions"])
def test_no_part_of_a_challenge_is_left_unread(policy: Policy, where: str) -> None:
    play = Play(policy).to_listed()
    text = "仅限国有企业"
    to = (
        {"conditions": (EntryCondition(kind=GateKind.TECHNICAL, text=text),)}
        if where == "conditions"
        else {where: text}
    )
    play.refuses("unanswered_wording", posting(play, **to), play.owner)


def test_a_change_of_the_challenge_smuggles_nothing_in(policy: Policy) -> None:
    play = Play(policy).to_listed()
    play.post(days=40)
    smuggled = AmendChallenge(changes="补充：须为本地企业")
    play.refuses("unanswered_wording", smuggled, play.owner)
    events = play.do(smuggled.model_copy(update={"findings": answer("本地企业")}), play.owner)
    assert [event.flags[0].wording for event in events if isinstance(event, ChallengeAmended)] == ["本地企业"]


def test_the_fair_competition_review_answers_what_it_lets_pass(policy: Policy) -> None:
    play = Play(policy).to_fair_competition()
    conditions = (EntryCondition(kind=GateKind.LICENCE, text="具有近三年测绘项目业绩和测绘资质"),)
    act = ConcludeFairCompetition(passed=True, conditions=conditions, conclusion="未发现限制")
    no = play.refuses("unanswered_wording", act, play.lead)
    assert "track_record" in no.details["wording"]
    wording = tuple(flag.wording for flag in flagged(policy.fair_competition, [conditions[0].text]))
    events = play.do(act.model_copy(update={"findings": answer(*wording)}), play.lead)
    (concluded,) = [event for event in events if isinstance(event, FairCompetitionConcluded)]
    assert tuple(flag.wording for flag in concluded.flags) == wording


def test_a_review_that_fails_may_quote_what_it_failed_for(policy: Policy) -> None:
    play = Play(policy).to_fair_competition()
    play.do(ConcludeFairCompetition(passed=False, conclusion="要求本市注册，应删除"), play.lead)
    assert play.state.step == "fair_competition"
