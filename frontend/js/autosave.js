// <form data-draft-url>: what is typed is sent to the server after two quiet seconds, and when the page is
// left. Where that fails the words stay in this tab, the page says so, and it tries again by itself. A form that is
// sent goes only where the network is there: a browser's own error page would take the words away.
// The form's <output data-saved> says how it stands.
import { forget, keptName, recall, remember } from "./store.js";
import { setUnsent } from "./unsent.js";
import { say, timeOfDay } from "./words.js";

const QUIET = 2000;
const AGAIN = 15000;
const PATIENCE = 5000;
const STALE = 24 * 3600 * 1000;
const ENDED = new Set([401, 403]);
const NEVER = new Set(["csrf_token", "upload_key"]);

export function startAutosave(root) {
  for (const form of root.querySelectorAll("form[data-draft-url]")) new Autosave(form).start();
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.draftUrl;
    this.key = `keystone:draft:${keptName(form)}`;
    this.line = form.querySelector("[data-saved]");
    this.saved = this.words();
    this.pending = false;
  }

  start() {
    this.restore();
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", (event) => this.leave(event));
    addEventListener("online", () => this.pending && this.save());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.pending) this.save({ leaving: true });
    });
  }

  /** What the form holds, without files and tokens, as one string that can be compared. */
  words() {
    const pairs = [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !NEVER.has(name));
    return new URLSearchParams(pairs).toString();
  }

  changed() {
    this.setPending(this.words() !== this.saved);
    clearTimeout(this.timer);
    if (this.pending) this.timer = setTimeout(() => this.save(), QUIET);
  }

  setPending(is) {
    this.pending = is;
    setUnsent(this.form, is);
  }

  async save({ leaving = false } = {}) {
    clearTimeout(this.timer);
    const words = this.words();
    if (words === this.saved) return;
    if (!leaving) this.tell("saving");
    try {
      const response = await this.send(words, leaving);
      if (ENDED.has(response.status)) return this.keep(words, "ended");
      const answer = response.ok ? await response.json() : null;
      if (!answer?.kept) return this.keep(words, "kept");
      this.done(words, answer.at);
    } catch {
      this.keep(words, "kept");
    }
  }

  send(words, leaving) {
    const token = this.form.elements.namedItem("csrf_token")?.value ?? "";
    return fetch(this.url, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
        "X-CSRF-Token": token,
      },
      body: words,
      credentials: "same-origin",
      // Browsers refuse a longer body for a request that outlives its page.
      keepalive: leaving && words.length < 60000,
    });
  }

  done(words, at) {
    this.saved = words;
    this.setPending(this.words() !== words);
    forget(this.key);
    this.tell("saved", { time: timeOfDay(at ? new Date(at) : new Date()) });
    if (this.pending) this.changed();
  }

  keep(words, why) {
    const kept = remember(this.key, { words, at: Date.now() });
    this.ended = why === "ended"; // the server knows whose a late form is, and keeps it
    this.tell(why === "kept" && !kept ? "unkept" : why);
    clearTimeout(this.timer);
    if (why === "kept") this.timer = setTimeout(() => this.save(), AGAIN);
  }

  /** Leave the page only once the server has the words, or is at least there to take them. */
  async leave(event) {
    if (this.sure) {
      this.sure = false;
      return setUnsent(this.form, false);
    }
    event.preventDefault();
    if (this.asking) return;
    clearTimeout(this.timer);
    this.asking = true;
    this.sure = await this.maySend();
    this.asking = false;
    if (this.sure) this.form.requestSubmit(event.submitter);
  }

  async maySend() {
    this.setPending(this.words() !== this.saved);
    if (this.pending && !this.ended) {
      await this.save();
      return !this.pending || this.ended;
    }
    if (await isThere()) return true;
    this.tell("offline");
    return false;
  }

  restore() {
    const kept = recall(this.key);
    if (!kept) return;
    if (kept.words === this.saved || Date.now() - kept.at > STALE) return forget(this.key);
    this.fill(new URLSearchParams(kept.words));
    this.tell("restored", { time: timeOfDay(new Date(kept.at)) });
    this.setPending(true);
    this.timer = setTimeout(() => this.save(), QUIET);
  }

  fill(pairs) {
    for (const element of this.form.elements) {
      if (!element.name || NEVER.has(element.name) || element.type === "file" || element.type === "hidden") continue;
      if (element.type === "checkbox" || element.type === "radio") {
        element.checked = pairs.getAll(element.name).includes(element.value);
      } else if (pairs.has(element.name)) {
        element.value = pairs.get(element.name);
      }
      element.dispatchEvent(new Event("input", { bubbles: false }));
    }
  }

  tell(state, values) {
    if (!this.line) return;
    this.line.dataset.state = state;
    this.line.textContent = say(state, values);
  }
}

/** Say whether our server can be reached. */
async function isThere() {
  try {
    await fetch("/health", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    return true;
  } catch {
    return false;
  }
}
