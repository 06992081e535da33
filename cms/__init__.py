"""How it is published and wired: the Django project, Wagtail pages, and the pages that join the apps."""
