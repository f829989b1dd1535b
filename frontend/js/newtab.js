// <form data-new-tab data-fresh="…">: its ticket opens one tab. After that one the page fetches the next, so that
// somebody who closed the tab can press the button again.
export function startNewTab(root) {
  for (const form of root.querySelectorAll("form[data-new-tab][data-fresh]")) {
    form.addEventListener("submit", () => setTimeout(() => renew(form), 0));
  }
}

async function renew(form) {
  try {
    const response = await fetch(form.dataset.fresh, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (response.ok) form.elements.namedItem("ticket").value = (await response.json()).ticket;
  } catch {
    // Without a network no tab opens either.
  }
}
