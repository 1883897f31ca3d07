# SPDX-License-Identifier: MIT
"""LiteRT with XNNPACK, its default, as the reference of our TFLite graphs. Needs what lyra_requirements.txt lists."""

from ai_edge_litert.interpreter import Interpreter


class Graph:
    """A graph of one input and one output, from its zero state."""

    def __init__(self, path):
        self.interpreter = Interpreter(str(path), num_threads=1)
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]
        self.output = self.interpreter.get_output_details()[0]["index"]

    def run(self, values):
        self.interpreter.set_tensor(self.input["index"], values.reshape(self.input["shape"]))
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.output).ravel().copy()
