// SPDX-License-Identifier: MIT
// OSC 1.0: packets to messages and back.

const text = new TextDecoder();
const bytes = new TextEncoder();

function readString(view, at) {
  let end = at;
  while (view.getUint8(end) !== 0) end++;
  return [text.decode(new Uint8Array(view.buffer, view.byteOffset + at, end - at)), at + ((end - at) >> 2) * 4 + 4];
}

function readArgument(view, type, at) {
  switch (type) {
    case "f": return [view.getFloat32(at), at + 4];
    case "i": return [view.getInt32(at), at + 4];
    case "h": return [Number(view.getBigInt64(at)), at + 8];
    case "d": return [view.getFloat64(at), at + 8];
    case "s": return readString(view, at);
    case "b": {
      const length = view.getInt32(at);
      return [new Uint8Array(view.buffer, view.byteOffset + at + 4, length), at + 4 + ((length + 3) >> 2) * 4];
    }
    case "T": return [true, at];
    case "F": return [false, at];
    default: return [null, at];
  }
}

// Calls take(address, arguments) for each message of the packet.
export function read(view, take) {
  if (view.getUint8(0) === 0x23) { // #bundle
    for (let at = 16; at + 4 <= view.byteLength;) {
      const length = view.getInt32(at);
      read(new DataView(view.buffer, view.byteOffset + at + 4, length), take);
      at += 4 + length;
    }
    return;
  }
  let [address, at] = readString(view, 0);
  let types;
  [types, at] = readString(view, at);
  const values = [];
  for (const type of types.slice(1)) {
    let value;
    [value, at] = readArgument(view, type, at);
    values.push(value);
  }
  take(address, values);
}

function padded(string) {
  const raw = bytes.encode(string);
  const out = new Uint8Array((raw.length >> 2) * 4 + 4);
  out.set(raw);
  return out;
}

function argument(value) {
  if (typeof value === "string") return ["s", padded(value)];
  if (typeof value === "boolean") return [value ? "T" : "F", new Uint8Array(0)];
  const out = new Uint8Array(4);
  new DataView(out.buffer).setFloat32(0, value);
  return ["f", out];
}

export function write(address, ...values) {
  const parts = values.map(argument);
  const all = [padded(address), padded("," + parts.map((part) => part[0]).join("")), ...parts.map((part) => part[1])];
  const out = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

// Messages that come into force together.
export function bundle(messages) {
  const out = new Uint8Array(16 + messages.reduce((sum, message) => sum + 4 + message.length, 0));
  const view = new DataView(out.buffer);
  out.set(bytes.encode("#bundle"));
  view.setUint32(12, 1);
  let at = 16;
  for (const message of messages) {
    view.setUint32(at, message.length);
    out.set(message, at + 4);
    at += 4 + message.length;
  }
  return out;
}
