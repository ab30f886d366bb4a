"""The screen of notebook 12: a mouse plays for five seconds, and the network answers."""

NOTEBOOK = "12_robojam.ipynb"
BLUE, ORANGE = (0, 114, 178), (213, 94, 0)


def screen(page):
    return page.locator("canvas[aria-label='a screen to play on for five seconds']")


def ink(page, colour):
    """How many of the screen's pixels have a colour."""
    return screen(page).evaluate("""(canvas, colour) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let i = 0; i < data.length; i += 4) count += colour.every((value, k) => data[i + k] == value);
        return count;
    }""", colour)


def tap(page, x, y):
    box = screen(page).bounding_box()
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def wait_for(page, ready, seconds):
    for _ in range(10 * seconds):
        if ready():
            return True
        page.wait_for_timeout(100)


def listens(page):
    """Touch the screen: at the first touch of a call, what was there before goes."""
    tap(page, 0.3, 0.5)
    return ink(page, BLUE) > 0 and ink(page, ORANGE) == 0


def test_a_call_is_answered_and_then_the_screen_listens_again(page):
    screen(page).scroll_into_view_if_needed()
    page.wait_for_timeout(1000)  # for the answer that the last cell asks for
    assert wait_for(page, lambda: listens(page), 30)
    for k in range(1, 20):
        page.wait_for_timeout(200)
        tap(page, 0.3 + 0.3 * (k % 2), 0.5)
    assert wait_for(page, lambda: ink(page, ORANGE) > 100, 30), "no answer"
    blue = ink(page, BLUE)
    tap(page, 0.1, 0.1)
    assert ink(page, BLUE) <= blue, "while the network plays, touches don't count"
    assert wait_for(page, lambda: listens(page), 30)
