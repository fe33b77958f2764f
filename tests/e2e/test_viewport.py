"""<image-viewport> in real browsers: its picture is numpy's to the byte on both renderers; and what hands can do."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drivers import Browser, Chromium, Missing, Site, open_browser
from PIL import Image

from scanfolio.pixels.window import Window, apply_voi_table, apply_window, auto_window, value_range

ROOT = Path(__file__).parents[2]
PAGE = "tests/e2e/viewport_harness.html"
Array = np.ndarray[Any, np.dtype[Any]]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(ROOT) as site:
        yield site


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    try:
        opened = open_browser(request.param)
    except Missing as missing:
        pytest.skip(str(missing))
    with opened:
        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    try:
        opened = Chromium()
    except Missing as missing:
        pytest.skip(str(missing))
    with opened:
        yield opened


def open_page(browser: Browser, site: Site, renderer: str) -> None:
    browser.goto(f"{site.url}{PAGE}?renderer={renderer}")
    browser.wait("window.viewport?.rendererName")
    if renderer == "webgl" and browser.eval("viewport.rendererName") != "webgl2":
        pytest.skip(f"no WebGL2 in this {browser.name}")


def show(browser: Browser, values: Array, recipe: dict[str, Any], keep: bool = False, **rest: Any) -> None:
    whole = {"rows": values.shape[0], "columns": values.shape[1], "dtype": values.dtype.name, **recipe}
    data = base64.b64encode(values.tobytes()).decode()
    browser.eval(f"show({json.dumps(whole)}, '{data}', {json.dumps(rest)}, {{keepView: {json.dumps(keep)}}})")


def picture(browser: Browser) -> Array:
    found = browser.eval("pixels()")
    shape = (found["rows"], found["columns"]) + ((3,) if found["samples"] == 3 else ())
    return np.frombuffer(base64.b64decode(found["data"]), np.uint8).reshape(shape)


def events(browser: Browser, name: str) -> list[Any]:
    return [event["detail"] for event in browser.eval("events") if event["name"] == name]


def all_values(dtype: str) -> Array:
    """Every value of an 8 or 16 bit type; of the others noise over the whole range."""
    kind = np.dtype(dtype)
    noise = np.random.default_rng(7)
    if kind.kind == "f":
        values = noise.normal(0, 500, (61, 67)).astype(kind)
        values[0, :3] = np.nan, np.inf, -np.inf
        return values
    info = np.iinfo(kind)
    if kind.itemsize <= 2:
        side = 16**kind.itemsize
        return np.arange(info.min, info.max + 1).astype(kind).reshape(side, side)
    return noise.integers(info.min, info.max, (61, 67), dtype=kind, endpoint=True)


def windows_for(values: Array) -> list[Window]:
    finite = values[np.isfinite(values)].astype(np.float64)
    middle, spread = float(finite.mean()), float(np.ptp(finite))
    places = [(40.0, 400.0), (40.0, 1.0), (127.5, 256.0), (middle, spread / 2), (middle + 0.3, spread / 17 + 1)]
    return [Window(c, w, f) for c, w in places for f in ("LINEAR", "LINEAR_EXACT", "SIGMOID")]


def as_recipe(window: Window) -> dict[str, Any]:
    return {"center": window.center, "width": window.width, "function": window.function, "name": "stored"}


@pytest.mark.parametrize("renderer", ["webgl", "canvas"])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
def test_every_window_function_gives_numpys_picture(browser: Browser, site: Site, dtype: str, renderer: str) -> None:
    open_page(browser, site, renderer)
    values = all_values(dtype)
    for n, window in enumerate(windows_for(values)):
        slope, intercept = [(1.0, 0.0), (0.37, -1024.5), (-2.0, 10.0)][n % 3]
        recipe = {"windows": [as_recipe(window)], "slope": slope, "intercept": intercept, "invert": n % 2 == 1}
        show(browser, values, recipe)
        with np.errstate(invalid="ignore"):
            expected = apply_window(values * slope + intercept, window)
        np.testing.assert_array_equal(picture(browser), np.invert(expected) if n % 2 else expected, err_msg=str(window))


@pytest.mark.parametrize("renderer", ["webgl", "canvas"])
def test_tables_shifts_colours_and_automatic_windows_too(browser: Browser, site: Site, renderer: str) -> None:
    open_page(browser, site, renderer)
    noise = np.random.default_rng(3)
    raw = noise.integers(0, 65536, (37, 53), dtype=np.uint16)  # odd sizes: rows end on no multiple of 4

    table = np.square(np.arange(4096)) % 4096
    show(browser, raw, {"windows": [], "voi_lut": {"first": 1000, "values": table.tolist(), "bits": 12}})
    np.testing.assert_array_equal(picture(browser), apply_voi_table(raw, 1000, table, 12))

    window = Window(-100, 3000)
    show(browser, raw.view(np.int16), {"windows": [as_recipe(window)], "shift_left": 4, "shift_right": 4})
    np.testing.assert_array_equal(picture(browser), apply_window((raw.view(np.int16) << 4) >> 4, window))

    padding = {"low": 0, "high": 30000}
    show(browser, raw, {"windows": [], "auto_window": True, "padding": padding})
    expected = apply_window(raw, auto_window(*value_range(raw, (0, 30000))))
    np.testing.assert_array_equal(picture(browser), expected)

    colours = noise.integers(0, 256, (37, 53, 3), dtype=np.uint8)
    show(browser, colours, {"kind": "rgb", "samples": 3, "windows": []})
    np.testing.assert_array_equal(picture(browser), colours)
    browser.eval("(viewport.invert = true, viewport.setWindow(10, 10))")
    np.testing.assert_array_equal(picture(browser), 255 - colours)


@pytest.mark.parametrize("renderer", ["webgl", "canvas"])
def test_at_one_to_one_the_screen_shows_the_picture_itself(chromium: Chromium, site: Site, renderer: str) -> None:
    chromium.page.set_viewport_size({"width": 401, "height": 300})
    open_page(chromium, site, renderer)
    values = np.random.default_rng(5).integers(0, 256, (64, 80), dtype=np.uint8)
    show(chromium, values, {})
    turned = np.rot90(values, -1)
    for turn, expected in (("", values), ("rotate(90)", turned), ("flip('h')", np.fliplr(turned))):
        chromium.eval(f"(async () => {{ {f'viewport.{turn};' if turn else ''} await viewport.zoomTo(1); }})()")
        screen = np.asarray(Image.open(io.BytesIO(chromium.page.screenshot())).convert("RGB"))
        rows, columns = expected.shape
        middle = screen[(300 - rows) // 2 : (300 - rows) // 2 + rows, :, 0]
        found = [x for x in range(150, 170) if np.array_equal(middle[:, x : x + columns], expected)]
        assert found, f"not on the screen after {turn}"
        assert np.array_equal(screen[..., 0], screen[..., 2])


@pytest.mark.parametrize("renderer", ["webgl", "canvas"])
def test_large_pixels_are_squares_and_small_ones_smooth(chromium: Chromium, site: Site, renderer: str) -> None:
    chromium.page.set_viewport_size({"width": 400, "height": 300})
    open_page(chromium, site, renderer)
    values = (np.indices((20, 20)).sum(axis=0) % 2 * 255).astype(np.uint8)
    show(chromium, values, {})

    def greys(scale: int) -> set[int]:
        chromium.eval(f"viewport.zoomTo({scale})")
        screen = np.asarray(Image.open(io.BytesIO(chromium.page.screenshot())).convert("L"))
        return set(screen[130:170, 150:250].ravel().tolist())

    assert greys(10) == {0, 255}
    assert len(greys(5)) > 2


def test_the_latest_frame_wins_and_everyone_is_answered(browser: Browser, site: Site) -> None:
    open_page(browser, site, "canvas")
    answers = browser.eval("""(async () => {
        const frame = (grey) => ({recipe: plain({rows: 4, columns: 4}), values: new Uint8Array(16).fill(grey)});
        const answers = await Promise.all([10, 20, 30].map((grey) => viewport.show(frame(grey))));
        return [answers.length, viewport.readPixels().data[0]];
    })()""")
    assert answers == [3, 30]


def test_a_chosen_window_is_kept_from_slice_to_slice_and_forgotten_with_the_view(browser: Browser, site: Site) -> None:
    open_page(browser, site, "canvas")
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    stored = {"windows": [{"center": 100, "width": 50, "function": "SIGMOID", "name": ""}]}
    show(browser, values, stored)
    assert browser.eval("[viewport.window, viewport.windowFunction]") == [{"center": 100, "width": 50}, "SIGMOID"]
    browser.eval("viewport.setWindow(60, 30)")
    assert browser.eval("viewport.windowFunction") == "SIGMOID"
    show(browser, values, stored, keep=True)
    np.testing.assert_array_equal(picture(browser), apply_window(values, Window(60, 30, "SIGMOID")))
    show(browser, values, stored, keep=False)
    np.testing.assert_array_equal(picture(browser), apply_window(values, Window(100, 50, "SIGMOID")))


def test_a_lost_context_leaves_the_picture_and_gives_it_back(chromium: Chromium, site: Site) -> None:
    open_page(chromium, site, "webgl")
    values = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    show(chromium, values, {"windows": [as_recipe(Window(2000, 3000))]})
    expected = apply_window(values, Window(2000, 3000))
    chromium.eval("""(() => {
        const canvas = viewport.querySelector("canvas");
        window.loss = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
        loss.loseContext();
    })()""")
    chromium.wait("viewport.rendererName === 'canvas'")
    np.testing.assert_array_equal(picture(chromium), expected)
    chromium.eval("loss.restoreContext()")
    chromium.wait("viewport.rendererName === 'webgl2'")
    np.testing.assert_array_equal(picture(chromium), expected)
    assert chromium.eval("viewport.querySelectorAll('canvas').length") == 1


def test_a_picture_larger_than_a_texture_is_shown_by_the_fall_back(chromium: Chromium, site: Site) -> None:
    open_page(chromium, site, "webgl")
    context = "viewport.querySelector('canvas').getContext('webgl2')"
    most = chromium.eval(f"{context}.getParameter(WebGL2RenderingContext.MAX_TEXTURE_SIZE)")
    for columns in (most + 1, 20000, 100):
        values = np.resize(np.arange(251, dtype=np.uint8), (2, columns))
        show(chromium, values, {})
        assert chromium.eval("viewport.rendererName") == ("webgl2" if columns <= most else "canvas")
        np.testing.assert_array_equal(picture(chromium), values)


@pytest.mark.parametrize("renderer", ["webgl", "canvas"])
def test_resizing_redraws(chromium: Chromium, site: Site, renderer: str) -> None:
    open_page(chromium, site, renderer)
    show(chromium, np.full((10, 10), 200, np.uint8), {})
    for width, height in ((700, 500), (300, 620)):
        chromium.page.set_viewport_size({"width": width, "height": height})
        chromium.wait(f"viewport.querySelector('canvas').width === {width}")
        screen = np.asarray(Image.open(io.BytesIO(chromium.page.screenshot())).convert("L"))
        assert screen[height // 2, width // 2] == 200


@pytest.fixture
def page(chromium: Chromium, site: Site) -> Any:
    """A page with a picture of 512 x 512 in a viewport of 600 x 600, image 5 of 60."""
    chromium.page.set_viewport_size({"width": 600, "height": 600})
    open_page(chromium, site, "canvas")
    values = np.random.default_rng(1).integers(-1000, 1000, (512, 512)).astype(np.int16)
    letters = {"top": "A", "right": "L", "bottom": "P", "left": "R"}
    recipe = {"windows": [as_recipe(Window(50, 400))], "unit": "HU", "letters": letters}
    text = {"tl": ["DOE^JANE"], "tr": ["Example Hospital"]}
    show(chromium, values, recipe, label="Chest", index=5, count=60, text=text)
    return chromium.page


def settle(chromium: Chromium) -> None:
    chromium.eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_the_wheel_steps_and_with_ctrl_zooms(chromium: Chromium, page: Any) -> None:
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 100)
    settle(chromium)
    page.mouse.wheel(0, -100)
    settle(chromium)
    assert events(chromium, "step") == [1, -1]
    before = chromium.eval("viewport.view.zoom")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    settle(chromium)
    assert chromium.eval("viewport.view.zoom") > before * 1.2
    assert len(events(chromium, "step")) == 2


def drag(page: Any, button: str, dx: int, dy: int) -> None:
    page.mouse.move(300, 300)
    page.mouse.down(button=button)
    page.mouse.move(300 + dx // 2, 300 + dy // 2)
    page.mouse.move(300 + dx, 300 + dy)
    page.mouse.up(button=button)


def test_the_buttons_drag_tool_window_and_pan(chromium: Chromium, page: Any) -> None:
    drag(page, "left", 0, 60)  # scroll: 60 images over 600 pixels
    settle(chromium)
    assert sum(events(chromium, "step")) == 6
    drag(page, "right", 50, 0)
    settle(chromium)
    window = chromium.eval("viewport.window")
    assert window["width"] > 400
    assert window["center"] == 50
    assert events(chromium, "window")[-1]["width"] == window["width"]
    drag(page, "middle", 40, 0)
    settle(chromium)
    assert chromium.eval("viewport.view.mode") == "free"
    page.mouse.dblclick(300, 300)
    settle(chromium)
    assert chromium.eval("viewport.view.mode") == "fit"
    assert chromium.eval("viewport.window") == window


def test_no_menu_opens_on_the_picture(chromium: Chromium, page: Any) -> None:
    shown = """(() => { const e = new MouseEvent("contextmenu", {bubbles: true, cancelable: true});
        return viewport.querySelector("canvas").dispatchEvent(e); })()"""
    assert chromium.eval(shown) is False


def test_keys_work_with_the_focus_on_the_picture_and_only_then(chromium: Chromium, page: Any) -> None:
    page.keyboard.press("ArrowDown")
    settle(chromium)
    assert events(chromium, "step") == []
    page.keyboard.press("Tab")
    for key in ("ArrowDown", "PageUp", "Home", "End", "ArrowRight", "ArrowLeft", "Space", "b", "3", "g"):
        page.keyboard.press(key)
        settle(chromium)
    assert events(chromium, "step") == [1, -10]
    assert events(chromium, "jump") == [{"to": "first"}, {"to": "last"}]
    assert events(chromium, "series") == [1, -1]
    assert (len(events(chromium, "play")), events(chromium, "tool"), events(chromium, "preset")) == (1, ["window"], [3])
    assert events(chromium, "key") == ["g"]
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("n")
    page.keyboard.press("+")
    settle(chromium)
    assert chromium.eval("viewport.window.width") > 400
    assert chromium.eval("[viewport.invert, viewport.view.mode]") == [True, "free"]
    page.keyboard.press("i")
    settle(chromium)
    assert "DOE^JANE" not in page.inner_text("image-viewport")
    assert "Image 5 / 60" in page.inner_text("image-viewport")
    page.keyboard.press("0")
    settle(chromium)
    assert chromium.eval("[viewport.invert, viewport.view.mode, viewport.window.width]") == [False, "fit", 400]


def test_a_screen_reader_hears_which_image(chromium: Chromium, page: Any) -> None:
    assert page.get_by_role("img", name="Chest, image 5 of 60").count() == 1


def test_one_finger_scrolls_and_two_zoom_and_move(chromium: Chromium, page: Any) -> None:
    session = chromium.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[int, int]) -> None:
        fingers = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", (300, 200))
    for y in (240, 280, 320):
        touch("touchMove", (300, y))
    touch("touchEnd")
    settle(chromium)
    assert sum(events(chromium, "step")) == 12  # 60 images over 600 pixels
    steps = len(events(chromium, "step"))
    before = chromium.eval("viewport.view.zoom")
    touch("touchStart", (280, 300))
    touch("touchStart", (280, 300), (320, 300))
    for far in (30, 40, 60):
        touch("touchMove", (300 - far, 300), (300 + far, 300))
    touch("touchMove", (240, 330), (360, 330))
    touch("touchEnd")
    settle(chromium)
    assert chromium.eval("viewport.view.zoom") == pytest.approx(before * 3, rel=0.02)
    assert chromium.eval("viewport.view.mode") == "free"
    assert len(events(chromium, "step")) == steps


def test_what_cannot_be_shown_says_why_on_an_empty_picture(chromium: Chromium, page: Any) -> None:
    sentence = "We cannot show this image: its compressed data ends too early."
    chromium.eval(f"show({json.dumps({'rows': 4, 'columns': 4, 'cannot': sentence})}, '', {{index: 6, count: 60}})")
    assert sentence in page.inner_text("image-viewport")
    screen = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
    assert int(screen[350:450, 200:400].max()) == 0
