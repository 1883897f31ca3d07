"""Inputs, weights and outputs of PyTorch's layers, for test_layers.c. usage: make_layer_vectors.py OUT.safetensors
Signals are steps x channels, from silence. Needs torch and safetensors."""
import sys

import torch
from safetensors.torch import save_file

torch.manual_seed(11)
torch.set_num_threads(1)
out = {}


def keep(name, **tensors):
    for part, tensor in tensors.items():
        out[f"{name}.{part}"] = tensor.detach().float().contiguous()


def steps(x):
    return x[0].T


def left_pad(x, count):
    return torch.nn.functional.pad(x, (count, 0))


def conv(name, inputs, outputs, kernel, stride, dilation, length):
    layer = torch.nn.Conv1d(inputs, outputs, kernel, stride=stride, dilation=dilation)
    x = torch.randn(1, inputs, length)
    y = layer(left_pad(x, (kernel - 1) * dilation + 1 - stride))
    shape = torch.tensor([inputs, outputs, kernel, stride, dilation])
    keep(name, shape=shape, weight=layer.weight, bias=layer.bias, x=steps(x), y=steps(y))


def transposed(name, inputs, outputs, kernel, stride, length):
    layer = torch.nn.ConvTranspose1d(inputs, outputs, kernel, stride=stride)
    x = torch.randn(1, inputs, length)
    y = layer(x)[..., : length * stride]
    shape = torch.tensor([inputs, outputs, kernel, stride, 0])
    keep(name, shape=shape, weight=layer.weight, bias=layer.bias, x=steps(x), y=steps(y))


def lstm(name, hidden, length):
    layer = torch.nn.LSTM(hidden, hidden)
    x = 3 * torch.randn(length, 1, hidden)
    y = layer(x)[0]
    keep(name, shape=torch.tensor([hidden, 0, 0, 0, 0]), weight_ih=layer.weight_ih_l0, weight_hh=layer.weight_hh_l0,
         bias_ih=layer.bias_ih_l0, bias_hh=layer.bias_hh_l0, x=x[:, 0], y=y[:, 0])


def residual(name, channels, inner, kernel, dilation, length, shortcut):
    first = torch.nn.Conv1d(channels, inner, kernel, dilation=dilation)
    second = torch.nn.Conv1d(inner, channels, 1)
    third = torch.nn.Conv1d(channels, channels, 1)
    x = 2 * torch.randn(1, channels, length)
    elu = torch.nn.functional.elu
    y = second(elu(first(left_pad(elu(x), (kernel - 1) * dilation)))) + (third(x) if shortcut else x)
    keep(name, shape=torch.tensor([channels, inner, kernel, dilation, int(shortcut)]), first=first.weight,
         first_bias=first.bias, second=second.weight, second_bias=second.bias, third=third.weight,
         third_bias=third.bias, x=steps(x), y=steps(y))


conv("conv.0", 3, 5, 7, 1, 1, 40)
conv("conv.1", 17, 33, 3, 1, 4, 30)
conv("conv.2", 4, 70, 8, 4, 1, 44)
conv("conv.3", 1, 2, 1, 1, 1, 9)
conv("conv.4", 16, 16, 10, 5, 1, 60)
transposed("transposed.0", 6, 5, 8, 4, 12)
transposed("transposed.1", 3, 17, 7, 3, 12)
transposed("transposed.2", 9, 4, 2, 2, 12)
lstm("lstm.0", 5, 20)
lstm("lstm.1", 19, 20)
residual("residual.0", 6, 3, 3, 1, 24, True)
residual("residual.1", 20, 10, 3, 3, 24, False)
x = torch.cat([torch.linspace(-90, 5, 191), torch.tensor([-0.0, 0.0, -1e-6, 1e-6, 60.0])])
keep("elu.0", shape=torch.zeros(5), x=x[:, None], y=torch.nn.functional.elu(x.double()).float()[:, None])
save_file(out, sys.argv[1])
