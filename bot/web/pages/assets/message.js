// One message on the page.

import { base, icon, ICONS, isStaff, make, page, word } from "./page.js";

const FOLD_AFTER = 1500;
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}，。；：！？）]/g;
const COMMANDS = page.commands.map(([name]) => name.slice(1));
// Of what only shows something, with the number behind it where that ends what is said; /contact 42 would change it.
const SHOWS = new Set(["results", "suppressed", "customer", "calendar", "door", "status"]);
const SHOWING = COMMANDS.filter((name) => SHOWS.has(name)).join("|") || "(?!)";
const NUMBER = " \\d+(?=[.,;:!?](?!\\d)|[)。，、；：！？）»”」]|\\s*(?:\\n|$)|\\s+[–(（])";
const COMMAND = new RegExp(`(?<![\\w/])/(?:(?:${SHOWING})${NUMBER}|(?:${COMMANDS.join("|")})(?![\\w/]))`, "g");
const REFERENCE = /\bC-\d{4,}\b/g;
const CASE = /^(?:.*\n)?C-\d{4,} · /;
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s){1,14}$/u;
const PICTURES = new Set(["photo", "sticker"]);
const VOICES = new Set(["voice", "audio"]);
const PLAYED = new Set([...VOICES, "video", "video_note", "animation"]);
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

/**
 * Build a message.
 * @param item as the server describes it, or as we wrote it ourselves
 * @param view { chosen(id), quoteOf(id), onTap, onReply, onEdit, onQuote, onRetry, onCommand }
 */
export function buildMessage(item, view) {
  if (item.from === "me" && !isStaff && /^\/start(\s|$)/.test(item.text)) return buildNote(item);
  const article = make("article", { className: `message ${item.from}`, attributes: { "data-id": item.id } });
  if (isStaff && isCase(item)) article.classList.add("alert-card", stateOf(item));
  if (item.status === "failed") article.classList.add("failed");
  if (item.from !== "company" && ONLY_EMOJI.test(item.text) && /\p{Extended_Pictographic}/u.test(item.text))
    article.classList.add("only-emoji");
  const line = make("div", { className: "line" }, bubble(item, view), tools(item, view));
  article.append(author(item), line);
  if (item.buttons.length) article.append(buttonRows(item, view));
  return article;
}

// An alert, which may have a line above its title; what follows under it is a reply to it.
function isCase(item) {
  return item.from === "company" && (isUntaken(item) || (!item.replyTo && CASE.test(item.text)));
}

function isUntaken(item) {
  return item.buttons.flat().some((button) => button.data.startsWith("take:"));
}

// A complaint that nobody has taken draws the eye; one in hand, or at its end, does not.
function stateOf(item) {
  if (isUntaken(item)) return "untaken";
  return item.buttons.length > 0 ? "in-hand" : "ended";
}

// What follows under an alert names its complaint; the quote need not do so again.
function quoteText(item, quoted) {
  const [title, ...rest] = quoted.text.split("\n");
  const named = item.text.match(REFERENCE)?.[0];
  const isSaid = item.from === "company" && named && title.startsWith(`${named} · `) && rest.length > 0;
  return (isSaid ? rest.join(" ") : quoted.text).trim().slice(0, 140);
}

function buildNote(item) {
  return make("p", { className: "note", text: word("started"), attributes: { "data-id": item.id } });
}

/** Customers correct what they said; a command was obeyed already. */
export function isCorrectable(item) {
  return item.from === "me" && !isStaff && !item.status && item.text !== "" && !item.text.startsWith("/");
}

export function nameOf(item) {
  if (item.from === "me") return word("you");
  if (item.from === "company") return page.company;
  return item.name || word("somebody");
}

function author(item) {
  const shown = item.from === "other";
  return make("span", { className: shown ? "author" : "author unseen", text: nameOf(item) });
}

function bubble(item, view) {
  const box = make("div", { className: "bubble" });
  const quoted = item.replyTo && view.quoteOf(item.replyTo);
  if (quoted) {
    const quote = make("button", { className: "quote", attributes: { type: "button", dir: "auto" } });
    quote.textContent = quoteText(item, quoted) || quoted.document || word("file");
    quote.addEventListener("click", () => view.onQuote(item.replyTo));
    box.append(quote);
  }
  const text = make("div", { className: "text", attributes: { dir: "auto" } });
  // A command that we name can be tapped; one in somebody else's words is words.
  const end = isStaff && isCase(item) ? item.text.indexOf("\n") : -1;
  if (end > 0) text.append(titled(item.text.slice(0, end)));
  const rest = end > 0 ? text.appendChild(make("div")) : text;
  writeText(rest, item.text.slice(end + 1), item.from === "company" ? view.onCommand : null);
  box.append(text);
  for (const attachment of item.attachments) box.append(attached(attachment));
  if (item.document) box.append(documentLink(item));
  box.append(meta(item));
  return box;
}

function titled(text) {
  const title = make("div", { className: "title" });
  writeReferences(title, text);
  return title;
}

function writeText(target, text, onCommand) {
  if (text.length <= FOLD_AFTER) return writeLinks(target, text, onCommand);
  // Not in the middle of a character that takes two units.
  const end = FOLD_AFTER - (text.charCodeAt(FOLD_AFTER - 1) >> 10 === 0x36 ? 1 : 0);
  writeLinks(target, `${text.slice(0, end)}…`, onCommand);
  const more = make("button", { className: "show-all", text: word("more"), attributes: { type: "button" } });
  more.addEventListener("click", () => {
    target.setAttribute("tabindex", "-1");
    target.replaceChildren();
    writeLinks(target, text, onCommand);
    target.focus();
  });
  target.append(more);
}

