// <fieldset data-keys>: while the focus is inside its form's part, the keys 1 to 9 choose the level with that
// data-key. Nothing listens elsewhere, and never while somebody types.
export function startKeys(root) {
  for (const group of root.querySelectorAll("[data-keys]")) {
    const reach = group.closest("[data-keys-reach]") ?? group;
    reach.addEventListener("keydown", (event) => choose(event, group));
  }
}

function choose(event, group) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (!/^[1-9]$/.test(event.key)) return;
  const level = group.querySelector(`input[data-key="${event.key}"]`);
  if (!level || level.disabled) return;
  event.preventDefault();
  level.checked = true;
  level.focus();
  level.dispatchEvent(new Event("input", { bubbles: true }));
  level.dispatchEvent(new Event("change", { bubbles: true }));
}

function isTyping(element) {
  return element.matches("textarea, select, [contenteditable]") || (element.matches("input") && !element.matches("[type=radio], [type=checkbox]"));
}
