// What this LMS does for a tool in its frame, by postMessage (lti-cs-pm, lti-pm-s). One script for two pages: the
// course's page, whose frame says in data-answers what it understands, and the storage's page, whose root says it.
// Only the tool's own origin is listened to, and from the course's page only its own frame.
const frame = document.getElementById("tool-frame");
const page = frame ?? document.documentElement;
const { tool, home, trick, trickFrom, storage } = page.dataset;
const answers = new Set(words(page.dataset.answers));
const kept = new Map();
let unload = "";
const asked = new Set(); // questions; one that is asked twice is one

function words(text) {
  return (text ?? "").split(" ").filter(Boolean);
}

const deeds = {
  "lti.frameResize": ({ height }) => {
    if (!(Number(height) > 0)) return { error: { code: "bad_request", message: "height is no number" } };
    frame.style.height = `${Math.ceil(Number(height))}px`;
    return {};
  },
  "lti.fetchWindowSize": () => ({ height: innerHeight, width: innerWidth, offset: frame.getBoundingClientRect().top + scrollY, scrollY }),
  "lti.scrollToTop": () => {
    frame.scrollIntoView();
    return {};
  },
  "lti.setUnloadMessage": ({ message }) => {
    unload = String(message || " ");
    return {};
  },
  "lti.removeUnloadMessage": () => {
    unload = "";
    return {};
  },
  "lti.put_data": ({ key, value }) => {
    if (!key) return { error: { code: "bad_request", message: "there is no key" } };
    if (value === undefined || value === null) kept.delete(key);
    else kept.set(key, value);
    return { key, value };
  },
  "lti.get_data": ({ key }) => ({ key, value: kept.get(key) }),
};

function capabilities() {
  const own = [...answers].map((subject) => ({ subject }));
  const beside = words(page.dataset.beside).map((subject) => ({ subject, frame: storage }));
  return { supported_messages: [{ subject: "lti.capabilities" }, ...own, ...beside] };
}

addEventListener("beforeunload", (event) => unload && event.preventDefault());

addEventListener("message", (event) => {
  const message = event.data;
  if (event.origin !== tool || (frame && event.source !== frame.contentWindow)) return;
  if (!answers.size || typeof message?.subject !== "string") return;
  if (message.subject === "lti.capabilities") return reply(event, message, capabilities());
  if (answers.has(message.subject)) reply(event, message, deeds[message.subject](message));
});

function reply(event, message, body) {
  const answer = { subject: `${message.subject}.response`, message_id: message.message_id, ...body };
  asked.add(message.message_id);
  const played = trick && asked.size >= Number(trickFrom) ? tricks[trick] : null;
  if (played) return played(event, answer);
  event.source.postMessage(answer, event.origin);
}

const tricks = {
  silent: () => {},
  late: (event, answer) => setTimeout(() => event.source.postMessage(answer, event.origin), 5000),
  "other-message": (event, answer) => event.source.postMessage({ ...answer, message_id: crypto.randomUUID() }, event.origin),
  "other-value": (event, answer) => event.source.postMessage({ ...answer, value: "something else" }, event.origin),
  error: (event, answer) => event.source.postMessage({ ...answer, error: { code: "storage_exhaustion" } }, event.origin),
  // The page around both passes the answer on, so that it comes from a window and an origin that was not asked.
  "other-origin": (event, answer) => parent.postMessage({ passOn: answer }, home),
};

if (frame && storage) {
  addEventListener("message", (event) => {
    if (event.source === frames[storage] && event.data?.passOn) frame.contentWindow.postMessage(event.data.passOn, tool);
  });
}
