"""`explorable build` and `check` over an author's files, good and broken, in real processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

GOOD = '''
import torch
import explorable as ex
from shared_helper import doubled

@ex.figure
def good(a=ex.slider(0, 1)):
    """A curve."""
    return ex.curve(doubled(torch.linspace(0, 1, 5) * a))
'''
# name -> (code after the imports, what the message must say)
BROKEN = {
    "branches": (
        """
        @ex.figure
        def branches(theta=ex.slider(0, 1)):
            if theta > 0.5:
                return ex.curve(torch.zeros(3))
            return ex.curve(torch.ones(3))
        """,
        ["python cannot branch on a value the reader moves ('theta')", "branches.py:7", "if theta"],
    ),
    "depends_on_data": (
        """
        @ex.figure
        def depends_on_data(theta=ex.slider(0, 1)):
            x = torch.linspace(0, 1, 9)
            return ex.curve(x[x > theta])
        """,
        ["depends_on_data.py:8", "x[x > theta]"],
    ),
    "raises": (
        """
        @ex.figure
        def raises(theta=ex.slider(0, 1)):
            raise ValueError("no such wave")
        """,
        ["no such wave", "raises.py:7"],
    ),
    "returns_a_tensor": (
        """
        @ex.figure
        def returns_a_tensor(theta=ex.slider(0, 1)):
            return theta * torch.ones(64)
        """,
        ["a figure returns marks or plots", "returns_a_tensor.py"],
    ),
    "unsupported": (
        """
        @ex.figure
        def unsupported(theta=ex.slider(0, 1)):
            return ex.curve(torch.hash_tensor(torch.eye(3) * theta) * torch.ones(3))
        """,
        ["hash_tensor", "unsupported.py:7"],
    ),
    "cannot_be_read": ("def broken(:\n    pass\n", ["cannot_be_read.py:4"]),
    "exits": ("raise SystemExit(3)\n", ["ended with 3"]),
    "empty": ("x = 1\n", []),
}


def explorable(*arguments: object, cache: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "explorable", *map(str, arguments)]
    environment = os.environ | {"EXPLORABLE_CACHE": str(cache)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


@dataclass
class Project:
    folder: Path
    cache: Path
    out: Path
    first: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One build of a folder with a good figure and every broken one."""
    root = tmp_path_factory.mktemp("project")
    folder = root / "figures"
    folder.mkdir()
    (folder / "good.py").write_text(GOOD)
    (folder / "shared_helper.py").write_text("def doubled(x):\n    return 2 * x\n")
    for name, (code, _) in BROKEN.items():
        text = "import torch\nimport explorable as ex\n\n" + textwrap.dedent(code)
        (folder / f"{name}.py").write_text(text)
    first = explorable("build", folder, "-o", root / "out", cache=root / "cache")
    return Project(folder, root / "cache", root / "out", first)


def test_the_good_figure_is_built(project: Project) -> None:
    assert project.first.returncode == 1
    assert (project.out / "good.html").exists()
    index = (project.out / "index.html").read_text()
    assert 'href="good.html"' in index
    assert "branches" not in index


@pytest.mark.parametrize("name", [name for name, (_, said) in BROKEN.items() if said])
def test_a_broken_figure_says_where_and_why(project: Project, name: str) -> None:
    told = project.first.stderr
    start = told.find(f"✗ {name}")
    assert start >= 0, told
    message = told[start : told.find("✗", start + 1) if told.count("✗") > 1 else None]

    for words in BROKEN[name][1]:
        assert words in message
    assert not (project.out / f"{name}.html").exists()


def test_no_traceback_of_ours_is_shown(project: Project) -> None:
    assert "Traceback" not in project.first.stderr
    assert "unexpected" not in project.first.stderr
    assert "src/explorable" not in project.first.stderr


def test_a_second_build_takes_the_good_one_from_the_cache(project: Project) -> None:
    second = explorable("build", project.folder / "good.py", "-o", project.out, cache=project.cache)

    assert second.returncode == 0
    assert "good.py: good (unchanged)" in second.stderr


