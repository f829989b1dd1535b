// Where no cookie of ours comes back, the LMS keeps a login's secret for us (LTI platform storage): lti.put_data
// before we go to it, lti.get_data when we come back. We speak to the one frame that the LMS named, at the origin
// that the registration names, and take an answer from that window and origin alone, to this very question, within
// three seconds. A frame that is still loading hears nothing, so we ask the same again each half second. Our server
// compares; here nothing is decided.
import { takeFocus } from "./focus.js";

const PATIENCE = 3000;
const AGAIN = 500;

export function startStorage(root) {
  const keep = root.querySelector("[data-storage-keep]");
  if (keep) keepSecret(keep.dataset);
  const recall = root.querySelector("form[data-storage-recall]");
  if (recall) new Recall(recall).start();
}

/** Goes on to the LMS only when the secret was kept and could be read again: what it sent us can be spent but once. */
async function keepSecret({ frame, origin, key, value, next, silent }) {
  const kept = await ask(frame, origin, { subject: "lti.put_data", key, value });
  const read = kept && (await ask(frame, origin, { subject: "lti.get_data", key }));
  location.replace(read?.value === value ? next : silent);
}

class Recall {
  constructor(form) {
    this.form = form;
    this.wait = form.querySelector("[data-storage-wait]");
    this.silent = form.querySelector("[data-storage-silent]");
    this.again = form.querySelector("[data-storage-again]");
  }

  start() {
    this.again.hidden = false;
    this.again.addEventListener("click", () => this.try());
    this.try();
  }

  async try() {
    this.show(this.wait);
    const { frame, origin, key, field } = this.form.dataset;
    const answer = await ask(frame, origin, { subject: "lti.get_data", key });
    if (typeof answer?.value === "string") return this.send(field, answer.value);
    this.show(this.silent);
    takeFocus(this.silent.querySelector("h1"));
  }

  send(name, value) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    this.form.append(field);
    this.form.submit();
  }

  show(part) {
    this.wait.hidden = part !== this.wait;
    this.silent.hidden = part !== this.silent;
  }
}

/** Ask, and give the answer; null where none came in time or it reports an error. */
function ask(frame, origin, question) {
  const target = windowOf(frame);
  if (!target) return Promise.resolve(null);
  const message_id = crypto.randomUUID();
  return new Promise((resolve) => {
    const end = (answer) => {
      clearTimeout(timer);
      clearInterval(asking);
      removeEventListener("message", listen);
      resolve(answer);
    };
    const listen = (event) => {
      const answer = event.data;
      if (event.source !== target || event.origin !== origin || answer?.message_id !== message_id) return;
      if (answer.subject === `${question.subject}.response`) end(answer.error ? null : answer);
    };
    const timer = setTimeout(() => end(null), PATIENCE);
    const say = () => {
      try {
        target.postMessage({ ...question, message_id }, origin);
      } catch {
        end(null);
      }
    };
    const asking = setInterval(say, AGAIN);
    addEventListener("message", listen);
    say();
  });
}

/** The frame that the LMS named, beside ours in its page; "_parent" is that page itself. */
function windowOf(name) {
  if (window.parent === window) return null;
  if (name === "_parent") return window.parent;
  try {
    return window.parent.frames[name] ?? window.parent;
  } catch {
    return window.parent; // no frame of that name: browsers say so by an error
  }
}
