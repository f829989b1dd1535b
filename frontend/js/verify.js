// [data-drop]: a file dropped on the field lands in its file input.
export function startVerify(root) {
  for (const zone of root.querySelectorAll("[data-drop]")) watch(zone);
}

function watch(zone) {
  const input = zone.querySelector("input[type=file]");
  if (!input) return;
  const over = (on) => zone.classList.toggle("is-over", on);
  zone.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) over(false);
  });
  zone.addEventListener("drop", (event) => {
    over(false);
    const dropped = event.dataTransfer?.files;
    if (!dropped?.length) return;
    event.preventDefault();
    input.files = input.multiple ? dropped : only(dropped[0]);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}

function only(file) {
  const transfer = new DataTransfer();
  transfer.items.add(file);
  return transfer.files;
}
