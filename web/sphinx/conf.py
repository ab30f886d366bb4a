"""How Sphinx builds the site; tools/site_pages.py writes the pages that it reads."""
import inspect
import os

project = "From a recurrent network to your handwriting"
author = "the course's contributors"
copyright = "the course's contributors, MIT licence"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
nb_execution_mode = "off"  # the outputs are those that were committed
nb_ipywidgets_js = {}  # would come from another host
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
suppress_warnings = ["mystnb.unknown_mime_type"]
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
add_module_names = False
toc_object_entries_show_parents = "hide"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # attributes as a list, not as entries of their own
napoleon_use_rtype = False
templates_path = ["templates"]
exclude_patterns = []

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["../write/paper.css", "course.css"]
html_js_files = [("../figures/figures.js", {"type": "module"})]
html_favicon = "../write/icon.svg"
html_copy_source = False
html_use_index = html_domain_indices = False
html_show_sourcelink = False
html_last_updated_fmt = None
mathjax_path = "../mathjax/tex-svg.js"
html_context = {"default_mode": "auto"}
html_theme_options = {
    "repository_url": os.environ.get("REPOSITORY", ""),
    "use_repository_button": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "max_navbar_depth": 1,  # what unfolds has no name that a screen reader could say
    "show_toc_level": 2,
}


def signature(app, what, name, thing, options, arguments, returns):
    """Show what a Keras class is made from; Sphinx finds only the `*args, **kwargs` that Keras puts before it."""
    if what == "class" and arguments == "(*args, **kwargs)":
        found = inspect.signature(thing.__init__)
        return str(found.replace(parameters=list(found.parameters.values())[1:])), returns


def setup(app):
    app.connect("autodoc-process-signature", signature)
