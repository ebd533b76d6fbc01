"""How every page looks and speaks: templates, styles, state tags, dates, error pages, page headers."""
