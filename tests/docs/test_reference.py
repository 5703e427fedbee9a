"""The generated reference is what the code says today, and what stands in the documents can be followed."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from docs.generate import _parts, pages
from models.policy import Policy
from runtime.settings import Settings
from tests.scenario import ROOT

DOCUMENTS = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
FROM_THE_CALENDAR = ("Calendar", "YearNotice", "Holiday", "Period")


@pytest.mark.parametrize("name", list(pages()))
def test_the_committed_reference_is_what_the_code_says(name: str) -> None:
    committed = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert committed == pages()[name], "run `make docs` and commit what it writes"


def test_every_policy_key_is_described() -> None:
    models: dict[str, type[BaseModel]] = {"Policy": Policy}
    _parts(Policy, models)
    undescribed = [
        f"{name}.{field}"
        for name, model in models.items()
        if name not in FROM_THE_CALENDAR
        for field, info in model.model_fields.items()
        if not info.description
    ]
    assert undescribed == []


def test_every_setting_is_described() -> None:
    assert [name for name, info in Settings.model_fields.items() if not info.description] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_in_the_documents_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    missing = [
        target for target in targets if "://" not in target and not (document.parent / target).resolve().exists()
    ]
    assert missing == []
