"""One run of a program: offering, cohorts, people in them, sessions, coaching, hours, progress."""
