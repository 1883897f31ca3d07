# SPDX-License-Identifier: MIT
"""Writes a small model in the shape of Lyra V2: three TFLite files of the same operators, with weights by chance.

usage: make_tiny_lyra.py FOLDER

Tests run on it where Lyra's own files are not (golden/tiny/lyra_v2). It takes and gives what Lyra does, 320 samples, 64
features, 46 levels of 16 codewords, and sounds like nothing. The bytes are the same on every machine: FlatBuffers are
written here, and numbers by chance come from a generator of integers. make_golden_lyra.py then asks LiteRT what it gives.
"""

import pathlib
import struct
import sys

F32, I32, I8, RESOURCE = 0, 2, 9, 13
HOP, FEATURES, LEVELS, CODEWORDS, BOOKS = 320, 64, 46, 16, 4

# name: builtin code, version, member of the union of options, fields of the options in order ("f" float, "s" string).
OPERATORS = {
    "ADD": (0, 2, 11, "i"), "CONCATENATION": (2, 1, 10, "ii"), "CONV_2D": (3, 3, 1, "iiiiii"),
    "DEPTHWISE_CONV_2D": (4, 3, 2, "iiiiiii"), "DEQUANTIZE": (6, 2, 38, ""), "RESHAPE": (22, 1, 17, ""),
    "GATHER": (36, 1, 23, "i"), "SUB": (41, 1, 28, "i"), "STRIDED_SLICE": (45, 1, 32, "iiiii"),
    "SPLIT": (49, 2, 35, "i"), "TRANSPOSE_CONV": (67, 3, 49, "iiii"), "SUM": (74, 1, 27, "i"),
    "ARG_MIN": (79, 1, 57, "i"), "LEAKY_RELU": (98, 2, 75, "f"), "SQUARED_DIFFERENCE": (99, 1, 66, ""),
    "QUANTIZE": (114, 1, 71, ""), "CALL_ONCE": (129, 1, 103, "i"), "VAR_HANDLE": (142, 1, 111, "ss"),
    "READ_VARIABLE": (143, 1, 112, ""), "ASSIGN_VARIABLE": (144, 1, 113, ""),
}


# ---- numbers by chance ----

class Chance:
    def __init__(self, seed):
        self.state = seed

    def integer(self, most):
        """-most..most, of which each float of a power of two is exact."""
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self.state >> 8) % (2 * most + 1) - most

    def floats(self, count, size):
        return struct.pack(f"<{count}f", *(self.integer(1024) * size / 1024 for _ in range(count)))

    def bytes(self, count, most=127):
        return struct.pack(f"<{count}b", *(self.integer(most) for _ in range(count)))

    def ints(self, count, most):
        return struct.pack(f"<{count}i", *(self.integer(most) for _ in range(count)))


# ---- FlatBuffers: what is pointed at comes after what points ----

class Flat:
    def __init__(self):
        self.data = bytearray(8)
        self.data[4:8] = b"TFL3"
        self.lists = {}  # of fields, which tables share

    def align(self, size, ahead=0):
        while (len(self.data) + ahead) % size:
            self.data.append(0)

    def point(self, at, to):
        struct.pack_into("<I", self.data, at, to - at)

    def table(self, fields, last=None):
        """fields: for each None (absent), ("u", number of one byte), ("i"), ("f"), or a function that writes what is
        pointed at and returns its place; that of field `last` is written last. Numbers that are 0 are left out, as the
        format's own writers do."""
        fields = [None if f in (("i", 0), ("u", 0)) else f for f in fields]
        while fields and fields[-1] is None:
            fields.pop()
        offsets, size = [], 4
        for field in fields:
            offsets.append(size if field else 0)
            size += 4 if field else 0
        listed = struct.pack(f"<HH{len(offsets)}H", 4 + 2 * len(offsets), size, *offsets)
        if listed not in self.lists:
            self.align(4)
            self.lists[listed] = len(self.data)
            self.data += listed
        self.align(4)
        list_at, begin = self.lists[listed], len(self.data)
        self.data += struct.pack("<i", begin - list_at) + bytes(size - 4)
        for field, offset in zip(fields, offsets):
            if isinstance(field, tuple):
                struct.pack_into({"u": "<B", "i": "<i", "f": "<f"}[field[0]], self.data, begin + offset, field[1])
        for i in sorted(range(len(fields)), key=lambda i: (i == last, i)):
            if callable(fields[i]):
                self.point(begin + offsets[i], fields[i]())
        return begin

    def vector(self, data, count, align=4):
        self.align(align, 4)
        at = len(self.data)
        self.data += struct.pack("<I", count) + data
        return at

    def ints(self, values):
        return lambda: self.vector(struct.pack(f"<{len(values)}i", *values), len(values))

    def string(self, text):
        def write():
            at = self.vector(text.encode(), len(text))
            self.data.append(0)
            return at
        return write

    def tables(self, writers):
        def write():
            at = self.vector(bytes(4 * len(writers)), len(writers))
            for i, writer in enumerate(writers):
                self.point(at + 4 + 4 * i, writer())
            return at
        return write


