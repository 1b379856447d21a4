"""A page never janks: the same bits in a worker, in one from a blob and in the page; moves become
one redraw a frame, which takes little memory; a slow device obeys."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from authored import write_page
from reader import LIVE, POLICY, Reader, serving

SOURCE = """
weights = torch.randn(128, 128, generator=torch.Generator().manual_seed(1)) / 12
u = torch.linspace(-3, 3, 128)

@ex.simulation(rate=60)
def mixing(seed=ex.seed(3)):
    torch.manual_seed(seed)
    return torch.randn(128, 128)

@mixing.step
def mix(state, gain=ex.slider(0.5, 2, value=1.1)):
    after = torch.tanh(gain * state @ weights) + 0.01 * torch.randn(128, 128)
    return after, ex.record(size=after.square().mean())

@ex.figure
def mixed(mixing=mixing):
    \"\"\"A matrix that is mixed by another, again and again.\"\"\"
    return ex.row(ex.plot(ex.heatmap(mixing.state, name="state")),
                  ex.plot(ex.curve(mixing.history["step"], mixing.history["size"], name="size")))

@ex.figure
def hill(top=ex.point(0.5, 0.2)):
    \"\"\"A hill whose top is dragged.\"\"\"
    x, y = u - top[0], u[:, None] - top[1]
    heights = sum(torch.exp(-(x**2 + y**2) / k) * torch.cos(k * x) for k in range(1, 9))
    return ex.plot(ex.heatmap(heights, x=(-3, 3), y=(-3, 3), name="heights"), ex.scatter(top),
                   x=(-3, 3), y=(-3, 3))
"""
NO_WORKER = f"{POLICY}; worker-src 'none'"
MOVE = """async ([count, often]) => {
  const figure = document.querySelector('explorable-figure[figure="hill"]');
  let redraws = 0;
  const one = () => (redraws += 1);
  figure.addEventListener("change", one);
  for (let k = 0; k < count; k++) {
    await new Promise((done) => requestAnimationFrame(done));
    for (let j = 0; j < often; j++) void figure.set({ top: [Math.sin(k + j / often), 0.1] });
  }
  await figure.set({ top: [0, 0] });
  figure.removeEventListener("change", one);
  return redraws;
}"""
STEPS = """Number(
  document.querySelector("[data-simulation] output").textContent.replace(/\\D/g, "")
)"""
HEIGHTS = """() => [...document.querySelector('explorable-figure[figure="hill"]')
  .outputs.heights.data].map(String)"""
SLOWER = 6
"""Chromium's throttle for a slow device."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("jank")
    write_page(made, SOURCE)
    return made


@pytest.fixture
def serve() -> Iterator[Any]:
    with ExitStack() as closing:
        yield lambda folder, **options: closing.enter_context(serving(folder, **options))


def opened(chromium: Browser, url: str) -> Reader:
    reader = Reader(chromium)
    reader.page.goto(url)
    reader.page.wait_for_function(
        "(live) => document.querySelectorAll(live).length === 2", arg=LIVE, timeout=60_000
    )
    return reader


def address(folder: Path, serve: Any, where: str) -> str:
    """A page whose simulation computes in a worker from the start, from a blob, or cannot."""
    shutil.copytree(folder, folder / where)
    (spec,) = (folder / where).glob("mixed-*.json")
    spec.write_text(spec.read_text().replace('"memory":', '"heavy":true,"memory":', 1))
    if where != "blob":
        return serve(folder / where, policy=NO_WORKER if where == "page" else POLICY)
    far = serve(folder / where, policy=None, headers={"Access-Control-Allow-Origin": "*"})
    html = (folder / where / "index.html").read_text()
    (folder / "near").mkdir()
    (folder / "near" / "favicon.ico").touch()
    near = re.sub(r'(src|href)="(?=[a-z]+-)', rf'\1="{far}', html)
    (folder / "near" / "index.html").write_text(near)
    return serve(folder / "near", policy=None)


@pytest.mark.slow
def test_workers_and_the_page_give_the_same_bits(
    folder: Path, serve: Any, chromium: Browser, tmp_path: Path
) -> None:
    found: dict[str, dict[str, Any]] = {}
    workers: dict[str, list[str]] = {}
    for where in ("worker", "blob", "page"):
        shutil.copytree(folder, tmp_path / where)
        reader = opened(chromium, address(tmp_path / where, serve, where))
        reader.step(3)
        reader.set({"gain": 1.7})
        reader.step(4)
        found[where] = reader.outputs()
        workers[where] = [worker.url for worker in reader.page.workers]
        reader.context.close()

    assert workers["page"] == []
    assert [url.partition(":")[0] for url in workers["worker"] + workers["blob"]] == [
        "http", "blob",
    ]  # fmt: skip
    assert len(set(found["page"]["state"]["data"])) > 1000
    assert found["worker"] == found["page"]
    assert found["blob"] == found["page"]


@pytest.mark.slow
def test_moves_between_two_frames_are_one_redraw_that_takes_little_memory(
    folder: Path, serve: Any, chromium: Browser
) -> None:
    reader = opened(chromium, serve(folder))
    page = reader.page
    page.evaluate(MOVE, [10, 1])

    redraws = page.evaluate(MOVE, [40, 5])
    kilobytes = allocated(page, 40)
    reader.context.close()

    assert 10 <= redraws <= 41
    # One copy of the numbers as JavaScript has them would be 131 kB.
    assert kilobytes < 120


def allocated(page: Page, redraws: int) -> float:
    """kB of JavaScript's heap that a redraw takes, collected since or not."""
    client = page.context.new_cdp_session(page)
    client.send("HeapProfiler.enable")
    keep = {"includeObjectsCollectedByMajorGC": True, "includeObjectsCollectedByMinorGC": True}
    client.send("HeapProfiler.startSampling", {"samplingInterval": 4096, **keep})
    count = page.evaluate(MOVE, [redraws, 1])
    samples = client.send("HeapProfiler.stopSampling")["profile"]["samples"]
    return sum(sample["size"] for sample in samples) / 1000 / count


@pytest.mark.slow
def test_a_slow_device_without_workers_obeys_and_computes_the_same(
    folder: Path, serve: Any, chromium: Browser
) -> None:
    """`bench/slow.py` says how fast; here it follows a drag, pauses when told, and is right."""
    url = serve(folder, policy=NO_WORKER)
    found = []
    for slower in (1, SLOWER):
        reader = opened(chromium, url)
        page = reader.page
        client = page.context.new_cdp_session(page)
        client.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        redraws = page.evaluate(MOVE, [20, 3])
        play = page.locator("[data-simulation] [data-do=play]")
        play.click()
        page.wait_for_function(f"() => {STEPS} >= 20")
        play.click()
        stopped = reader.steps_done()
        for _ in range(3):
            reader.settle()
        after = reader.steps_done()
        page.locator("[data-simulation] [data-do=reset]").click()
        page.wait_for_function(f"() => {STEPS} === 0")
        reader.step(5)
        found.append([reader.outputs(), page.evaluate(HEIGHTS)])
        workers = len(page.workers)
        reader.context.close()

        assert workers == 0
        assert 3 <= redraws <= 21
        assert stopped >= 20
        assert after == stopped

    assert found[0] == found[1]
    assert len(set(found[0][1])) > 1000
