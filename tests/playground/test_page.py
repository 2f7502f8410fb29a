"""The page of the playground in a real browser: what a reader does, and that what is shown is what the engine has."""
from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pynn
from pynn.playground.server import Server
from pynn.playground.session import Session

PAGE = Path(pynn.__file__).parent / "playground" / "page"
CHROMIUM = os.environ.get("PYNN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
AXE = os.environ.get("PYNN_AXE")            # the path of axe.min.js, from the package axe-core of npm

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(Session())
    yield server
    server.close()


class Window:
    """A page, with what went wrong in it: errors, messages of the console, requests to anywhere else."""

    def __init__(self, browser: Any, server: Server, *, code: str = "", **context: Any) -> None:
        self.server, self.trouble = server, []
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-US", **context})
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", lambda message: self.trouble.append(message.text))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", lambda request: request.url.startswith((f"http://127.0.0.1:{server.port}/", "blob:", "data:"))
                     or self.trouble.append(request.url))
        self.page.goto(server.url + code)
        self.page.wait_for_selector(".surface")

    @property
    def net(self) -> pynn.Network:
        """The session's network of now."""
        return self.server.owner.call(lambda session: session.net.copy()).result()

    def session(self, read: Any) -> Any:
        """What a function of the session gives."""
        return self.server.owner.call(read).result()

    def step(self, unit: str, times: int = 1) -> None:
        """Press a button of the steps."""
        for _ in range(times):
            before = self.place
            self.page.click(f"[data-step={unit}]")
            self.until(lambda before=before: self.place != before)

    @property
    def place(self) -> tuple[int, int, int]:
        """Epoch, batch and example of the session."""
        return self.session(lambda session: (session.course.epoch, session.course.batch, session.looked_at))

    def until(self, holds: Any, seconds: float = 15) -> None:
        """Wait until something is so."""
        for _ in range(int(seconds / 0.05)):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("it did not come about")

    def text(self, selector: str) -> str:
        """The text of an element."""
        return self.page.text_content(selector)

    def shows_epoch(self, epoch: int) -> None:
        """Wait until the page shows an epoch."""
        self.until(lambda: self.text("[data-epoch]").replace("\u2009", "") == str(epoch))


@pytest.fixture
def window(browser: Any, server: Server) -> Iterator[Window]:
    window = Window(browser, server)
    yield window
    window.context.close()
    assert window.trouble == []


def test_it_learns_the_circles_and_stops(window):
    page = window.page
    page.click("[data-key=play]")
    window.until(lambda: re.match(r"(100|99)", window.text("[data-score=test-accuracy]")))
    page.keyboard.press("Escape")
    page.click("[data-key=play]")
    window.until(lambda: window.session(lambda session: session.status) == "paused")
    assert window.net.evaluate(*window.session(lambda session: (session.course.stage.examples.X_test,
                                                                session.course.stage.examples.y_test)))["accuracy"] >= 0.99


def test_back_and_on_gives_the_same_numbers(window):
    window.step("epoch", 6)
    window.shows_epoch(6)
    theta = window.net.parameters.tobytes()
    shown = window.text("[data-score=train-loss]")
    window.page.focus("[data-key=timeline]")
    for _ in range(4):
        window.page.keyboard.press("ArrowLeft")
    window.shows_epoch(2)
    window.until(lambda: window.place == (2, 0, 0))
    assert window.net.parameters.tobytes() != theta
    window.step("epoch", 4)
    assert window.net.parameters.tobytes() == theta
    window.until(lambda: window.text("[data-score=train-loss]") == shown)


def test_batches_and_examples(window):
    window.step("batch", 2)
    window.step("example", 3)
    window.until(lambda: "example 3 of 32 in batch 3" in window.text(".now"))


def test_a_weight_is_typed_and_its_equation_shows_it(window):
    page = window.page
    page.click("[data-key=unit-2-3]")
    page.fill("[data-key=weight-1]", "0.125")
    page.press("[data-key=weight-1]", "Enter")
    window.until(lambda: window.net[2].W[2, 0] == 0.125)
    page.focus(".surface")
    page.keyboard.press("ArrowRight")               # the first example
    page.wait_for_selector(".equations math")
    window.until(lambda: "0.125" in window.text(".equations"))
    net = window.net
    X, y = window.session(lambda session: session.course.stage.examples.find(session.view.example, "example"))
    window.until(lambda: float(window.text("[data-number=z]")) == net.forward(X).Z[2][2, 0])
    told = pynn.explain(net, X, y, learning_rate=0.1, layer=2, unit=3)
    page.click("summary:has-text('All digits')")
    page.wait_for_selector(".digits td")
    digits = page.locator(".digits td").all_text_contents()
    assert float(digits[0]) == told.to_dict()["W"][2][2, 0]


