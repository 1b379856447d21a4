"""A MyST site of many pages, built by the command line: at first, with the cache, unchanged, and
after a helper that every fifth page reads has changed.

    python bench/pages.py [pages]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGE = '''\
# Page {n}

```python
import torch
import explorable as ex
{helper}

@ex.figure
def wave(phase=ex.slider(0, 6, value=1.0)):
    """Wave number {n}."""
    return ex.curve(torch.sin(torch.linspace(0, {n}.5, 100) + phase))

wave
```

At {{ex}}`phase:.1f`.
'''


def write(folder: Path, count: int) -> None:
    """The sources."""
    folder.mkdir()
    (folder / "pages_helper.py").write_text("x = 1\n")
    for n in range(count):
        helper = "" if n % 5 else "import pages_helper"
        (folder / f"page{n:03}.md").write_text(PAGE.format(n=n, helper=helper))


def build(folder: Path, out: Path, cache: Path) -> tuple[float, int]:
    """Seconds, and how many pages were run."""
    command = [sys.executable, "-m", "explorable", "build", str(folder), "-o", str(out)]
    environment = os.environ | {"EXPLORABLE_CACHE": str(cache)}
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    ran = [line for line in done.stderr.splitlines() if "✓" in line and "unchanged" not in line]
    return time.perf_counter() - start, len(ran)


def main() -> None:
    """Print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write(root / "one", 1)
        write(root / "many", count)
        cache = root / "cache"
        one, _ = build(root / "one", root / "out1", cache)
        rows = [("one page", (one, 1)), (f"{count} pages", build(root / "many", root / "a", cache))]
        each = (rows[1][1][0] - one) / (count - 1)
        rows.append(("into another folder, cached", build(root / "many", root / "b", cache)))
        rows.append(("nothing changed", build(root / "many", root / "b", cache)))
        (root / "many" / "pages_helper.py").write_text("x = 2\n")
        rows.append(("a helper changed", build(root / "many", root / "b", cache)))
    for what, (seconds, ran) in rows:
        print(f"{what:28} {seconds:6.2f} s   {ran:3} pages run")
    print(f"after the first page: {each:.2f} s a page on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
