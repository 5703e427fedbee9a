"""How well look-alikes are found, against the labelled set: `python -m tests.similarity.quality` prints it."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from models.frozen import Frozen
from models.policy import NO_LOOKALIKE_RULES, LookAlikeRules
from runtime.policy_files import city_files, load_policy
from runtime.samples import application_of, load_scenes
from runtime.yaml_files import load_yaml
from similarity.lookalikes import Corpus, Described
from tests.scenario import ROOT

LABELLED = Path(__file__).with_name("labelled.yaml")
THRESHOLDS = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
Half = Literal["tuned", "held out"]
T = TypeVar("T")


class Pair(Frozen):
    one: str
    other: str
    label: Literal["look_alike", "related", "different"]


class New(Frozen):
    city: str
    domain: str
    name: str
    need: str
    regions: tuple[str, ...] = ()


class Rewritten(New):
    original: str


class Labelled(Frozen):
    pairs: tuple[Pair, ...]
    rewritten: tuple[Rewritten, ...]
    new: tuple[New, ...]


class Quality(Frozen):
    """At one threshold. `precision` and `recall` are of the labelled pairs; `useful` counts related ones as well.

    `proposals` and `false_alarms`: how many scenes are proposed for a rewritten and for a new application. `found_long`
    and `wrong_long`: the share of pairs that are proposed where both are written at length, of one need and of two.
    """

    threshold: float
    precision: float
    useful: float
    recall: float
    found_rewritten: float
    first_rewritten: float
    proposals: float
    false_alarms: float
    found_long: float
    wrong_long: float


@cache
def labelled() -> Labelled:
    return load_yaml(LABELLED, Labelled)


@cache
def samples() -> dict[str, Described]:
    policies = {policy.city: policy for policy in map(load_policy, city_files(ROOT / "policies"))}
    return {scene.id: application_of(scene, policies[scene.city]) for scene in load_scenes(ROOT / "samples")}


def half_of(entries: Sequence[T], half: Half) -> Sequence[T]:
    return entries[half == "held out" :: 2]


class Measure:
    """Every labelled entry of one half, compared once."""

    def __init__(self, half: Half, rules: LookAlikeRules = NO_LOOKALIKE_RULES) -> None:
        scenes, known = samples(), labelled()
        corpus = Corpus(rules, scenes.items())
        scores = {
            one: {each.scene: each.score for each in corpus.like(scenes[one], itself=one)}
            for one in {pair.one for pair in known.pairs}
        }
        self.pairs = [(scores[pair.one].get(pair.other, 0), pair) for pair in half_of(known.pairs, half)]
        self.rewritten = [(corpus.like(each), each) for each in half_of(known.rewritten, half)]
        self.new = [corpus.like(each) for each in half_of(known.new, half)]
        self.both_long = _both_long(half, rules)

    def at(self, threshold: float) -> Quality:
        proposed = [pair.label for score, pair in self.pairs if score >= threshold]
        alike = sum(pair.label == "look_alike" for _, pair in self.pairs)
        rewritten = [
            ([like.scene for like in found if like.score >= threshold], each.original) for found, each in self.rewritten
        ]
        return Quality(
            threshold=threshold,
            precision=_share(proposed, lambda label: label == "look_alike"),
            useful=_share(proposed, lambda label: label != "different"),
            recall=proposed.count("look_alike") / alike,
            found_rewritten=_share(rewritten, lambda each: each[1] in each[0]),
            first_rewritten=_share(rewritten, lambda each: each[1] in each[0][:1]),
            proposals=sum(len(found) for found, _ in rewritten) / len(rewritten),
            false_alarms=sum(like.score >= threshold for found in self.new for like in found) / len(self.new),
            found_long=_share([score for score, same in self.both_long if same], lambda score: score >= threshold),
            wrong_long=_share([score for score, same in self.both_long if not same], lambda score: score >= threshold),
        )


def _both_long(half: Half, rules: LookAlikeRules) -> list[tuple[float, bool]]:
    """Pairs of rewritten applications, both at length, and whether they are of one original."""
    written = labelled().rewritten
    times = Counter(each.original for each in written)
    chosen = set(half_of([original for original, count in times.items() if count > 1], half))
    corpus = Corpus(rules, [*samples().items(), *((str(at), each) for at, each in enumerate(written))])
    pairs = []
    for at, one in enumerate(written):
        if one.original not in chosen:
            continue
        scores = {like.scene: like.score for like in corpus.like(one)}
        pairs += [
            (scores.get(str(beside), 0), one.original == other.original)
            for beside, other in enumerate(written)
            if beside != at
        ]
    return pairs


def _share(items: Sequence[T], of: Callable[[T], bool]) -> float:
    return sum(map(of, items)) / len(items) if items else 1.0


def main() -> None:
    for half in ("tuned", "held out"):
        measure = Measure(half)
        sys.stdout.write(
            f"\n{half}: {len(measure.pairs)} pairs, {len(measure.rewritten)} rewritten, {len(measure.new)} new\n"
            "           pairs                         rewritten applications         new ones         both at length\n"
            "threshold  precision  useful  recall     found  first  proposals each   proposals each   found   wrong\n"
        )
        for at in map(measure.at, THRESHOLDS):
            sys.stdout.write(
                f"{at.threshold:9.2f}  {at.precision:9.2f}  {at.useful:6.2f}  {at.recall:6.2f}  "
                f"{at.found_rewritten:8.2f}  {at.first_rewritten:5.2f}  {at.proposals:14.1f}  {at.false_alarms:15.1f}  "
                f"{at.found_long:6.2f}  {at.wrong_long:6.3f}\n"
            )


if __name__ == "__main__":
    main()
