"""Userauth for a test alone."""

import pytest

from tests.kit.app import App
from tests.service.userauth.people import Userauth


@pytest.fixture
def userauth(own_app: App) -> Userauth:
    return Userauth(own_app)
