"""Queries that every page view asks: the ORM writes their SQL once per process, not once per request.

Writing the SQL of a small query costs several times what running it does (performance.md §2). A
``Prepared`` query is an ordinary queryset of values, written with a mark in place of each value and run
with the real ones; ``PreparedUpdate`` is the same of a change.
"""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.sql import UpdateQuery

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.utils import CursorWrapper
    from django.db.models import QuerySet
    from django.db.models.sql import Query
    from django.db.models.sql.compiler import SQLCompiler

INTEGER, TEXT, DAY = -987_654_321, "\x02mark", date.min  # kinds of values; never a row's own
MOMENT = datetime.min.replace(tzinfo=UTC)  # an aware datetime


def _as_sent(value: Any) -> Any:
    """A value as this database takes it. A datetime must be aware."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


class Prepared:
    """``build`` takes marks by name and gives a ``values_list``; calling runs it with values by name.

    ``marks``: each name's kind: INTEGER, TEXT, DAY or MOMENT. A name may stand in several places of the SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], **marks: int | str | date) -> None:
        self.build = build
        self.marks = {name: self._mark(kind, place) for place, (name, kind) in enumerate(marks.items())}
        self._written = threading.local()  # a compiler belongs to its thread's connection

    @staticmethod
    def _mark(kind: int | str | date, place: int) -> int | str | date:
        """The kind's mark, made different from its neighbours'."""
        if isinstance(kind, int):
            return kind - place
        if isinstance(kind, datetime):
            return kind.replace(hour=1, second=place)
        return f"{kind}{place}" if isinstance(kind, str) else kind.replace(day=place + 1)

    def _sql(self) -> tuple[str, list[str], SQLCompiler, dict[int, Any]]:
        """The SQL, the names of its values in order, and what turns a row into Python."""
        if not hasattr(self._written, "sql"):
            compiler = self._compiler(self.build(**self.marks).query)
            sql, values = compiler.as_sql()
            names = {str(_as_sent(mark)): name for name, mark in self.marks.items()}
            converters = compiler.get_converters([column[0] for column in compiler.select or ()])
            order = [names.get(str(value), value) for value in values]
            self._written.sql = (sql, order, compiler, converters)
        return self._written.sql

    def _compiler(self, query: Query) -> SQLCompiler:
        return query.get_compiler(connection=connection)

    def _done(self, cursor: CursorWrapper, values: dict[str, Any]) -> None:
        """Raises KeyError for a value without a name."""
        sql, order, *_rest = self._sql()
        given = {name: _as_sent(value) for name, value in values.items()}
        cursor.execute(sql, [given[name] if name in self.marks else name for name in order])

    def __call__(self, **values: Any) -> Any:
        """The rows, as a list of lists. One query. Raises KeyError for a value without a name."""
        with connection.cursor() as cursor:
            self._done(cursor, values)
            rows = cursor.fetchall()
        *_rest, compiler, converters = self._sql()
        return list(compiler.apply_converters(rows, converters)) if converters else rows


class PreparedUpdate(Prepared):
    """The same of an update: ``build`` gives the rows, of one table, and ``changes`` what they become."""

    def __init__(
        self, build: Callable[..., QuerySet[Any]], changes: dict[str, Any], **marks: int | str | date
    ) -> None:
        super().__init__(build, **marks)
        self.changes = changes

    def _compiler(self, query: Query) -> SQLCompiler:
        update = query.chain(UpdateQuery)
        update.add_update_values(self.changes)
        return update.get_compiler(connection=connection)

    def __call__(self, **values: Any) -> int:
        """How many rows. One query; where it fails, so does the transaction."""
        with connection.cursor() as cursor:
            self._done(cursor, values)
            return int(cursor.rowcount)
