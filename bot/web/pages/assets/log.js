// The conversation: messages in the order of time, each once, with the days between them.

import { buildMessage, isCorrectable } from "./message.js";
import { el, make, page, word } from "./page.js";

const JOIN_WITHIN_MS = 5 * 60_000;
const NEAR_END_PX = 120;
const dayName = new Intl.DateTimeFormat(page.language, { weekday: "long", day: "numeric", month: "long" });

export class Log {
  constructor(view) {
    this.view = { ...view, quoteOf: (id) => this.items.get(id), onQuote: (id) => this.flash(id) };
    this.items = new Map();
    this.scroller = el("log");
    this.list = el("messages");
    this.toEnd = el("to-end");
    this.toEnd.addEventListener("click", () => {
      this.scrollToEnd();
      el("text").focus();
    });
    this.scroller.addEventListener("scroll", () => {
      if (this.isAtEnd) this.toEnd.hidden = true;
    });
    new ResizeObserver(() => this.keepEnd && this.scrollToEnd()).observe(this.scroller);
    this.keepEnd = true;
    this.scroller.addEventListener("scroll", () => (this.keepEnd = this.isAtEnd), { passive: true });
  }

  get isAtEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_END_PX;
  }

  has(id) {
    return this.items.has(id);
  }

  /** Show the newest page of history; what is shown already stays. */
  showLatest(items, reachesBack) {
    const known = items.some((item) => this.items.has(item.id)) || reachesBack || this.items.size === 0;
    if (!known) {
      for (const [id, item] of this.items) if (!item.status) this.remove(id);
    }
    const wasAtEnd = this.isAtEnd;
    this.quietly(() => items.forEach((item) => this.put(item)));
    if (wasAtEnd) this.scrollToEnd();
    return known;
  }

  showEarlier(items) {
    const height = this.scroller.scrollHeight - this.scroller.scrollTop;
    this.quietly(() => items.forEach((item) => this.put(item)));
    this.scroller.scrollTop = this.scroller.scrollHeight - height;
  }

  /** Show something new; tells whether it was not shown before. */
  add(item) {
    const isNew = !this.items.has(item.id);
    const stay = !this.isAtEnd && item.from !== "me";
    const element = this.put(item);
    if (isNew) element.classList.add("fresh");
    this.decorate();
    if (!stay) this.scrollToEnd();
    else if (isNew) this.toEnd.hidden = false;
    return isNew;
  }

  /** Change what a shown message says. */
  change(id, changes) {
    const item = this.items.get(id);
    if (!item) return;
    const wasAtEnd = this.isAtEnd;
    this.put({ ...item, ...changes });
    this.decorate();
    if (wasAtEnd) this.scrollToEnd();
  }

  remove(id) {
    this.items.delete(id);
    this.find(id)?.remove();
    this.decorate();
  }

  /** Tell a moment that comes after all that is shown, whatever this browser's clock says. */
  momentAtEnd() {
    const shown = [...this.items.values()].map((item) => Date.parse(item.at));
    return new Date(Math.max(Date.now(), ...shown.map((at) => at + 1))).toISOString();
  }

  /** The message that may be corrected without pointing at it. */
  lastOwn() {
    const last = [...this.items.values()].filter((item) => item.from === "me").at(-1);
    return last && isCorrectable(last) ? last : null;
  }

  put(item) {
    const old = this.find(item.id);
    const focus = old?.contains(document.activeElement) ? focusPath(old) : null;
    const moved = this.items.get(item.id)?.at !== item.at;
    this.items.set(item.id, item);
    const element = buildMessage(item, this.view);
    if (old && !moved) old.replaceWith(element);
    else {
      old?.remove();
      this.place(element, item);
    }
    if (focus !== null) element.querySelectorAll("button, a")[focus]?.focus();
    return element;
  }

  place(element, item) {
    const at = Date.parse(item.at);
    let after = [...this.list.querySelectorAll("[data-id]")].at(-1); // a day may stand below the last of them
    while (after?.dataset.id && Date.parse(this.items.get(after.dataset.id)?.at) > at) after = before(after);
    if (after?.dataset.id) after.after(element);
    else this.list.querySelector("#earlier").after(element);
  }

  find(id) {
    return this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  flash(id) {
    const element = this.find(id);
    if (!element) return;
    element.scrollIntoView({ block: "center" });
    element.classList.add("flash");
    setTimeout(() => element.classList.remove("flash"), 1500);
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.toEnd.hidden = true;
  }

  // A screen reader is told what is new, not everything that was ever said.
  quietly(work) {
    this.scroller.setAttribute("aria-live", "off");
    this.scroller.setAttribute("aria-busy", "true");
    work();
    this.decorate();
    this.scroller.setAttribute("aria-busy", "false");
    setTimeout(() => this.scroller.setAttribute("aria-live", "polite"), 300);
  }

  // Days between messages, and messages of one breath close together.
  decorate() {
    this.list.querySelectorAll(".day").forEach((day) => day.remove());
    let previous = null;
    for (const element of this.list.querySelectorAll("[data-id]")) {
      const item = this.items.get(element.dataset.id);
      const newDay = !previous || new Date(previous.at).toDateString() !== new Date(item.at).toDateString();
      if (newDay) element.before(make("p", { className: "day", text: nameDay(new Date(item.at)) }));
      const joined = !newDay && previous.from === item.from && previous.name === item.name
        && Date.parse(item.at) - Date.parse(previous.at) < JOIN_WITHIN_MS;
      element.classList.toggle("joined", joined);
      previous = item;
    }
  }
}

function before(element) {
  let earlier = element.previousElementSibling;
  while (earlier?.classList.contains("day")) earlier = earlier.previousElementSibling;
  return earlier;
}

function focusPath(element) {
  return [...element.querySelectorAll("button, a")].indexOf(document.activeElement);
}

function nameDay(date) {
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return word("today");
  if (date.toDateString() === yesterday.toDateString()) return word("yesterday");
  return dayName.format(date);
}
