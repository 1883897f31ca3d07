# SPDX-License-Identifier: MIT
"""An EnCodec with random weights whose levels work as trained ones do: each leaves a good part of its residual to the next.

The network's weights are PyTorch's initial ones, scaled so that every layer passes signal on; the codebooks are drawn from
the residuals of a long sound (FIT), so that the vectors of another one (TEST) lie near no codeword in particular. Written
are the model in the Hugging Face layout, TEST at 24 kHz and what PyTorch computes of it, in the files that
RSD_ENCODEC_GOLDEN=OUT test_encodec reads. Needs torch, transformers, numpy, scipy, soundfile.
"""
import argparse
import os

import numpy as np
import scipy.signal
import soundfile
import torch
from transformers import EncodecConfig, EncodecModel

SIZES = {
    "tiny": dict(num_filters=4, hidden_size=16, codebook_dim=16, codebook_size=64, target_bandwidths=[0.45, 0.9, 1.8, 3.6]),
    "half": dict(num_filters=16, hidden_size=64, codebook_dim=64, codebook_size=256, target_bandwidths=[1.2, 2.4, 4.8, 9.6]),
    "full": dict(target_bandwidths=[1.5, 3.0, 6.0, 12.0, 24.0]),
}


def read_24k(path, seconds):
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    sound = scipy.signal.resample_poly(sound[:, 0], 24000, rate).astype(np.float32)
    sound = sound[: int(seconds * 24000)]
    return torch.tensor(sound[: len(sound) // 320 * 320])[None, None]


def pass_signal_on(net, signal):
    """Scales each convolution so that what leaves it has unit variance."""
    for module in [m for m in net.modules() if isinstance(m, (torch.nn.Conv1d, torch.nn.ConvTranspose1d))]:
        seen = {}
        hook = module.register_forward_hook(
            lambda _m, _i, out: seen.update(deviation=(out - out.mean(-1, keepdim=True)).std()))
        net(signal)
        hook.remove()
        module.parametrizations.weight.original0.mul_(1.0 / seen["deviation"].clamp(min=1e-4))


def draw_codebooks(model, vectors):
    left = vectors.clone()
    for level in model.quantizer.layers:
        codebook = level.codebook.embed
        picks = left[torch.randint(0, len(left), (len(codebook),))]
        codebook.copy_(0.6 * picks + 0.2 * left.std() * torch.randn_like(picks))
        level.codebook.embed_avg.copy_(codebook)
        left = left - codebook[torch.cdist(left, codebook).argmin(-1)]


def fit_model(model, fit):
    pass_signal_on(model.encoder, fit[..., :48000])
    vectors = model.encoder(fit)[0].T
    draw_codebooks(model, vectors)
    pass_signal_on(model.decoder, vectors.T[None, :, :150])
    model.decoder.layers[-1].conv.parametrizations.weight.original0.mul_(0.1)


def begin_from_zeros(model):
    model.config.pad_mode = "constant"
    for module in model.modules():
        if hasattr(module, "pad_mode"):
            module.pad_mode = "constant"


def write_golden(model, sound, prefix, bandwidths, out):
    np.save(f"{out}/{prefix}embeddings.npy", np.ascontiguousarray(model.encoder(sound)[0].numpy().T))
    for kbps in bandwidths:
        codes = model.encode(sound, bandwidth=kbps).audio_codes[0, 0]
        decoded = model.decode(codes[None, None], [None])[0][0, 0].numpy()
        np.save(f"{out}/{prefix}codes_{len(codes):02d}.npy", codes.numpy().astype(np.int32))
        np.save(f"{out}/{prefix}decoded_{len(codes):02d}.npy", decoded[: sound.shape[-1]])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fit", help="a long sound, from which the codebooks are drawn")
    parser.add_argument("test", help="another sound, that the golden vectors are made of")
    parser.add_argument("out")
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--keep", action="store_true", help="keep the model that OUT holds (FIT is not read)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fit-seconds", type=float, default=60)
    parser.add_argument("--test-seconds", type=float, default=10)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    os.makedirs(options.out, exist_ok=True)
    model = EncodecModel.from_pretrained(options.out) if options.keep else EncodecModel(EncodecConfig(**SIZES[options.size]))
    model.eval()
    test = read_24k(options.test, options.test_seconds)
    bandwidths = model.config.target_bandwidths
    with torch.no_grad():
        if not options.keep:
            fit_model(model, read_24k(options.fit, options.fit_seconds))
            model.save_pretrained(options.out)
        soundfile.write(options.out + "/input_24k.wav", test[0, 0].numpy(), 24000, subtype="FLOAT")
        write_golden(model, test, "", bandwidths, options.out)
        begin_from_zeros(model)
        write_golden(model, test, "zero_", bandwidths[-1:], options.out)
        left = model.encoder(test)[0].T
        for level in model.quantizer.layers:
            before = left.std()
            left = left - level.codebook.embed[torch.cdist(left, level.codebook.embed).argmin(-1)]
            print(f"{left.std() / before:.2f}", end=" ")
        print("of each level's residual goes on")


if __name__ == "__main__":
    main()
