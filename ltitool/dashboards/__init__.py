"""Read-only pages that join features: this week, the cohort board, the overview."""