function writeLinks(target, text, onCommand) {
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    writeCommands(target, text.slice(end, found.index), onCommand);
    const attributes = { href: found[0], target: "_blank", rel: "noopener noreferrer nofollow" };
    target.append(make("a", { text: found[0], attributes }));
    end = found.index + found[0].length;
  }
  writeCommands(target, text.slice(end), onCommand);
}

function writeCommands(target, text, onCommand) {
  let end = 0;
  for (const found of onCommand ? text.matchAll(COMMAND) : []) {
    writeReferences(target, text.slice(end, found.index));
    const command = make("button", { className: "command", text: found[0], attributes: { type: "button" } });
    command.addEventListener("click", () => onCommand(found[0]));
    target.append(command);
    end = found.index + found[0].length;
  }
  writeReferences(target, text.slice(end));
}

// A complaint's reference stays in one piece where the line breaks.
function writeReferences(target, text) {
  let end = 0;
  for (const found of text.matchAll(REFERENCE)) {
    target.append(text.slice(end, found.index), make("span", { className: "reference", text: found[0] }));
    end = found.index + found[0].length;
  }
  target.append(text.slice(end));
}

function attached(attachment) {
  if (attachment.kind === "location") return place(attachment);
  const name = attachment.name || word("file");
  const attributes = { href: attachment.path, download: name, "aria-label": word("download", { name }) };
  const link = make("a", { className: "attachment", attributes });
  const write = (text) => link.replaceChildren(icon(ICONS.file), make("span", { text, attributes: { dir: "auto" } }));
  const shown = show(attachment, name);
  if (!shown) {
    write(name);
    return link;
  }
  const isPicture = PICTURES.has(attachment.kind);
  if (isPicture) link.append(shown);
  shown.addEventListener("error", () => {
    write(word("fileGone", { name }));
    if (!isPicture) shown.replaceWith(link);
  });
  return isPicture ? link : shown;
}

function show({ kind, path }, name) {
  if (PICTURES.has(kind)) return make("img", { attributes: { src: path, alt: `${word("photo")}: ${name}`, loading: "lazy" } });
  if (!PLAYED.has(kind)) return null;
  const attributes = { src: path, controls: "", preload: "metadata", "aria-label": name };
  return make(VOICES.has(kind) ? "audio" : "video", { className: "attachment", attributes });
}

function place({ latitude, longitude }) {
  const href = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  const attributes = { href, target: "_blank", rel: "noopener noreferrer" };
  const shown = `${word("placeShown")} ${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;
  return make("a", { className: "attachment", attributes }, icon(ICONS.place), make("span", { text: shown }));
}

function documentLink(item) {
  const attributes = {
    href: `${base}/documents/${encodeURIComponent(item.id)}`,
    download: item.document,
    "aria-label": word("download", { name: item.document }),
  };
  const label = make("span", { text: item.document, attributes: { dir: "auto" } });
  return make("a", { className: "attachment", attributes }, icon(ICONS.file), label);
}

function meta(item) {
  const line = make("div", { className: "meta" });
  line.append(make("time", { text: clock.format(new Date(item.at)), attributes: { datetime: item.at } }));
  if (item.edited) line.append(make("span", { text: word("edited") }));
  if (item.from !== "me") return line;
  const status = { pending: "pending", failed: "notSent" }[item.status] ?? "sent";
  line.append(make("span", { className: `status ${status}`, text: word(status) }));
  return line;
}

function tools(item, view) {
  const group = make("div", { className: "tools" });
  if (item.status === "failed") group.append(tool("retry", ICONS.again, item, view.onRetry));
  else if (item.from !== "me") group.append(tool("reply", ICONS.reply, item, view.onReply));
  else if (isCorrectable(item)) group.append(tool("edit", ICONS.pencil, item, view.onEdit));
  return group;
}

function tool(name, drawing, item, act) {
  const attributes = { type: "button", title: word(name), "aria-label": `${word(name)}: ${item.text.slice(0, 60)}` };
  const button = make("button", { className: "tool", attributes }, icon(drawing));
  button.addEventListener("click", () => act(item));
  return button;
}

// A button that leads somewhere instead of answering; only to the web, whatever it says.
function linkChoice(label, link) {
  const href = /^https?:\/\//.test(link) ? link : "#";
  const attributes = { href, target: "_blank", rel: "noopener noreferrer", dir: "auto" };
  return make("a", { className: "choice", attributes, text: label });
}

function buttonRows(item, view) {
  const rows = make("div", { className: "rows" });
  for (const row of item.buttons) {
    const line = make("div", { className: "row" });
    for (const { label, data, link } of row) {
      if (link) {
        line.append(linkChoice(label, link));
        continue;
      }
      const choice = make("button", { className: "choice", attributes: { type: "button", dir: "auto" } });
      choice.append(label);
      if (view.chosen(item.id) === data) {
        choice.classList.add("chosen");
        choice.append(make("span", { className: "unseen", text: ` (${word("chosen")})` }));
      }
      choice.addEventListener("click", () => view.onTap(item, data));
      line.append(choice);
    }
    rows.append(line);
  }
  return rows;
}
