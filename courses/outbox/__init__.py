"""The outbox: its rows, what each says when it goes, and the ways it goes (planned by messaging.py)."""
