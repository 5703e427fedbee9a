"""The three cities' policies, as their files have them. `policy` runs a test once for each city."""

import pytest
from hypothesis import settings

from models.policy import Policy
from tests.scenario import city

settings.register_profile("long", deadline=None)
"""`--hypothesis-profile=long`: thousands of scenes played by ear (`test_machine`)."""

CITIES = ("yancheng", "ningbo", "chongqing")


@pytest.fixture(scope="session")
def yancheng() -> Policy:
    return city("yancheng")


@pytest.fixture(scope="session")
def ningbo() -> Policy:
    return city("ningbo")


@pytest.fixture(scope="session")
def chongqing() -> Policy:
    return city("chongqing")


@pytest.fixture(scope="session", params=CITIES)
def policy(request: pytest.FixtureRequest) -> Policy:
    return city(request.param)
