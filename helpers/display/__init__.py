"""How values look in a notebook: colors and fonts, HTML, tables and drawings."""
