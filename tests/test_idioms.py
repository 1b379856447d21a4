"""How authors write PyTorch: torch.func, attention in its spellings, hooks, contexts, code in
place, moving windows, functions with their own gradients. Each against eager torch at unseen
values."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import nn
from torch.autograd import forward_ad
from torch.func import (
    functional_call,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    stack_module_state,
    vjp,
    vmap,
)
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.attention.flex_attention import create_block_mask, flex_attention
from torch.nn.utils import (
    clip_grad_norm_,
    clip_grad_value_,
    parameters_to_vector,
    vector_to_parameters,
)
from torch.utils.checkpoint import checkpoint

import explorable as ex
from together import agree, gradients

Tensor = torch.Tensor


def bump(x: Tensor) -> Tensor:
    return (x.sin() * x.exp()).sum()


def net() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))


@pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr")  # linearize's own graph
def test_derivatives_by_torch_func():
    agree(
        {
            "grad": lambda x: vmap(grad_and_value(bump))(x),
            "jvp": lambda x: jvp(bump, (x,), (x.cos(),)),
            "vjp": lambda x: vjp(torch.sin, x)[1](2 * x),
            "jacrev": lambda x: jacrev(lambda v: v.sin() * v.sum())(x[0]),
            "jacfwd": lambda x: vmap(jacfwd(lambda v: v.sin() * v.sum()))(x),
            "hessian": lambda x: vmap(hessian(bump))(x),
            "twice forward": lambda x: jacfwd(jacfwd(bump))(x[0]),
            "laplacian": lambda x: vmap(lambda v: torch.trace(hessian(bump)(v)))(x),
            "linearize": lambda x: linearize(torch.sin, x)[1](3 * x),
            "in chunks": lambda x: vmap(bump, chunk_size=2)(x),
            "different": lambda x: vmap(lambda v: v + torch.randn(3), randomness="different")(x),
            "same": lambda x: vmap(lambda v: v + torch.randn(3), randomness="same")(x),
            "older": lambda x: torch.autograd.functional.hessian(bump, x[0]),
        },
        torch.randn(4, 3),
    )


def test_nets_as_functions():
    one = net()
    weights = {name: p.detach() for name, p in one.named_parameters()}
    many, _ = stack_module_state([nn.Linear(3, 2) for _ in range(3)])
    stacked = {name: p.detach() for name, p in many.items()}
    base = nn.Linear(3, 2, device="meta")

    def loss(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(one, weights, x[None]).square().sum()

    agree(
        {
            "per sample": lambda w, m, x: vmap(grad(loss), (None, 0))(w, x),
            "ensemble": lambda w, m, x: vmap(lambda p: functional_call(base, p, x))(m),
        },
        weights,
        stacked,
        torch.randn(4, 3),
    )


def test_higher_derivatives_by_autograd():
    def penalty(x: Tensor) -> Any:
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(net()(x).sum(), x, create_graph=True)
        return torch.autograd.grad((slope.norm(dim=1) - 1).square().mean(), x)

    def forward(x: Tensor) -> Tensor:
        with forward_ad.dual_level():
            return forward_ad.unpack_dual(forward_ad.make_dual(x, 2 * x).sin()).tangent

    agree({"penalty": penalty, "dual numbers": forward}, torch.randn(4, 3))


def by_hand(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    hidden = torch.tril(torch.ones(q.shape[-2], k.shape[-2])) == 0
    return F.softmax(scores.masked_fill(hidden, float("-inf")), -1) @ v


def chosen_kernel(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    with sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.MATH]):
        return F.scaled_dot_product_attention(q, k, v)


def flexible(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    causal = create_block_mask(lambda b, h, i, j: i >= j, None, None, 4, 5, device="cpu")
    return flex_attention(
        q, k, v, score_mod=lambda score, b, h, i, j: score + 0.1 * (i - j), block_mask=causal
    )


@pytest.mark.filterwarnings("ignore:flex_attention called without")  # it advises to compile
def test_attention_in_its_spellings():
    attend = F.scaled_dot_product_attention
    seen = torch.tensor([[1, 0, 0, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [0, 1, 0, 1, 0]]).bool()
    agree(
        {
            "plain": gradients(attend),
            "causal": gradients(lambda q, k, v: attend(q, k, v, is_causal=True)),
            "masked": gradients(lambda q, k, v: attend(q, k, v, attn_mask=seen)),
            "biased": gradients(
                lambda q, k, v: attend(
                    q, k, v, attn_mask=torch.linspace(-1, 1, 20).reshape(4, 5), scale=0.3
                )
            ),
            "grouped": gradients(
                lambda q, k, v: attend(q, k[:, :1], v[:, :1], enable_gqa=True, dropout_p=0.0)
            ),
            "dropout": lambda q, k, v: attend(q, k, v, dropout_p=0.5),
            "by hand": gradients(by_hand),
            "chosen kernel": gradients(chosen_kernel),
            "einsum": gradients(
                lambda q, k, v: torch.einsum(
                    "bhts,bhsd->bthd", torch.einsum("bhtd,bhsd->bhts", q, k).softmax(-1), v
                )
            ),
            "flex": flexible,
        },
        *(torch.randn(2, 2, n, 3) for n in (4, 5, 5)),
    )


@pytest.mark.slow
def test_multihead_attention():
    torch.manual_seed(2)
    own = nn.MultiheadAttention(8, 2, batch_first=True)
    cross = nn.MultiheadAttention(8, 2, kdim=3, vdim=3, add_bias_kv=True, add_zero_attn=True)
    causal = nn.Transformer.generate_square_subsequent_mask(5)
    hidden = torch.tensor([[False, False, False, True, True], [False] * 5])
    quiet = copy.deepcopy(own).eval()
    agree(
        {
            "weights": gradients(lambda x: own(x, x, x)),
            "none": gradients(lambda x: own(x, x, x, need_weights=False)),
            "causal": gradients(
                lambda x: own(x, x, x, attn_mask=causal, is_causal=True, need_weights=False)
            ),
            "padded": gradients(
                lambda x: own(x, x, x, key_padding_mask=hidden, average_attn_weights=False)
            ),
            "evaluated": lambda x: quiet(x, x, x, key_padding_mask=hidden),
            "cross": gradients(lambda x: cross(x, x[..., :3], x[..., 3:6])),
        },
        torch.randn(2, 5, 8),
    )


def test_hooks():
    def forward(x: Tensor) -> Any:
        model, seen = net(), list[Tensor]()
        handle = model[0].register_forward_hook(lambda m, i, o: seen.append(o) or 2 * o)
        model[1].register_forward_pre_hook(lambda m, i: (i[0] + 1,))
        result = model(x)
        handle.remove()
        return result, seen, model(x)

    def backward(x: Tensor) -> Any:
        model, seen = net(), list[Tensor]()
        model[0].register_full_backward_hook(lambda m, i, o: seen.append(o[0]))
        model[1].register_full_backward_pre_hook(lambda m, o: (2 * o[0],))
        x = x.detach().requires_grad_()
        model(x).square().sum().backward()
        return seen, x.grad, model[0].weight.grad

    def of_tensors(x: Tensor) -> Any:
        x = x.detach().requires_grad_()
        y = x.sin()
        y.register_hook(lambda slope: 3 * slope)
        y.retain_grad()
        y.square().sum().backward()
        return x.grad, y.grad

    def accumulated(x: Tensor) -> Any:
        model, norms = net(), list[Tensor]()
        for parameter in model.parameters():
            parameter.register_post_accumulate_grad_hook(lambda p: norms.append(p.grad.norm()))
        model(x).sum().backward()
        return norms

    functions = (forward, backward, of_tensors, accumulated)
    agree({f.__name__: f for f in functions}, torch.randn(4, 3))


class Straight(torch.autograd.Function):
    """Rounds, as if it did not."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: float) -> Tensor:
        ctx.scale = scale
        return x.round()

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Any:
        return ctx.scale * slope, None


