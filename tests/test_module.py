"""ex.compile(...).save(folder): the ES module computes what eager torch computes at unseen values,
in node, in a page and in a worker under the strictest policy; its mistakes; its types."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from conftest import ROOT
from explorable.errors import ExplorableError
from explorable.trace.draws.random import random_numbers
from reader import Reader, serving

generator = torch.Generator().manual_seed(0)
small = torch.randn(40, 40, generator=generator)
large = torch.randn(100, 100, generator=generator)
middle = torch.randn(60, 40, generator=generator)


def turn(theta, data, k, seed):
    """A number, turned; and one of everything."""
    torch.manual_seed(seed)
    return {
        "arc": data["z"] * torch.exp(1j * theta),
        "sums": (large @ data["w"]).reshape(10, 10).sum(1),
        "small": [(small @ theta.expand(40)) * k, data["half"].square()],
        "next": data["i"] + 1,
        "not": ~data["b"],
        "drawn": torch.randn(3),
        "short": data["i"].to(torch.int32),
        "n": 3,
    }


def turn_example() -> tuple[Any, ...]:
    data = {
        "z": torch.zeros(2, dtype=torch.complex64),
        "w": torch.zeros(100),
        "i": torch.zeros(2, 3, dtype=torch.int64),
        "b": torch.tensor([True, False]),
        "half": torch.zeros((), dtype=torch.float64),
    }
    return torch.tensor(1.0), data, 2.0, torch.tensor(0)


def loss(w, x):
    return ((large @ w) * x).square().mean()


GIVEN = """[0.3, { z: [[1, 0.5], { re: 2, im: 0 }], half: 0.1,
  w: Float32Array.from({ length: 100 }, (_, i) => i / 50), i: [[1, 2, 3], [4n, 5, -6]],
  b: [0, true] }, undefined, 7]"""


def given() -> tuple[Any, ...]:
    """The same numbers in torch."""
    data = {
        "z": torch.tensor([1 + 0.5j, 2]),
        "w": torch.arange(100) / 50,
        "i": torch.tensor([[1, 2, 3], [4, 5, -6]]),
        "b": torch.tensor([False, True]),
        "half": torch.tensor(0.1, dtype=torch.float64),
    }
    return torch.tensor(0.3), data, 2.0, torch.tensor(7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("module")
    ex.compile(turn, *turn_example()).save(folder / "made")
    gradient = torch.func.grad_and_value(loss)
    ex.compile(gradient, torch.zeros(100), torch.tensor(1.0)).save(folder / "made", name="slope")
    return folder


Compute = Callable[[Path, str], Any]


def in_node(folder: Path, body: str) -> Any:
    """What the body of an async function gives in node, as JSON."""
    if shutil.which("node") is None:
        pytest.skip("no node on this machine")
    (folder / "run.mjs").write_text(
        'import { load } from "./made/turn.js";\n'
        'import { load as loadSlope } from "./made/slope.js";\n'
        f"const result = await (async () => {{ {body} }})();\n"
        "const plain = (_, x) => ArrayBuffer.isView(x) ? [...x].map(String) : x;\n"
        "console.log(JSON.stringify(result, plain));\n"
    )
    done = subprocess.run(
        ["node", "run.mjs"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


PAGE = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title></head></html>'
IN_PAGE = """async (body) => {
  const { load } = await import("/made/turn.js");
  const { load: loadSlope } = await import("/made/slope.js");
  const { run } = await import("/body.js");
  const plain = (_, x) => (ArrayBuffer.isView(x) ? [...x].map(String) : x);
  return JSON.parse(JSON.stringify(await run(load, loadSlope), plain));
}"""
WORKER = """import { load } from "/made/turn.js";
import { load as loadSlope } from "/made/slope.js";
import { run } from "/body.js";
const plain = (_, x) => (ArrayBuffer.isView(x) ? [...x].map(String) : x);
self.postMessage(JSON.stringify(await run(load, loadSlope), plain));
"""
IN_WORKER = """() => new Promise((resolve, reject) => {
  const worker = new Worker("/worker.js", { type: "module" });
  worker.onmessage = ({ data }) => resolve(JSON.parse(data));
  worker.onerror = (event) => reject(new Error(event.message));
})"""


def in_browser(browser: Browser, folder: Path, body: str, script: str) -> Any:
    (folder / "index.html").write_text(PAGE)
    (folder / "favicon.ico").touch()
    (folder / "worker.js").write_text(WORKER)
    (folder / "body.js").write_text(f"export async function run(load, loadSlope) {{ {body} }}\n")
    with serving(folder) as url:
        reader = Reader(browser)
        reader.page.goto(url)
        result = reader.page.evaluate(script)
        assert reader.said == []
        assert all(address.startswith(url) for address in reader.fetched)
        reader.context.close()
    return result


def tensors(result: Any) -> Any:
    """Results of JavaScript as tensors again."""
    if isinstance(result, list):
        return [tensors(inner) for inner in result]
    if not isinstance(result, dict):
        return result
    if "dtype" not in result:
        return {key: tensors(inner) for key, inner in result.items()}
    numbers = torch.tensor([float(x) for x in result["data"]], dtype=torch.float64)
    if result["dtype"].startswith("complex"):
        numbers = torch.view_as_complex(numbers.reshape(-1, 2).contiguous())
    return numbers.reshape(result["shape"]).to(getattr(torch, result["dtype"]))


def eager() -> Any:
    with random_numbers(0, 0):
        return turn(*given())


def check_turn(result: Any) -> None:
    got, expected = tensors(result), eager()
    assert got.keys() == expected.keys()
    torch.testing.assert_close(got, expected, rtol=2e-5, atol=1e-6)


def test_node_computes_what_torch_computes(folder: Path) -> None:
    check_turn(in_node(folder, f"return (await load())(...{GIVEN});"))


@pytest.mark.parametrize("script", [IN_PAGE, IN_WORKER], ids=["page", "worker"])
def test_a_page_and_a_worker_compute_it_under_the_policy(
    chromium: Browser, folder: Path, script: str
) -> None:
    body = f"return (await load())(...{GIVEN});"
    check_turn(in_browser(chromium, folder, body, script))


def test_gradients_come_with_the_value(folder: Path) -> None:
    w, x = torch.linspace(0, 1, 100), torch.tensor(0.5)
    expected = torch.func.grad_and_value(loss)(w, x)
    body = """const slope = await loadSlope();
        return slope(Array.from({ length: 100 }, (_, i) => i / 99), 0.5);"""

    got = tensors(in_node(folder, body))

    torch.testing.assert_close(tuple(got), expected, rtol=2e-5, atol=1e-6)


def test_results_are_copies_and_functions_have_memory_of_their_own(folder: Path) -> None:
    body = f"""
        const [f, g] = [await load(), await load()];
        const given = {GIVEN};
        const first = f(...given);
        const kept = first.arc.data.join();
        g(2, ...given.slice(1));
        f(1, ...given.slice(1));
        first.arc.shape.push(9);
        return [f.name, first.arc.data.join() === kept, f(...given).arc.data.join() === kept,
                f(...given).arc.shape, first.arc.data.buffer.byteLength,
                first.next.data.constructor.name];"""
    assert in_node(folder, body) == ["turn", True, True, [2], 16, "Float64Array"]


def test_what_one_function_gives_another_takes(folder: Path) -> None:
    body = f"""
        const f = await load(), given = {GIVEN};
        const {"{"} arc, next {"}"} = f(...given);
        return f(given[0], {{ ...given[1], z: arc, i: next }}, 2, 7).next;"""
    result = tensors(in_node(folder, body))
    assert torch.equal(result, given()[1]["i"] + 2)


def test_what_holds_nothing_has_its_place(tmp_path: Path) -> None:
    def moved(state, x):
        return state, {"y": x + 1, "none": ()}

    (tmp_path / "made").mkdir()
    ex.compile(moved, {"now": [], "then": {}}, torch.zeros(2)).save(tmp_path / "made")
    (tmp_path / "run.mjs").write_text(
        'import { load } from "./made/moved.js"; const moved = await load();'
        "const [state, { y, none }] = moved({ now: [], then: {} }, [1, 2]);"
        "console.log(JSON.stringify([state, Array.from(y.data), none]));"
    )
    if shutil.which("node") is None:
        pytest.skip("no node on this machine")
    done = subprocess.run(["node", tmp_path / "run.mjs"], capture_output=True, text=True)
    assert json.loads(done.stdout) == [{"now": [], "then": {}}, [2, 3], []]


def test_whole_numbers_beyond_2_to_the_53_are_never_rounded_in_silence(folder: Path) -> None:
    body = f"""
        const given = {GIVEN};
        given[1].i[0][0] = 2n ** 60n;
        const f = await load(), g = await load({{ int64: "bigint" }});
        let said = "";
        try {{ f(...given); }} catch (error) {{ said = `${{error.name}}: ${{error.message}}`; }}
        return [said, g(...given).next.data];"""
    said, exact = in_node(folder, body)
    assert said.startswith("RangeError: [explorable] turn: a result holds 115292150460684")
    assert 'load({ int64: "bigint" }) gives a BigInt64Array' in said
    assert exact == [str(2**60 + 1), "3", "4", "5", "6", "-5"]


MISTAKES = [
    ("given.length = 2; given[0] = [1]", "'theta' takes float32 [], got an array of 1"),
    ("given[0] = '1'", "'theta' takes float32 [], got \"1\""),
    ("given[0] = undefined", "'theta' takes float32 [], got nothing"),
    ("given[1].y = 1", "unknown name in 'data' 'y'; nearest 'z'; one of: z, w, i, b, half"),
    ("delete given[1].w", "'data.w' takes float32 [100], got nothing"),
    ("given[1] = 1", "'data' takes an object with z, w, i, b, half"),
    (
        "given[1].w = new Float32Array(3)",
        "'data.w' takes float32 [100], so 100 numbers, got Float32Array of 3",
    ),
    ("given[1].i[1] = [1, 2]", "'data.i' takes int64 [2, 3], got an array of 2"),
    ("given[1].i[1][1] = 0.5", "'data.i' takes int64 [2, 3], got 0.5"),
    ("given[1].b = [true, 2]", "'data.b' takes bool [2], got 2"),
    ("given[1].z = [1, [1, 2, 3]]", "'data.z' takes complex64 [2], got an array of 3"),
    (
        "given[1].w = f(...given).sums",
        "'data.w' takes float32 [100], got float32 [10]",
    ),
    ("given[2] = 3", "'k' was compiled as 2 and cannot be 3; leave it out"),
    ("given.push(1)", "takes 4 arguments, got 5"),
]


def test_mistakes_are_named(folder: Path) -> None:
    tries = ",".join(f"(given) => {{ {change}; }}" for change, _ in MISTAKES)
    body = f"""
        const f = await load(), said = [];
        for (const spoil of [{tries}]) {{
            const given = {GIVEN};
            try {{ spoil(given); f(...given); said.push(""); }}
            catch (error) {{ said.push(`${{error.name}}: ${{error.message}}`); }}
        }}
        return said;"""
    said = in_node(folder, body)
    assert said == [f"TypeError: [explorable] turn: {fact}" for _, fact in MISTAKES]


def test_a_missing_file_is_named(chromium: Browser, folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(folder / "made", broken / "made")
    next((broken / "made").glob("array-*.bin")).unlink()
    (broken / "index.html").write_text(PAGE)
    with serving(broken) as url:
        page = Reader(chromium).page
        page.goto(url)
        said = page.evaluate(
            """async () => (await import("/made/turn.js")).load().catch((error) => error.message)"""
        )
        page.context.close()
    assert said.startswith("[explorable] turn: http://127.0.0.1")
    assert said.endswith(".bin cannot be loaded (404)")


def test_a_folder_holds_what_is_needed_and_nothing_old(tmp_path: Path) -> None:
    first = ex.compile(lambda x: middle @ x, torch.zeros(40)).save(tmp_path, name="plane")
    assert first == tmp_path / "plane.js"
    (tmp_path / "plane-notes.bin").touch()
    ex.compile(lambda x: 2 * middle @ x, torch.zeros(40)).save(tmp_path, name="plane")

    kinds = sorted(path.name.split(".", 1)[1] for path in tmp_path.iterdir())
    assert kinds == ["bin", "bin", "d.ts", "gitattributes", "js", "json", "txt"]
    assert (tmp_path / "plane-notes.bin").exists()
    for file in ("plane.js", "plane.d.ts"):
        assert (tmp_path / file).read_text().startswith("/*! Explorable, MIT licence */")


def test_two_functions_share_a_large_array(folder: Path) -> None:
    assert len(list((folder / "made").glob("array-*.bin"))) == 1


@pytest.mark.parametrize(
    ("function", "example", "fact", "fix"),
    [
        (lambda x: x, torch.zeros(2), "'<lambda>' is no name", 'name="plane"'),
        (
            torch.nn.Identity().forward,
            torch.zeros(2, dtype=torch.float16),
            "argument 'input' is float16",
            "x.to(torch.float32)",
        ),
    ],
)
def test_what_javascript_cannot_hold_is_refused(
    function: Any, example: torch.Tensor, fact: str, fix: str, tmp_path: Path
) -> None:
    with pytest.raises(ExplorableError, match=fact) as caught:
        ex.compile(function, example).save(tmp_path / "made")
    assert fix in caught.value.fix
    assert caught.value.line and caught.value.line.file.endswith("test_module.py")
    assert not (tmp_path / "made").exists()


def test_a_result_that_is_no_value_is_refused(tmp_path: Path) -> None:
    def strange(x: torch.Tensor) -> Any:
        return x, {"at": torch.float32}

    with pytest.raises(ExplorableError, match=r"the result is torch\.float32, which JavaScript"):
        ex.compile(strange, torch.zeros(2)).save(tmp_path)


RIGHT = """
import { load, type Result } from "./made/turn.js";
import { load as loadSlope } from "./made/slope.js";
const f = await load();
const b: (boolean | 0 | 1)[] = [true, 0];
const data = { z: [[1, 0.5] as const, 2], w: new Float32Array(100), b, half: 0.1,
  i: [[1, 2, 3], [4n, 5, 6]] };
