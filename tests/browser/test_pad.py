"""The pen pad and the panel of notebook 06 as a reader meets them, with a mouse and a finger."""

import re

import pytest

from mdn_utils.data import line_files

sync_api = pytest.importorskip("playwright.sync_api")
NOTEBOOK = "06_biased_and_primed_sampling.ipynb"
# two words of one stroke each, as a child would write them, in the pad's own units
STROKES = [
    [
        (60, 105),
        (85, 50),
        (95, 50),
        (80, 100),
        (90, 105),
        (105, 75),
        (125, 70),
        (110, 75),
        (105, 95),
        (120, 105),
        (135, 80),
    ],
    [(180, 105), (205, 50), (210, 50), (195, 105), (210, 75), (225, 75), (225, 105), (240, 100)],
]


def sheet(page):
    """The first of the two panels with the pen pad shows the same sheet as the second."""
    return page.locator("canvas[aria-label='a sheet to write on with mouse, pen or finger']").first


def ink(page):
    """How many of the sheet's pixels are dark."""
    return sheet(page).evaluate("""canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
        .data.filter((value, i) => i % 4 == 3 && value > 128).length""")


def press(page, label):
    page.get_by_role("button", name=label, exact=True).first.click()


def fill(page, label, text):
    page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_label(label, exact=True).first.press("Enter")


def results(page, control):
    """The part of the page that shows what a panel wrote, the panel being the one with `control` in it."""
    return (
        page.locator(".widget-vbox")
        .filter(has=page.get_by_label(control, exact=True))
        .locator(".widget-html")
        .last
    )


def write_by_mouse(page):
    sheet(page).scroll_into_view_if_needed()
    box = sheet(page).bounding_box()
    scale = box["width"] / 700
    for stroke in STROKES:
        points = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=5)
        page.mouse.up()


def test_a_recorded_line_stands_in_for_an_empty_sheet(page):
    press(page, "Wipe")
    press(page, "Go on")
    shown = results(page, "it says")
    sync_api.expect(shown).to_contain_text("a simulated writer's line stands in")
    assert shown.locator("path.primer").count() > 0 and shown.locator("path.new").count() > 3


def test_draw_and_go_on(page):
    press(page, "Wipe")
    empty = ink(page)
    write_by_mouse(page)
    drawn = ink(page)
    assert drawn > empty + 300, "the mouse should leave ink on the sheet"
    fill(page, "it says", "be h")
    fill(page, "go on with", "and on")
    press(page, "Go on")
    shown = results(page, "it says")
    sync_api.expect(shown.locator("title")).to_have_text("be h and on")
    assert shown.locator("path.primer").count() == len(STROKES), (
        "it should go on from what was drawn"
    )
    assert shown.locator("path.new").count() >= 2, "it should go on: two words, joined or not"
    assert "stands in" not in shown.inner_text()
    press(page, "Undo")
    page.wait_for_function(
        """([canvas, before]) => canvas.getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.filter((v, i) => i % 4 == 3 && v > 128).length < before""",
        arg=[sheet(page).element_handle(), drawn],
    )
    assert ink(page) > empty, "only the last stroke should go"


def test_a_finger_writes_and_does_not_scroll(page):
    press(page, "Wipe")
    sheet(page).scroll_into_view_if_needed()
    empty, box = ink(page), sheet(page).bounding_box()
    touch = page.context.new_cdp_session(page)
    for kind, step in [
        ("touchStart", 0),
        *[("touchMove", k) for k in range(1, 9)],
        ("touchEnd", None),
    ]:
        points = (
            []
            if step is None
            else [{"x": box["x"] + 100 + 10 * step, "y": box["y"] + 30 + 10 * step}]
        )
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert ink(page) > empty + 100
    assert sheet(page).bounding_box() == box, "a finger on the sheet should not scroll the page"


