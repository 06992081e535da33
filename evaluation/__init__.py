"""What changed: instruments, sealed answers, figures. Imports courses, never cms."""
