// What the server told this page: whose it is, its words, its commands.

export const page = JSON.parse(document.getElementById("page").textContent);
export const isStaff = page.side === "staff";
export const base = isStaff ? "/staff" : "/chat";

export function word(name, values = {}) {
  return page.words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function el(id) {
  return document.getElementById(id);
}

/** Make an element; text is always text, never markup. */
export function make(tag, { className = "", text, attributes = {} } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Make one of our line drawings. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  file: "M13 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9zM13 3v6h6",
  place: "M12 21s7-6.1 7-11.3A7 7 0 0 0 5 9.7C5 14.9 12 21 12 21zM12 12.2a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  reply: "M9 7l-5 5 5 5M4 12h9a7 7 0 0 1 7 7",
  pencil: "M5 19l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L9 18z",
  again: "M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5",
  cross: "M6 6l12 12M18 6L6 18",
};
