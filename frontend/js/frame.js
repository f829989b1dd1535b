// In a platform's frame: ask what it understands and use only that: our height, the top of the page after a step,
// and a question before words are lost. Messages go to the exact origins that the server names in
// <meta name="frame-origins"> and are taken from no other; where nobody answers, nothing else is said.
import { whenUnsent } from "./unsent.js";
import { say } from "./words.js";

const WAIT = 150;

export function startFrame(root) {
  if (window.parent === window) return;
  const named = root.querySelector('meta[name="frame-origins"]')?.content ?? "";
  const origins = named.split(/\s+/).filter((origin) => URL.canParse(origin) && new URL(origin).origin === origin);
  if (!origins.length) return;
  const id = crypto.randomUUID();
  const listen = (event) => {
    const answer = event.data;
    if (event.source !== window.parent || !origins.includes(event.origin)) return;
    if (answer?.subject !== "lti.capabilities.response" || answer.message_id !== id) return;
    removeEventListener("message", listen);
    use(new Set((answer.supported_messages ?? []).map((message) => message?.subject)), event.origin);
  };
  addEventListener("message", listen);
  for (const origin of origins) post({ subject: "lti.capabilities", message_id: id }, origin);
}

function use(can, origin) {
  if (can.has("lti.frameResize")) keepHeight(origin);
  // Said by the page that is left, since the one that comes does not know whether it is the first.
  if (can.has("lti.scrollToTop")) addEventListener("pagehide", () => tell({ subject: "lti.scrollToTop" }, origin));
  if (can.has("lti.setUnloadMessage") && can.has("lti.removeUnloadMessage")) {
    whenUnsent((is) =>
      tell(is ? { subject: "lti.setUnloadMessage", message: say("leaving") } : { subject: "lti.removeUnloadMessage" }, origin),
    );
  }
}

function keepHeight(origin) {
  let last = 0;
  let later;
  const measure = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (Math.abs(height - last) < 8) return;
    last = height;
    tell({ subject: "lti.frameResize", height }, origin);
  };
  new ResizeObserver(() => {
    clearTimeout(later);
    later = setTimeout(measure, WAIT);
  }).observe(document.body);
}

function tell(message, origin) {
  post({ ...message, message_id: crypto.randomUUID() }, origin);
}

function post(message, origin) {
  try {
    window.parent.postMessage(message, origin);
  } catch {
    // A platform that moved away; nothing depends on the answer.
  }
}