def test_contexts_and_functions_with_their_own_gradients():
    def histories(x: Tensor) -> Any:
        weight = nn.Parameter(x.clone())
        with torch.no_grad():
            constant = 2 * weight
        with torch.inference_mode():
            inferred = 4 * weight
        live = 3 * weight + constant.detach()
        live.square().sum().backward()
        return constant, inferred, weight.grad

    def again(x: Tensor) -> Any:
        x, model = x.detach().requires_grad_(), net()
        checkpoint(model, x, use_reentrant=False).square().sum().backward()
        return x.grad, model[0].weight.grad

    def off(x: Tensor) -> Tensor:
        with torch.autocast("cpu", enabled=False), torch.device("cpu"):
            return net()(x) + torch.ones(2)

    agree(
        {
            "histories": histories,
            "checkpoint": again,
            "autocast": off,
            "straight": gradients(lambda x: Straight.apply(3 * x, 0.5)),
        },
        torch.randn(4, 3),
    )


def test_code_in_place():
    def writes(x: Tensor) -> Tensor:
        y = x.clone()
        y[0] = 1
        y[:, 1] += 2
        y[y > 2] = 2
        y.relu_().add_(x)
        y[1:3].mul_(2)
        y.t()[0].zero_()
        return torch.add(y, x, out=torch.empty(4, 3))

    def differentiated(x: Tensor) -> Tensor:
        y = x * 1
        y[:, 0] = y[:, 1] * 2
        y[1] += y[0].clone()
        y.view(-1)[::2] = 0
        return y.square()

    def recurrent(x: Tensor) -> Tensor:
        kept = torch.zeros(8, 3)
        for k in range(4):
            kept[2 * k : 2 * (k + 1)] = x[k].cumsum(0)
        return kept

    agree(
        {"writes": writes, "differentiated": gradients(differentiated), "recurrent": recurrent},
        torch.randn(4, 3),
    )


