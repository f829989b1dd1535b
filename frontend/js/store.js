// What this browser may keep for somebody, and under which name.

/**
 * Names what is kept for a form: whose it is, and the form's address without the visit, so that a person finds
 * it again after a new launch and nobody else does on a shared computer.
 */
export function keptName(form) {
  const path = new URL(form.action, location.href).pathname;
  const visit = path.match(/^\/l\/[^/]+/)?.[0] ?? "";
  return `${document.body.dataset.owner || visit} ${path.slice(visit.length)}`;
}

// sessionStorage may not be there: a framed page can be refused all storage.
export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** Keep a value for this tab; says whether that worked. */
export function remember(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forget(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Nothing was kept, so nothing has to go.
  }
}
