// <form data-photos [data-max-bytes]> with a file input and, if it likes, <ol class="uploads" data-photo-list>:
// each chosen photo goes on its own, with its progress, and can be tried again. What has not arrived yet waits
// in the browser and goes on at the next visit of the page. Without scripts the form sends all photos at once.
//
// One request per photo: the form's own fields and action, the file under the input's name, `upload_key` = a new
// key (the same one at a second try), Accept: application/json. Answer: 2xx with {url?, thumbnail?}; otherwise
// {title?, advice?} says what is wrong; 4xx other than 408, 425 and 429 is final.
import { openQueue } from "./queue.js";
import { keptName } from "./store.js";
import { setUnsent } from "./unsent.js";
import { say } from "./words.js";

const AGAIN = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

export function startPhotos(root) {
  for (const form of root.querySelectorAll("form[data-photos]")) new Photos(form).start();
}

class Photos {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.place = keptName(form);
    this.most = Number(form.dataset.maxBytes) || Infinity;
    this.line = Promise.resolve();
  }

  async start() {
    if (!this.input) return;
    this.list = this.form.querySelector("[data-photo-list]") ?? this.addList();
    this.notice = document.createElement("p");
    this.notice.className = "field__hint";
    this.notice.setAttribute("role", "status");
    this.list.before(this.notice);
    this.input.addEventListener("change", () => this.take([...this.input.files]));
    // Choosing is sending now; the button was for pages without scripts.
    for (const button of this.form.querySelectorAll("[type=submit]")) button.hidden = true;
    this.queue = await openQueue();
    const waiting = await this.queue.waitingFor(this.place);
    if (waiting.length) this.notice.textContent = say("resumed");
    for (const item of waiting) this.send(new Row(this.list, item, this));
  }

  addList() {
    const list = document.createElement("ol");
    list.className = "uploads";
    this.form.append(list);
    return list;
  }

  async take(files) {
    this.input.value = "";
    this.queue ??= await openQueue();
    for (const file of files) {
      const item = { key: newKey(), place: this.place, file, at: Date.now() };
      const row = new Row(this.list, item, this);
      if (file.size > this.most) {
        row.fail(say("too_large"), { again: false });
        continue;
      }
      await this.queue.put(item);
      this.send(row);
    }
    if (!this.queue.lasting) this.notice.textContent = say("stay");
  }

  /** One after the other: a phone's line is narrow, and the first photos are there sooner. */
  send(row) {
    setUnsent(row, true);
    this.line = this.line.then(() => this.sendNow(row)).finally(() => setUnsent(row, false));
  }

  async sendNow(row) {
    const { status, body } = await this.post(row);
    if (status >= 200 && status < 300) {
      await this.queue.drop(row.item.key);
      row.done(body);
    } else {
      const again = AGAIN.has(status);
      if (!again) await this.queue.drop(row.item.key);
      row.fail([body.title, body.advice].filter(Boolean).join(". ") || say("failed"), { again });
    }
  }

  post(row) {
    const data = new FormData(this.form);
    data.delete(this.input.name);
    data.set("upload_key", row.item.key);
    data.append(this.input.name, row.item.file, row.item.file.name);
    const request = new XMLHttpRequest();
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    const token = data.get("csrf_token");
    if (token) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.addEventListener("progress", (event) => row.progress(event.loaded, event.total));
    request.upload.addEventListener("load", () => row.say("preparing"));
    return new Promise((resolve) => {
      request.addEventListener("loadend", () => resolve({ status: request.status, body: read(request) }));
      request.send(data);
    });
  }

  async leaveOut(row) {
    await this.queue.drop(row.item.key);
    row.remove();
    this.input.focus();
  }
}

/** One photo in the list. */
class Row {
  constructor(list, item, photos) {
    this.item = item;
    this.photos = photos;
    this.element = document.createElement("li");
    this.thumb = document.createElement("span");
    this.thumb.className = "uploads__thumb";
    this.name = element("span", "uploads__name", item.file.name);
    this.bar = document.createElement("progress");
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", item.file.name);
    this.words = element("p", "uploads__say", say("waiting"));
    this.words.setAttribute("role", "status");
    this.side = document.createElement("div");
    this.side.append(this.name, this.bar, this.words);
    this.element.append(this.thumb, this.side);
    list.append(this.element);
    this.preview();
  }

  preview() {
    this.address = URL.createObjectURL(this.item.file);
    this.show(this.address);
  }

  show(source) {
    const picture = new Image(64, 48);
    picture.className = "uploads__thumb";
    picture.alt = "";
    picture.addEventListener("load", () => {
      this.thumb.replaceWith(picture);
      this.thumb = picture;
    });
    picture.src = source;
  }

  progress(loaded, total) {
    if (!total) return;
    this.bar.value = loaded / total;
    // Said in quarters, so that nobody hears every percent.
    const percent = Math.floor((loaded / total) * 4) * 25;
    if (percent !== this.percent) this.say("sending", { percent });
    this.percent = percent;
  }

  say(key, values) {
    this.words.textContent = say(key, values);
  }

  done({ url, thumbnail } = {}) {
    this.settle("done");
    this.say("sent");
    if (thumbnail) this.show(thumbnail);
    if (url) {
      const link = element("a", "quiet-link", say("describe"));
      link.href = url;
      this.side.append(link);
    }
  }

  fail(words, { again }) {
    this.settle("failed");
    this.words.textContent = words;
    this.buttons = element("div", "row", "");
    if (again) this.buttons.append(this.button("retry", () => this.retry()));
    this.buttons.append(this.button("remove", () => this.photos.leaveOut(this)));
    this.side.append(this.buttons);
  }

  retry() {
    this.buttons.remove();
    delete this.element.dataset.state;
    this.side.insertBefore(this.bar, this.words);
    this.bar.value = 0;
    this.say("waiting");
    this.photos.send(this);
  }

  settle(state) {
    this.element.dataset.state = state;
    this.bar.remove();
  }

  button(key, act) {
    const button = element("button", "quiet", say(key));
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  remove() {
    URL.revokeObjectURL(this.address);
    this.element.remove();
  }
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function read(request) {
  try {
    return JSON.parse(request.responseText) ?? {};
  } catch {
    return {};
  }
}

/** 32 hex digits, as the server's own upload keys are written. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
