// Keys of the queue: rows are walked with j and k, the links do the rest.
"use strict";

const links = [...document.querySelectorAll("tr[data-row] th a")];

function walk(step) {
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)];
  if (next) next.focus();
}

onKeys({ j: () => walk(1), k: () => walk(-1), t: () => document.querySelector("[data-key=t]").click() });