def test_a_resting_palm_draws_nothing(page):
    press(page, "Wipe")
    sheet(page).scroll_into_view_if_needed()
    box = sheet(page).bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 90, steps=5)
    drawn = ink(page)
    sheet(
        page
    ).evaluate("""canvas => ["pointerdown", "pointermove", "pointerup"].forEach(kind => canvas.dispatchEvent(
        new PointerEvent(kind, { pointerId: 99, button: 0, clientX: 0, clientY: 0 })))""")
    assert ink(page) == drawn
    page.mouse.up()
    assert ink(page) == drawn


def test_save_and_load(page, lab):
    press(page, "Wipe")
    write_by_mouse(page)
    fill(page, "it says", "be h")
    drawn = ink(page)
    press(page, "Save")
    sync_api.expect(results(page, "it says")).to_contain_text("holds 1 of your lines")
    (line,) = line_files.load_lines(lab[0] / "my_lines.json")
    assert line.text == "be h" and line.strokes[:, 2].sum() == len(STROKES)
    assert line.strokes[1:5, 1].sum() > 0, (
        "the first stroke begins upwards, and y goes up in the file"
    )
    press(page, "Wipe")
    page.wait_for_timeout(500)
    empty = ink(page)
    press(page, "Load")
    page.wait_for_timeout(500)
    assert empty + 300 < ink(page) and empty < drawn
    assert page.get_by_label("it says", exact=True).input_value() == "be h"


def test_what_cannot_be_done_is_said_in_one_sentence(page):
    press(page, "Wipe")
    write_by_mouse(page)
    alert = results(page, "it says").get_by_role("alert")
    fill(page, "it says", "be h")
    fill(page, "go on with", "stra\u00dfe")
    press(page, "Go on")
    sync_api.expect(alert).to_contain_text("\u00df")
    fill(page, "file", "nowhere.json")
    press(page, "Load")
    sync_api.expect(alert).to_contain_text("no such file")


def test_panel(page):
    shown = results(page, "seed")
    first = shown.locator("path").first.get_attribute("d")
    fill(page, "text", "in a browser")
    sync_api.expect(shown.locator("title")).to_have_text("in a browser")
    strokes = shown.locator("path.new")
    assert strokes.count() > 4 and strokes.first.get_attribute("d") != first
    before = strokes.first.get_attribute("d")
    page.get_by_label("style", exact=True).select_option("joined, slanted")
    sync_api.expect(strokes.first).not_to_have_attribute("d", before)
    assert shown.locator("path.primer").count() > 0
    for bad, said in [
        ("stra\u00dfe", "\u00df"),
        ("", "empty"),
        (80 * "a", "80 characters"),
        ("<b>\u00df</b>", "<b>"),
    ]:
        fill(page, "text", bad)
        sync_api.expect(shown.get_by_role("alert")).to_contain_text(said)
    fill(page, "text", "kept")
    with page.expect_download() as download:
        shown.get_by_role("link", name="Keep it (SVG)").click()
    picture = download.value.path().read_text()
    assert (
        picture.startswith("<svg")
        and "kept</title>" in picture
        and download.value.suggested_filename == "line.svg"
    )


def test_the_line_draws_itself_unless_less_motion_is_wanted(page):
    shown, strokes = results(page, "seed"), results(page, "seed").locator("path.new")
    last = "paths => getComputedStyle(paths.at(-1)).opacity"
    fill(page, "text", "slowly, stroke by stroke")
    sync_api.expect(shown.locator("title")).to_have_text(re.compile("slowly"))
    assert strokes.evaluate_all(last) == "0", "the last stroke should not be there at once"
    page.wait_for_timeout(4000)
    assert strokes.evaluate_all(last) == "1", "and it should come"
    page.emulate_media(reduced_motion="reduce")
    fill(page, "text", "at once")
    sync_api.expect(shown.locator("title")).to_have_text(re.compile("at once"))
    assert strokes.evaluate_all("""paths => paths.every(
        path => getComputedStyle(path).opacity == 1 && path.getAnimations().length == 0)""")
    page.emulate_media(reduced_motion="no-preference")