def test_a_changed_helper_is_seen(project: Project) -> None:
    helper, good = project.folder / "shared_helper.py", project.folder / "good.py"
    before = helper.read_text()
    helper.write_text(before.replace("2 * x", "3 * x"))
    try:
        shown = explorable("build", good, "-o", project.out, cache=project.cache)
    finally:
        helper.write_text(before)

    assert shown.returncode == 0
    assert "unchanged" not in shown.stderr


def test_a_hit_starts_no_worker_and_imports_no_torch(project: Project, tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise SystemExit('torch was imported')")
    explorable("build", project.folder / "good.py", "-o", tmp_path / "out", cache=project.cache)
    command = [sys.executable, "-X", "importtime", "-m", "explorable", "build"]
    command += [str(project.folder / "good.py"), "-o", str(tmp_path / "out")]
    environment = os.environ | {"EXPLORABLE_CACHE": str(project.cache)}

    shown = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)

    assert "(unchanged)" in shown.stderr
    imported = {line.rpartition("|")[2].strip() for line in shown.stderr.splitlines()}
    assert not imported & {"torch", "good", "shared_helper", "numpy.random"}


def test_no_path_of_the_author_reaches_the_site(project: Project) -> None:
    folder = str(project.folder).encode()
    holding = [p.name for p in project.out.rglob("*") if p.is_file() and folder in p.read_bytes()]

    assert holding == []


def test_check_compares_and_writes_nothing(project: Project, tmp_path: Path) -> None:
    shown = explorable("check", project.folder / "good.py", cache=tmp_path / "cache")

    assert shown.returncode == 0
    assert "good: worst error" in shown.stdout
    assert not (tmp_path / "cache" / "bundles").exists()


def test_a_file_without_figures_that_was_named(project: Project, tmp_path: Path) -> None:
    empty = project.folder / "empty.py"
    shown = explorable("build", empty, "-o", tmp_path / "out", cache=tmp_path / "cache")

    assert shown.returncode == 1
    assert "no figures in 'empty.py'" in shown.stderr


@pytest.mark.slow
def test_the_figure_of_new_works(tmp_path: Path) -> None:
    explorable("new", tmp_path / "waves", cache=tmp_path)

    built = explorable("build", tmp_path / "waves", "-o", tmp_path / "out", cache=tmp_path)

    assert built.returncode == 0
    assert (tmp_path / "out" / "wave.html").exists()


def test_a_figure_over_the_budget_does_not_build(project: Project, tmp_path: Path) -> None:
    asked = ["build", project.folder / "good.py", "-o", tmp_path, "--sizes", "--budget"]
    small = explorable(*asked, "9kB", cache=project.cache)
    large = explorable(*asked, "1MB", cache=project.cache)

    assert small.returncode == 1
    assert "its budget is 9.0 kB; most of it is " in small.stderr
    assert large.returncode == 0
    assert re.search(r"^runtime +\d+\.\d kB", large.stdout, re.MULTILINE)


@pytest.mark.slow  # builds twice in a new process
def test_a_profile_tells_the_seconds_of_each_stage(project: Project, tmp_path: Path) -> None:
    asked = ["build", project.folder / "good.py", "-o", tmp_path, "--profile"]
    done = explorable(*asked, cache=project.cache)

    def told(what: str) -> dict[str, float]:
        (line,) = re.findall(rf"^    {what}: (.*)$", done.stderr, re.MULTILINE)
        return {stage: float(seconds) for stage, seconds in map(str.split, line.split(", "))}

    total = re.search(r"good.py: good \((\d+\.\d) s\)", done.stderr)
    assert total is not None, done.stderr
    cold, warm = told("good, cold"), told("good, warm")
    assert list(cold) == list(warm) == ["trace", "lower", "zig", "verify", "still"]
    spent = told("the file, cold")["load"] + sum(cold.values())
    assert float(total[1]) / 2 < spent < float(total[1]) + 0.1
    parts = dict(
        re.findall(r"^(explorable|stub|style\S*) +([\d.]+) kB +1$", done.stdout, re.MULTILINE)
    )
    assert {"explorable", "stub"} <= set(parts) and float(parts["explorable"]) > 5
    # torch was there, and the C was compiled again.
    assert told("the file, warm")["load"] < told("the file, cold")["load"] / 2
    assert warm["zig"] > 0
