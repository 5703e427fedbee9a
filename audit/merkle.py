"""The Merkle tree of RFC 6962 (section 2.1, SHA-256), and the checks of RFC 9162 (sections 2.1.3 and 2.1.4).

An inclusion proof shows that a leaf is in a tree, a consistency proof that a tree is the beginning of a larger one:
some thirty hashes for a billion leaves, and without the leaves. Nothing here knows what the leaves say.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()
"""The root of the tree without leaves."""


def leaf_hash(content: bytes) -> bytes:
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows by leaf hashes. It keeps the hash of every complete subtree: 64 bytes for each leaf."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        for each in leaf_hashes:
            self.append(each)

    @property
    def size(self) -> int:
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf_hash: bytes) -> None:
        """Raises ValueError for what is no hash."""
        if len(leaf_hash) != HASH_BYTES:
            raise ValueError(f"a hash has {HASH_BYTES} bytes")
        index, level, node = self.size, 0, leaf_hash
        self._levels[0] += node
        while index & 1:
            node = node_hash(self._node(level, index - 1), node)
            index, level = index >> 1, level + 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node

    def leaf(self, index: int) -> bytes:
        """Raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        return self._node(0, index)

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves. Raises IndexError where there are fewer."""
        size = self._known(size)
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The path from leaf `index` to the root of the first `size` leaves, from below. Raises IndexError."""
        size = self._known(size)
        if not 0 <= index < size:
            raise IndexError(index)
        path: list[bytes] = []
        first, last = 0, size
        while last - first > 1:
            middle = first + _split(last - first)
            if index < middle:
                path.append(self._range(middle, last))
                last = middle
            else:
                path.append(self._range(first, middle))
                first = middle
        return tuple(reversed(path))

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """That the first `old` leaves begin the first `new`. Empty for no leaves, or the same. Raises IndexError."""
        new = self._known(new)
        if not 0 <= old <= new:
            raise IndexError(old)
        if old in (0, new):
            return ()
        path: list[bytes] = []
        first, last, whole = 0, new, True
        while last != old:
            middle = first + _split(last - first)
            if old <= middle:
                path.append(self._range(middle, last))
                last = middle
            else:
                path.append(self._range(first, middle))
                first, whole = middle, False
        if not whole:
            path.append(self._range(first, last))
        return tuple(reversed(path))

    def _known(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise IndexError(size)
        return size

    def _node(self, level: int, index: int) -> bytes:
        at = index * HASH_BYTES
        return bytes(self._levels[level][at : at + HASH_BYTES])

    def _range(self, first: int, last: int) -> bytes:
        """The hash of the leaves from `first` up to `last`; it begins where a subtree of its size may begin."""
        count = last - first
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._node(level, first >> level)
        middle = first + _split(count)
        return node_hash(self._range(first, middle), self._range(middle, last))


def _split(count: int) -> int:
    """The largest power of two below `count`, which is more than 1."""
    return 1 << ((count - 1).bit_length() - 1)


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` leads from the leaf hash `leaf`, the `index`-th of `size`, to `root`."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for each in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(each, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, each)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistent(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that the tree of `old_root` is the beginning of the tree of `new_root`."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    steps = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    if not steps:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_node = new_node = steps[0]
    for each in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_node, new_node = node_hash(each, old_node), node_hash(each, new_node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_node = node_hash(new_node, each)
        place, last = place >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root