def test_a_weight_is_typed_at_its_line(window):
    page = window.page
    first, second = (page.locator(f"[data-key={key}]").bounding_box() for key in ("unit-0-1", "unit-1-1"))
    x = (first["x"] + first["width"] + second["x"]) / 2
    y = (first["y"] + first["height"] / 2 + second["y"] + second["height"] / 2) / 2
    page.mouse.click(x, y)
    page.wait_for_selector(".weight-tip input")
    page.keyboard.type("-1.5")
    page.keyboard.press("Enter")
    window.until(lambda: -1.5 in window.net[1].W)


def test_the_surface_is_what_the_network_predicts(window):
    window.step("epoch", 8)
    window.until(lambda: window.text("[data-epoch]") == "8")
    window.page.wait_for_timeout(300)
    pixels = np.array(window.page.evaluate(
        "() => { const map = document.querySelector('.surface canvas');"
        " return [...map.getContext('2d').getImageData(0, 0, map.width, map.height).data]; }"))
    side = round((len(pixels) / 4) ** 0.5)
    red, blue = (pixels.reshape(side, side, 4)[::-1, :, k].astype(int) for k in (0, 2))
    x0, x1, y0, y1 = window.session(lambda session: session.message("state").header["view"]["extent"])
    across, up = np.meshgrid(np.linspace(x0, x1, side), np.linspace(y0, y1, side))
    p = window.net.predict_proba(np.column_stack([across.ravel(), up.ravel()]))[:, 1].reshape(side, side)
    sure = np.abs(p - 0.5) > 0.05
    assert sure.mean() > 0.5
    assert ((blue > red) == (p > 0.5))[sure].all()      # blue is class 1


def test_a_table_is_dropped_on_the_page(window):
    rows = [f"{k % 7},{k % 5},{'red' if k % 2 else 'blue'},{'big' if k % 7 > 3 else 'small'}" for k in range(80)]
    table = "\n".join(["height,width,colour,kind", *rows])
    data = window.page.evaluate_handle(
        "text => { const data = new DataTransfer();"
        " data.items.add(new File([text], 'shapes.csv', {type: 'text/csv'})); return data; }", table)
    window.page.dispatch_event(".pynn", "drop", {"dataTransfer": data})
    window.page.wait_for_selector("text=shapes.csv")
    window.page.click("summary:has-text('Learn from 3 columns')")
    assert window.page.is_checked("label:has-text('colour') input")
    inputs = window.net.sizes[0]
    window.page.uncheck("label:has-text('width') input")
    window.page.wait_for_selector("summary:has-text('Learn from 2 columns')")
    assert window.net.sizes[0] == inputs - 1
    window.step("epoch", 1)
    assert window.session(lambda session: session.message("state").header["names"]["labels"]) is not None


def test_a_shared_address_opens_the_same_network(window, browser):
    window.step("epoch", 3)
    window.page.click("[data-key=unit-1-1]")
    window.page.fill("[data-key=weight-0]", "0.5")
    window.page.press("[data-key=weight-0]", "Enter")
    window.until(lambda: window.net[1].b[0, 0] == 0.5)
    window.step("epoch", 2)
    window.page.click("[data-key=share]")
    address = window.page.wait_for_selector("dialog input[readonly]").input_value()
    theta, other = window.net.parameters.tobytes(), Server(Session())
    try:
        second = Window(browser, other, code="&" + address.partition("#")[2])
        second.until(lambda: second.place == (5, 0, 0))
        assert second.net.parameters.tobytes() == theta
        second.shows_epoch(5)
        assert second.trouble == []
        second.context.close()
    finally:
        other.close()


