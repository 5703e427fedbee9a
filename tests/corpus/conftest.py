from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.corpus.keeping import TODAY, Corpus, unpacked


@pytest.fixture(scope="session")
def corpus_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Corpus]:
    """Each corpus is unpacked once."""

    @cache
    def opened(file: Path) -> Corpus:
        return unpacked(file, tmp_path_factory.mktemp("corpus"))

    return opened


@pytest.fixture(scope="session")
def today(corpus_of: Callable[[Path], Corpus]) -> Corpus:
    return corpus_of(TODAY)
