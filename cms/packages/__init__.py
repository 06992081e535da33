"""Content in and out: programmes, pages, help numbers and words as files that people read and correct.

files → ``reading`` → contents → ``loading`` → pages, and pages → ``writing`` → files. Between them
stands Markdown (``markdown``: the body of a page; ``prose``: running text). Loading is all or nothing,
and loading what was just exported changes nothing.
"""

from cms.packages.loading import Outcome, load
from cms.packages.writing import export
from courses.problems import PackageError, Problem

__all__ = ["Outcome", "PackageError", "Problem", "export", "load"]
