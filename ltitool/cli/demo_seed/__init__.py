"""What the demo starts with. This file imports nothing: the processes that draw pictures pass through it."""
