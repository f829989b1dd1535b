"""Keystones scored on a rubric through the program's scoring policy."""
