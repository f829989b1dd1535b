// A tool's registration page says that it is done; only the page in our own frame, or the tab we opened, may.
const frame = document.querySelector("[data-close]");
if (frame) {
  const tool = new URL(frame.src).origin;
  addEventListener("message", (event) => {
    if (event.origin !== tool || event.data?.subject !== "org.imsglobal.lti.close") return;
    if (event.source !== frame.contentWindow) event.source?.close?.();
    location.assign(frame.dataset.close);
  });
}
