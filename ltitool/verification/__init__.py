"""The public verifier: one page that takes a badge and says what it is worth knowing."""
