"""The outbox at work: its rows, what each says when it goes, and the ways it goes (planned in messaging.py)."""
