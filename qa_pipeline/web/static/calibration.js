// A call of a calibration session: the transcript follows the sound, and answers can be given by keys.
"use strict";

const sound = document.getElementById("sound");
const turns = [...document.querySelectorAll(".cal-turns li")];
const items = [...document.querySelectorAll("[data-item]")];

document.addEventListener("click", (event) => {
  const from = event.target.closest("[data-seek]");
  if (!from || !sound) return;
  sound.currentTime = Number(from.dataset.seek) / 1000;
  sound.play().catch(() => {}); // without sound the controls say so
});

/** Marks the turn that is heard and keeps it in view, inside its own list only. */
function follow() {
  const at = sound.currentTime * 1000;
  for (const turn of turns) {
    const heard = at >= Number(turn.dataset.start) && at < Number(turn.dataset.end);
    if (heard === turn.hasAttribute("aria-current")) continue;
    turn.toggleAttribute("aria-current", heard);
    if (heard) turn.parentElement.scrollTop = turn.offsetTop - turn.parentElement.offsetTop - 40;
  }
}
if (sound) sound.addEventListener("timeupdate", follow);

function current() {
  return items.findIndex((one) => one.contains(document.activeElement));
}

function walk(step) {
  const at = current();
  const next = items[at < 0 ? 0 : Math.min(Math.max(at + step, 0), items.length - 1)];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function choose(place) {
  const answers = items[current()]?.querySelectorAll("input[type=radio]") ?? [];
  if (answers[place] && !answers[place].matches(":disabled")) answers[place].click();
}

function note() {
  items[Math.max(current(), 0)]?.querySelector("textarea")?.focus();
}

const keys = {
  j: () => walk(1),
  k: () => walk(-1),
  1: () => choose(0),
  2: () => choose(1),
  3: () => choose(2),
  4: () => choose(3),
  n: note,
  p: () => sound && (sound.paused ? sound.play().catch(() => {}) : sound.pause()),
  b: () => sound && (sound.currentTime = Math.max(0, sound.currentTime - 5)),
};

// Radio buttons are no place to write, so unlike `onKeys` letters work there.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("textarea, select, input:not([type=radio])")) {
    if (event.key === "Escape") event.target.closest("[data-item]")?.focus();
    return;
  }
  const action = keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
