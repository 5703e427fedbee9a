"""What a command stands on: the settings, the database, the server; opened with errors that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import inspect, make_url
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from client.standing import NoRulebook, Standings
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from runtime import presence
from runtime.connect import DEFAULT_ADDRESS, connect
from runtime.plugin import scene_plugin
from runtime.policy_files import load_city
from runtime.settings import Settings
from runtime.wiring import Parts, parts
from runtime.yaml_files import FileProblems
from storage.schema import Schema, schema

from .output import Failure, misuse, say

_LOOPBACK = ("localhost", "::1", "[::1]")


def settings(data_dir: Path | None = None) -> Settings:
    """Raises Failure for a setting that cannot be meant."""
    try:
        return Settings() if data_dir is None else Settings(data_dir=data_dir)
    except ValidationError as invalid:
        problems = "; ".join(_setting(error["loc"], error["msg"]) for error in invalid.errors())
        raise misuse(f"设置有误：{problems}。", f"A setting is wrong: {problems}.", code="settings") from None


def _setting(place: tuple[int | str, ...], problem: str) -> str:
    name = f"SCENE_{str(place[0]).upper()}: " if place else ""
    return f"{name}{problem.removeprefix('Value error, ')}"


@contextmanager
def database(made: Settings | None = None) -> Iterator[Parts]:
    """The database and what stands on it. Raises Failure where there is none, or it is not ours, or does not answer."""
    made = made or settings()
    url = make_url(made.database_url.get_secret_value())
    file = url.database
    if url.get_backend_name() == "sqlite" and file and file != ":memory:" and not Path(file).exists():
        raise Failure(
            "no_database",
            say(
                f"还没有数据库（{file}）。请先运行 scene up，或用 SCENE_DATA_DIR 指向它所在的目录。",
                f"There is no database yet ({file}). Run `scene up` first, or name its folder in SCENE_DATA_DIR.",
            ),
        )
    with parts(made) as opened:
        try:
            yield opened
        except SQLAlchemyError as error:
            raise _away(opened, error) from error


def _away(opened: Parts, error: SQLAlchemyError) -> Failure:
    try:
        ours = inspect(opened.engine).has_table("entry")
        found = schema(opened.engine) if ours else None
    except SQLAlchemyError:
        return database_away(error)
    if found is not None:
        return database_away(error) if found.current else _of_another_version(found)
    return Failure(
        "database_not_ready",
        say(
            "数据库里还没有本系统的表。请先运行 scene up（或执行数据库迁移）。",
            "The database has no tables of ours yet. Run `scene up` first, or migrate it.",
        ),
    )


def _of_another_version(found: Schema) -> Failure:
    """Asked only where a statement failed: what an older database can answer, it may answer."""
    if found.is_newer:
        return Failure(
            "database_newer",
            say(
                f"数据库结构（{found.has}）比本程序的新（{found.needs}）。请改用与之相配的新版本程序。",
                f"The database's schema ({found.has}) is newer than this program's ({found.needs}). Use the version "
                "that it belongs to.",
            ),
        )
    return Failure(
        "database_older",
        say(
            f"数据库结构是旧的（{found.has or '空'}），本程序需要 {found.needs}：尚未升级，什么也没有写出。请先备份，"
            "再运行 scene up（部署环境：alembic upgrade head），然后重试。",
            f"The database's schema is older ({found.has or 'empty'}) than this program's ({found.needs}): it was not "
            "migrated, and nothing was written. Back it up, run `scene up` (deployed: alembic upgrade head), and "
            "try again.",
        ),
    )


def database_away(error: SQLAlchemyError) -> Failure:
    reason = (str(getattr(error, "orig", None) or error).strip().splitlines() or ["?"])[0][:200]
    return Failure(
        "database_unreachable",
        say(
            f"数据库不可用（{reason}）。请检查 SCENE_DATABASE_URL，稍后重试。",
            f"The database does not answer ({reason}). Check SCENE_DATABASE_URL and try again.",
        ),
    )


def address(made: Settings) -> tuple[str, bool]:
    """Where Temporal is, and whether this machine's own `scene up` says so.

    The environment (or its profile file) comes first; then the `scene up` of the data folder; then the usual port.
    """
    named = ClientConfig.load_client_connect_config().get("target_host")
    if named:
        return named, False
    running = presence.find(made.data_dir)
    return (running.address, True) if running else (DEFAULT_ADDRESS, False)


async def server(made: Settings) -> Client:
    """Raises ServerUnreachable."""
    where, ours = address(made)
    return await connect(made, [scene_plugin()], address=where if ours else None)


def refuse_remote(made: Settings) -> None:
    """`--as` states who acts and nobody checks it: that is for the server on this machine only."""
    host = address(made)[0].rpartition(":")[0]
    if host in _LOOPBACK or host.startswith("127."):
        return
    raise Failure(
        "as_not_here",
        say(
            f"--as 只能用于本机的服务；当前连接的是 {host}。请在控制台登录后办理。",
            f"--as works on this machine's own server only, and this is {host}. Sign in at the console instead.",
        ),
    )


def state_of(opened: Parts, scene: str) -> SceneState:
    """The state as of the last recorded entry. Raises Refused: unknown_scene."""
    state = opened.reads.state(scene)
    if state is None:
        raise Refused("unknown_scene", scene=scene)
    return state


def policy_of(opened: Parts, state: SceneState) -> Policy | None:
    """The policy that a scene is pinned to, from the rulebooks or its journal; else that of its city's file."""
    pinned = opened.rulebooks.find(state.policy_digest, state.calendar)
    if pinned is None and state.sequence:
        with suppress(NoRulebook):
            standing = Standings(opened.reads, opened.rulebooks).of(state.scene)
            pinned = standing.policy if standing else None
    return pinned or city_policy(opened.settings, state)


def city_policy(made: Settings, state: SceneState) -> Policy | None:
    """What the file of the scene's city says today."""
    if state.profile is None:
        return None
    try:
        return load_city(made.policies_dir, state.profile.city)
    except FileProblems:
        return None
