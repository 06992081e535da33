"""The rows of evaluation/. ``answers.py`` will hold those that live in the answers database."""
