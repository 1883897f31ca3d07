# SPDX-License-Identifier: MIT
"""SNR of sines against frequency, a panel a bitrate, as one SVG picture on white."""

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

OURS, CELT = "#0072b2", "#d55e00"  # of Okabe and Ito
STYLES = {-1: "-", -20: (0, (5, 2)), -40: (0, (1, 1.5))}
TICKS_HZ = [30, 100, 300, 1000, 3000, 10000, 18000]


def draw_panel(axes, rows, title):
    for level_dbfs, style in STYLES.items():
        mine = sorted((r for r in rows if r["level_dbfs"] == level_dbfs), key=lambda r: r["frequency_hz"])
        frequencies = [r["frequency_hz"] for r in mine]
        for name, field, colour in (("CELT 2.5 ms", "celt_snr_db", CELT), ("ours", "snr_db", OURS)):
            axes.plot(frequencies, [r[field] for r in mine], color=colour, linestyle=style, linewidth=1.5,
                      label=f"{name}, {level_dbfs} dBFS")
    axes.set_xscale("log")
    axes.set_xticks(TICKS_HZ, [f"{f / 1000:g}k" if f >= 1000 else str(f) for f in TICKS_HZ])
    axes.minorticks_off()
    axes.set_title(title, fontsize=11)
    axes.set_xlabel("Hz", fontsize=9)
    axes.tick_params(labelsize=9)
    axes.grid(color="#e2e2e2", linewidth=0.8)
    axes.set_axisbelow(True)


def draw(codec, rows, path):
    matplotlib.rcParams.update({"svg.hashsalt": "residuum", "font.family": "DejaVu Sans"})
    sines = [r for r in rows if r["group"] == "sine"]
    targets = sorted({r["target_kbps"] for r in sines})
    figure, panels = plt.subplots(1, len(targets), figsize=(4.2 * len(targets), 4.4), sharey=True, facecolor="white",
                                  squeeze=False)
    for axes, target in zip(panels[0], targets):
        mine = [r for r in sines if r["target_kbps"] == target]
        draw_panel(axes, mine, f"{mine[0]['kbps']:g} kbps")
    panels[0][0].set_ylabel("Signal-to-noise ratio, dB", fontsize=9)
    handles, names = panels[0][0].get_legend_handles_labels()
    names = [name.replace("ours", codec) for name in names]
    figure.legend(handles, names, loc="upper center", ncol=len(STYLES), frameon=False, fontsize=9)
    figure.tight_layout(rect=(0, 0, 1, 0.88))
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)
