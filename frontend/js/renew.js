// <section data-renew="seconds" id="…">: something is running on the server. The section is read anew until the
// page no longer says so; without scripts there is a link that does the same.
export function startRenew(root) {
  const section = root.querySelector("[data-renew]");
  if (section) setTimeout(() => renew(section), 1000 * Number(section.dataset.renew));
}

async function renew(section) {
  let fresh;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(section.id);
  } catch {
    fresh = section.cloneNode(true);
  }
  if (!fresh) return;
  const held = section.contains(document.activeElement);
  section.replaceWith(fresh);
  if (fresh.dataset.renew) setTimeout(() => renew(fresh), 1000 * Number(fresh.dataset.renew));
  else if (held) fresh.querySelector("h2")?.focus();
}
