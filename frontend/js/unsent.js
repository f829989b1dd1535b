// Who on this page holds words or photos that the server does not have yet; whoever cares is told when that changes.
const holders = new Set();
const listeners = [];

/** A form, or a photo on its way, says whether it holds something unsent. */
export function setUnsent(holder, is) {
  const before = holders.size > 0;
  if (is) holders.add(holder);
  else holders.delete(holder);
  const now = holders.size > 0;
  if (now !== before) for (const tell of listeners) tell(now);
}

export function whenUnsent(tell) {
  listeners.push(tell);
  if (holders.size > 0) tell(true);
}
