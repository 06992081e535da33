#!/usr/bin/env python
"""Runs the project's commands with cms.settings."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    from django.core.management import execute_from_command_line

    from cms.command_words import speak_norwegian

    speak_norwegian()
    execute_from_command_line(sys.argv)
