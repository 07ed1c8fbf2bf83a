// What every page does: the token for changes, notices that close, keys that press buttons.
"use strict";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) event.target.closest(".notice").remove();
});

/** Whether somebody is writing, so that keys are letters. */
function writing(element) {
  return element.closest("input, select, textarea, [contenteditable]") !== null;
}

/** Runs the action of a key: `keys` maps a key (as in KeyboardEvent.key) to a function. */
function onKeys(keys) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}
