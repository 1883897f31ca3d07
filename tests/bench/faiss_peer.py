# SPDX-License-Identifier: MIT
"""faiss_peer.py LINES LIBRESIDUUM: FAISS's flat search and residual quantiser beside ours, one vector a call.

LINES holds the JSON lines of rsd_bench from the same run; LIBRESIDUUM is the shared library. One thread. The cost of a
call from Python is measured on an index of one codeword and taken off FAISS's time. That both find the same codewords
is checked first, through the library.
"""

import ctypes
import json
import sys
import time

import faiss
import numpy

SHAPES = ((1024, 128), (1024, 32), (256, 10))
LEVELS = 12
VECTORS = 256
ROUNDS = 7


class Codebook(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("level", "begin", "dim", "codeword_count")] + [
        ("scale", ctypes.c_float), ("codewords", ctypes.c_void_p)]


class Shape(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("dim", "level_count", "codebook_count")] + [
        ("codebooks", ctypes.POINTER(Codebook))]


def our_tokens(library, codebook, vectors):
    """Indices that libresiduum finds in an int8 codebook of scale 1."""
    words, dim = codebook.shape
    shape = Shape(dim, 1, 1, ctypes.pointer(Codebook(0, 0, dim, words, 1.0, codebook.ctypes.data)))
    library.rsd_rvq_size_bytes.restype = ctypes.c_size_t
    size = library.rsd_rvq_size_bytes(ctypes.byref(shape))
    memory = ctypes.create_string_buffer(size + 64)
    aligned = ctypes.c_void_p((ctypes.addressof(memory) + 63) // 64 * 64)
    rvq, token, tokens = ctypes.c_void_p(), ctypes.c_int32(), []
    if library.rsd_rvq_init(aligned, ctypes.c_size_t(size), ctypes.byref(shape), ctypes.byref(rvq)) != 0:
        sys.exit("faiss_peer: rsd_rvq_init failed")
    for vector in vectors.copy():
        library.rsd_rvq_encode_level(rvq, 0, 16, ctypes.c_void_p(vector.ctypes.data), ctypes.byref(token))
        tokens.append(token.value)
    return numpy.array(tokens)


def least_us(call, count):
    """Microseconds a call of call(i): the least of some rounds, in CPU time of this thread."""
    least = float("inf")
    for _ in range(ROUNDS):
        begin = time.thread_time()
        for i in range(count):
            call(i % VECTORS)
        least = min(least, (time.thread_time() - begin) / count)
    return least * 1e6


def flat_us(codebook, vectors):
    index = faiss.IndexFlatL2(codebook.shape[1])
    index.add(codebook)
    distances, found = numpy.empty((1, 1), "f4"), numpy.empty((1, 1), "i8")
    pointers = [faiss.swig_ptr(vectors[i]) for i in range(VECTORS)]
    out = faiss.swig_ptr(distances), faiss.swig_ptr(found)
    return least_us(lambda i: index.search_c(1, pointers[i], 1, *out), 3000)


def residual_us(codebook, vectors):
    """Greedy search through LEVELS codebooks, each half the size of the one before; the faster of FAISS's two ways."""
    dim = codebook.shape[1]
    codebooks = numpy.concatenate([codebook / 2.0**level for level in range(LEVELS)]).astype("f4")
    code = numpy.empty(64, "u1")
    pointers = [faiss.swig_ptr(vectors[i]) for i in range(VECTORS)]
    times = []
    for use_lut in (0, 1):
        quantiser = faiss.ResidualQuantizer(dim, LEVELS, int(numpy.log2(len(codebook))))
        faiss.copy_array_to_vector(codebooks.ravel(), quantiser.codebooks)
        quantiser.is_trained = True
        quantiser.max_beam_size = 1
        quantiser.use_beam_LUT = use_lut
        quantiser.compute_codebook_tables()
        code_of, out = quantiser.compute_codes_c, faiss.swig_ptr(code)
        times.append(least_us(lambda i, code_of=code_of, out=out: code_of(pointers[i], out, 1), 200))
    return min(times)


def our_us(lines, start):
    return next(line["us_least"] for line in lines if line["name"].startswith(start))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    library = ctypes.CDLL(sys.argv[2])
    faiss.omp_set_num_threads(1)
    print(f"FAISS {faiss.__version__}, one vector a call, one thread: us, less the cost of the call from Python")
    print(f"{'case':<34} {'FAISS us':>8} {'ours us':>12} {'ratio':>12}")
    for words, dim in SHAPES:
        random = numpy.random.default_rng(1)
        rows = random.integers(-127, 128, (words, dim), dtype=numpy.int8)
        vectors = random.integers(-300, 301, (VECTORS, dim)).astype("f4")
        codebook = rows.astype("f4")
        index = faiss.IndexFlatL2(dim)
        index.add(codebook)
        nearest = index.search(vectors, 1)[1][:, 0]
        ours = our_tokens(library, rows, vectors)
        differ = ((vectors - codebook[nearest]) ** 2).sum(1) != ((vectors - codebook[ours]) ** 2).sum(1)
        if differ.any():
            sys.exit(f"faiss_peer: {differ.sum()} of {VECTORS} vectors got another codeword than from FAISS")
        call = flat_us(codebook[:1], vectors)
        size, in_levels = f"{words} x {dim}", f"{LEVELS} levels {words} x {dim}"
        for name, peer, start in ((f"flat search {size}", flat_us(codebook, vectors) - call, f"RVQ search {size},"),
                                  (in_levels, residual_us(codebook, vectors) - call, f"RVQ {in_levels}")):
            mine = our_us(lines, start)
            print(f"{name:<34} {peer:8.2f} {mine:12.2f} {peer / mine:12.1f}")


main()
