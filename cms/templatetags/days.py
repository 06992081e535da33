"""Today's word in templates."""

from __future__ import annotations

from django import template

from courses.days import tonight

register = template.Library()
register.filter("tonight", tonight)
