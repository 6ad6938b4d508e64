"""A browser without a window, driven by its debugging protocol, as a phone with a finger."""

import asyncio
import base64
import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import aiohttp

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PHONE = {"width": 390, "height": 780, "deviceScaleFactor": 2, "mobile": True}
PATIENCE_S = 30.0


def program() -> str | None:
    """Return the browser of this machine, if there is one."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Page:
    """One page of the browser."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._number = 0
        self.complaints: list[str] = []  # errors of its scripts, and what its policy blocked

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        await self._connection.send_json({"id": self._number, "method": method, "params": params})
        while True:
            message = await self._connection.receive_json()
            if message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.complaints.append(str(message["params"]))
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    async def ask(self, expression: str) -> Any:
        """Return the value of an expression."""
        found = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def wait_for(self, expression: str) -> None:
        """Wait until the expression is true."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.ask(expression):
                await asyncio.sleep(0.02)

    async def touch(self, *path: tuple[float, float]) -> None:
        """Put a finger down, move it along the path and lift it."""
        for number, (x, y) in enumerate(path):
            kind = "touchMove" if number else "touchStart"
            points = [{"x": x, "y": y}]
            await self.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)
        await self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    async def tap(self, selector: str) -> None:
        """Tap the middle of an element."""
        await self.touch(await self.place(selector, 0.5, 0.5))

    async def place(self, selector: str, x: float, y: float) -> tuple[float, float]:
        """Return a place of an element on the screen; x and y are shares of its sides."""
        await self.ask(f"document.querySelector('{selector}').scrollIntoView({{block: 'nearest'}})")
        box = await self.ask(
            f"(({{left, top, width, height}}) => [left, top, width, height])"
            f"(document.querySelector('{selector}').getBoundingClientRect())"
        )
        return box[0] + x * box[2], box[1] + y * box[3]

    async def picture(self) -> bytes:
        """Return what is on the screen, as PNG."""
        found = await self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(found["data"])


@contextlib.asynccontextmanager
async def opened(url: str, folder: Path, *, is_dark: bool = False):
    """Open a page in a browser of its own, whose files lie in the folder."""
    browser = program()
    assert browser is not None
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run")
    port_file = folder / "DevToolsActivePort"
    process = subprocess.Popen(
        [browser, *options, "--remote-debugging-port=0", f"--user-data-dir={folder}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (port_file.exists() and port_file.read_text().count("\n")):
                await asyncio.sleep(0.05)
        port = port_file.read_text().splitlines()[0]
        async with aiohttp.ClientSession() as session:
            async with session.put(f"http://127.0.0.1:{port}/json/new?about:blank") as answer:
                address = (await answer.json())["webSocketDebuggerUrl"]
            async with session.ws_connect(address, max_msg_size=0) as connection:
                page = Page(connection)
                for domain in ("Page", "Runtime", "Log"):
                    await page.call(f"{domain}.enable")
                await page.call("Emulation.setDeviceMetricsOverride", **PHONE)
                await page.call("Emulation.setTouchEmulationEnabled", enabled=True)
                scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
                await page.call("Emulation.setEmulatedMedia", features=[scheme])
                await page.call("Page.navigate", url=url)
                yield page
    finally:
        process.terminate()
        process.wait()
