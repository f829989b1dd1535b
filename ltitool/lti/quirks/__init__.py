"""The manners of single LMSs, each in its own module; everything else of this package knows none by name."""
