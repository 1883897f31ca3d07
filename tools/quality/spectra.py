# SPDX-License-Identifier: MIT
"""Spectrograms in panels of one scale."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

import scores

WINDOW = 2048  # samples of a Hann window, at any rate
STEP = 256
TOP_HZ = 20000
RANGE_DB = (-110.0, -20.0)  # of a sine of full scale


def spectrum_db(x, first, count):
    """A frame of bins for every STEP of the `count` samples from `first`; a sine of full scale is 0 dB."""
    window = np.hanning(WINDOW)
    # A frame is centred on its sample: the first and last ones reach over the edges.
    padded = np.concatenate([np.zeros(WINDOW // 2), x, np.zeros(WINDOW)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[first : first + count : STEP]
    magnitude = np.abs(np.fft.rfft(frames * window, axis=1)) * 2 / window.sum()
    return 20 * np.log10(magnitude + 1e-9)


def draw_panel(axes, title, path, wanted):
    rate, channels = scores.read(path)
    first = int(wanted.start * rate)
    count = min(int(wanted.length * rate), channels.shape[1] - first)
    if count < WINDOW:
        raise ValueError(f"'{path}' has next to no sound from {wanted.start:g} s on")
    end = wanted.start + count / rate
    image = axes.imshow(spectrum_db(channels[0], first, count).T, origin="lower", aspect="auto", cmap="magma",
                        vmin=RANGE_DB[0], vmax=RANGE_DB[1], extent=(wanted.start, end, 0, rate / 2000),
                        interpolation="nearest")
    top_khz = min(TOP_HZ, rate / 2) / 1000
    axes.set_ylim(0, top_khz)
    axes.set_yticks(np.arange(0, top_khz + 0.1, 5))
    axes.set_title(title, fontsize=10)
    return image


def draw(panels, wanted, name, path):
    rows = (len(panels) + 1) // 2
    figure, grid = plt.subplots(rows, 2, figsize=(11, 2.9 * rows), sharex=True, sharey=True, facecolor="white",
                                layout="constrained", squeeze=False)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for axes, (title, sound) in zip(grid.flat, panels):
        image = draw_panel(axes, title, sound, wanted)
    for axes in grid[-1]:
        axes.set_xlabel("s")
    for axes in grid[:, 0]:
        axes.set_ylabel("kHz")
    figure.suptitle(name, fontsize=12)
    figure.colorbar(image, ax=grid, label="dB, a full-scale sine being 0", shrink=0.6)
    figure.savefig(path, dpi=100)
    plt.close(figure)
    # A palette makes the file a third as large, and nobody sees it.
    Image.open(path).convert("RGB").quantize(256, kmeans=2).save(path, optimize=True)
