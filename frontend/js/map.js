// [data-map] holds a picture and a table of the same things. Whatever carries the same data-map-item belongs
// together: choose one and all of them answer. Without scripts the picture's links lead to the rows.
export function startMap(root) {
  for (const map of root.querySelectorAll("[data-map]")) {
    map.addEventListener("click", (event) => pick(map, event));
    map.addEventListener("focusin", (event) => {
      const item = event.target.closest("[data-map-item]");
      if (item) choose(map, item.dataset.mapItem);
    });
    if (location.hash) chooseByHash(map);
    addEventListener("hashchange", () => chooseByHash(map));
  }
}

function pick(map, event) {
  const item = event.target.closest("[data-map-item]");
  if (!item) return;
  choose(map, item.dataset.mapItem);
  const inPicture = item.closest("svg");
  const row = inPicture && rowOf(map, item.dataset.mapItem);
  if (!row) return;
  event.preventDefault();
  const control = row.querySelector("a, button, input") ?? row;
  if (control === row) row.tabIndex = -1;
  control.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function choose(map, name) {
  for (const item of map.querySelectorAll("[data-map-item]")) {
    const chosen = item.dataset.mapItem === name;
    item.toggleAttribute("data-chosen", chosen);
    if (!item.closest("svg")) chosen ? item.setAttribute("aria-current", "true") : item.removeAttribute("aria-current");
  }
}

function rowOf(map, name) {
  return [...map.querySelectorAll("[data-map-item]")].find((item) => item.dataset.mapItem === name && !item.closest("svg"));
}

function chooseByHash(map) {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const item = target?.closest("[data-map-item]");
  if (item && map.contains(item)) choose(map, item.dataset.mapItem);
}
