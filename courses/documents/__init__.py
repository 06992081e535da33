"""Word documents for a course: run sheet, attendance list, handouts, booklet, letter and certificates.

Only this package knows python-docx. ``paper.py`` is the one door text goes through on its way into a file;
each document is a function of its own that takes plain data and gives the bytes of a .docx.
"""
