// <dd data-copy><code data-copy-text>…</code><button hidden>Copy</button><span role="status"></span></dd>:
// a frame has often no leave to write to the clipboard. Then the old command is tried, and if that is
// forbidden too, the text is left selected and the person is told so.
import { say } from "./words.js";

export function startCopy(root) {
  for (const line of root.querySelectorAll("[data-copy]")) {
    const button = line.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = line.querySelector("[data-copy-text]");
      const said = line.querySelector("[role=status]");
      said.textContent = "";
      said.textContent = (await copied(text)) ? say("copied") : say("selected");
    });
  }
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(text);
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
}
