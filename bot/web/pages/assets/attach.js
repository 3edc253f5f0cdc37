// Files and places that go along with the next message.

import { base, el, icon, ICONS, make, page, word } from "./page.js";

export class Attachments {
  constructor(complain) {
    this.complain = complain;
    this.ready = [];
    this.list = el("chips");
    this.input = el("file");
    this.input.addEventListener("change", () => {
      for (const file of this.input.files) this.upload(file);
      this.input.value = "";
    });
  }

  choose() {
    this.input.click();
  }

  async upload(file) {
    const limit = Math.floor(page.fileLimit / 1e6).toLocaleString(page.language);
    if (file.size > page.fileLimit) return this.complain(word("tooLarge", { limit }));
    const chip = this.chip(word("uploading", { name: file.name }));
    try {
      const headers = { "Content-Type": "application/octet-stream" };
      const answer = await fetch(`${base}/files`, { method: "POST", body: file, headers });
      if (!answer.ok) throw new Error(String(answer.status));
      const { token, kind, path } = await answer.json();
      chip.remove();
      const shown = { kind, name: file.name, path };
      this.add(file.name, { token, name: file.name }, shown);
    } catch {
      chip.remove();
      this.complain(word("uploadFailed"));
    }
    this.list.hidden = this.list.childElementCount === 0;
    if (el("attachables").hidden) el("text").focus(); // else it would close what was opened meanwhile
  }

  addPlace() {
    const failed = () => this.complain(word("noPlace"));
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(({ coords: { latitude, longitude } }) => {
      this.add(word("place"), { latitude, longitude }, { kind: "location", latitude, longitude });
      el("text").focus();
    }, failed, { timeout: 15_000 });
  }

  /** Give what is ready and start anew. */
  take() {
    const taken = this.ready;
    this.ready = [];
    this.list.replaceChildren();
    this.list.hidden = true;
    return { sent: taken.map((one) => one.sent), shown: taken.map((one) => one.shown) };
  }

  add(label, sent, shown) {
    const one = { sent, shown };
    this.ready.push(one);
    const chip = this.chip(label);
    const attributes = { type: "button", "aria-label": `${word("remove")}: ${label}` };
    const remove = make("button", { className: "icon-button", attributes }, icon(ICONS.cross));
    remove.addEventListener("click", () => {
      this.ready = this.ready.filter((other) => other !== one);
      chip.remove();
      this.list.hidden = this.list.childElementCount === 0;
      el("text").focus();
    });
    chip.append(remove);
  }

  chip(label) {
    const chip = make("li", { className: "chip" }, make("span", { text: label, attributes: { dir: "auto" } }));
    this.list.append(chip);
    this.list.hidden = false;
    return chip;
  }
}
