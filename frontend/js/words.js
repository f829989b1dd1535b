// The translated words that scripts say: the server writes them on <body data-words>.
let words;

/** The words called `key`, with {names} filled in. */
export function say(key, values = {}) {
  words ??= JSON.parse(document.body.dataset.words ?? "{}");
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** A time of day, as the page's language writes it in the United States. */
export function timeOfDay(at = new Date()) {
  return new Intl.DateTimeFormat(`${document.documentElement.lang}-US`, { timeStyle: "short" }).format(at);
}
