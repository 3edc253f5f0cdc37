// The WebSocket: opens, notices when it is dead, and opens again after growing waits.

const WAITS_S = [0.5, 1, 2, 4, 8, 12];
const BEAT_MS = 25_000;
const UNKNOWN_VISITOR = 4401;
const NO_LONGER_STAFF = 4403;

export class Link {
  /** @param handlers opened(), frame(object), state(name, seconds) */
  constructor(path, handlers) {
    this.url = location.origin.replace(/^http/, "ws") + path;
    this.handlers = handlers;
    this.failures = 0;
    this.timer = 0;
    this.unanswered = false;
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.drop());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.isOpen) this.open();
    });
    setInterval(() => this.beat(), BEAT_MS);
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.timer);
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    this.handlers.state("connecting");
    const socket = (this.socket = new WebSocket(this.url));
    socket.addEventListener("open", () => {
      this.unanswered = false;
      this.handlers.opened();
    });
    socket.addEventListener("message", (event) => {
      this.unanswered = false;
      this.failures = 0;
      sessionStorage.removeItem("rapport.reloads");
      this.handlers.frame(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => {
      if (this.socket === socket) this.closed(event.code);
    });
  }

  send(frame) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  closed(code) {
    this.socket = null;
    if (code === UNKNOWN_VISITOR || code === NO_LONGER_STAFF) return this.reload();
    const wait = WAITS_S[Math.min(this.failures, WAITS_S.length - 1)] * (0.8 + 0.4 * Math.random());
    this.failures += 1;
    this.handlers.state(navigator.onLine === false ? "offline" : "waiting", Math.max(1, Math.round(wait)));
    this.timer = setTimeout(() => this.open(), wait * 1000);
  }

  drop() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.closed(0);
  }

  beat() {
    if (!this.isOpen) return;
    if (this.unanswered) return this.drop();
    this.unanswered = true;
    this.send({ type: "ping" });
  }

  // The page's own request renews the cookie, or tells why there is none. Not for ever, though.
  reload() {
    const reloads = Number(sessionStorage.getItem("rapport.reloads") ?? 0);
    sessionStorage.setItem("rapport.reloads", String(reloads + 1));
    if (reloads < 3) location.reload();
    else this.handlers.state("waiting", 30);
  }
}
