"""Whether a bundle's zip file is its parts and nothing else, for every program that unpacks it.

Programs differ in where they look: at the list at a zip's end, at the heading before each part, at the first or last
such list, at names in extra fields. What stands between, before or behind the parts, or says otherwise there than in
the list, is seen by some and not by others.
"""

import stat
import struct
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from typing import IO

HEADING, END, END_64 = 30, 22, 22 + 20 + 56
"""Bytes: what is fixed of the heading of a part, of the end of the file, and of that of a large one."""
_DESCRIBED_BEHIND = 0x08
"""The flag of a part whose sizes stand behind it: no bundle is written so."""
_FULL_16, _FULL = 0xFFFF, 0xFFFFFFFF
_SIZES_OF_64 = 1
"""The one extra field that a large part needs."""


def faults(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Where, and what. Where parts overlap a small file could be read for days: see `overlaps`."""
    file = archive.fp
    if file is None:
        return
    listed, ends, count = _list(file)
    if count != len(archive.infolist()):
        yield "", f"it says that it has {count} parts, and lists {len(archive.infolist())}"
    if ends != listed:
        yield "", "bytes behind the list of parts, or a comment"
    at = 0
    for part in sorted(archive.infolist(), key=lambda each: each.header_offset):
        if part.header_offset != at:
            yield part.filename, "bytes before it that belong to no part"
        file.seek(part.header_offset)
        heading = file.read(HEADING)
        if len(heading) < HEADING:
            yield part.filename, "no heading"
            return
        _, _, flags, packed, _, _, crc, inside, size, name, extra = struct.unpack("<4s5H3L2H", heading)
        at = part.header_offset + HEADING + name + extra + part.compress_size
        file.seek(part.header_offset + HEADING + name)
        if part.orig_filename != part.filename:
            yield part.filename, "its name goes on behind what some read of it"
        if _strange(file.read(extra)) or _strange(part.extra) or part.comment:
            yield part.filename, "an extra field or a comment"
        stands = (part.flag_bits, part.compress_type, part.CRC, part.compress_size, part.file_size)
        said = (
            flags,
            packed,
            crc,
            *((part.compress_size, part.file_size) if inside == size == _FULL else (inside, size)),
        )
        if said != stands or flags & _DESCRIBED_BEHIND:
            yield part.filename, "its heading says otherwise than the list"
        if stat.S_IFMT(part.external_attr >> 16) not in (0, stat.S_IFREG):
            yield part.filename, "it is no plain file"
    if at != archive.start_dir:
        yield "", "bytes behind the last part"


def overlaps(archive: zipfile.ZipFile) -> bool:
    """Whether two parts are packed in the same bytes."""
    parts = sorted((each.header_offset, each.compress_size) for each in archive.infolist())
    return any(after < offset + HEADING + size for (offset, size), (after, _) in pairwise(parts))


def _list(file: IO[bytes]) -> tuple[int, int, int]:
    """Where the list of parts ends by its own account, and where by the length of the file; and how many it says there
    are, on the one disk that there is: -1 where it does not say."""
    whole = file.seek(0, 2)
    file.seek(max(whole - END_64, 0))
    tail = file.read()
    end = tail[-END:]
    if end[:4] != b"PK\5\6" or end[-2:] != b"\0\0":
        return -1, whole, -1
    disk, of_list, here, count, size, offset = struct.unpack("<4x4H2L2x", end)
    if count != _FULL_16 and _FULL not in (size, offset):
        return offset + size, whole - END, count if (disk, of_list, here) == (0, 0, count) else -1
    if len(tail) < END_64 or tail[:4] != b"PK\6\6":
        return -1, whole, -1
    disk, of_list, here, count, size, offset = struct.unpack_from("<2L4Q", tail, 16)
    return offset + size, whole - END_64, count if (disk, of_list, here) == (0, 0, count) else -1


def _strange(extra: bytes) -> bool:
    return bool(extra) and (len(extra) < 4 or struct.unpack_from("<H", extra)[0] != _SIZES_OF_64
                            or 4 + struct.unpack_from("<H", extra, 2)[0] != len(extra))  # fmt: skip
