"""Backups: both databases and the files in one archive with a manifest, and the way back. Never the keys."""
