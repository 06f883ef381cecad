"""Headless Chromium, spoken to over two pipes in its own protocol, so that no other library is needed.

A page is opened in a window of a given width; what its console says, what it asks the network for and what throws is kept.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_TOOLS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run")
_PATIENCE = 60.0


def program() -> str | None:
    """Where Chromium is on this machine."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


@dataclass
class Page:
    """An open page: `said` is what its console and its errors say, `asked` the addresses that it wanted to load."""

    browser: Browser
    session: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.tell(method, parameters, self.session)

    def evaluate(self, script: str) -> Any:
        """What an expression is in the page."""
        answer = self.tell("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def look(self, width: int = 1100, height: int = 900, dark: bool = False) -> None:
        """The page in a window of that size, in light or dark."""
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1.5, mobile=width < 500)
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", features=[feature])

    def picture(self, whole: bool = False) -> bytes:
        """What is seen, or all of the page, as PNG."""
        return base64.b64decode(self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"])

    def printed(self) -> bytes:
        """The page as PDF."""
        return base64.b64decode(self.tell("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])


class Browser:
    """A running Chromium."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read, self._rest, self._number = write, read, b"", 0
        self._pages: dict[str, Page] = {}

    def tell(self, method: str, parameters: Mapping[str, Any], session: str | None = None) -> dict[str, Any]:
        """Send a command and wait for its answer; what happens meanwhile is noted."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": dict(parameters)}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def open(self, path: Path) -> Page:
        """A file, when it is loaded."""
        target = self.tell("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.tell("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = self._pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network", "Security"):
            page.tell(f"{domain}.enable")
        page.tell("Page.navigate", url=path.resolve().as_uri())
        for _ in range(1000):
            if page.evaluate("document.readyState") == "complete":
                break
        return page

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._read, 1 << 20)
            assert part, "the browser is gone"
            self._rest += part
        text, self._rest = self._rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(text)
        return message

    def _note(self, event: dict[str, Any]) -> None:
        page = self._pages.get(event.get("sessionId", ""))
        if page is None:
            return
        what = event["params"]
        match event.get("method"):
            case "Log.entryAdded":
                page.said.append(what["entry"]["text"])
            case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled":
                page.said.append(json.dumps(what)[:300])
            case "Network.requestWillBeSent":
                page.asked.append(what["request"]["url"])


@contextmanager
def running(folder: Path) -> Iterator[Browser]:
    """A browser with its own profile in a folder, which can reach no host."""
    found = program()
    assert found is not None
    to_browser, write = os.pipe()
    read, from_browser = os.pipe()
    command = [found, *_TOOLS, f"--user-data-dir={folder}", "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe"]

    def plug() -> None:  # the protocol wants these two numbers
        os.dup2(to_browser, 63)
        os.dup2(from_browser, 64)
        os.dup2(63, 3)
        os.dup2(64, 4)

    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, preexec_fn=plug, close_fds=False, **quiet)  # type: ignore[call-overload]
    os.close(to_browser)
    os.close(from_browser)
    try:
        yield Browser(write, read)
    finally:
        os.close(write)
        os.close(read)
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