# ---- graphs ----

class Graph:
    """One subgraph: tensors and operators by their order."""

    def __init__(self, model, name):
        self.model, self.name, self.tensors, self.ops, self.inputs, self.outputs = model, name, [], [], [], []

    def tensor(self, shape, kind=F32, data=None, scales=None, zero=0, axis=0, name=None):
        buffer = 0
        if data is not None:
            buffer = len(self.model.buffers)
            self.model.buffers.append(data)
        self.tensors.append(dict(shape=shape, kind=kind, buffer=buffer, scales=scales, zero=zero, axis=axis,
                                 name=name or f"{self.name[0]}{len(self.tensors)}"))
        return len(self.tensors) - 1

    def ints(self, values):
        return self.tensor([len(values)], I32, struct.pack(f"<{len(values)}i", *values))

    def number(self, value):
        return self.tensor([], I32, struct.pack("<i", value))

    def op(self, name, inputs, outputs, *options):
        self.ops.append((name, inputs, outputs, options))
        return outputs[0] if outputs else None

    def shape(self, tensor):
        return self.tensors[tensor]["shape"]

    def like(self, tensor, shape):
        old = self.tensors[tensor]
        return self.tensor(shape, old["kind"], None, old["scales"], old["zero"])

    # What models consist of; x and results are numbers of tensors.

    def reshape(self, x, shape):
        return self.op("RESHAPE", [x, self.ints(shape)], [self.tensor(shape)])

    def slice(self, x, begin, end):
        """Rows [begin, end)."""
        shape = self.shape(x)
        to = self.like(x, [1, end - begin, 1, shape[3]])
        return self.op("STRIDED_SLICE", [x, self.ints([0, begin, 0, 0]), self.ints([1, end, 1, shape[3]]),
                                         self.ints([1, 1, 1, 1])], [to], 0, 0, 0, 0, 0)

    def join(self, parts, axis):
        shape = list(self.shape(parts[0]))
        shape[axis] = sum(self.shape(p)[axis] for p in parts)
        return self.op("CONCATENATION", parts, [self.like(parts[0], shape)], axis, 0)

    def with_past(self, x, rows):
        """The last rows of the frame before, in front of x; the last ones of this are kept for the next."""
        handle = self.variable([1, rows, 1, self.shape(x)[3]])
        past = self.op("READ_VARIABLE", [handle], [self.tensor([1, rows, 1, self.shape(x)[3]])])
        whole = self.join([past, x], 1)
        count = self.shape(whole)[1]
        self.op("ASSIGN_VARIABLE", [handle, self.slice(whole, count - rows, count)], [])
        return whole

    def variable(self, shape):
        name = f"past_{len(self.model.variables)}"
        self.model.variables.append((name, shape))
        return self.op("VAR_HANDLE", [], [self.tensor([], RESOURCE)], "", name)

    def leaky(self, x, alpha=0.25, scale=None):
        to = self.like(x, self.shape(x))
        if scale:
            self.tensors[to]["scales"], self.tensors[to]["zero"] = [scale], 3
        return self.op("LEAKY_RELU", [x], [to], alpha)

    def weights(self, x, shape, outputs, size, scale, axis=0):
        """Weights and bias, and what the result is made of: for int8 with a scale for each output."""
        chance, count = self.model.chance, 1
        for d in shape:
            count *= d
        if self.tensors[x]["kind"] == F32:
            return self.tensor(shape, F32, chance.floats(count, size)), \
                self.tensor([outputs], F32, chance.floats(outputs, size / 4)), dict(kind=F32)
        scales = [size / 127 * (1 + (c % 5) / 8) for c in range(outputs)]
        given = self.tensors[x]["scales"][0]
        return self.tensor(shape, I8, chance.bytes(count), scales, 0, axis), \
            self.tensor([outputs], I32, chance.ints(outputs, 400), [given * s for s in scales]), \
            dict(kind=I8, scales=[scale], zero=-5)

    def conv(self, x, taps, stride, outputs, size, scale=0.05, groups=1):
        shape = self.shape(x)
        w, b, made = self.weights(x, [outputs, taps, 1, shape[3] // groups], outputs, size, scale)
        to = self.tensor([1, (shape[1] - taps) // stride + 1, 1, outputs], **made)
        return self.op("CONV_2D", [x, w, b], [to], 1, 1, stride, 0, 1, 1)

    def depthwise(self, x, taps, size, scale=0.05):
        shape = self.shape(x)
        w, b, made = self.weights(x, [1, taps, 1, shape[3]], shape[3], size, scale, 3)
        to = self.tensor([1, shape[1] - taps + 1, 1, shape[3]], **made)
        return self.op("DEPTHWISE_CONV_2D", [x, w, b], [to], 1, 1, 1, 1, 0, 1, 1)

    def transposed(self, x, taps, stride, outputs, size, scale=0.05):
        shape, rows = self.shape(x), (self.shape(x)[1] - 1) * stride + taps
        w, b, made = self.weights(x, [outputs, taps, 1, shape[3]], outputs, size, scale)
        to = self.tensor([1, rows, 1, outputs], **made)
        return self.op("TRANSPOSE_CONV", [self.ints([1, rows, 1, outputs]), w, x, b], [to], 1, 1, stride, 0)

    def overlapped(self, x, taps, stride, outputs, size):
        """A transposed convolution of whose result the last taps - stride rows are added to the next frame's."""
        y = self.transposed(x, taps, stride, outputs, size)
        bias = self.ops[-1][1][3]
        if self.tensors[y]["kind"] == I8:
            y = self.op("DEQUANTIZE", [y], [self.tensor(self.shape(y))])
            bias = self.tensor([outputs], F32, self.model.chance.floats(outputs, size / 16))
        rows, over = self.shape(y)[1], taps - stride
        handle = self.variable([1, over, 1, outputs])
        past = self.op("READ_VARIABLE", [handle], [self.tensor([1, over, 1, outputs])])
        rest = self.tensor([1, rows - over, 1, outputs], F32, bytes(4 * (rows - over) * outputs))
        summed = self.op("ADD", [y, self.join([past, rest], 1)], [self.tensor(self.shape(y))], 0)
        kept = self.slice(summed, rows - over, rows)
        self.op("ASSIGN_VARIABLE", [handle, self.op("SUB", [kept, bias], [self.tensor(self.shape(kept))], 0)], [])
        return self.slice(summed, 0, rows - over)

    def quantise(self, x, scale):
        return self.op("QUANTIZE", [x], [self.tensor(self.shape(x), I8, None, [scale], 7)])

    def dequantise(self, x):
        return self.op("DEQUANTIZE", [x], [self.tensor(self.shape(x))])


class Model:
    def __init__(self, seed):
        self.chance, self.buffers, self.variables, self.graphs, self.signatures = Chance(seed), [b""], [], [], []

    def graph(self, name):
        self.graphs.append(Graph(self, name))
        return self.graphs[-1]

    def start_variables(self):
        """The subgraph that is called once."""
        start = Graph(self, "start")
        for name, shape in self.variables:
            count = shape[1] * shape[3]
            handle = start.op("VAR_HANDLE", [], [start.tensor([], RESOURCE)], "", name)
            start.op("ASSIGN_VARIABLE", [handle, start.tensor(shape, F32, bytes(4 * count))], [])
        self.graphs.append(start)

    def bytes(self):
        flat = Flat()
        used = sorted({op[0] for g in self.graphs for op in g.ops}, key=lambda name: OPERATORS[name][0])
        model = self.whole(flat, used)
        flat.point(0, model)
        return bytes(flat.data)

    def whole(self, flat, used):
        return flat.table([("i", 3), self.codes(flat, used),
                           flat.tables([self.subgraph(flat, g, used) for g in self.graphs]), None,
                           flat.tables([self.buffer(flat, b) for b in self.buffers]), None, None,
                           flat.tables([self.signature(flat, *s) for s in self.signatures])], last=1)

    @staticmethod
    def codes(flat, used):
        rows = [OPERATORS[name] for name in used]
        return flat.tables([lambda r=r: flat.table([("u", min(r[0], 127)), None, ("i", r[1]), ("i", r[0])])
                            for r in rows])

    @staticmethod
    def buffer(flat, data):
        return lambda: flat.table([(lambda: flat.vector(data, len(data), 16)) if data else None])

    def subgraph(self, flat, g, used):
        return lambda: flat.table([flat.tables([self.tensor(flat, t) for t in g.tensors]), flat.ints(g.inputs),
                                   flat.ints(g.outputs), flat.tables([self.operator(flat, op, used) for op in g.ops]),
                                   flat.string(g.name)])

    @staticmethod
    def tensor(flat, t):
        def quantisation():
            scales = t["scales"]
            zeros = struct.pack(f"<{len(scales)}q", *[t["zero"]] * len(scales))
            return flat.table([None, None, lambda: flat.vector(struct.pack(f"<{len(scales)}f", *scales), len(scales)),
                               lambda: flat.vector(zeros, len(scales), 8), None, None, ("i", t["axis"])])
        return lambda: flat.table([flat.ints(t["shape"]), ("u", t["kind"]), ("i", t["buffer"]),
                                   flat.string(t["name"]), quantisation if t["scales"] else None, None, None, None,
                                   ("u", 1)])

    @staticmethod
    def operator(flat, op, used):
        name, inputs, outputs, values = op
        member, kinds = OPERATORS[name][2:]

        def options():
            return flat.table([flat.string(v) if k == "s" else (k, v) for k, v in zip(kinds, values)])
        return lambda: flat.table([("i", used.index(name)), flat.ints(inputs), flat.ints(outputs), ("u", member), options])

    @staticmethod
    def signature(flat, key, inputs, outputs, graph):
        def names(pairs):
            return flat.tables([lambda n=n, t=t: flat.table([flat.string(n), ("i", t)]) for n, t in pairs])
        return lambda: flat.table([names(inputs), names(outputs), flat.string(key), None, ("i", graph)])


# ---- the three models ----

def encoder():
    model = Model(1)
    g = model.graph("main")
    g.inputs = [g.tensor([1, HOP], name="samples")]
    first = g.weights(g.inputs[0], [8, 32, 1, 1], 8, 0.5, 0)  # the first tensors are the first layer's weights
    g.op("CALL_ONCE", [], [], 1)
    x = g.with_past(g.reshape(g.inputs[0], [1, HOP, 1, 1]), 16)
    x = g.op("CONV_2D", [x, first[0], first[1]], [g.tensor([1, 20, 1, 8])], 1, 1, 16, 0, 1, 1)
    skipped = g.leaky(x)
    x = g.depthwise(g.with_past(skipped, 2), 3, 0.5)
    x = g.leaky(g.conv(x, 1, 1, 8, 0.5))
    x = g.op("ADD", [g.conv(x, 1, 1, 8, 0.5, groups=2), skipped], [g.tensor([1, 20, 1, 8])], 0)
    x = g.conv(g.quantise(g.leaky(x), 0.03), 5, 5, 16, 0.25)
    skipped = g.leaky(x, 0.25, 0.04)
    x = g.conv(g.depthwise(skipped, 1, 0.9), 1, 1, 16, 0.3, groups=4)
    x = g.op("ADD", [x, skipped], [g.tensor(g.shape(x), I8, None, [0.06], 1)], 0)
    x = g.conv(g.dequantise(x), 4, 1, FEATURES, 1.0)
    g.outputs = [g.reshape(x, [1, 1, FEATURES])]
    model.start_variables()
    return model


def decoder():
    model = Model(2)
    g = model.graph("main")
    g.inputs = [g.tensor([1, 1, FEATURES], name="features")]
    g.op("CALL_ONCE", [], [], 1)
    x = g.with_past(g.reshape(g.inputs[0], [1, 1, 1, FEATURES]), 2)
    x = g.leaky(g.conv(x, 3, 1, 32, 0.06, groups=4))
    x = g.quantise(x, 0.03)
    parts = [g.like(x, [1, 1, 1, 16]) for _ in range(2)]
    g.op("SPLIT", [g.number(3), x], parts, 2)
    x = g.leaky(g.join([g.overlapped(p, 4, 2, 8, 0.25) for p in parts], 3))
    x = g.depthwise(g.with_past(x, 2), 3, 0.7)
    g.outputs = [g.reshape(g.overlapped(x, 320, 160, 1, 0.06), [1, HOP])]
    model.start_variables()
    return model


def quantiser():
    """Both directions, unrolled. Levels share four codebooks, of which each is half as large as the one before."""
    model = Model(3)
    books = [model.chance.floats(CODEWORDS * FEATURES, 2.0 / (1 << b)) for b in range(BOOKS)]
    shared = [len(model.buffers) + b for b in range(BOOKS)]
    model.buffers += books

    def book(g, level):
        at = g.tensor([CODEWORDS, FEATURES], name=f"book{level}")
        g.tensors[at]["buffer"] = shared[level % BOOKS]
        return at

    encode = model.graph("encode")
    x = encode.tensor([1, FEATURES], name="features")
    encode.inputs = [x]
    row, last, axis = encode.ints([1]), encode.number(0), encode.number(0)
    for level in range(LEVELS):
        own = book(encode, level)
        differences = encode.op("SQUARED_DIFFERENCE", [x, own], [encode.tensor([CODEWORDS, FEATURES])])
        sums = encode.op("SUM", [differences, row], [encode.tensor([CODEWORDS])], 0)
        token = encode.op("ARG_MIN", [sums, last], [encode.tensor([], I32)], I32)
        encode.outputs.append(token)
        found = encode.op("GATHER", [own, token], [encode.tensor([FEATURES])], 0)
        x = encode.op("SUB", [x, found], [encode.tensor([1, FEATURES])], 0)
    decode = model.graph("decode")
    tokens = decode.tensor([LEVELS, 1, 1], I32, name="tokens")
    decode.inputs, total = [tokens], None
    for level in range(LEVELS):
        token = decode.op("STRIDED_SLICE", [tokens, decode.ints([level, 0, 0]), decode.ints([level + 1, 1, 1]),
                                            decode.ints([1, 1, 1])], [decode.tensor([1, 1], I32)], 0, 0, 0, 0, 1)
        found = decode.op("GATHER", [book(decode, level), token], [decode.tensor([1, 1, FEATURES])], 0)
        total = found if total is None else decode.op("ADD", [total, found], [decode.tensor([1, 1, FEATURES])], 0)
    decode.outputs = [total]
    model.signatures = [("encode", [("features", encode.inputs[0])],
                         [(f"{level:02}", t) for level, t in enumerate(encode.outputs)], 0),
                        ("decode", [("tokens", tokens)], [("features", total)], 1)]
    return model


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in (("soundstream_encoder", encoder), ("quantizer", quantiser), ("lyragan", decoder)):
        (folder / f"{name}.tflite").write_bytes(make().bytes())


if __name__ == "__main__":
    main()
