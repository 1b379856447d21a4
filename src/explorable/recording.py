"""What a build reads, seen by an audit hook: files opened, folders listed, names imported.

Makes a Reading, frozen data that can say later whether all of it is still as it was. Network, clock
and environment leave no trace here: `depends` names what the hook cannot see.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import site
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

ABSENT = "absent"
OWN = Path(__file__).resolve().parent
_WRITES = os.O_WRONLY | os.O_RDWR
_DEVICES = ("/dev/", "/proc/", "/sys/")
_FINDERS = ("<frozen importlib._bootstrap_external>", str(Path(importlib.metadata.__file__).parent))


@dataclass(frozen=True)
class Reading:
    """Everything of the project that decided a build. Paths are absolute, digests SHA-256."""

    files: dict[str, str]
    """Contents of each file opened; ``absent`` if it was looked for and not there."""
    folders: dict[str, str]
    """The names in each folder that was listed."""
    imports: dict[str, str]
    """Which of ``names`` each of the author's folders on sys.path holds: a new file may shadow."""
    names: tuple[str, ...]
    distributions: dict[str, str]
    """Versions of the installed libraries that were imported."""
    environment: dict[str, str | None]
    working_folder: str | None
    """Set if a file was opened by a relative path: elsewhere it would have been another file."""

    def holds(self) -> bool:
        """True if a build now would read the very same things."""
        names = set(self.names)
        return (
            self.working_folder in (None, str(Path.cwd()))
            and all(os.environ.get(name) == value for name, value in self.environment.items())
            and all(_version(name) == version for name, version in self.distributions.items())
            and all(_importable(folder, names) == held for folder, held in self.imports.items())
            and all(_names(folder) == listed for folder, listed in self.folders.items())
            and all(_contents(path) == digest for path, digest in self.files.items())
        )

    def dump(self) -> dict[str, Any]:  # Any: JSON
        return asdict(self)

    @staticmethod
    def load(record: dict[str, Any]) -> Reading:  # Any: JSON
        fields: dict[str, Any] = {**record, "names": tuple(record["names"])}
        return Reading(**fields)


class _Recorder:
    """Collects while one build runs."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.folders: dict[str, str] = {}
        self.names: set[str] = set()
        self.search: set[str] = set()
        """Everything that was on sys.path at some import."""
        self.environment: dict[str, str | None] = {}
        self.written: set[str] = set()
        self.relative = False
        self.asked = 0
        """How often data of the author's was asked for: a file that is not code, or a folder."""

    def homes(self) -> set[str]:
        """Folders of the modules read: in a process that has imported much already, few imports
        are heard."""
        return {os.path.dirname(path) for path in self.files if path.endswith(".py")}  # noqa: PTH120

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:  # Any: CPython's
        if event == "open":
            path, mode, flags = arguments
            self.opened(path, mode, flags)
        elif event == "import":
            self.names.add(str(arguments[0]).partition(".")[0])
            self.search.update(arguments[2] or ())
            if arguments[1]:
                self.opened(arguments[1], "r", 0)
        elif event in ("os.listdir", "os.scandir"):
            # Imports and importlib.metadata list every folder of sys.path; `imports` and
            # `distributions` say more finely what that decides.
            if not _finds(sys._getframe(2).f_code.co_filename):
                self.listed("." if arguments[0] is None else arguments[0])
        elif event in ("sqlite3.connect", "ctypes.dlopen"):
            # A bare name is looked up by the system, or is `:memory:`.
            if isinstance(arguments[0], str) and os.sep in arguments[0]:
                self.opened(arguments[0], "r", 0)

    def opened(self, given: object, mode: object, flags: object) -> None:
        path = self.absolute(given)
        self.asked += path is not None and _is_data(path)
        if path is None or path in self.files or path in self.written:
            return
        writes = isinstance(mode, str) and set(mode) & set("wax+")
        if writes or (isinstance(flags, int) and flags & _WRITES):
            self.written.add(path)  # made by the build itself: no source of it
        elif not os.path.isdir(path):  # noqa: PTH112  (rmtree opens the folders that it empties)
            self.files[path] = _contents(path)

    def listed(self, given: object) -> None:
        path = self.absolute(given)
        self.asked += path is not None
        if path is not None and path not in self.folders:
            self.folders[path] = _names(path)

    def absolute(self, given: object) -> str | None:
        """The path if it belongs to the author: not a library's, not ours, not a device."""
        if not isinstance(given, (str, bytes, os.PathLike)):
            return None
        name: str = os.fsdecode(given)  # pyright: ignore[reportUnknownArgumentType]  (any PathLike)
        path = os.path.abspath(name)  # noqa: PTH100  (Path.resolve would follow links)
        if path.startswith(_DEVICES):
            return None
        if path.endswith(".pyc"):
            try:
                path = importlib.util.source_from_cache(path)
            except ValueError:
                pass  # a compiled file without source is itself the source
        if is_library(path) or path.startswith(str(cache_root()) + os.sep):
            return None
        if not os.path.isabs(name):  # noqa: PTH117
            self.relative = True
        return path


