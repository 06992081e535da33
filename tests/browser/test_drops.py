"""The network goes at six moments of a form, once each. `make drops` does it twenty times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.drops import MOMENTS, drop

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.serving import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_drop_of_the_network_loses_nothing_and_what_is_said_is_true(
    own_site: Site, chromium: Browser, moment: str
) -> None:
    assert drop(chromium, own_site, moment)["faults"] == []
