// What was written and is not yet known to be safe: kept in this browser until the server says so.
// One goes out at a time, so that nothing overtakes what was written before it.

// The server knows for 14 days what it has taken. What is older than this may have arrived, and would come twice:
// it goes out only when the person says so, once more.
const SENT_BY_ITSELF_MS = 7 * 86_400_000;
const SHOWN_MS = 30 * 86_400_000;

export class Outbox {
  /** @param transmit sends one act and tells whether it could */
  constructor(key, transmit) {
    this.key = key;
    this.transmit = transmit;
    this.acts = [];
    this.stale = [];
    this.sending = null;
    this.ready = false;
    this.timer = 0;
    this.sort(this.read());
  }

  add(written) {
    const act = { ...written, keptAt: Date.now() };
    this.acts.push(act);
    this.write((kept) => [...kept, act]);
    this.pump();
  }

  /** Set aside what waited for too long; of that, only what was said is of use to anybody. */
  sort(acts) {
    const age = ({ keptAt, at }) => Date.now() - (keptAt ?? Date.parse(at ?? 0));
    this.acts = acts.filter((act) => age(act) < SENT_BY_ITSELF_MS);
    const late = acts.filter((act) => age(act) >= SENT_BY_ITSELF_MS);
    const shown = late.filter((act) => act.type === "say" && age(act) < SHOWN_MS);
    this.stale = [...this.stale, ...shown];
    const gone = new Set(late.filter((act) => !shown.includes(act)).map((act) => act.uuid));
    if (gone.size > 0) this.write((kept) => kept.filter((act) => !gone.has(act.uuid)));
  }

  // The server has it, or will never take it.
  settle(uuid) {
    const act = [...this.acts, ...this.stale].find((one) => one.uuid === uuid);
    this.acts = this.acts.filter((one) => one.uuid !== uuid);
    this.stale = this.stale.filter((one) => one.uuid !== uuid);
    this.write((kept) => kept.filter((one) => one.uuid !== uuid));
    if (this.sending === uuid) this.sending = null;
    this.pump();
    return act;
  }

  later(seconds) {
    this.sending = null;
    this.ready = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), seconds * 1000);
  }

  start() {
    this.sort(this.acts);
    this.ready = true;
    this.sending = null;
    this.pump();
  }

  stop() {
    this.ready = false;
    clearTimeout(this.timer);
  }

  pump() {
    if (!this.ready || this.sending || this.acts.length === 0) return;
    if (this.transmit(this.acts[0])) this.sending = this.acts[0].uuid;
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  // Another tab may have changed the stored list meanwhile: change it, do not replace it.
  write(change) {
    try {
      localStorage.setItem(this.key, JSON.stringify(change(this.read())));
    } catch {
      // A full or forbidden storage: this page still remembers, until it is closed.
    }
  }
}

// crypto.randomUUID exists only on https and localhost; chats run on plain addresses in a shop's network too.
export function newUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
