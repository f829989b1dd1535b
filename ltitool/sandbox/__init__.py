"""A practice LMS: an LTI 1.3 platform of its own, for the demo, the story and the tests.

It speaks to the tool over HTTP alone, has its own keys and its own SQLite file, and imports nothing
of the tool. See README.md.
"""
