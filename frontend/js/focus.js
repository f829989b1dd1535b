// After a step, reading starts where the page changed: at the summary of errors, the verdict, or the heading.
import { forget, recall, remember } from "./store.js";

const STEP = "keystone:step";

export function startFocus(root) {
  const target = root.querySelector("[data-focus]") ?? (recall(STEP) ? root.querySelector("h1") : null);
  forget(STEP);
  if (target && !location.hash) takeFocus(target);
  root.addEventListener("submit", (event) => event.target.target || remember(STEP, true));
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link && !link.target && link.origin === location.origin) remember(STEP, true);
  });
}

/** Focus something that is no control. */
export function takeFocus(element) {
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus();
}
