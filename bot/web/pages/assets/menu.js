// A button that opens a list of choices, by mouse, by touch and by keyboard.

export class Menu {
  constructor(button, list) {
    this.button = button;
    this.list = list;
    button.addEventListener("click", () => (list.hidden ? this.open(true) : this.close(true)));
    list.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("pointerdown", (event) => {
      if (!list.contains(event.target) && !button.contains(event.target)) this.close(false);
    });
    list.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !list.contains(event.relatedTarget) && event.relatedTarget !== button) this.close(false);
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Add a choice, made of text nodes or elements. */
  add(act, ...content) {
    const choice = document.createElement("button");
    choice.type = "button";
    choice.setAttribute("role", "menuitem");
    choice.tabIndex = -1;
    choice.append(...content);
    choice.addEventListener("click", () => {
      this.close(true);
      act();
    });
    const line = document.createElement("li");
    line.setAttribute("role", "none");
    line.append(choice);
    this.list.append(line);
  }

  open(takeFocus) {
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    if (takeFocus) this.focusFirst();
  }

  close(giveFocusBack) {
    if (!this.isOpen) return;
    this.list.hidden = true;
    this.filter("");
    this.button.setAttribute("aria-expanded", "false");
    if (giveFocusBack) this.button.focus();
  }

  /** Show only the choices that begin with a text; tells how many. */
  filter(start) {
    let shown = 0;
    for (const line of this.list.children) {
      line.hidden = !line.textContent.toLowerCase().startsWith(start.toLowerCase());
      shown += line.hidden ? 0 : 1;
    }
    return shown;
  }

  focusFirst() {
    this.choices()[0]?.focus();
  }

  choices() {
    return [...this.list.querySelectorAll("li:not([hidden]) > button")];
  }

  onKey(event) {
    const choices = this.choices();
    const at = choices.indexOf(document.activeElement);
    const next = {
      ArrowDown: (at + 1) % choices.length,
      ArrowUp: (at - 1 + choices.length) % choices.length,
      Home: 0,
      End: choices.length - 1,
    }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      choices[next].focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close(true);
    }
  }
}