def _is_data(path: str) -> bool:
    """False for code, and for where it is looked for."""
    return not path.endswith(".py") and path not in sys.path


def _finds(code: str) -> bool:
    """True for a file of code that looks for modules and versions. The backport, which setuptools
    brings along too, answers for `importlib.metadata` once it is imported."""
    return code.startswith(_FINDERS) or f"{os.sep}importlib_metadata{os.sep}" in code


class _Unheard(threading.local):
    """Files that we open ourselves, to hash or to compile, are not the author's: this thread does
    not listen meanwhile, the others do."""

    now = False

    def __enter__(self) -> None:
        self.now = True

    def __exit__(self, *_: object) -> None:
        self.now = False


unheard = _Unheard()
_recorder: _Recorder | None = None
_hooked = False


_HEARD = {"open", "import", "os.listdir", "os.scandir", "sqlite3.connect", "ctypes.dlopen"}


def _hook(event: str, arguments: tuple[Any, ...]) -> None:  # Any: CPython's
    # A trace asks for frames ten thousand times, and each is an event.
    if event in _HEARD and _recorder is not None and not unheard.now:
        with unheard:
            _recorder.hear(event, arguments)


class Recording:
    """What `recording` gives: the Reading so far."""

    def __init__(self, recorder: _Recorder) -> None:
        self._recorder = recorder

    def reading(self) -> Reading:
        """Everything read since the recording began."""
        heard = self._recorder
        names = heard.names | {name.partition(".")[0] for name in list(sys.modules)}
        with unheard:
            return Reading(
                # What a build made and removed again was no source of it.
                files={p: d for p, d in heard.files.items() if not _has_passed(p, d)},
                folders={p: d for p, d in heard.folders.items() if not _has_passed(p, d)},
                imports={
                    f: _importable(f, names) for f in _project_folders(heard.search | heard.homes())
                },
                names=tuple(sorted(names)),
                distributions=_distributions(),
                environment=dict(heard.environment),
                working_folder=str(Path.cwd()) if heard.relative else None,
            )


@contextmanager
def recording() -> Iterator[Recording]:
    """Record what this process reads.

    >>> with recording() as recorded:
    ...     figures = load_file(path)
    >>> recorded.reading().files            # {'/home/me/figures/plane.py': '9f2c...', ...}

    One at a time in a process, and before anything of the author's is imported.
    """
    global _recorder, _hooked  # an audit hook is for the whole process and cannot be removed
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked = True
    previous, _recorder = _recorder, _Recorder()
    try:
        yield Recording(_recorder)
    finally:
        _recorder = previous


def asked() -> int | None:
    """How often data of the author's was asked for since the recording began; None outside one.

    What was computed meanwhile depends on no file if the number stays.
    """
    return None if _recorder is None else _recorder.asked


def data_read() -> frozenset[tuple[str, object]]:
    """What was asked for since the recording began beside code: files and folders by their
    contents, the environment."""
    if _recorder is None:
        return frozenset()
    heard = [*_recorder.files.items(), *_recorder.folders.items(), *_recorder.environment.items()]
    return frozenset((name, found) for name, found in heard if _is_data(name))


