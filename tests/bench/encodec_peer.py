"""CPU time of one frame at a time in PyTorch, one thread: the peer of rsd_bench's encodec case. Needs torch, transformers.
usage: encodec_peer.py MODEL_DIR (a folder of the golden generator, or any EnCodec)"""
import sys
import time

import numpy as np
import torch
from transformers import EncodecModel

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
    for _ in range(60):
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
print(", ".join(f"{name} {1e3 * np.median(values[10:]):.2f} ms" for name, values in times.items()),
      f"({codes.shape[0]} levels)")
