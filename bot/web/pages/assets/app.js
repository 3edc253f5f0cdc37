// The chat: brings the link, the outbox, the log and the composer together.

import { Composer } from "./composer.js";
import { Link } from "./link.js";
import { Log } from "./log.js";
import { Notice } from "./notice.js";
import { newUuid, Outbox } from "./outbox.js";
import { base, el, isStaff, page, word } from "./page.js";

const CHOSEN_KEY = `rapport.chosen.${page.side}`;
const START_KEY = "rapport.start";
const MOST_CHOICES = 300;

const notice = new Notice();
const chosen = new Map(stored(CHOSEN_KEY, []));
const log = new Log({
  chosen: (id) => chosen.get(id),
  onTap: tap,
  onReply: (item) => composer.reply(item),
  onEdit: (item) => composer.edit(item),
  onRetry: retry,
  onCommand: (name) => composer.command(name),
});
const composer = new Composer({ say, edit, lastOwn: () => log.lastOwn(), complain });
const link = new Link(`${base}/ws`, { opened, frame: receive, state: showState });
const outbox = new Outbox(`rapport.outbox.${page.side}`, transmit);
let earlier = null;
let loaded = false;
let complaining = 0;

function opened() {
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  link.send({ type: "hello", language: navigator.language, timezone });
}

function receive(frame) {
  const handle = {
    history: showHistory,
    message: showMessage,
    edit: ({ id, type, edited, ...changed }) => log.change(id, { ...changed, ...(edited ? { edited } : {}) }),
    taken: markTaken,
    refused: markRefused,
  }[frame.type];
  handle?.(frame);
}

function showHistory({ items, latest, earlier: cursor }) {
  if (!latest) {
    earlier = cursor;
    log.showEarlier(items);
  } else {
    const first = !loaded;
    loaded = true;
    const missed = items.some((item) => item.from !== "me" && !log.has(item.id));
    const merged = log.showLatest(items, cursor === null);
    if (first || !merged) earlier = cursor;
    if (missed && !first) notice.arrived();
    for (const act of [...outbox.acts, ...outbox.stale]) if (items.some((item) => item.id === idOf(act.uuid))) outbox.settle(act.uuid);
    outbox.start();
    showUnsent();
    showState("online");
    greet(items.length === 0);
  }
  el("earlier").hidden = earlier === null;
}

function showMessage({ item }) {
  if (log.add(item) && item.from !== "me") notice.arrived();
}

// Whoever comes for the first time is welcomed; the word that brings them tells where they came from.
function greet(isEmpty) {
  if (isStaff) return;
  if (!isEmpty || outbox.acts.length > 0) return localStorage.removeItem(START_KEY);
  const uuid = localStorage.getItem(START_KEY) ?? newUuid();
  localStorage.setItem(START_KEY, uuid);
  const text = page.source ? `/start ${page.source}` : "/start";
  enqueue({ type: "say", uuid, text, replyTo: null, attachments: [] }, []);
}

function say({ text, replyTo, attachments, shown }) {
  el("alert").hidden = true;
  enqueue({ type: "say", uuid: newUuid(), text, replyTo, attachments }, shown);
}

function enqueue(act, shown) {
  const kept = { ...act, at: log.momentAtEnd(), shown };
  log.add(pendingItem(kept));
  outbox.add(kept);
}

function edit(id, text) {
  outbox.add({ type: "edit", uuid: newUuid(), id, text });
  log.change(id, { text, edited: true });
}

function tap(item, data) {
  chosen.delete(item.id);
  chosen.set(item.id, data);
  store(CHOSEN_KEY, [...chosen].slice(-MOST_CHOICES));
  log.change(item.id, {});
  outbox.add({ type: "tap", uuid: newUuid(), id: item.id, data });
}

function retry(item) {
  outbox.settle(item.id.slice(idOf("").length));
  log.remove(item.id);
  say({ text: item.text, replyTo: item.replyTo, attachments: item.sent ?? [], shown: item.attachments });
}

function transmit({ type, uuid, text, replyTo, attachments, id, data }) {
  if (type === "say") return link.send({ type, uuid, text, reply_to: replyTo, attachments });
  return type === "tap" ? link.send({ type, uuid, id, data }) : link.send({ type, uuid, id, text });
}

function markTaken({ uuid, id, at }) {
  const act = outbox.settle(uuid);
  if (act?.type === "say") log.change(id, { status: undefined, at });
}

function markRefused({ uuid, text, retryAfter }) {
  complain(text);
  if (retryAfter > 0) return outbox.later(retryAfter);
  if (!uuid) return;
  const act = outbox.settle(uuid);
  if (act?.type === "say") log.change(idOf(uuid), { status: "failed", sent: act.attachments });
}

function showUnsent() {
  for (const act of outbox.acts) {
    if (act.type === "say" && !log.has(idOf(act.uuid))) log.add(pendingItem(act));
    if (act.type === "edit") log.change(act.id, { text: act.text, edited: true });
  }
  // What waited for too long is not sent by itself any more: "Try again" stands beside it.
  for (const act of outbox.stale) {
    const item = { ...pendingItem(act), status: "failed", sent: act.attachments };
    if (log.has(item.id)) log.change(item.id, item);
    else log.add(item);
  }
}

function pendingItem({ uuid, text, at, replyTo, shown }) {
  const attachments = shown ?? [];
  return { id: idOf(uuid), from: "me", name: "", at, text, buttons: [], attachments, replyTo, status: "pending" };
}

function idOf(uuid) {
  return `m-${uuid}`;
}

function showState(state, seconds) {
  if (state !== "online") outbox.stop();
  el("state").parentElement.dataset.state = state;
  const text = word(state, { seconds });
  if (el("state").textContent !== text) el("state").textContent = text;
}

function complain(text) {
  el("alert").textContent = text;
  el("alert").hidden = false;
  clearTimeout(complaining);
  complaining = setTimeout(() => (el("alert").hidden = true), 10_000);
}

function stored(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function store(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The mark is lost when the page is closed; nothing else is.
  }
}

el("earlier").addEventListener("click", () => earlier && link.send({ type: "earlier", before: earlier }));
history.replaceState(null, "", location.pathname);
showUnsent();
link.open();
el("text").focus({ preventScroll: true });
