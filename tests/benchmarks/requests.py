"""A plain client: a person's session cookie, and one GET at a time on a connection of its own."""

from __future__ import annotations

import http.client
import http.cookiejar
import re
import urllib.parse
import urllib.request


def cookies_of(url: str, persona: str) -> str:
    """Logs in by the demo's door; the Cookie header that proves it."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    door = opener.open(f"{url}/demo/").read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', door)
    assert found is not None
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": found.group(1)}).encode()
    with opener.open(f"{url}/demo/{persona}/", form) as answer:
        assert answer.url == f"{url}/min/", answer.url
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def get(url: str, address: str, cookies: str = "") -> bytes:
    """The body. Anything but 200 stops the run."""
    host = url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", address, headers={"Cookie": cookies} if cookies else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    return body
