"""RFC 6962's tree, against the RFC's own example, the vectors of Certificate Transparency, and the plain definition."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle import Tree, consistent, included, leaf_hash, node_hash

# The leaves and roots of certificate-transparency's merkletree tests, which other implementations use as well.
LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {  # (index from 0, size): path
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
KNOWN = Tree(leaf_hash(each) for each in LEAVES)


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert Tree().root() == sha256(b"").digest()


@pytest.mark.parametrize(("size", "root"), list(enumerate(ROOTS, start=1)))
def test_roots_are_the_published_ones(size: int, root: str) -> None:
    assert KNOWN.root(size).hex() == root


@pytest.mark.parametrize(("of", "path"), INCLUSION.items())
def test_inclusion_proofs_are_the_published_ones(of: tuple[int, int], path: list[str]) -> None:
    index, size = of
    assert [each.hex() for each in KNOWN.inclusion(index, size)] == path
    assert included(KNOWN.leaf(index), index, size, KNOWN.inclusion(index, size), bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("of", "path"), CONSISTENCY.items())
def test_consistency_proofs_are_the_published_ones(of: tuple[int, int], path: list[str]) -> None:
    old, new = of
    assert [each.hex() for each in KNOWN.consistency(old, new)] == path
    roots = bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1])
    assert consistent(old, new, *roots, KNOWN.consistency(old, new))


def test_the_example_of_the_rfc_with_seven_leaves() -> None:
    """RFC 6962, section 2.1.3: the proofs by the names that its figure gives to the nodes."""
    a, b, c, d, e, f, j = (leaf_hash(str(each).encode()) for each in range(7))
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, m = node_hash(g, h), node_hash(i, j)
    tree = Tree((a, b, c, d, e, f, j))
    assert tree.root() == node_hash(k, m)
    assert tree.inclusion(0) == (b, h, m)
    assert tree.inclusion(3) == (c, g, m)
    assert tree.inclusion(4) == (f, j, k)
    assert tree.inclusion(6) == (i, k)
    assert tree.consistency(3) == (c, d, g, m)
    assert tree.consistency(4) == (m,)
    assert tree.consistency(6) == (i, j, k)


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(plain_root(leaves[:k]), plain_root(leaves[k:]))


def plain_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*plain_path(m, leaves[:k]), plain_root(leaves[k:])]
    return [*plain_path(m - k, leaves[k:]), plain_root(leaves[:k])]


def plain_subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [plain_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*plain_subproof(m, leaves[:k], whole), plain_root(leaves[k:])]
    return [*plain_subproof(m - k, leaves[k:], False), plain_root(leaves[:k])]


leaves_of_a_tree = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


@given(leaves=leaves_of_a_tree, chance=st.data())
def test_root_and_proofs_are_those_of_the_plain_definition(leaves: list[bytes], chance: st.DataObject) -> None:
    tree = Tree(leaf_hash(each) for each in leaves)
    size = chance.draw(st.integers(1, len(leaves)))
    old, index = chance.draw(st.integers(1, size)), chance.draw(st.integers(0, size - 1))
    assert tree.root(size) == plain_root(leaves[:size])
    assert list(tree.inclusion(index, size)) == plain_path(index, leaves[:size])
    assert list(tree.consistency(old, size)) == plain_subproof(old, leaves[:size], True)
    assert included(tree.leaf(index), index, size, tree.inclusion(index, size), tree.root(size))
    assert consistent(old, size, tree.root(old), tree.root(size), tree.consistency(old, size))


@given(leaves=leaves_of_a_tree, chance=st.data())
def test_nothing_else_is_included(leaves: list[bytes], chance: st.DataObject) -> None:
    tree = Tree(leaf_hash(each) for each in leaves)
    index = chance.draw(st.integers(0, len(leaves) - 1))
    path, root = list(tree.inclusion(index)), tree.root()
    assert not included(leaf_hash(leaves[index] + b"x"), index, len(leaves), path, root)
    assert not included(tree.leaf(index), index, len(leaves), [*path, root], root)
    assert not included(tree.leaf(index), len(leaves), len(leaves), path, root)
    assert not included(tree.leaf(index), -1, len(leaves), path, root)
    assert not included(tree.leaf(index), index, len(leaves), path, leaf_hash(root))
    if path:
        assert not included(tree.leaf(index), index, len(leaves), path[:-1], root)
        spoilt = chance.draw(st.integers(0, len(path) - 1))
        path[spoilt] = leaf_hash(path[spoilt])
        assert not included(tree.leaf(index), index, len(leaves), path, root)


@given(leaves=leaves_of_a_tree, chance=st.data())
def test_a_tree_whose_beginning_was_changed_is_consistent_with_nothing_earlier(
    leaves: list[bytes], chance: st.DataObject
) -> None:
    old = chance.draw(st.integers(1, len(leaves)))
    changed = chance.draw(st.integers(0, old - 1))
    before = Tree(leaf_hash(each) for each in leaves[:old])
    after = Tree(leaf_hash(each + (b"x" if at == changed else b"")) for at, each in enumerate(leaves))
    for proof in (after.consistency(old), Tree(map(leaf_hash, leaves)).consistency(old)):
        assert not consistent(old, len(leaves), before.root(), after.root(), proof)
    honest = Tree(map(leaf_hash, leaves))
    assert not consistent(old, len(leaves), before.root(), honest.root(), [*honest.consistency(old), before.root()])
    assert not consistent(len(leaves) + 1, len(leaves), before.root(), honest.root(), ())
    if honest.consistency(old):
        assert not consistent(old, len(leaves), before.root(), honest.root(), honest.consistency(old)[:-1])
        assert not consistent(old, len(leaves), before.root(), honest.root(), ())


def test_the_tree_without_leaves_begins_every_tree() -> None:
    tree = Tree([leaf_hash(b"a")])
    assert consistent(0, 1, Tree().root(), tree.root(), tree.consistency(0))
    assert not consistent(0, 1, leaf_hash(b"x"), tree.root(), ())


def test_what_is_not_there_has_no_proof() -> None:
    tree = Tree([leaf_hash(b"a")])
    for asked in (
        lambda: tree.root(2),
        lambda: tree.inclusion(1),
        lambda: tree.consistency(2, 1),
        lambda: tree.leaf(1),
    ):
        with pytest.raises(IndexError):
            asked()
    with pytest.raises(ValueError, match="32 bytes"):
        tree.append(b"short")
