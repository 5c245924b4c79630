"""A tutorial as Markdown or HTML, from one render tree."""
