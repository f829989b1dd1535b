// A page that only passes something on to the LMS does so by itself; its button does the same without scripts.
export function startForward(root) {
  root.querySelector("form[data-forward]")?.submit();
}
