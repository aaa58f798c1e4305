"""Opens the report in a browser, and notes what the browser complains about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SCREENSHOTS = Path(__file__).parents[2] / "build" / "page"


class Opener:
    """Opens one of the pages in a context of its own, and collects what a browser complains about."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.addresses: list[str] = []

    def __call__(self, name: str, *, width: int = 1400, colours: str = "light", script: bool = True) -> Page:
        """The page ``failed``, ``passed`` or ``empty`` in a window of this width."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=colours,  # type: ignore[arg-type] - "light" or "dark"
            java_script_enabled=script,
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.addresses.append(request.url))
        page.goto(f"file:///sites/{name}/index.html")
        return page

    def close(self) -> None:
        """Close all that was opened."""
        for context in self._contexts:
            context.close()
