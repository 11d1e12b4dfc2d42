"""How things look: the theme, tables, HTML and SVG."""