const result: Result = f(0.3, data, undefined, 7);
const arc: Float32Array = result.arc.data;
const two: [2] = result.arc.shape;
const three: 3 = result.n;
f(0.3, { ...data, i: result.next }, 2, 7);
const exact: BigInt64Array = (await load({ int64: "bigint" }))(0.3, data, 2, 7).next.data;
const [gradient, value] = (await loadSlope())(new Float32Array(100), 1);
const g: [100] = gradient.shape, v: [] = value.shape;
export { arc, two, three, exact, g, v };
"""
WRONG = [
    'f("0.3", data, 2, 7);',
    "f(0.3, data, 3, 7);",
    "f(0.3, { ...data, w: undefined }, 2, 7);",
    "f(0.3, { ...data, y: 1 }, 2, 7);",
    "f(0.3, { ...data, z: result.sums }, 2, 7);",
    "result.arcs;",
    "const wrong: Float64Array = result.arc.data;",
    "f(0.3, data);",
]


@pytest.mark.slow
def test_types_are_exact(folder: Path) -> None:
    compiler = ROOT / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        pytest.skip("no TypeScript in node_modules: ./check installs it where there is npm")
    lines = RIGHT.strip().split("\n")
    for wrong in WRONG:
        lines += ["// @ts-expect-error", f"{{ {wrong} }}"]
    (folder / "use.ts").write_text("\n".join(lines))
    options = {
        "strict": True,
        "noEmit": True,
        "target": "es2022",
        "module": "nodenext",
        "types": [],
    }
    listed = {"compilerOptions": options | {"lib": ["es2022", "dom"]}, "files": ["use.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(listed))
    (folder / "package.json").write_text('{ "type": "module" }')
    done = subprocess.run(
        [compiler, "-p", "."],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "" and done.returncode == 0


def test_the_page_about_modules_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example of docs/hosts/module.md, run as it stands there."""
    if shutil.which("node") is None:
        pytest.skip("no node on this machine")
    text = (ROOT / "docs" / "hosts" / "module.md").read_text()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "package.json").write_text('{ "type": "module" }')
    said: dict[str, Any] = {}
    spaces: dict[str, dict[str, Any]] = {}
    for kind, name, code in re.findall(r"```(python|js)\n(?:#|//) ([\w.]+)\n(.*?)```", text, re.S):
        (tmp_path / name).write_text(code)
        if kind == "python":
            exec(compile(code, str(tmp_path / name), "exec"), spaces.setdefault(name, {}))
            continue
        run = subprocess.run(
            ["node", name], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        said[name] = [float(x) for x in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", run.stdout)]

    turned = spaces["plane.py"]["plane"](torch.tensor(0.3), torch.tensor(1 + 0.5j))
    assert said["page.js"] == pytest.approx([turned.real.item(), turned.imag.item()], abs=1e-6)
    assert said["descend.js"] == pytest.approx([2**0.5] * 3, abs=1e-5)
    assert said["training.js"] == pytest.approx([2**0.5] * 3, abs=1e-4)
    with random_numbers(0, 0):
        drawn = spaces["noise.py"]["noise"](torch.tensor(7))
    assert said["roll.js"] == pytest.approx(drawn.tolist(), abs=1e-6)

    (message,) = re.findall(r"```\n(TypeError: .*)\n```", text)
    tried = 'import("./plane/plane.js").then(({ load }) => load()).then((f) => f(1, [1, 2, 3]))'
    run = subprocess.run(
        ["node", "-e", f"{tried}.catch(String).then(console.log)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == message
