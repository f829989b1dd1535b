"""The self-test of a platform: each service tried once, and the fix named for what fails."""
