"""How the documentation is built: Sphinx, MyST, furo; a warning fails the build."""

from __future__ import annotations

import amazon_orders

project = "amazon-order-sync"
author = "the amazon-order-sync authors"
copyright = author
release = version = amazon_orders.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "adr/template.md"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"

html_theme = "furo"
html_title = "amazon-order-sync"
