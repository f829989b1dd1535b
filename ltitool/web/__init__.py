"""What every page shares: templates, guards, languages, headers, error pages."""
