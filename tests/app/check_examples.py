#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_examples.py RESIDUUM SOURCE BUILD CC: every example that README.md, docs/*.md, --help and the manual page show
does what it says it does: commands are run in a folder of their own (sound devices replaced by the null device), OSC messages are
sent to a running `residuum live`, C is compiled. What cannot be run here is named in NOT_RUN with the reason. An example
that no rule knows fails, so that a new one is thought about."""
import array
import glob
import math
import os
import re
import shlex
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import wave

residuum, source, build, cc = sys.argv[1:5]
failures = []
# Texts of people; what the program prints of itself (docs/reference-*.md) is --help over again.
PAGES = ["README.md"] + sorted(os.path.relpath(path, source) for path in glob.glob(os.path.join(source, "docs", "*.md"))
                               if not os.path.basename(path).startswith("reference-"))

# What is not run, and why. Patterns of a whole command.
NOT_RUN = [
    (r"\./dev run", "builds first; the same arguments are given to `residuum live` here"),
    (r"\./dev (test|test-python-extras|bench|lint)\b.*", "installs packages, builds and runs this very test"),
    (r"cmake -S \. -B build.*", "builds everything; the tests install and packages do what comes after"),
    (r"sudo .*", "changes the system"),
    (r"residuum latency .*--(jack-no-connect|jack-loopback|input-device).*", "needs a loop; the test e2e_jack_latency"),
    (r"pactl .*|PULSE_SINK=.*", "needs a server of PulseAudio; tried by hand"),
    (r"residuum patterns --measure .*--held-out --codec lyra-v2.*", "takes minutes; the test app_measure"),
    (r"build/release/tests/bench/.*", "takes minutes; by hand"),
    (r"tools/presets/measure .*", "renders for minutes; the test test_engine_preset_loudness"),
    (r"python python/extras/ray_scaling.py .*", "a Ray cluster, for minutes; by hand"),
    (r"residuum stress .*--duration 60.*", "takes minutes; the test app_stress"),
    (r"curl .*127\.0\.0\.1:8080.*", "a server of residuum live --http; the test app_http_oscquery"),
    (r"residuum (abx|rate) .*--http.*", "waits for a browser; the test app_listen_page"),
    (r"jalv .*", "a JACK host; the test plugin_jalv"),
    (r"pd .*", "opens a window; the test plugin_pd"),
    (r"cc app\.c .*", "needs an installed library; the test install"),
    (r"residuum train .*", "takes minutes; the test app_train"),
    (r"(pip (install|wheel) '?\./python|auditwheel) ?.*", "builds in an environment; the test python_package"),
    (r"python python/examples/ray_job.py .*", "a Ray cluster; ./dev test-python-extras"),
    (r"python python/extras/ray_scaling.py .*", "minutes on a Ray cluster"),
    (r"(python|build/quality-venv/bin/python) tools/models/(render|score)\.py .*", "needs PyTorch and ViSQOL; ./dev test-python-extras, test tools_token_scores"),
    (r"python -m residuum\.models\.train .*", "trains for minutes in PyTorch; ./dev test-python-extras"),
    (r"tools/corpus/make .*", "renders for minutes; the test tools_corpus"),
    (r"residuum models get lyra-v2", "fetches from the network; the test app_models has a server of its own"),
]
if not os.environ.get("RSD_REAL_LYRA"):
    NOT_RUN.append((r"residuum models get .*", "Lyra's files are not here"))
# Options that describe a device which is not here: dropped, the first with their values, and the null device takes its place.
DEVICE_OPTIONS = {"--input-device", "--output-device", "--host-api", "--duration", "--midi-input", "--cv", "--cv-device"}
DEVICE_SWITCHES = {"--jack-no-connect"}
NULL_DEVICE = ["--backend", "null", "--duration", "0.3", "--osc-port", "0"]


def holds(sentence):
    print(f"  holds: {sentence}")


def fails(sentence):
    print(f"FAILS: {sentence}")
    failures.append(sentence)


# ---- what the texts show ----

def shell_examples(text):
    """Commands of the ```sh blocks: comments off, but a comment line or a continued line is no command."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S):
        for line in block.replace("\\\n", " ").splitlines():
            line = re.sub(r"(^|\s)#.*", "", line).strip()
            if line:
                yield line


def command_help(command):
    done = subprocess.run([residuum, command, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


def help_examples(text):
    """The lines of the section Examples; what they mean is indented deeper."""
    if "\nExamples:\n" not in text:
        return []
    return re.findall(r"^  (\S.*)$", text.split("\nExamples:\n")[1], re.M)


def commands_of_program():
    done = subprocess.run([residuum, "--help"], capture_output=True, text=True, check=True)
    return re.findall(r"^  ([a-z]+)  ", done.stdout, re.M)


# ---- a folder with all that the examples name ----

def write_sound(path, rate, seconds):
    samples = array.array("h", (int(9000 * math.sin(0.02 * i) * math.sin(0.0007 * i)) for i in range(int(rate * seconds))))
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def prepare(folder):
    for name, rate in (("in.wav", 48000), ("other.wav", 48000), ("in_24k.wav", 24000), ("speech.wav", 16000)):
        write_sound(os.path.join(folder, name), rate, 1.5)
    with open(os.path.join(folder, "sweep.txt"), "w", encoding="utf-8") as file:
        file.write("0.1 levels 2 # down\n0.5 monitor residual\n")
    os.makedirs(os.path.join(folder, "my-sounds"))
    os.makedirs(os.path.join(folder, "bin"))
    os.makedirs(os.path.join(folder, "home"))
    os.makedirs(os.path.join(folder, "path/to/lyra"))
    shutil.copy(os.path.join(source, "src/codec/models/live-128.safetensors"), os.path.join(folder, "mine.safetensors"))
    for name, target in (("bin/residuum", residuum), ("build", build), ("plugin", os.path.join(source, "plugin")),
                         ("encodec_24khz", os.path.join(source, "tests/codec/golden/encodec_tiny")),
                         ("path/to/lyra/model_coeffs", os.path.join(os.environ["RESIDUUM_MODELS"], "lyra_v2"))):
        os.symlink(os.path.abspath(target), os.path.join(folder, name))


# ---- running ----

def run(line, folder, environment):
    done = subprocess.run(["bash", "-c", f"set -eo pipefail; {line}"], cwd=folder, env=environment, capture_output=True,
                          text=True, timeout=300, check=False)
    return done.returncode, done.stderr


def on_null_device(line):
    """A `residuum live` line as it can run here: no device is named, and it ends by itself."""
    words, kept = shlex.split(line), []
    while words:
        word = words.pop(0)
        if word in DEVICE_OPTIONS:
            words.pop(0)
        elif word not in DEVICE_SWITCHES:
            kept.append(word)
    return shlex.join(kept + NULL_DEVICE)


def osc_message(address, types, values):
    def text(word):
        raw = word.encode() + b"\0"
        return raw + b"\0" * (-len(raw) % 4)
    message = text(address) + text("," + types)
    for kind, value in zip(types, values):
        message += {"f": lambda v: struct.pack(">f", float(v)), "i": lambda v: struct.pack(">i", int(v)),
                    "s": text}[kind](value)
    return message


def send_osc(line, port):
    """Sends what oscsend would, then a query: what is refused is answered before the query is. The answer, if an error."""
    _, _, _, address, *rest = shlex.split(line)
    types, values = (rest or [""])[0], rest[1:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(10)
        peer.sendto(osc_message(address, types, values), ("127.0.0.1", port))
        peer.sendto(osc_message("/residuum/get", "s", ["mix"]), ("127.0.0.1", port))
        while True:
            answer = peer.recv(65536)
            if answer.startswith(b"/residuum/error"):
                return answer
            if answer.startswith(b"/residuum/value"):
                return None


def check_line(line, where, folder, environment, port):
    for pattern, reason in NOT_RUN:
        if re.fullmatch(pattern, line):
            print(f"  not run: {line} ({reason})")
            return
    if re.match(r"residuum live\b|\./dev run ", line):
        line = on_null_device(line.replace("./dev run", "residuum live"))
    elif line.startswith("oscsend localhost 9000 "):
        error = send_osc(line, port)
        (fails if error else holds)(f"{where}: {line}" + (f": {error}" if error else ""))
        return
    elif line == "residuum man | man -l -":
        if not shutil.which("man"):
            print("  not run: man is not installed")
            return
        line += " | cat"
    elif not re.match(r"residuum [a-z]+\b|mkdir -p ~/", line):
        fails(f"{where}: no rule of this test knows: {line}")
        return
    code, errors = run(line, folder, environment)
    (holds if code == 0 else fails)(f"{where}: {line}" + (f": exit {code}: {errors}" if code else ""))


def check_values(command, text, folder, environment):
    """Values in the text of --help: '2.5 levels 1' as an automation, and `for example X` of an option."""
    flat = re.sub(r"\s+", " ", text)
    rows = re.findall(r"'(\d[^']*)'", flat)
    if rows:
        with open(os.path.join(folder, "rows.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
        check_line("residuum process in.wav out.wav --automation rows.txt", f"{command} --help", folder, environment, 0)
    options = flat.split(" Options: ")[1]
    for option, value in re.findall(r"--([a-z-]+) [^-]*?for example ([^\s;]+)", options):
        line = {"set": f"residuum process in.wav out.wav --set '{value}'",
                "levels": f"residuum analyze in.wav --levels '{value}'",
                "format": f"residuum process in.wav out.wav --format {value.rstrip(',')}",
                "host-api": None}.get(option, f"unknown example of --{option}: {value}")
        if line:
            check_line(line, f"{command} --help, --{option}", folder, environment, 0)


# ---- what needs no running ----

def check_c(page, text, folder):
    for block in re.findall(r"^```c\n(.*?)^```", text, re.M | re.S):
        includes = re.findall(r"^#include.*$", block, re.M)
        body = re.sub(r"^#include.*$", "", block, flags=re.M)
        head = ("rsd_status example(rsd_model *model, rsd_engine *engine, rsd_error error, const float *const *in, "
                "float *const *out, uint64_t sample_count, uint32_t sample_rate_hz, float levels)")
        path = os.path.join(folder, "example.c")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(includes) + f"\n{head};\n{head}\n{{\n{body}\nreturn status;\n}}\n")
        done = subprocess.run([*shlex.split(cc), "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                               "-I", os.path.join(source, "include"), path], capture_output=True, text=True, check=False)
        (fails if done.returncode else holds)(f"{page}: C compiles {done.stderr}")


def check_names(page, text, commands, options):
    """`residuum WORD` and `--option` in running text name what is there."""
    for word in re.findall(r"`residuum ([a-z]+)", text):
        if word not in commands:
            fails(f"{page}: there is no `residuum {word}`")
    for option in re.findall(r"`--([a-z-]+)", text):
        if option not in options:
            fails(f"{page}: no command has --{option}")


