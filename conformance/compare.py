"""Whether two results are one: assert_close, and where mathematics leaves a choice (the phases of
eigenvectors, which of equal numbers comes first) what every right choice has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch.testing import assert_close

from explorable.trace import random_numbers

from .sample import Sample, Tolerance, eager

ROUNDING = 4
"""A float may be off by so many times what eager float32 is off float64, as in a figure's
verification; such passes are counted apart."""

CLOSE, ROUNDED, CHOSEN = "close", "rounded", "chosen"
LOOSE = 1e-3
"""How far products of factors may be from what they factor: enough to tell a wrong one."""

Tensors = Sequence[torch.Tensor]


class Different(Exception):  # noqa: N818 not an error of ours: a verdict
    """Two results differ; the text says how."""


def verdict(entry: str, sample: Sample, got: Tensors, want: Tensors) -> str:
    """CLOSE, ROUNDED (within float32's own rounding) or CHOSEN (another right choice); raises
    Different."""
    if len(got) != len(want):
        raise Different(f"{len(got)} results instead of {len(want)}")
    for k, (g, w) in enumerate(zip(got, want, strict=True)):
        if g.shape != w.shape or g.dtype != w.dtype:
            raise Different(f"result {k} is {_kind(g)} instead of {_kind(w)}")
    wrong = _difference(got, want, sample.tolerance, [0.0] * len(want))
    if wrong is None:
        return CLOSE
    slack = _rounding(sample, want)
    if any(slack) and _difference(got, want, sample.tolerance, slack) is None:
        return ROUNDED
    if _other_choice(entry, sample, got, want):
        return CHOSEN
    raise Different(wrong)


def _kind(x: torch.Tensor) -> str:
    return f"{str(x.dtype).removeprefix('torch.')}{list(x.shape)}"


def _difference(
    got: Tensors, want: Tensors, tolerance: Tolerance, slack: Sequence[float]
) -> str | None:
    for k, (g, w, more) in enumerate(zip(got, want, slack, strict=True)):
        rtol, atol = tolerance.rtol, tolerance.atol
        exact = not (w.is_floating_point() or w.is_complex())
        if exact:
            rtol = atol = None
        elif more or rtol is not None:
            rtol = 1.3e-6 if rtol is None else rtol
            atol = (1e-5 if atol is None else atol) + more
        try:
            assert_close(g, w, rtol=rtol, atol=atol, equal_nan=True)
        except AssertionError as error:
            lines = str(error).splitlines()
            useful = [line for line in lines if line.startswith(("Mismatched", "Greatest"))]
            return f"result {k}: " + "; ".join(useful or lines[:1])
    return None


def _rounding(sample: Sample, want: Tensors) -> list[float]:
    """For each result, ROUNDING times how far eager's is from that of float64."""
    wide = {torch.float32: torch.float64, torch.complex64: torch.complex128}
    try:
        exact = eager(sample, [x.to(wide.get(x.dtype, x.dtype)) for x in sample.unseen])
    except Exception:  # the data base fixed a dtype: there is nothing wider
        return [0.0] * len(want)
    if len(exact) != len(want):
        return [0.0] * len(want)
    found: list[float] = []
    for w, e in zip(want, exact, strict=True):
        if e.shape != w.shape or not (w.is_floating_point() or w.is_complex()):
            found.append(0.0)
            continue
        gap = (w - e).abs()
        gap = gap[torch.isfinite(gap)]
        found.append(ROUNDING * float(gap.max()) if gap.numel() else 0.0)
    return found


def _other_choice(entry: str, sample: Sample, got: Tensors, want: Tensors) -> bool:
    rule = FACTORS.get(entry.removeprefix("linalg."))
    try:
        if rule is not None:
            return rule(sample, got, want) or _as_in_figures(sample, got)
        return _positions(sample, got, want)
    except RuntimeError:
        return False


def _as_in_figures(sample: Sample, got: Tensors) -> bool:
    """Eigenvalues in the order, eigenvectors with the sign that an eager call of a figure has: the
    slopes of a gradient belong to them in that order."""
    with random_numbers():
        chosen = eager(sample, sample.unseen)
        allowed = _rounding(sample, chosen)
    return _difference(got, chosen, sample.tolerance, allowed) is None


def _positions(sample: Sample, got: Tensors, want: Tensors) -> bool:
    """Positions may differ where what lies at them is equal: sort, topk, mode and their like."""
    if not sample.unseen or want[-1].dtype != torch.int64 or len(want) > 2:
        return False
    source, places, expected = sample.unseen[0], got[-1], want[-1]
    if len(want) == 2 and _difference(got[:1], want[:1], sample.tolerance, [0.0]) is not None:
        return False
    for dim in range(source.ndim):
        rest = [n for k, n in enumerate(source.shape) if k != dim]
        flat = places.ndim == source.ndim - 1 and list(places.shape) == rest
        p, e = (places.unsqueeze(dim), expected.unsqueeze(dim)) if flat else (places, expected)
        others = [n for k, n in enumerate(p.shape) if k != dim]
        if p.ndim != source.ndim or others != rest:
            continue
        if bool(((p < 0) | (p >= source.shape[dim])).any()):
            return False
        twice = torch.sort(p, dim=dim)[0].diff(dim=dim) == 0
        same = torch.equal(source.gather(dim, p), source.gather(dim, e))
        if same and not bool(twice.any()):
            return True
    return False


def _near(a: torch.Tensor, b: torch.Tensor) -> bool:
    return bool(torch.allclose(a, b, rtol=LOOSE, atol=LOOSE, equal_nan=True))


def _unitary(q: torch.Tensor) -> bool:
    return _near(q.mH @ q, torch.eye(q.shape[-1], dtype=q.dtype).expand(*q.shape[:-2], -1, -1))


def _eigh(sample: Sample, got: Tensors, want: Tensors) -> bool:
    (w, v), (w0, v0) = got, want

    def whole(w: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        return (v * w.unsqueeze(-2)) @ v.mH

    return _near(w, w0) and _unitary(v) and _near(whole(w, v), whole(w0, v0))


def _svd(sample: Sample, got: Tensors, want: Tensors) -> bool:
    if len(want) == 1:
        return _near(got[0], want[0])
    (u, s, v), (u0, s0, v0) = got, want
    k = s.shape[-1]

    def whole(u: torch.Tensor, s: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        # torch.svd gives V, torch.linalg.svd its adjoint.
        right = v[..., :k, :] if adjoint else v[..., :k].mH
        return (u[..., :k] * s.unsqueeze(-2)) @ right

    for adjoint in (True, False):
        try:
            if _near(whole(u, s, v), whole(u0, s0, v0)):
                return _near(s, s0) and _unitary(u) and _unitary(v.mH if adjoint else v)
        except RuntimeError:
            continue
    return False


def _qr(sample: Sample, got: Tensors, want: Tensors) -> bool:
    (q, r), (q0, r0) = got, want
    if not bool((r.tril(-1) == 0).all()):
        return False
    if q.numel() == 0:
        return _near(r.mH @ r, r0.mH @ r0)
    return _unitary(q) and _near(q @ r, q0 @ r0)


def _eig(sample: Sample, got: Tensors, want: Tensors) -> bool:
    a = sample.unseen[0].to(want[0].dtype)
    if not _eigvals(sample, got[:1], want[:1]):
        return False
    if len(got) == 1:
        return True
    w, v = got
    lengths = v.abs().square().sum(-2)
    return _near(a @ v, v * w.unsqueeze(-2)) and _near(lengths, torch.ones_like(lengths))


def _eigvals(sample: Sample, got: Tensors, want: Tensors) -> bool:
    rows = zip(got[0].reshape(-1, got[0].shape[-1]), want[0].reshape(-1, want[0].shape[-1]),
               strict=True)  # fmt: skip
    for found, expected in rows:
        rest = list(found)
        for value in expected:
            nearest = min(range(len(rest)), key=lambda k: float((rest[k] - value).abs()))
            if float((rest.pop(nearest) - value).abs()) > LOOSE * (1 + float(value.abs())):
                return False
    return True


FACTORS: dict[str, Callable[[Sample, Tensors, Tensors], bool]] = {
    "eigh": _eigh,
    "svd": _svd,
    "qr": _qr,
    "eig": _eig,
    "eigvals": _eigvals,
}
"""The factorisations that are right in more than one way, by name without ``linalg.``."""
