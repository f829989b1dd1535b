"""Measurements: how fast, how large, and how equal to others."""
