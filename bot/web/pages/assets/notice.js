// What draws the eye, or the ear, while the page is not looked at.

import { el, isStaff, word } from "./page.js";

const SOUND_KEY = "rapport.sound";

export class Notice {
  constructor() {
    this.title = document.title;
    this.unseen = 0;
    addEventListener("focus", () => this.seen());
    document.addEventListener("visibilitychange", () => document.hidden || this.seen());
    if (isStaff) this.offerSound();
  }

  /** Something came in. */
  arrived() {
    if (this.isOn) this.ring();
    if (!document.hidden && document.hasFocus()) return;
    this.unseen += 1;
    document.title = `(${this.unseen}) ${this.title}`;
  }

  seen() {
    this.unseen = 0;
    document.title = this.title;
  }

  offerSound() {
    const button = el("sound");
    const show = () => {
      button.setAttribute("aria-pressed", String(this.isOn));
      button.setAttribute("aria-label", word(this.isOn ? "soundOff" : "soundOn"));
      button.title = button.getAttribute("aria-label");
    };
    this.isOn = localStorage.getItem(SOUND_KEY) === "on";
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      this.isOn = !this.isOn;
      localStorage.setItem(SOUND_KEY, this.isOn ? "on" : "off");
      show();
      if (this.isOn) this.ring();
    });
  }

  // Two soft tones, made here: nothing is loaded for it.
  ring() {
    this.audio ??= new AudioContext();
    const now = this.audio.currentTime;
    for (const [pitch, start] of [[660, 0], [880, 0.16]]) {
      const tone = this.audio.createOscillator();
      const volume = this.audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, now + start);
      volume.gain.exponentialRampToValueAtTime(0.12, now + start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, now + start + 0.35);
      tone.connect(volume).connect(this.audio.destination);
      tone.start(now + start);
      tone.stop(now + start + 0.4);
    }
  }
}
