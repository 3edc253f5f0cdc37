// Where one writes: text, reply, correction, commands, attachments.

import { Attachments } from "./attach.js";
import { Menu } from "./menu.js";
import { nameOf } from "./message.js";
import { el, isStaff, make, page, word } from "./page.js";

export class Composer {
  /** @param acts { say({text, replyTo, attachments, shown}), edit(id, text), lastOwn(), complain(text) } */
  constructor(acts) {
    this.acts = acts;
    this.text = el("text");
    this.target = null;
    this.attachments = new Attachments(acts.complain);
    this.commands = new Menu(el("commands-button"), el("commands"));
    for (const [name, meaning] of page.commands)
      this.commands.add(() => this.command(name), make("b", { text: name }), make("span", { text: meaning }));
    this.offerAttachments();
    el("composer").addEventListener("submit", (event) => this.submit(event));
    el("context-cancel").addEventListener("click", () => this.cancel());
    this.text.addEventListener("keydown", (event) => this.onKey(event));
    this.text.addEventListener("input", () => this.onInput());
    this.text.addEventListener("paste", (event) => this.onPaste(event));
  }

  offerAttachments() {
    const menu = new Menu(el("attach-button"), el("attachables"));
    menu.add(() => this.attachments.choose(), word("file"));
    if (!isStaff) menu.add(() => this.attachments.addPlace(), word("place"));
  }

  reply(item) {
    this.aim({ kind: "reply", item }, word("replyingTo", { name: nameOf(item) }));
  }

  edit(item) {
    this.aim({ kind: "edit", item }, word("editing"));
    this.text.value = item.text;
    this.resize();
  }

  aim(target, head) {
    this.target = target;
    el("context-head").textContent = head;
    el("context-text").textContent = target.item.text.slice(0, 200);
    el("context").hidden = false;
    this.text.focus();
  }

  cancel() {
    if (this.target?.kind === "edit") this.text.value = "";
    this.target = null;
    el("context").hidden = true;
    this.resize();
    this.text.focus();
  }

  command(name) {
    this.text.value = "";
    this.resize();
    this.acts.say({ text: name, replyTo: null, attachments: [], shown: [] });
    this.text.focus();
  }

  submit(event) {
    event.preventDefault();
    this.commands.close(false);
    const text = this.text.value;
    if ([...text].length > page.limit)
      return this.acts.complain(word("tooLong", { limit: page.limit.toLocaleString(page.language) }));
    if (this.target?.kind === "edit") {
      if (text.trim()) this.acts.edit(this.target.item.id, text);
    } else {
      const { sent, shown } = this.attachments.take();
      if (!text.trim() && sent.length === 0) return this.text.focus();
      const replyTo = this.target?.item.id ?? null;
      this.acts.say({ text, replyTo, attachments: sent, shown });
    }
    this.text.value = "";
    this.target = null;
    el("context").hidden = true;
    this.resize();
    this.text.focus();
  }

  onKey(event) {
    if (event.isComposing || event.keyCode === 229) return; // an input method is at work
    const onPhone = matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && !event.shiftKey && !onPhone) {
      event.preventDefault();
      el("composer").requestSubmit();
    } else if (event.key === "Escape") {
      if (this.commands.isOpen) this.commands.close(false);
      else if (this.target) this.cancel();
    } else if (event.key === "ArrowDown" && this.commands.isOpen) {
      event.preventDefault();
      this.commands.focusFirst();
    } else if (event.key === "ArrowUp" && !this.text.value && !isStaff) {
      const last = this.acts.lastOwn();
      if (last) {
        event.preventDefault();
        this.edit(last);
      }
    }
  }

  onInput() {
    this.resize();
    const typed = this.text.value;
    if (/^\/\w*$/.test(typed) && this.commands.filter(typed) > 0) this.commands.open(false);
    else this.commands.close(false);
  }

  onPaste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    files.forEach((file) => this.attachments.upload(file));
  }

  resize() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }
}
