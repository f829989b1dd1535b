// In a platform's frame: ask what it understands and, only if it answers that it can, tell it our height.
// Messages go to the exact origins the server names in <meta name="frame-origins"> and are taken from no other.
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
    const can = (answer.supported_messages ?? []).map((message) => message?.subject);
    if (can.includes("lti.frameResize")) keepHeight(event.origin);
  };
  addEventListener("message", listen);
  for (const origin of origins) post({ subject: "lti.capabilities", message_id: id }, origin);
}

function keepHeight(origin) {
  let last = 0;
  let later;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (Math.abs(height - last) < 8) return;
    last = height;
    post({ subject: "lti.frameResize", height }, origin);
  };
  new ResizeObserver(() => {
    clearTimeout(later);
    later = setTimeout(tell, WAIT);
  }).observe(document.body);
}

function post(message, origin) {
  try {
    window.parent.postMessage(message, origin);
  } catch {
    // A platform that moved away; nothing depends on the answer.
  }
}