def test_training_inside_one_function():
    """Weights exchanged through .data, hard and soft copies, clipping, vectors of parameters."""

    def exchanged(x: Tensor) -> Any:
        model = net()
        for _ in range(2):
            model.zero_grad()
            model(x).square().mean().backward()
            for parameter in model.parameters():
                parameter.data = parameter.data - 0.1 * parameter.grad
                parameter.data.clamp_(-1, 1)
        return list(model.parameters())

    def shared(x: Tensor) -> Any:
        one, other = nn.Parameter(x.clone()), nn.Parameter(2 * x)
        one.data = other.data
        with torch.no_grad():
            other.add_(1)
        return one, other

    def averaged(x: Tensor) -> Tensor:
        model = net()
        slow = copy.deepcopy(model)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(x).square().mean().backward()
        optimizer.step()
        with torch.no_grad():
            for average, parameter in zip(slow.parameters(), model.parameters(), strict=True):
                average.data = 0.9 * average.data + 0.1 * parameter.data
        return slow(x)

    def clipped(x: Tensor) -> Any:
        model = net()
        model(x).square().sum().backward()
        norm = clip_grad_norm_(model.parameters(), 0.1)
        clip_grad_value_(model.parameters(), 0.02)
        return norm, [p.grad for p in model.parameters()]

    def as_vector(x: Tensor) -> Any:
        model = net()
        vector = parameters_to_vector(model.parameters())
        vector_to_parameters(2 * vector, model.parameters())
        return model(x), vector

    functions = (exchanged, shared, averaged, clipped, as_vector)
    agree({f.__name__: f for f in functions}, torch.randn(4, 3))


def test_windows_that_move():
    def batches(x: Tensor, k: Tensor) -> Any:
        starts = torch.randint(len(x) - 5, (3,))
        inputs = torch.stack([x[i : i + 4] for i in starts])
        return inputs, torch.stack([x[i + 1 : i + 1 + 4] for i in starts])

    def written(x: Tensor, k: Tensor) -> Tensor:
        x = x.clone()
        x[k : k + 2] = 7.0
        x[1:, k : k + 3] = x[1:, :3]
        x[k : k + 2] *= 2
        return x

    agree(
        {
            "batches": batches,
            "written": written,
            "read": lambda x, k: (x[k - 1 : k + 6 : 2], x[:, k : 2 + k, None], x[2:, k]),
            "moved": lambda x, k: gradients(lambda x: x[k : k + 3])(x),
            "item": lambda x, k: x[(i := k.item()) : i + 3],
        },
        torch.randn(9, 9),
        torch.tensor(2),
        unseen=(torch.randn(9, 9), torch.tensor(3)),
    )


def test_masks_that_are_known():
    """Of a closed-over mask it is known how much it picks, though not from what."""
    train, grid = torch.tensor([True, False, True, True]), torch.tensor([[1, 0, 1]] * 4).bool()
    classes = torch.tensor([0, 1, 1, 0])

    def written(x: Tensor) -> Tensor:
        x = x.clone()
        x[train] = x[train].flip(0)
        x[grid] += 1
        x[:, grid[0]] *= 2
        return x

    agree(
        {
            "loss": gradients(lambda x: F.mse_loss(x[train], torch.ones(3, 3))),
            "column": lambda x: (x[train, 1], x[grid], x[torch.arange(4) % 2 == 0]),
            "classes": lambda x: torch.stack([x[classes == k].mean(0) for k in range(2)]),
            "written": written,
        },
        torch.randn(4, 3),
    )
    with pytest.raises(ex.ExplorableError, match="depends on the values"):
        ex.compile(lambda x: x[x > 0], torch.randn(4))


def test_a_window_whose_length_moves_says_so():
    with pytest.raises(ex.ExplorableError, match="python needs the value of a tensor that moves"):
        ex.compile(lambda x, k: x[:k], torch.randn(9), torch.tensor(2))


def test_data_of_another_shape_says_so():
    def grown(x: Tensor) -> Tensor:
        y = x.clone()
        y.data = torch.cat([x, x])
        return y

    with pytest.raises(ex.ExplorableError, match=r"changes the shape of x from \(2,\) to \(4,\)"):
        ex.compile(grown, torch.randn(2))
