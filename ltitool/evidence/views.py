"""The blueprints of evidence with all their views, for the application to register."""

from ltitool.evidence import entry_views, keystone_views, map_views, photo_views, reading_views
from ltitool.evidence.pages import pages, reading

VIEW_MODULES = (entry_views, keystone_views, map_views, photo_views, reading_views)
"""Importing these puts their views on the blueprints."""

BLUEPRINTS = (pages, reading)
