// After a registration: tell the LMS that this window may close. The standard's message says nothing else,
// and an LMS opens us from hosts that it does not name, so it goes to whoever opened us.
export function startClose(root) {
  const opener = window.opener ?? (window.parent === window ? null : window.parent);
  if (!opener) return;
  for (const button of root.querySelectorAll("[data-lti-close]")) {
    button.hidden = false;
    button.addEventListener("click", () => opener.postMessage({ subject: "org.imsglobal.lti.close" }, "*"));
  }
}
