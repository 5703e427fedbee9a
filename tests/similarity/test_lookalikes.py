"""What makes two scenes look alike, and what does not."""

from models.frozen import Frozen
from models.policy import NO_LOOKALIKE_RULES, LookAlikeRules
from similarity.lookalikes import Corpus, LookAlike
from similarity.words import Reader


class Asked(Frozen):
    """What is compared of a scene."""

    name: str
    need: str = "开放真实场景，征集解决方案。"
    city: str = "盐城市"
    domain: str = "低空经济"
    regions: tuple[str, ...] = ()


FIRE = Asked(name="高层无人机灭火", need="用无人机对高层住宅火灾快速灭火。", domain="应急管理")
PLACES = NO_LOOKALIKE_RULES.model_copy(update={"places": ("大丰区", "东台市")})


def alike(one: Asked, other: Asked, rules: LookAlikeRules = NO_LOOKALIKE_RULES, least: float = 0) -> LookAlike | None:
    found = Corpus(rules, [("S-1", other)]).like(one, least=least)
    return found[0] if found else None


def score(one: Asked, other: Asked, rules: LookAlikeRules = NO_LOOKALIKE_RULES) -> float:
    found = alike(one, other, rules)
    return found.score if found else 0


def test_the_same_scene_is_wholly_alike() -> None:
    found = alike(FIRE, FIRE)

    assert found is not None
    assert found.score == 1
    assert {reason.part: reason.likeness for reason in found.reasons} == {"name": 1, "need": 1, "domain": 1}


def test_another_name_for_the_same_need_is_proposed_with_the_words_in_common() -> None:
    found = alike(Asked(name="百米楼宇空中消防", need="无人机挂载水带，扑救高楼火灾。"), FIRE)

    assert found is not None
    assert found.score >= NO_LOOKALIKE_RULES.propose_from
    assert {"无人机", "高层", "灭火"} <= set(found.reasons[1].common)


def test_common_words_alone_propose_nothing() -> None:
    one = Asked(name="智慧公园综合管理服务平台", domain="城市治理")
    other = Asked(name="智慧公厕综合管理服务平台", domain="城市治理")

    assert score(one, other) < NO_LOOKALIKE_RULES.propose_from
    assert score(one, other, NO_LOOKALIKE_RULES.model_copy(update={"common": ()})) > NO_LOOKALIKE_RULES.propose_from


def test_the_same_sentence_in_every_application_says_nothing() -> None:
    sentence = "为贯彻落实高质量发展要求，切实解决基层痛点难点问题。"
    one, other = Asked(name="古树养护", need=sentence), Asked(name="电梯维保", need=sentence)
    others = [(f"S-{number}", Asked(name=f"其他{number}", need=sentence)) for number in range(2000)]

    assert Corpus(NO_LOOKALIKE_RULES, [("S", other), *others]).like(one, least=NO_LOOKALIKE_RULES.propose_from) == ()


def test_nothing_in_common_is_no_look_alike_though_the_domain_is_the_same() -> None:
    assert alike(Asked(name="古树养护", need="古树名木"), Asked(name="电梯维保", need="电梯困人")) is None


def test_the_same_need_is_less_alike_in_another_district_than_in_the_same_one() -> None:
    here = Asked(name="大丰区无人机巡堤")

    assert score(here, Asked(name="大丰无人机巡堤"), PLACES) == 1
    assert score(here, Asked(name="东台市无人机巡堤"), PLACES) < score(here, Asked(name="无人机巡堤"), PLACES)


def test_regions_that_owners_name_are_places_as_well() -> None:
    found = alike(
        Asked(name="无人机巡堤", regions=("射阳县",)), Asked(name="射阳无人机巡堤", regions=("射阳县", "滨海县"))
    )

    assert found is not None
    assert [reason.common for reason in found.reasons if reason.part == "place"] == [("射阳",)]


def test_the_citys_own_name_is_no_place() -> None:
    read = Reader(PLACES, cities=["盐城市"]).read("盐城市大丰区和东台的堤防")

    assert read.places == {"大丰", "东台"}
    assert read.words == {"堤防"}


def test_domains_of_two_cities_are_compared_only_where_they_are_called_the_same() -> None:
    elsewhere = FIRE.model_copy(update={"city": "重庆市", "domain": "全空间无人体系"})

    assert score(FIRE, elsewhere) == 1
    assert score(FIRE, elsewhere.model_copy(update={"city": "盐城市"})) < 1


def test_full_width_and_capital_letters_are_the_same_letters() -> None:
    assert score(Asked(name="ＡＩ看片", need="ＣＴ影像"), Asked(name="人工智能看片", need="ct 影像")) == 1


def test_letters_inside_another_word_mean_nothing_else() -> None:
    assert "人工智能" not in Reader(NO_LOOKALIKE_RULES).read("maintain").words


def test_the_likest_comes_first_and_a_scene_is_not_its_own_look_alike() -> None:
    scenes = {"A": FIRE, "B": Asked(name="无人机配送"), "C": Asked(name="高层建筑无人机灭火")}

    assert [each.scene for each in Corpus(NO_LOOKALIKE_RULES, scenes.items()).like(FIRE, itself="A")] == ["C", "B"]


def test_without_scenes_nothing_is_alike() -> None:
    assert Corpus(NO_LOOKALIKE_RULES, []).like(FIRE) == ()


def test_a_text_without_any_word_is_like_nothing() -> None:
    assert alike(Asked(name="——", need="。"), FIRE) is None


def test_a_city_may_count_only_needs() -> None:
    rules = NO_LOOKALIKE_RULES.model_copy(update={"name": 0, "place": 0, "domain": 0})

    assert score(FIRE, FIRE.model_copy(update={"domain": "低空经济"}), rules) == 1
