"""The cache never serves a stale number: what an author's file read decides what a lookup gives.

The author's files here are run as they are, without figures: what the cache knows of a build is
what was read and which bytes came out.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorable import cache
from explorable.figures.bundle import Bundle, Published
from explorable.recording import depends, recording


def bundle(size: int = 10) -> Bundle:
    published = Published("plane", "Plane", "A number.", "<b>@/a.wasm</b>", 640, ((720, 480),))
    files = {"a.wasm": b"\0asm" * size, "spec.json": b"{}"}
    return Bundle("plane", "spec.json", files, (published,), ("a warning",), {"worst": 1e-7})


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of an author, on sys.path as load_file puts it, with a cache of its own."""
    monkeypatch.setenv("EXPLORABLE_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "author"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = set(sys.modules)
    yield folder
    for name in set(sys.modules) - known:
        del sys.modules[name]


def write(path: Path, text: str) -> Path:
    path.write_text(textwrap.dedent(text))
    return path


def build(source: Path, made: Bundle | None = None) -> bool:
    """Run the author's file as a build would, and keep what came of it."""
    with recording() as recorded:
        runpy.run_path(str(source))
    return cache.store(source, {}, recorded.reading(), [made or bundle()])


def found(source: Path) -> list[Bundle] | None:
    hit = cache.lookup(source, {})
    return hit and hit.bundles


def test_a_hit_gives_the_very_bundles(project: Path) -> None:
    source = write(project / "plane.py", "a = 1")
    assert cache.lookup(source, {}) is None

    assert build(source)

    assert found(source) == [bundle()]


def test_a_constant_changes(project: Path) -> None:
    source = write(project / "plane.py", "a = 1")
    build(source)

    write(source, "a = 2")

    assert cache.lookup(source, {}) is None


def test_the_same_text_again_is_a_hit_whatever_the_date(project: Path) -> None:
    source = write(project / "plane.py", "a = 1")
    build(source)

    write(source, "a = 1")
    os.utime(source, (1, 1))

    assert cache.lookup(source, {}) is not None


def test_a_helper_module_changes(project: Path) -> None:
    helper = write(project / "helper_of_plane.py", "b = 1")
    source = write(project / "plane.py", "import helper_of_plane")
    build(source)
    assert cache.lookup(source, {}) is not None

    write(helper, "b = 2")

    assert cache.lookup(source, {}) is None


def test_a_helper_module_read_from_its_compiled_file_changes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    helper = write(project / "compiled_helper.py", "b = 1")
    source = write(project / "plane.py", "import compiled_helper")
    build(source)
    del sys.modules["compiled_helper"]
    build(source)  # this one finds __pycache__

    write(helper, "b = 2")

    assert cache.lookup(source, {}) is None


def test_a_module_is_shadowed_by_a_new_file(project: Path) -> None:
    source = write(project / "plane.py", "import colorsys")
    build(source)
    assert cache.lookup(source, {}) is not None

    write(project / "colorsys.py", "")

    assert cache.lookup(source, {}) is None


def test_a_module_that_was_missing_appears(project: Path) -> None:
    source = write(
        project / "plane.py",
        """
        try:
            import faster_helper
        except ImportError:
            pass
        """,
    )
    build(source)
    assert cache.lookup(source, {}) is not None

    write(project / "faster_helper.py", "")

    assert cache.lookup(source, {}) is None


def test_a_data_file_changes(project: Path) -> None:
    data = write(project / "heights.csv", "1,2,3")
    source = write(
        project / "plane.py", f"from pathlib import Path; text = Path({str(data)!r}).read_text()"
    )
    build(source)
    assert cache.lookup(source, {}) is not None

    write(data, "1,2,4")

    assert cache.lookup(source, {}) is None


def test_a_data_file_that_was_missing_appears(project: Path) -> None:
    source = write(
        project / "plane.py",
        f"""
        try:
            open({str(project / "extra.csv")!r})
        except OSError:
            pass
        """,
    )
    build(source)
    assert cache.lookup(source, {}) is not None

    write(project / "extra.csv", "1")

    assert cache.lookup(source, {}) is None


def test_a_listed_folder_gets_a_file(project: Path) -> None:
    (project / "pictures").mkdir()
    pictures = str(project / "pictures")
    source = write(project / "plane.py", f"import os; names = os.listdir({pictures!r})")
    build(source)
    assert cache.lookup(source, {}) is not None

    write(project / "pictures" / "one.txt", "1")

    assert cache.lookup(source, {}) is None


def test_asking_for_versions_lists_nothing(project: Path) -> None:
    source = write(project / "plane.py", "from importlib.metadata import version; version('torch')")
    build(source)

    write(project / "another.py", "")

    assert cache.lookup(source, {}) is not None


def test_the_backport_of_importlib_metadata_lists_nothing(project: Path) -> None:
    """Once imported, it answers for importlib.metadata in the whole process."""
    asks = "import runpy, sys; sys.path.insert(0, sys.argv[1])\n"
    asks += "from explorable.recording import recording\n"
    asks += "with recording() as recorded: runpy.run_path(sys.argv[1] + '/plane.py')\n"
    asks += "print(list(recorded.reading().folders))"
    write(
        project / "plane.py",
        """
        try:
            import importlib_metadata
        except ImportError:
            pass  # nothing that is installed brings it
        from importlib.metadata import version
        version("torch")
        """,
    )

    command = [sys.executable, "-c", asks, str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_another_file_beside_the_source_changes_nothing(project: Path) -> None:
    source = write(project / "plane.py", "a = 1")
    build(source)

    write(project / "another_figure.py", "a = 1")

    assert cache.lookup(source, {}) is not None


def test_a_weight_file_changes(project: Path) -> None:
    import torch

    weights = project / "weights.pt"
    torch.save({"w": torch.ones(3)}, weights)
    source = write(project / "plane.py", f"import torch; w = torch.load({str(weights)!r})")
    build(source)
    assert cache.lookup(source, {}) is not None

    torch.save({"w": torch.zeros(3)}, weights)

    assert cache.lookup(source, {}) is None


def test_a_relative_path_means_another_file_elsewhere(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project / "heights.csv", "1,2,3")
    source = write(
        project / "plane.py", "from pathlib import Path; text = Path('heights.csv').read_text()"
    )
    monkeypatch.chdir(project)
    build(source)
    assert cache.lookup(source, {}) is not None

    monkeypatch.chdir(project.parent)

    assert cache.lookup(source, {}) is None


def test_what_the_author_says_it_depends_on(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unseen = write(project / "weights.safetensors", "1")
    monkeypatch.setenv("EPOCHS", "10")
    source = project / "plane.py"
    source.write_text(
        f"import explorable as ex; ex.depends({str(unseen)!r}, environment=('EPOCHS',))"
    )
    build(source)
    assert cache.lookup(source, {}) is not None

    monkeypatch.setenv("EPOCHS", "20")
    assert cache.lookup(source, {}) is None
    monkeypatch.setenv("EPOCHS", "10")
    assert cache.lookup(source, {}) is not None
    write(unseen, "2")
    assert cache.lookup(source, {}) is None


def test_depends_outside_a_build_does_nothing() -> None:
    depends("nowhere", environment=("HOME",))


@pytest.mark.parametrize("which", ["explorable", "torch", "ziglang", "python"])
def test_a_version_changes(project: Path, monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    source = write(project / "plane.py", "a = 1")
    build(source)

    now = cache.versions()
    monkeypatch.setattr(cache, "versions", lambda: now | {which: "another"})

    assert cache.lookup(source, {}) is None


def test_options_have_entries_of_their_own(project: Path) -> None:
    source = write(project / "plane.py", "a = 1")
    build(source)

    assert cache.lookup(source, {"lang": "ta"}) is None


def test_a_file_changed_during_the_build_is_not_kept(project: Path) -> None:
    data = write(project / "heights.csv", "1")
    source = write(
        project / "plane.py", f"from pathlib import Path; a = Path({str(data)!r}).read_text()"
    )
    with recording() as recorded:
        runpy.run_path(str(source))
        write(data, "2")

    assert not cache.store(source, {}, recorded.reading(), [bundle()])
    assert cache.lookup(source, {}) is None


def test_what_the_build_writes_is_no_source_of_it(project: Path) -> None:
    scratch = project / "scratch.txt"
    source = write(
        project / "plane.py",
        f"""
        import random
        with open({str(scratch)!r}, "w") as stream:
            stream.write(str(random.random()))
        with open({str(scratch)!r}) as stream:
            text = stream.read()
        """,
    )

    build(source)
    scratch.unlink()

    assert cache.lookup(source, {}) is not None


def test_what_explorable_keeps_for_itself_is_no_source(project: Path) -> None:
    kept = cache.folder().parent / "wasm" / "a.wasm"
    source = write(
        project / "plane.py",
        f"""
        from pathlib import Path
        kept = Path({str(kept)!r})
        try:
            kept.read_bytes()
        except OSError:
            kept.parent.mkdir(parents=True)
            kept.write_bytes(b"made")
        """,
    )

    assert build(source)
    assert cache.lookup(source, {}) is not None


def test_damaged_files_are_misses(project: Path) -> None:
    source = write(project / "plane.py", "a = 1")
    build(source)
    (kept,) = cache.folder().iterdir()
    whole = kept.read_bytes()

    for damaged in (b"", whole[: len(whole) // 2], whole.replace(b"\0asm", b"\1asm")):
        kept.write_bytes(damaged)
        assert cache.lookup(source, {}) is None
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("record.json", '{"versions": 1}')
    assert cache.lookup(source, {}) is None


STORES = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_cache import build, bundle
size = int(sys.argv[2])
print("ready", flush=True)
for _ in range(int(sys.argv[3])):
    assert build(Path(sys.argv[1]), bundle(size))
"""


def start(source: Path, size: int, times: int) -> subprocess.Popen[str]:
    script = STORES.format(tests=str(Path(__file__).parent))
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(source), str(size), str(times)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_builds_at_once(project: Path) -> None:
    source = write(project / "plane.py", "a = 1")

    running = [start(source, size, 20) for size in (100_000, 200_000)]
    outcomes = [process.communicate()[0] and process.returncode for process in running]

    assert [process.returncode for process in running] == [0, 0], outcomes
    assert found(source) in ([bundle(100_000)], [bundle(200_000)])
    assert len(list(cache.folder().iterdir())) == 1


def test_a_build_killed_at_any_moment(project: Path) -> None:
    source = write(project / "plane.py", "a = 1")
    build(source, bundle(1_000))

    for moment in range(6):
        process = start(source, 2_000_000, 1000)
        time.sleep(0.03 * moment)
        process.kill()
        process.communicate()

        assert found(source) in ([bundle(1_000)], [bundle(2_000_000)])


def test_copies_of_libraries_that_only_this_process_sees_do_not_count(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """setuptools, once imported, puts a folder of its own copies on sys.path."""
    hidden = tmp_path / "site-packages" / "vendored"
    (hidden / "copied-1.0.dist-info").mkdir(parents=True)
    (hidden / "copied-1.0.dist-info" / "METADATA").write_text("Name: copied\nVersion: 1.0\n")
    (hidden / "copied-1.0.dist-info" / "RECORD").write_text("copied.py,,\n")
    (hidden / "copied.py").write_text("")
    source = write(project / "plane.py", "import copied")
    with monkeypatch.context() as seen:
        seen.syspath_prepend(hidden)
        with recording() as recorded:
            runpy.run_path(str(source))
        reading = recorded.reading()

    assert "copied" not in reading.distributions
    assert reading.holds()


def test_a_hit_imports_neither_torch_nor_the_author(project: Path) -> None:
    source = write(project / "plane.py", "import helper_never_loaded_twice")
    write(project / "helper_never_loaded_twice.py", "")
    build(source)
    script = f"""
import sys
from pathlib import Path
from explorable import cache
assert cache.lookup(Path({str(source)!r}), {{}}) is not None
print([m for m in ("torch", "plane", "helper_never_loaded_twice") if m in sys.modules])
"""

    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert found.stdout == "[]\n"