def test_a_place_without_an_example_has_numbers_too(window):
    """It has no target; the page asks which one it should have, and everything goes on."""
    window.page.click(".surface", position={"x": 5, "y": 5})
    window.page.click("[data-key=unit-1-1]")
    window.page.wait_for_selector("[data-key=point-target]")
    window.until(lambda: float(window.text("[data-number=z]").replace("–", "nan")) == window.net.forward(
        [window.session(lambda session: session.view.point)]).Z[1][0, 0])
    window.step("epoch", 2)
    window.shows_epoch(2)


def test_a_work_of_now_is_not_lost_by_a_reload(window):
    window.step("epoch", 2)
    window.page.click("[data-key=share]")
    window.page.wait_for_selector("dialog input[readonly]")
    window.page.keyboard.press("Escape")
    window.step("epoch", 3)
    window.page.reload()
    window.page.wait_for_selector(".surface")
    window.shows_epoch(5)


def test_a_shared_address_opens_in_another_tab(window):
    window.page.click("[data-key=share]")
    address = window.page.wait_for_selector("dialog input[readonly]").input_value()
    window.page.keyboard.press("Escape")
    window.step("epoch", 3)
    other = window.context.new_page()
    other.goto(address)
    other.wait_for_selector(".surface")
    window.until(lambda: window.place == (0, 0, 0))


def test_the_end_of_the_session_is_said(browser, server):
    window = Window(browser, server)
    server.close()
    window.page.wait_for_selector(".notice")
    assert window.page.is_disabled("[data-key=play]")
    window.context.close()


def test_points_by_hand(window):
    before = window.session(lambda session: len(session.course.stage.examples.X))
    window.page.click("[data-value='add:1']")
    window.page.click(".surface", position={"x": 12, "y": 12})
    window.until(lambda: window.session(lambda session: len(session.course.stage.examples.X)) == before + 1)
    window.page.click("[data-value=remove]")
    x, y = window.session(lambda session: session.course.stage.examples.X[-1])
    x0, x1, y0, y1 = window.session(lambda session: session.message("data").header["extent"])
    box = window.page.locator(".surface").bounding_box()
    window.page.click(".surface", position={"x": (x - x0) / (x1 - x0) * box["width"],
                                            "y": (y1 - y) / (y1 - y0) * box["height"]})
    window.until(lambda: window.session(lambda session: len(session.course.stage.examples.X)) == before)


def test_layers_units_and_activations(window):
    page = window.page
    page.click("[data-key=plus-1]")
    window.until(lambda: window.net.sizes == (2, 5, 6, 6, 4, 1))
    page.click("[data-key=remove-layer]")
    window.until(lambda: window.net.sizes == (2, 5, 6, 6, 1))
    page.select_option("[data-key=activation-2]", "tanh")
    window.until(lambda: window.net[2].activation == "tanh")
    page.wait_for_selector("[data-key=unit-4-1]")


def test_a_value_that_is_refused_says_why(window):
    window.page.fill("[data-key=learning-rate]", "-1")
    window.page.press("[data-key=learning-rate]", "Enter")
    window.page.wait_for_selector(".notice:has-text('learning_rate')")
    assert window.page.get_attribute("[data-key=learning-rate]", "aria-invalid") == "true"
    assert window.session(lambda session: session.course.stage.setting["training"]["learning_rate"]) == 0.1


def test_one_step_slowly_and_the_gradients(window):
    page = window.page
    page.click("#pynn-tab-slow")
    page.click("[data-key=slow-batch]")
    page.wait_for_selector(".phases")
    for _ in range(17):
        page.click("[data-key=slow-next]")
    page.click("[data-key=slow-next]")              # the step itself
    window.until(lambda: window.place == (0, 1, 0))
    page.click("#pynn-tab-gradients")
    page.click("[data-key=check-gradients]")
    page.wait_for_selector("text=All 117 gradients agree")


def test_why_not_finds_the_symmetry_and_mends_it(window):
    page = window.page
    page.select_option("[data-key=initializer]", "zeros")
    window.step("epoch", 2)
    page.click("#pynn-tab-why")
    page.click("[data-key=examine]")
    page.wait_for_selector(".finding button")
    page.click(".finding button")
    window.until(lambda: np.abs(window.net[1].W).min() > 0)


