"""The public verifier: is this badge genuine, whose is it, does it still stand. Nothing of it is kept."""
