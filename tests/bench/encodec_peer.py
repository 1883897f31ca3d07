# SPDX-License-Identifier: MIT
"""CPU time of one EnCodec frame at a time in PyTorch, one thread, beside rsd_bench's in the same run. Needs torch, transformers.
usage: encodec_peer.py MODEL_DIR LINES (what rsd_bench printed with RSD_ENCODEC_DIR=MODEL_DIR)"""
import json
import sys
import time

import numpy as np
import torch
from transformers import EncodecModel
from transformers.utils import logging

logging.disable_progress_bar()
torch.set_num_threads(1)
model = EncodecModel.from_pretrained(sys.argv[1]).eval()
for module in model.modules():
    if hasattr(module, "pad_mode"):
        module.pad_mode = "constant"  # a reflection needs more steps than a frame has
hop = int(np.prod(model.config.upsampling_ratios))
frame = 0.1 * torch.randn(1, 1, hop)
kbps = model.config.target_bandwidths[-1]
times = {"encoder": [], "levels": [], "decoder": []}
with torch.no_grad():
    for _ in range(80):
        start = time.thread_time()
        embedding = model.encoder(frame)
        encoded = time.thread_time()
        codes = model.quantizer.encode(embedding, kbps)
        latent = model.quantizer.decode(codes)
        quantised = time.thread_time()
        model.decoder(latent)
        times["encoder"].append(encoded - start)
        times["levels"].append(quantised - encoded)
        times["decoder"].append(time.thread_time() - quantised)
parts = {name: 1e3 * np.median(values[10:]) for name, values in times.items()}
peer_ms = sum(parts.values())
print(f"EnCodec, one frame of {1e3 * hop / model.config.sampling_rate:.1f} ms, {codes.shape[0]} levels, medians: PyTorch "
      f"{torch.__version__} {peer_ms:.2f} ms (" + ", ".join(f"{name} {ms:.2f}" for name, ms in parts.items()) + ")")
with open(sys.argv[2], encoding="utf-8") as lines:
    for case in map(json.loads, lines):
        if case["name"].startswith("encodec") and "us_median" in case:
            ours_ms = 1e-3 * case["us_median"]
            print(f"  {case['name']}: {ours_ms:.2f} ms, PyTorch / ours = {peer_ms / ours_ms:.1f}")
