// SPDX-License-Identifier: MIT
// The connection: one WebSocket, opened again when the server comes back.
import * as osc from "/page/osc.js";

const RETRY_MS = 1000;
const RENEW_MS = 30000; // a subscription lasts a minute
const METERS_HZ = 30;

export class Link {
  constructor({ onMessage, onCommand, onState }) {
    Object.assign(this, { onMessage, onCommand, onState });
    this.open();
    setInterval(() => this.subscribe(), RENEW_MS);
  }

  open() {
    const socket = new WebSocket(`ws://${location.host}/${location.search}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.onState(true);
      this.subscribe();
      socket.send(JSON.stringify({ COMMAND: "SPECTRA", DATA: true }));
    };
    socket.onmessage = (event) => {
      if (typeof event.data === "string") this.onCommand(JSON.parse(event.data));
      else osc.read(new DataView(event.data), this.onMessage);
    };
    socket.onclose = () => {
      this.onState(false);
      setTimeout(() => this.open(), RETRY_MS);
    };
    this.socket = socket;
  }

  // A subscription begins with all values.
  renew() {
    this.send("/residuum/unsubscribe");
    this.subscribe();
  }

  subscribe() { this.send("/residuum/subscribe/tokens", METERS_HZ); }

  send(address, ...values) { this.sendPacket(osc.write(address, ...values)); }

  sendPacket(packet) { if (this.socket.readyState === WebSocket.OPEN) this.socket.send(packet); }
}
