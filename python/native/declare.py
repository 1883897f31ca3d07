# SPDX-License-Identifier: MIT
"""Writes the C file of the module `residuum._native` from the public headers.

usage: declare.py COMPILER INCLUDE_FOLDER GLUE_FOLDER OUT.c

The headers are the one place where the interface stands. The compiler's preprocessor expands them, without the system's
headers; what is left is brought into the form that cffi reads. Inline functions are left out: the package calls the
functions ending in _sized that they stand for.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import cffi

HEADERS = ["version", "status", "limits", "params", "codec", "engine", "preset", "pattern", "token", "token_stream", "train", "dsp"]
SYSTEM_HEADERS = ["stdbool.h", "stddef.h", "stdint.h"]
# Called by the library, written in Python.
CALLBACKS = """
extern "Python" bool residuum_train_progress(void *, double, const char *);
"""


def preprocess(compiler: str, include: Path, glue: Path) -> str:
    """The headers as one text. Attributes are gone: a compiler that is not GCC gets none."""
    with tempfile.TemporaryDirectory() as folder:
        for name in SYSTEM_HEADERS:
            Path(folder, name).write_text("")
        text = "".join(f"#include <residuum/rsd_{name}.h>\n" for name in HEADERS) + '#include "glue.h"\n'
        command = [compiler, "-E", "-P", "-nostdinc", "-U__GNUC__", "-U__clang__", "-DUINT64_C(x)=x"]
        command += ["-I", folder, "-I", str(include), "-I", str(glue), "-x", "c", "-"]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def without_inline_functions(text: str) -> str:
    """Takes out `static inline` definitions, bodies and all."""
    kept = []
    while (found := re.search(r"\bstatic inline\b", text)) is not None:
        kept.append(text[: found.start()])
        at = text.index("{", found.end())
        depth = 1
        while depth > 0:
            at += 1
            depth += {"{": 1, "}": -1}.get(text[at], 0)
        text = text[at + 1 :]
    return "".join(kept) + text


def with_values_from_compiler(text: str) -> str:
    """Leaves to the C compiler what cffi cannot work out: values of enums, and sizes of arrays with arithmetic."""
    text = re.sub(r"enum \{[^}]*\}", lambda m: re.sub(r"=[^,}]+", "= ... ", m[0]), text)
    return re.sub(r"\[[^\]\n]*\(uint32_t\)[^;]*\];", "[...];", text)


def main() -> None:
    compiler, include, glue, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    text = with_values_from_compiler(without_inline_functions(preprocess(compiler, include, glue)))
    ffi = cffi.FFI()
    ffi.cdef("#define RSD_MAX_LEVELS ...\n#define RSD_MAX_SEQUENCES ...\n#define RSD_MAX_SIDE ...\n"
             "#define RSD_TOKEN_NONE ...\n#define RSD_ENGINE_MAX_CHANNELS ...\n")
    ffi.cdef(text)
    ffi.cdef(CALLBACKS)
    includes = "".join(f"#include <residuum/rsd_{name}.h>\n" for name in HEADERS)
    ffi.set_source("residuum._native", includes + '#include "glue.h"\n')
    ffi.emit_c_code(out)


main()
