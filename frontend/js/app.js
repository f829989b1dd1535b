// Everything small that helps a page. Each module starts itself where the page carries its data attribute;
// a page without scripts does the same things with plain forms and links.
import { startAutosave } from "./autosave.js";
import { startClose } from "./close.js";
import { startCopy } from "./copy.js";
import { startCount } from "./count.js";
import { startFocus } from "./focus.js";
import { startForward } from "./forward.js";
import { startFrame } from "./frame.js";
import { startKeys } from "./keys.js";
import { startMap } from "./map.js";
import { startNewTab } from "./newtab.js";
import { startPhotos } from "./photos.js";
import { startRenew } from "./renew.js";
import { startStorage } from "./storage.js";
import { startVerify } from "./verify.js";

for (const start of [
  startFocus,
  startCount,
  startAutosave,
  startPhotos,
  startMap,
  startKeys,
  startVerify,
  startFrame,
  startClose,
  startForward,
  startStorage,
  startCopy,
  startRenew,
  startNewTab,
]) {
  // One module that fails must not take the others with it; the page works without any of them.
  try {
    start(document);
  } catch (error) {
    console.error(error);
  }
}
