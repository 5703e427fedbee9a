"""The quotas of the five policy texts, from `samples/quotas.yaml`."""

from pathlib import Path

from models.quota import Quota, Quotas

from .yaml_files import load_yaml


def load_quotas(folder: Path) -> tuple[Quota, ...]:
    """In the file's order. Raises FileProblems."""
    return load_yaml(folder / "quotas.yaml", Quotas).quotas
