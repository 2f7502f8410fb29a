"""The pictures of the playground, from the real page in Chromium: `python docs/playground_pictures.py` writes docs/pictures.

It needs `pip install playwright` and a Chromium, named chromium on the path.
"""
from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from pynn.playground.server import Server
from pynn.playground.session import Session

PICTURES = Path(__file__).parent / "pictures"
WIDTH, HEIGHT = 1280, 800
FILM = [*range(0, 12), *range(12, 30, 2), *range(30, 61, 5)]        # epochs


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        film(browser, PICTURES / "playground.gif")
        numbers(browser, PICTURES / "playground-numbers.png")
        compare(browser, PICTURES / "playground-compare.png")
        phone(browser, PICTURES / "playground-phone.png")
        chinese(browser, PICTURES / "playground-zh.png")
        browser.close()
    for path in sorted(PICTURES.glob("playground*")):
        print(f"{path.name}  {path.stat().st_size / 1e6:.2f} MB")


class Window:
    """A page on a session of its own."""

    def __init__(self, browser: Any, **context: Any) -> None:
        self.server = Server(Session())
        given = {"viewport": {"width": WIDTH, "height": HEIGHT}, "locale": "en-US", **context}
        self.page = browser.new_context(**given).new_page()
        self.page.goto(self.server.url)
        self.page.wait_for_selector(".surface")

    def go(self, epoch: int) -> None:
        """Go to an epoch and wait until the page shows it."""
        self.command(command="go", epoch=epoch)
        self.page.wait_for_selector(f"[data-epoch]:text-is('{epoch}')")
        self.page.wait_for_timeout(150)

    def command(self, **command: Any) -> None:
        """What the page would send."""
        self.server.owner.handle({"id": 0, **command}).result()

    def picture(self, **clip: Any) -> Image.Image:
        """What is in the window."""
        return Image.open(io.BytesIO(self.page.screenshot(**clip))).convert("RGB")

    def close(self) -> None:
        """End the session."""
        self.page.context.close()
        self.server.close()


def film(browser: Any, out: Path, wide: int = 960, colours: int = 192) -> None:
    """The circles being learnt."""
    window = Window(browser)
    frames = []
    for epoch in FILM:
        window.go(epoch)
        frames.append(window.picture().resize((wide, wide * HEIGHT // WIDTH), Image.Resampling.LANCZOS))
    window.close()
    both = Image.new("RGB", (wide, 2 * frames[0].height))       # the first frame and the last have all colours
    both.paste(frames[0], (0, 0))
    both.paste(frames[-1], (0, frames[0].height))
    palette = both.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=4)
    first, *others = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    pauses = [1200, *[160] * (len(others) - 1), 3500]
    first.save(out, save_all=True, append_images=others, duration=pauses, loop=0, optimize=True)


def numbers(browser: Any, out: Path) -> None:
    """A unit and an example, with the equations in numbers."""
    window = Window(browser)
    window.go(5)
    window.page.click(".surface", position={"x": 170, "y": 150})
    window.page.click("[data-key=unit-2-4]")
    window.page.wait_for_selector(".equations math")
    window.page.wait_for_timeout(800)
    save(window.picture(), out)
    window.close()


def compare(browser: Any, out: Path) -> None:
    """Four learning rates side by side."""
    window = Window(browser)
    window.page.click("#pynn-tab-compare")
    window.page.click("[data-key=start-compare]")
    window.page.wait_for_selector("text=All trained")
    window.page.locator(".bench").scroll_into_view_if_needed()
    box = window.page.locator(".bench").bounding_box()
    save(window.picture(clip={**box, "height": min(box["height"], HEIGHT - box["y"])}), out)
    window.close()


def phone(browser: Any, out: Path) -> None:
    """Two screens of a phone, light and dark."""
    shots = []
    for scheme, part in (("light", ".output"), ("dark", ".network")):
        window = Window(browser, viewport={"width": 390, "height": 844}, color_scheme=scheme, is_mobile=True, has_touch=True)
        window.go(8)
        window.page.evaluate("part => { document.querySelector(part).scrollIntoView(); scrollBy(0, -122); }", part)
        window.page.wait_for_timeout(300)
        shots.append(window.picture())
        window.close()
    both = Image.new("RGB", (2 * 390 + 24, 844), "white")
    for k, shot in enumerate(shots):
        both.paste(shot, (k * 414, 0))
    save(both, out)


def chinese(browser: Any, out: Path) -> None:
    """The page in Chinese."""
    window = Window(browser, locale="zh-CN")
    window.go(12)
    save(window.picture(), out)
    window.close()


def save(picture: Image.Image, out: Path) -> None:
    """Write a small PNG."""
    picture.save(out, optimize=True)


if __name__ == "__main__":
    main()