def test_learning_rates_are_compared_on_axes_with_numbers(window):
    page = window.page
    page.click("#pynn-tab-compare")
    page.fill("[data-key=compare-values]", "0.01, 0.3")
    page.fill("[data-key=compare-epochs]", "20")
    page.click("[data-key=start-compare]")
    page.wait_for_selector("text=All trained for 20 epochs.")
    page.wait_for_selector("text=α = 0.3")
    pixels = page.evaluate(
        "() => { const chart = document.querySelector('.chart'), pen = chart.getContext('2d'); "
        "return [chart.width, ...pen.getImageData(0, 0, chart.width, chart.height).data.filter((value, k) => k % 4 === 3)]; }")
    opaque = np.array(pixels[1:]).reshape(-1, pixels[0]) > 99
    assert opaque[:, :44].sum() > 50                # the losses
    assert opaque[-18:].sum() > 50                  # the epochs
    page.click("[data-key=take-1]")
    window.until(lambda: window.session(lambda session: session.course.stage.setting["training"]["learning_rate"]) == 0.3)


def test_both_languages_and_themes(window):
    page = window.page
    page.click("[data-value=zh]")
    page.wait_for_selector("text=神经网络")
    assert page.get_attribute("html", "lang") == "zh-CN"
    page.click("[data-key=theme]")
    page.wait_for_selector(".pynn[data-theme=dark]")
    page.reload()
    page.wait_for_selector("text=神经网络")         # it remembers both
    page.wait_for_selector(".pynn[data-theme=dark]")
    page.click("[data-value=en]")
    page.wait_for_selector("text=Network")


def test_the_keyboard_alone(window):
    """Train, pause, choose a unit, type a weight, open a tab: Tab, arrows, Enter and the space bar."""
    page = window.page

    def tab_to(key: str) -> None:
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.dataset.key") == key:
                return
        raise AssertionError(f"the Tab key does not reach {key}")

    tab_to("play")
    page.keyboard.press("Enter")
    window.until(lambda: window.place[0] > 3)
    page.keyboard.press("Enter")
    window.until(lambda: window.session(lambda session: session.status) == "paused")
    assert page.text_content("[role=status]") != ""
    tab_to("unit-1-1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector(".unit.chosen")
    tab_to("weight-1")
    page.keyboard.press("Control+A")
    page.keyboard.type("0.75")
    page.keyboard.press("Enter")
    window.until(lambda: 0.75 in window.net[2].W)


@pytest.mark.parametrize("width", [1280, 390, 360])
def test_nothing_is_wider_than_the_window(browser, server, width):
    window = Window(browser, server, viewport={"width": width, "height": 800})
    for tab in ("numbers", "slow", "gradients", "why", "compare", "landscape", "challenges", "lessons"):
        window.page.click(f"#pynn-tab-{tab}")
        assert window.page.evaluate("() => document.documentElement.scrollWidth") <= width, tab
    assert window.page.evaluate(
        "() => { const edge = document.querySelector('.diagram').getBoundingClientRect().right; "
        "return [...document.querySelectorAll('.column .head > *')]"
        ".filter((one) => one.getBoundingClientRect().right > edge + 1)"
        ".map((one) => one.textContent); }") == []
    if width == 1280:
        for part in (".data", ".network", ".surface", "[data-key=play]"):
            box = window.page.locator(part).bounding_box()
            assert box["y"] + min(box["height"], 500) <= 800, f"{part} is not on the first screen"
    assert window.trouble == []
    window.context.close()


@pytest.mark.skipif(AXE is None, reason="needs axe-core: its axe.min.js in PYNN_AXE")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_accessibility(browser, server, scheme, width):
    window = Window(browser, server, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = window.page
    page.focus(".surface")
    page.keyboard.press("ArrowRight")
    page.click("[data-key=unit-1-1]")
    page.wait_for_selector(".equations math")
    page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    for tab in ("numbers", "slow", "gradients", "why", "compare", "landscape", "challenges", "lessons"):
        page.click(f"#pynn-tab-{tab}")
        found = page.evaluate("() => axe.run({resultTypes: ['violations']})")["violations"]
        serious = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found
                   if one["impact"] in ("serious", "critical")]
        assert serious == [], tab
    window.context.close()


def test_nothing_is_sent_while_paused(window):
    window.step("epoch", 1)
    window.page.wait_for_timeout(500)
    asked = []
    window.page.on("request", lambda request: asked.append(request.url))
    window.page.wait_for_timeout(1000)
    assert asked == []
