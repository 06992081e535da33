"""Every route of a resolver by the name the access matrix knows it by, with an address to try."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import URLResolver, reverse
from django.urls.resolvers import RegexPattern

from cms.access_matrix import Rule, rule_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.urls import URLPattern

# What Wagtail's routes with regular expressions are given instead of their groups.
REGEX = {
    "wagtailadmin_pages:revisions_compare": ("{page_id}", "earliest", "latest"),
    "wagtailmedia:add": ("audio",),
    "wagtailmedia:chooser_upload": ("audio",),
    "wagtailmedia:chooser_typed": ("audio",),
}
# What is no name of anything, unless a test knows better.
MADE_UP: dict[str, Any] = {"app_label": "cms", "model_name": "picture", "page_id": 999_999, "pk": "999999"}


@dataclass(frozen=True)
class Route:
    name: str  # as request.resolver_match.view_name
    parameters: tuple[tuple[str, type], ...]
    groups: bool
    literal: str  # of a route without a name

    @property
    def rule(self) -> Rule | None:
        return rule_for(self.name)

    @property
    def is_wagtails(self) -> bool:
        return self.literal.startswith("cms/")

    def address(self, real: dict[str, Any]) -> str:
        """With real values where there are some, and made-up ones of the right kind elsewhere."""
        if self.groups:
            return "/" + self.literal.replace("^.*/$", "finnes-ikke/")
        if self.name in REGEX:
            return reverse(
                self.name, args=[str(word).format_map(MADE_UP | real) for word in REGEX[self.name]]
            )
        values = {
            name: real.get(
                f"{self.name}.{name}", real.get(name, MADE_UP.get(name, 999_999 if kind is int else "x"))
            )
            for name, kind in self.parameters
        }
        return reverse(self.name, kwargs=values)


def routes_of(resolver: URLResolver) -> list[Route]:
    return list(_walk(resolver, (), {}, ""))


def _walk(
    resolver: URLResolver, spaces: tuple[str, ...], outer: dict[str, Any], before: str
) -> Iterator[Route]:
    for row in resolver.url_patterns:
        converters = outer | dict(row.pattern.converters)
        literal = before + str(row.pattern)
        if isinstance(row, URLResolver):
            inner = (*spaces, row.namespace) if row.namespace else spaces
            yield from _walk(row, inner, converters, literal)
        else:
            yield _route(row, spaces, converters, literal)


def _route(row: URLPattern, spaces: tuple[str, ...], converters: dict[str, Any], literal: str) -> Route:
    kinds = {
        name: int if "Int" in type(converter).__name__ else str for name, converter in converters.items()
    }
    named = isinstance(row.pattern, RegexPattern) and re.search(r"\(\?P<", str(row.pattern))
    return Route(
        name=":".join((*spaces, row.name or row.lookup_str)),
        parameters=tuple(kinds.items()) if not named else (),
        groups=not row.name,
        literal=literal,
    )