def check_man(examples):
    page = subprocess.run([residuum, "man"], capture_output=True, text=True, check=True).stdout
    plain = page.replace("\\-", "-").replace("\\e", "\\")
    for line in examples:
        if f"\\fB{line}\\fR" not in plain:
            fails(f"the manual page lacks: {line}")
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, capture_output=True, text=True, check=False)
        (fails if done.stderr else holds)(f"the manual page is clean for groff {done.stderr}")


def start_live(environment):
    live = subprocess.Popen([residuum, "live", "--backend", "null", "--osc-port", "0", "--duration", "600"],
                            env=environment, stdout=subprocess.PIPE, text=True)
    for line in live.stdout:
        found = re.search(r"OSC on UDP port (\d+)", line)
        if found:
            return live, int(found.group(1))
    sys.exit("FAILED: live did not say its port")


def check_all(folder):
    environment = dict(os.environ, HOME=os.path.join(folder, "home"), XDG_CONFIG_HOME=os.path.join(folder, "home/config"),
                       PATH=os.path.join(folder, "bin") + ":" + os.environ["PATH"], MANPAGER="cat")
    prepare(folder)
    texts = {}
    for page in PAGES:
        with open(os.path.join(source, page), encoding="utf-8") as file:
            texts[page] = file.read()
    commands = commands_of_program()
    helps = {command: command_help(command) for command in commands}
    live, port = start_live(environment)
    try:
        for page, text in texts.items():
            for line in shell_examples(text):
                check_line(line, page, folder, environment, port)
        examples = []
        for command, text in helps.items():
            found = help_examples(text)
            if not found:
                fails(f"{command} --help shows no example")
            examples += found
            for line in found:
                check_line(line, f"{command} --help", folder, environment, port)
            check_values(command, text, folder, environment)
    finally:
        live.terminate()
        live.wait()
    options = set(re.findall(r"--([a-z-]+)", "".join(helps.values()))) | {"install", "prefix"}
    for page, text in texts.items():
        check_c(page, text, folder)
        check_names(page, text, commands, options)
    check_man(examples)


with tempfile.TemporaryDirectory() as temporary:
    check_all(temporary)
sys.exit(1 if failures else 0)
