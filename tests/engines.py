"""Firefox and WebKitGTK as Debian ships them, driven by the commands of WebDriver: Firefox through
its own Marionette socket, WebKit through WebKitWebDriver. And the oldest Chromium that we support,
by Playwright.

`./test` installs them where it may; without them the tests skip and say why.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

Send = Callable[[str, str, dict[str, Any]], Any]
KEYS = {"\ue014": "ArrowRight"}
"""WebDriver's keys by Playwright's names."""
START_SECONDS = 60
SCRIPT_SECONDS = 60
SIZE = {"width": 1000, "height": 900}
OLDEST = Path(
    os.environ.get("CHROMIUM_91") or Path(__file__).parent.parent / ".venv" / "chromium-91"
)
# No first-run pages, no requests of the browser's own.
PREFERENCES = {
    "marionette.port": 0,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class EngineError(Exception):
    """What the browser or its driver said went wrong."""


class Engine:
    """A window of a browser; ``send(method and path, Marionette's name, parameters)``."""

    def __init__(self, name: str, send: Send) -> None:
        self.name = name
        self._send = send

    def open(self, url: str) -> None:
        self._send("POST url", "WebDriver:Navigate", {"url": url})

    def ask(self, script: str, *arguments: Any) -> Any:
        """What the body of an async function returns in the page, as JSON."""
        body = f"""
          const [settle, given] = [arguments[arguments.length - 1], [...arguments].slice(0, -1)];
          (async (...given) => {{ {script} }})(...given).then(
            (value) => settle({{ value }}),
            (error) => settle({{ error: String(error) }}),
          );"""
        parameters = {"script": body, "args": list(arguments)}
        answer = self._send("POST execute/async", "WebDriver:ExecuteAsyncScript", parameters)
        if "error" in answer:
            raise EngineError(answer["error"])
        return answer.get("value")

    def wait(self, condition: str, seconds: float = 20) -> None:
        """Until an expression is true in the page."""
        end = time.monotonic() + seconds
        while not self.ask(f"return Boolean({condition})"):
            if time.monotonic() > end:
                raise EngineError(f"never came true: {condition}")
            time.sleep(0.05)

    def press(self, key: str) -> None:
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._act({"type": "key", "id": "keys", "actions": actions})

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press at a place of the window, move, let go."""
        move = {"type": "pointerMove", "duration": 0, "origin": "viewport"}
        middle = [(a + b) / 2 for a, b in zip(start, end, strict=True)]
        places = [
            move | {"x": round(x), "y": round(y), "duration": 20 * (place != start)}
            for place in (start, middle, end)
            for x, y in [place]
        ]
        down, up = ({"type": f"pointer{what}", "button": 0} for what in ("Down", "Up"))
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self._act(pointer | {"actions": [places[0], down, *places[1:], up]})

    def _act(self, source: dict[str, Any]) -> None:
        self._send("POST actions", "WebDriver:PerformActions", {"actions": [source]})

    def picture(self) -> bytes:
        """The window as a PNG."""
        taken = self._send("GET screenshot", "WebDriver:TakeScreenshot", {"full": False})
        return base64.b64decode(taken)


def missing_firefox() -> str | None:
    """Why there is no Firefox to test in."""
    return None if _firefox() else "no firefox-esr (apt-get install firefox-esr)"


def missing_webkit() -> str | None:
    """Why there is no WebKitGTK to test in."""
    if not shutil.which("WebKitWebDriver") or not _minibrowser():
        return "no WebKitWebDriver (apt-get install webkit2gtk-driver)"
    if not os.environ.get("DISPLAY") and not shutil.which("Xvfb"):
        return "no display for WebKitGTK (apt-get install xvfb)"
    return None


def missing_oldest() -> str | None:
    """Why there is no Chromium 91 to test in."""
    if OLDEST.is_file():
        return None
    return f"no {OLDEST} (`./test` unpacks it from npm's chrome-aws-lambda 9.1.0)"


def _firefox() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def _minibrowser() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-*/MiniBrowser"))), None)


@contextmanager
def firefox(folder: Path) -> Iterator[Engine]:
    """A headless Firefox with a fresh profile in ``folder``."""
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
    (folder / "user.js").write_text("\n".join(lines))
    command = [str(_firefox()), "--headless", "--marionette", "--no-remote"]
    with ExitStack() as stack:
        stack.enter_context(_running([*command, "--profile", str(folder)], {"HOME": str(folder)}))
        port = int(_read(folder / "MarionetteActivePort"))
        link = stack.enter_context(socket.create_connection(("127.0.0.1", port), SCRIPT_SECONDS))
        stream = stack.enter_context(link.makefile("rb"))

        def receive() -> Any:
            size = b""
            while not size.endswith(b":"):
                size += stream.read(1)
            return json.loads(stream.read(int(size[:-1])))

        def send(_: str, command: str, parameters: dict[str, Any]) -> Any:
            message = json.dumps([0, 1, command, parameters]).encode()
            link.sendall(b"%d:%s" % (len(message), message))
            _, _, error, result = receive()
            if error:
                raise EngineError(error["message"])
            return result.get("value", result)

        receive()  # its greeting
        send("", "WebDriver:NewSession", {})
        send("", "WebDriver:SetTimeouts", {"script": SCRIPT_SECONDS * 1000})
        send("", "WebDriver:SetWindowRect", SIZE)
        yield Engine("firefox", send)


@contextmanager
def webkit(folder: Path) -> Iterator[Engine]:
    """WebKitGTK's MiniBrowser, on a display of its own."""
    with ExitStack() as stack:
        # A virtual screen has no GPU.
        environment = {"HOME": str(folder), "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
        if not os.environ.get("DISPLAY"):
            environment["DISPLAY"] = f":{stack.enter_context(_screen())}"
        port = _free_port()
        stack.enter_context(_running(["WebKitWebDriver", f"--port={port}"], environment))
        address = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(_minibrowser()), "args": ["--automation"]}
        asked = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = _request("POST", address, {"capabilities": asked}, patience=START_SECONDS)
        address += "/" + session["sessionId"]
        stack.callback(_request, "DELETE", address)

        def send(place: str, _: str, parameters: dict[str, Any]) -> Any:
            method, path = place.split()
            return _request(method, f"{address}/{path}", parameters if method == "POST" else None)

        send("POST timeouts", "", {"script": SCRIPT_SECONDS * 1000})
        send("POST window/rect", "", SIZE)
        yield Engine("webkit", send)


@contextmanager
def oldest(_: Path) -> Iterator[Engine]:
    """Chromium 91. It is too old for Playwright's mouse: keys alone."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=OLDEST, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": SIZE["width"], "height": SIZE["height"]})

        def send(place: str, _: str, parameters: dict[str, Any]) -> Any:
            match place:
                case "POST url":
                    page.goto(parameters["url"])
                case "POST execute/async":
                    body = f"""(given) => new Promise((settle) => {{
                      (function () {{ {parameters["script"]} }})(...given, settle);
                    }})"""
                    return page.evaluate(body, parameters["args"])
                case "POST actions":
                    page.keyboard.press(KEYS[parameters["actions"][0]["actions"][0]["value"]])
                case _:
                    return base64.b64encode(page.screenshot())
            return None

        yield Engine("chromium91", send)
        browser.close()


@contextmanager
def _screen() -> Iterator[str]:
    """A virtual X display; its number."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with _running(command, {}, keep=(write,)):
        os.close(write)
        with os.fdopen(read) as said:
            yield said.readline().strip()


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], keep: tuple[int, ...] = ()
) -> Iterator[None]:
    """A program and all that it starts, until the end of the block."""
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=keep,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _read(path: Path) -> str:
    """A file's text, once there is some."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if path.is_file() and (text := path.read_text()):
            return text
        time.sleep(0.05)
    raise EngineError(f"the browser did not start: no {path.name}")


def _free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def _request(method: str, url: str, body: Any = None, patience: float = 0) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    end = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(request, timeout=2 * SCRIPT_SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise EngineError(json.load(error)["value"]["message"]) from None
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
