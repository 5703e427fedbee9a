"""docker-compose.yml, Dockerfile and what they start. There is no container engine here: what can be run is run
against the embedded server, the rest is read."""

import asyncio
import json
import os
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.worker import Worker

from models.search_attributes import SEARCH_ATTRIBUTES
from runtime.connect import connect
from runtime.embedded import RETENTION, EmbeddedServer
from runtime.settings import Settings
from tests.runtime.parked import Parked

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")

# A job is what another service waits for to complete; everything else runs for ever.
JOBS = {
    name
    for service in SERVICES.values()
    for name, wait in service.get("depends_on", {}).items()
    if wait["condition"] == "service_completed_successfully"
}


def test_the_file_follows_the_compose_specification() -> None:
    schema = json.loads(files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_bytes())

    jsonschema.validate(COMPOSE, schema)


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned_to_a_version(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].partition(":")

    assert re.match(r"\d+\.\d+(\.\d+|-\w+)$|\$\{SCENE_BUILD_ID:\?", tag)


def test_every_base_image_is_pinned_to_a_version() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert bases
    assert all(re.search(r":\d+\.\d+\.\d+-", base) for base in bases)


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - JOBS))
def test_what_runs_for_ever_is_restarted_and_asked_for_its_health(name: str) -> None:
    service = SERVICES[name]

    assert service["restart"] == "unless-stopped"
    assert "healthcheck" in service or ("build" in service and "HEALTHCHECK" in DOCKERFILE)


@pytest.mark.parametrize("name", sorted(JOBS))
def test_a_job_ends_and_is_not_restarted(name: str) -> None:
    assert SERVICES[name]["restart"] == "no"


def test_every_wait_says_what_it_waits_for() -> None:
    for service in SERVICES.values():
        for awaited, wait in service.get("depends_on", {}).items():
            assert awaited in SERVICES
            assert wait["condition"] == ("service_completed_successfully" if awaited in JOBS else "service_healthy")


def test_no_password_has_a_default() -> None:
    secrets = {
        f"{name}.{variable}": value
        for name, service in SERVICES.items()
        for variable, value in service.get("environment", {}).items()
        if re.search("PASSWORD|PWD|SECRET|TOKEN", variable)
    }

    assert secrets
    # None: handed on as it is, and not there where it is not set.
    assert set(secrets.values()) == {"${POSTGRES_PASSWORD:?set it in .env}", None}


def test_no_password_stands_inside_an_address() -> None:
    assert not re.search(r"://[^/@\s]*:[^/@\s]*@", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_nothing_is_published_beyond_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"temporal-ui": ["127.0.0.1:8080:8080"]}
    assert not any("network_mode" in service for service in SERVICES.values())


def test_what_must_survive_lies_in_named_volumes() -> None:
    mounts = {name: [m for m in service.get("volumes", ()) if ":ro" not in m] for name, service in SERVICES.items()}

    assert {name: mounted for name, mounted in mounts.items() if mounted} == {
        "postgres": ["postgres-data:/var/lib/postgresql/data"],
        "worker": ["scene-data:/data"],
    }
    assert COMPOSE["volumes"].keys() == {"postgres-data", "scene-data"}


def test_every_file_that_is_mounted_is_there() -> None:
    sources = {
        m.split(":")[0] for service in SERVICES.values() for m in service.get("volumes", ()) if m.startswith("./")
    }
    used = re.findall(r"/deploy/([\w-]+\.sh)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))

    assert all((ROOT / source).is_dir() for source in sources)
    assert {script.name for script in (ROOT / "deploy/temporal").iterdir()} == set(used)
    assert (
        ROOT / "deploy" / Path(SERVICES["temporal"]["environment"]["DYNAMIC_CONFIG_FILE_PATH"]).relative_to("config")
    ).exists()


def test_every_variable_is_documented_and_none_is_documented_for_nothing() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    documented = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )

    assert used == documented.keys()
    assert documented["POSTGRES_PASSWORD"] == ""


@pytest.mark.parametrize("name", ["migrate", "worker"])
def test_every_setting_that_is_passed_exists(name: str) -> None:
    passed = {variable for variable in SERVICES[name]["environment"] if variable.startswith("SCENE_")}
    passed |= set(re.findall(r"^\s+(SCENE_\w+)=", DOCKERFILE, re.MULTILINE))

    assert passed <= {f"SCENE_{setting.upper()}" for setting in Settings.model_fields}


def test_everything_the_image_copies_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)

    assert copied
    assert all((ROOT / source).exists() for sources in copied for source in sources.split())


def test_what_goes_into_the_wheel_is_what_the_build_may_see() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert "*" in ignore
    assert {line[1:] for line in ignore if line.startswith("!")} == wheel | {"pyproject.toml", "requirements.lock"}


def test_every_package_is_in_the_wheel_and_under_the_import_contracts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {found.parent.name for found in ROOT.glob("*/__init__.py")} - {"tests"}

    assert packages <= set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])
    assert packages == set(project["tool"]["importlinter"]["root_packages"])


def test_the_image_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)

    assert users == ["scene"]


async def test_the_namespace_job_prepares_a_new_namespace_and_may_run_again(
    server: EmbeddedServer, temporal_binary: Path
) -> None:
    script = ["sh", str(ROOT / "deploy/temporal/prepare-namespace.sh")]
    environment = _environment(server, temporal_binary) | {"TEMPORAL_NAMESPACE": "prepared", "RETRY_SECONDS": "0.2"}

    for _ in range(2):
        assert await _run(script, environment) == 0

    client = await connect(Settings(), address=server.address)
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="prepared"))
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="prepared"))
    assert described.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION
    assert listed.custom_attributes.keys() == SEARCH_ATTRIBUTES.keys()


async def test_the_workers_health_check_sees_whether_this_machine_polls(
    server: EmbeddedServer, temporal_binary: Path
) -> None:
    [check] = re.findall(r"^HEALTHCHECK .*\\\n\s+CMD (.+)$", DOCKERFILE, re.MULTILINE)
    environment = _environment(server, temporal_binary) | {"SCENE_TASK_QUEUE": "watched"}

    assert await _run(["sh", "-c", check], environment) != 0
    client = await connect(Settings(), address=server.address)
    async with Worker(client, task_queue="watched", workflows=[Parked]):
        await asyncio.sleep(0.3)
        assert await _run(["sh", "-c", check], environment) == 0


def _environment(server: EmbeddedServer, temporal_binary: Path) -> dict[str, str]:
    path = f"{temporal_binary.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "TEMPORAL_ADDRESS": server.address, "TEMPORAL_NAMESPACE": "default"}


async def _run(command: list[str], environment: dict[str, str]) -> int:
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.DEVNULL)
    async with asyncio.timeout(30):
        return await process.wait()
