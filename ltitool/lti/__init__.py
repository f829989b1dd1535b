"""LTI 1.3 Advantage: platforms, launches, gradebook and roster services."""
