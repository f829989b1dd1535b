// <textarea data-count="400">: how much room is left, said when it gets scarce and when it is passed.
import { say } from "./words.js";

const SCARCE = 0.8;

export function startCount(root) {
  for (const area of root.querySelectorAll("textarea[data-count]")) watch(area);
}

function watch(area) {
  const limit = Number(area.dataset.count);
  const line = document.getElementById(`${area.id}-count`);
  if (!line || !limit) return;
  const voice = document.createElement("span");
  voice.className = "visually-hidden";
  voice.setAttribute("aria-live", "polite");
  line.after(voice);
  let later;
  const show = () => {
    const left = limit - [...area.value.replaceAll("\r\n", "\n")].length;
    line.textContent = left < 0 ? say("over", { count: -left }) : say("left", { count: left });
    line.toggleAttribute("data-over", left < 0);
    clearTimeout(later);
    if (left < limit * (1 - SCARCE)) later = setTimeout(() => (voice.textContent = line.textContent), 1000);
  };
  area.addEventListener("input", show);
  show();
}
