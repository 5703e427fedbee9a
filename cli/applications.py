"""An application as its owner writes it: a YAML file."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from models.commands.solicitation import Application, Submit
from models.policy import Policy
from runtime.policy_files import load_city
from runtime.settings import Settings
from runtime.yaml_files import load_yaml

from .fields import with_documents


class _Either(BaseModel):
    """A file may hold the application alone, or the application and the call it answers."""

    application: Any = None


def submission(made: Settings, file: Path) -> tuple[Submit, Policy]:
    """What is submitted, and its city's policy. Raises FileProblems, Failure."""
    if load_yaml(file, _Either).application is not None:
        act = load_yaml(file, Submit, lambda content: with_documents(Submit, content, file.parent))
    else:
        alone = load_yaml(file, Application, lambda content: with_documents(Application, content, file.parent))
        act = Submit(application=alone)
    return act, load_city(made.policies_dir, act.application.city)
