# SPDX-License-Identifier: MIT
"""Bitrate against each measure, as one SVG picture on white, so that it reads on any page."""

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

import table

# Okabe and Ito: told apart by colour-blind people too.
OUR_COLOURS = ["#0072b2", "#009e73", "#cc79a7", "#56b4e9"]
PEER_COLOURS = ["#d55e00", "#e69f00"]
TICKS_KBPS = [6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384]
PANELS = {"snr_db": "Signal-to-noise ratio, dB", "lsd_db": "Log-spectral distance, dB (lower is closer)",
          "visqol": "ViSQOL, audio mode, MOS", "zimtohrli": "Zimtohrli, MOS"}


def draw_codec(axes, rows, metric, colour, is_ours, name):
    kbps = [row["kbps"] for row in rows]
    mean = [row["mean"][metric] for row in rows]
    axes.plot(kbps, [row["worst"][metric] for row in rows], color=colour, linewidth=1, linestyle=(0, (2, 2)))
    axes.plot(kbps, mean, color=colour, linewidth=2, marker="o" if is_ours else "s", markersize=4.5, label=name)
    if not is_ours:
        return
    below = metric == "lsd_db"  # a falling curve has room under it
    for row, x, y in zip(rows, kbps, mean):
        axes.annotate(str(row["level_count"]), (x, y), textcoords="offset points", xytext=(0, -13 if below else 6),
                      ha="center", fontsize=7, color="#444444")


def draw_panel(axes, ladder, metric):
    ours = peers = 0
    for name, rows in table.codecs(ladder).items():
        is_ours = rows[0]["level_count"] is not None
        colour = OUR_COLOURS[ours % len(OUR_COLOURS)] if is_ours else PEER_COLOURS[peers % len(PEER_COLOURS)]
        ours, peers = ours + is_ours, peers + (not is_ours)
        draw_codec(axes, rows, metric, colour, is_ours, f"{table.title(name, rows)}, {rows[0]['latency_ms']:.2f} ms")
    low, high = min(row["kbps"] for row in ladder), max(row["kbps"] for row in ladder)
    axes.set_xscale("log")
    axes.set_xlim(low / 1.12, high * 1.12)
    axes.set_xticks([t for t in TICKS_KBPS if low / 1.12 <= t <= high * 1.12])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.minorticks_off()
    axes.margins(y=0.09)  # room for the numbers
    if metric in ("visqol", "zimtohrli"):
        axes.set_ylim(min(1.0 if row["worst"][metric] < 2 else 2.0 for row in ladder), 5.12)
    axes.set_title(PANELS[metric], fontsize=11)
    axes.set_xlabel("kbps (numbers: level count)", fontsize=9)
    axes.tick_params(labelsize=9)
    axes.grid(color="#e2e2e2", linewidth=0.8)
    axes.set_axisbelow(True)


def draw(ladder, path):
    matplotlib.rcParams.update({"svg.hashsalt": "residuum", "font.family": "DejaVu Sans"})
    figure, panels = plt.subplots(2, 2, figsize=(11, 8.2), facecolor="white")
    for axes, metric in zip(panels.flat, PANELS):
        draw_panel(axes, ladder, metric)
    handles, names = panels[0][0].get_legend_handles_labels()
    handles.append(plt.Line2D([], [], color="#555555", linewidth=1, linestyle=(0, (2, 2))))
    figure.legend(handles, names + ["the worst clip of each"], loc="upper center", ncol=len(handles), frameon=False,
                  fontsize=10)
    clip_count = len(ladder[0]["clips"])
    figure.text(0.5, 0.008, f"Means over {clip_count} clip{'' if clip_count == 1 else 's'}, one channel; every level "
                "plays by itself, from a prefix of one stream", ha="center", fontsize=9, color="#444444")
    figure.tight_layout(rect=(0, 0.025, 1, 0.955), h_pad=2.0, w_pad=2.5)
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)
