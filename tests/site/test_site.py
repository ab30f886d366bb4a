"""The whole site: no warning while it is built, no broken link, nothing that keeps a reader out."""
import urllib.parse
from html.parser import HTMLParser

import pytest

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# A page of each kind, for a desk or a phone. Lessons take long, because of their formulas.
VISITS = [
    ("index.html", DESK, "light"),
    ("index.html", PHONE, "dark"),
    ("notebooks/02_mixture_density_networks.html", PHONE, "dark"),
    ("exercises/05_handwriting_synthesis.html", DESK, "light"),
    ("api/mdn_utils.layers.soft_window.html", PHONE, "dark"),
    ("docs/symbols.html", PHONE, "light"),
]


class Page(HTMLParser):
    """The links of a page, what it loads, and what can be linked to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        if tag == "a":
            self.links += [found["href"]] if found.get("href") else []
        else:
            self.loads += [found[key] for key in ("src", "href", "data") if found.get(key)]


@pytest.fixture(scope="module")
def pages(site):
    """All pages, by their place on the site. Those of the theme's folder are no pages."""
    return {
        str(path.relative_to(site)): Page(path.read_text("utf-8"))
        for path in sorted(site.rglob("*.html")) if "_static" not in path.parts
    }


@pytest.fixture(scope="module")
def address(site, serve):
    return serve(site)


def target(page, link):
    """Where a link on a page leads: a path on the site and an anchor, or None for another host."""
    if urllib.parse.urlsplit(link).scheme or link.startswith("//"):
        return None
    whole = urllib.parse.urlsplit(urllib.parse.urljoin(f"https://site/{page}", link))
    return urllib.parse.unquote(whole.path[1:]), urllib.parse.unquote(whole.fragment)


def test_no_link_is_broken(site, pages):
    broken = []
    for name, page in pages.items():
        for link in page.links + page.loads:
            path, anchor = target(name, link) or (None, "")
            if path is None:
                continue
            if not (site / path).is_file() or anchor and path in pages and anchor not in pages[path].anchors:
                broken.append(f"{name}: {link}")
    assert not broken


def test_nothing_is_loaded_from_another_host(pages):
    assert not [(name, link) for name, page in pages.items() for link in page.loads
                if target(name, link) is None and not link.startswith("data:")]


def test_every_page_can_be_reached_from_the_front_page(pages):
    reached, left = set(), {"index.html"}
    while left:
        name = left.pop()
        reached.add(name)
        left |= {path for path, _ in filter(None, (target(name, link) for link in pages[name].links))
                 if path in pages and path not in reached}
    assert set(pages) - reached <= {"search.html"}


def test_the_front_page_leads_to_what_teachers_and_readers_look_for(pages):
    links = {target("index.html", link)[0] for link in pages["index.html"].links if target("index.html", link)}
    assert links >= {
        "write/index.html", "INSTRUCTORS.html", "api/index.html", "docs/symbols.html", "docs/results.html",
        "docs/reliability.html", "docs/scaling.html", "exercises/01_rnn_and_lstm.html",
    }


def test_the_front_page_writes_its_line(open_page, address):
    page = open_page(f"{address}/index.html", reduced_motion="reduce")
    page.locator(".course-hand path.dry").first.wait_for()
    assert page.locator(".course-hand .letters").inner_text() == "You know nothing, Jon Snow."
    assert not page.locator(".course-hand img").is_visible()
    page.get_by_role("link", name="Write something yourself").click()
    page.get_by_text("Written.").wait_for()


def test_on_a_phone_the_lessons_and_the_contents_unfold(open_page, address):
    page = open_page(f"{address}/docs/results.html", viewport=PHONE)
    page.wait_for_load_state("networkidle")
    for button, link in (("primary", "01 RNN and LSTM"), ("secondary", "Your own hand")):
        page.locator(f".{button}-toggle").click()
        page.get_by_role("dialog").get_by_role("link", name=link).wait_for()
        page.keyboard.press("Escape")


def test_without_javascript_the_front_page_shows_the_picture(open_page, address):
    page = open_page(f"{address}/index.html", java_script_enabled=False)
    assert page.locator(".course-hand img").is_visible()


@pytest.mark.parametrize("path, viewport, scheme", VISITS)
def test_everybody_can_use_every_kind_of_page(open_page, address, serious, path, viewport, scheme):
    page = open_page(f"{address}/{path}", viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert serious(page) == []