def depends(*paths: str | os.PathLike[str], environment: tuple[str, ...] = ()) -> None:
    """Tell the cache what a figure depends on that it cannot see by itself.

    >>> ex.depends("weights.safetensors")     # read by a library that opens files outside Python
    >>> ex.depends(environment=("EPOCHS",))   # os.environ["EPOCHS"] changes the figure

    paths: files or folders (by their names), from the working folder. Python's own ``open``,
    ``torch.load`` and imports are seen without it; for what comes from the network or the clock use
    ``explorable build --no-cache``.
    """
    if _recorder is None:
        return
    for path in paths:
        if Path(path).is_dir():
            _recorder.listed(path)
        else:
            _recorder.opened(path, "r", 0)
    for name in environment:
        _recorder.environment[name] = os.environ.get(name)


def cache_root() -> Path:
    """Where Explorable keeps what it made: $EXPLORABLE_CACHE, or in the user's cache folder.

    What is read back from there is named by its content, and so no source of a build.
    """
    if named := os.environ.get("EXPLORABLE_CACHE"):
        return Path(named).absolute()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "explorable"


def _contents(path: str) -> str:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  (called for every file a build opens)
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ABSENT


def _names(folder: str) -> str:
    try:
        names = sorted(name for name in os.listdir(folder) if name != "__pycache__")  # noqa: PTH208
    except OSError:
        return ABSENT
    return hashlib.sha256("\0".join(names).encode()).hexdigest()


def _importable(folder: str, names: set[str]) -> str:
    """Which of ``names`` an import would find in ``folder``."""
    try:
        held = {name.partition(".")[0] for name in os.listdir(folder)} & names  # noqa: PTH208
    except OSError:
        return ABSENT
    return ",".join(sorted(held))


def _version(distribution: str) -> str:
    """The version installed. Not what else sys.path shows: setuptools puts its own copies there,
    which another process does not see."""
    return _version_in(distribution, tuple(map(_changed, _INSTALLED)))


@cache
def _version_in(distribution: str, _: tuple[int, ...]) -> str:
    """A site of a hundred figures asks for the same thirty versions a hundred times."""
    found = importlib.metadata.distributions(name=distribution, path=_INSTALLED)
    return next((each.version for each in found), ABSENT)


def _changed(folder: str) -> int:
    """When something was last installed there or removed."""
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116  (called for every version)
    except OSError:
        return 0


def _library_folders() -> tuple[str, ...]:
    known = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    known |= {*site.getsitepackages(), site.getusersitepackages(), str(OWN)}
    return tuple(folder + os.sep for folder in sorted(known))


_LIBRARIES = _library_folders()
_INSTALLED = [folder.rstrip(os.sep) for folder in _LIBRARIES]


def is_library(path: str) -> bool:
    """A library counts by its version, its code and its data alike (and ours by its hash)."""
    return path.startswith(_LIBRARIES)


def _has_passed(path: str, digest: str) -> bool:
    """True for a temporary file that was there and is gone."""
    temporary = path.startswith(tempfile.gettempdir() + os.sep)
    return temporary and digest != ABSENT and not os.path.exists(path)  # noqa: PTH110


def _project_folders(search: set[str]) -> list[str]:
    """Folders of the author among those that imports were looked for in."""
    folders = sorted({os.path.abspath(folder or ".") for folder in search})  # noqa: PTH100
    return [f for f in folders if os.path.isdir(f) and not is_library(f + os.sep)]  # noqa: PTH112


_owners: tuple[object, Mapping[str, list[str]]] | None = None


def _packages() -> Mapping[str, list[str]]:
    """The distributions behind each importable name. Reading the lists of files of a hundred
    distributions takes half a second: once in a process, until something is installed."""
    global _owners  # as the hook, for the whole process
    state = [(entry, _changed(entry)) for entry in sys.path if is_library(entry + os.sep)]
    if _owners is None or _owners[0] != state:
        _owners = state, importlib.metadata.packages_distributions()
    return _owners[1]


def _distributions() -> dict[str, str]:
    """Installed libraries that this process has imported."""
    owners = _packages()
    tops = {name.partition(".")[0] for name in list(sys.modules)}
    used = {name for top in tops for name in owners.get(top, ())} - {"explorable"}
    versions = {name: _version(name) for name in sorted(used)}
    return {name: version for name, version in versions.items() if version != ABSENT}
