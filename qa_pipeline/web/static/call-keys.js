// Deciding on a call: criteria are walked and judged by keys, what is typed is never lost, one change at a time.
"use strict";

// By name, not by class: just after a change the new parts do not know yet which one was current.
let currentName = null;
const item = () => document.getElementById(`item-${currentName}`) ?? document.querySelector(".item");
const placeOf = (all) => all.findIndex((one) => one.dataset.criterion === currentName);

/** Makes a criterion the current one; its buttons show and the keys are about it. */
function choose(article, { focus = true } = {}) {
  if (!article) return;
  for (const one of document.querySelectorAll(".item.current")) if (one !== article) one.classList.remove("current");
  article.classList.add("current");
  bands(article);
  if (currentName !== article.dataset.criterion) heard = -1;
  currentName = article.dataset.criterion;
  if (focus) {
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "nearest" });
  }
}

/** Draws where the current criterion's evidence lies, under the waveform; what was searched lies behind it. */
function bands(article) {
  const plot = document.querySelector("[data-bands]");
  if (!plot) return;
  const clips = [...article.querySelectorAll(".clip")].reverse();
  plot.replaceChildren(
    ...clips.map((clip) => {
      const band = document.createElement("i");
      const [from, to] = [Number(clip.dataset.start), Number(clip.dataset.end)];
      band.className = clip.closest("li").className;
      band.style.left = `${(100 * from) / player.duration}%`;
      band.style.width = `${Math.max(0.4, (100 * (to - from)) / player.duration)}%`;
      return band;
    }),
  );
}

function walk(step) {
  const all = [...document.querySelectorAll(".item")];
  const at = placeOf(all);
  choose(all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]);
}

function walkOpen() {
  const all = [...document.querySelectorAll(".item")];
  const at = placeOf(all);
  choose([...all.slice(at + 1), ...all.slice(0, at + 1)].find((one) => "open" in one.dataset));
}

let heard = -1;
function playNext() {
  const clips = [...item().querySelectorAll(".clip")];
  if (!clips.length) return;
  heard = (heard + 1) % clips.length;
  player.clip(clips[heard]);
}

// ---- one change at a time: what is pressed meanwhile waits for the new revision ----
let busy = false;
const waiting = [];
function then(action) {
  waiting.push(action);
  goOn();
}
function goOn() {
  while (!busy && waiting.length) waiting.shift()();
}
document.addEventListener("submit", (event) => {
  if (event.target.hasAttribute("data-hx-post")) busy = true;
});
document.addEventListener("htmx:finally:request", (event) => {
  if (event.target.id === "beat") return;
  // The new parts are in their place once this task is over.
  setTimeout(() => {
    busy = false;
    goOn();
  }, 0);
});

/** Presses a button of the criterion that is current now, even where it must wait. */
function press(selector) {
  const name = item()?.dataset.criterion;
  then(() => document.getElementById(`item-${name}`)?.querySelector(selector)?.click());
}

// ---- a verdict that differs from the machine's asks why; a blind one may say why ----
document.addEventListener("click", (event) => {
  const answer = event.target.closest?.(".decide button[name=answer]");
  if (answer) {
    const form = answer.form;
    const text = form.elements.reason;
    const asked = answer.closest(".item").classList.contains("asks");
    if ("asks" in answer.dataset && !text.value.trim() && !(asked && !("differs" in answer.dataset))) {
      event.preventDefault();
      choose(answer.closest(".item"), { focus: false });
      ask(form, answer);
    }
    return;
  }
  const article = event.target.closest?.(".item");
  if (article) choose(article, { focus: false });
});

function ask(form, answer) {
  const article = form.closest(".item");
  for (const one of document.querySelectorAll(".item.asks")) if (one !== article) one.classList.remove("asks");
  article.classList.add("asks");
  for (const one of form.querySelectorAll("[aria-pressed]")) one.removeAttribute("aria-pressed");
  answer.setAttribute("aria-pressed", "true");
  form.elements.reason.focus();
  article.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const text = event.target;
  if (!text.matches?.("textarea") || event.isComposing) return;
  if (event.key === "Escape") {
    text.closest(".item")?.classList.remove("asks");
    (text.closest(".item") ?? item())?.focus();
  } else if (event.key === "Enter" && !event.shiftKey) {
    const form = text.form;
    const pressed = form.querySelector("[aria-pressed=true]");
    if (form.matches(".decide") && !(pressed && (text.value.trim() || !("differs" in pressed.dataset)))) return;
    event.preventDefault();
    then(() => {
      // The form may have been replaced while this waited; what was typed came along.
      const live = form.isConnected ? form : document.querySelector(`#${CSS.escape(item().id)} .decide`);
      live.requestSubmit(pressed ? live.querySelector(`[value="${pressed.value}"]`) : undefined);
    });
  }
});

// ---- what is typed survives a change of the page ----
const drafts = new Map();
const draftOf = (text) => `${text.closest(".item")?.dataset.criterion ?? ""} ${text.name}`;
document.addEventListener("input", (event) => {
  if (event.target.matches("textarea")) drafts.set(draftOf(event.target), event.target.value);
});
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx.sourceElement;
  if (ctx.response.status >= 400 || !form?.matches("form")) return;
  for (const text of form.querySelectorAll("textarea")) {
    drafts.delete(draftOf(text));
    if (form.id === "remark") form.reset();
  }
});

let score = document.getElementById("score")?.dataset.percent;
document.addEventListener("htmx:after:swap", () => {
  for (const text of document.querySelectorAll("textarea")) {
    const kept = drafts.get(draftOf(text));
    if (kept !== undefined && !text.value) text.value = kept;
  }
  const lost = document.activeElement === document.body || document.activeElement === null;
  const kept = currentName && document.getElementById(`item-${currentName}`);
  if (kept) choose(kept, { focus: lost });
  const board = document.getElementById("board");
  const said = document.querySelector("#holder [data-taken]")?.textContent || board.dataset.said;
  if (said) document.getElementById("said").textContent = said;
  const now = document.getElementById("score");
  if (now && now.dataset.percent !== score) now.classList.add("moved");
  score = now?.dataset.percent;
  const remark = document.querySelector("#remark [name=seen]");
  if (remark) remark.value = board.dataset.seen;
  show(player.now());
});
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.sourceElement?.matches("[data-finish]")) walkOpen();
});

// ---- a remark at this moment ----
function remark() {
  const text = document.getElementById("remark-text");
  if (!text) return;
  document.getElementById("remark-at").value = clockOf(player.now());
  text.focus();
  text.scrollIntoView({ block: "nearest" });
}
document.getElementById("remark-now")?.addEventListener("click", remark);

// ---- steps that a person takes in two: the first one opens the second, whose field or button has the focus then ----
function openStep(step, inside) {
  if (!step) return;
  step.open = true;
  step.querySelector(inside).focus();
}
function take() {
  openStep(document.getElementById("take-over"), "button");
  click("[data-claim]");
}
document.addEventListener("keydown", (event) => {
  const step = event.key === "Escape" && event.target.closest?.(".step[open]");
  if (!step) return;
  step.open = false;
  step.querySelector("summary").focus();
});

// ---- signs of life: only while somebody is there does the claim go on ----
const BEAT_MS = 60_000;
const AWAY_MS = 10 * 60_000;
let aliveAt = Date.now();
for (const event of ["keydown", "pointerdown", "pointermove", "wheel"]) {
  document.addEventListener(event, () => (aliveAt = Date.now()), { passive: true });
}
setInterval(() => {
  const here = Date.now() - aliveAt < AWAY_MS || (audio && !audio.paused);
  const asked = document.querySelector("#take-over[open]"); // nobody's question goes away under their hands
  if (here && !busy && !asked && document.visibilityState === "visible") {
    document.getElementById("beat")?.dispatchEvent(new Event("beat"));
  }
}, BEAT_MS);

// ---- keys ----
const sheet = document.getElementById("keys");
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-open-keys]")) sheet.showModal();
});
const click = (selector) => document.querySelector(selector)?.click();
const answer = (value) => press(`.decide [name=answer][value^="${value}"]`);
const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  o: walkOpen,
  c: () => press("[data-agrees]"),
  p: () => answer("pass"),
  f: () => answer("fail"),
  n: () => answer("not_applicable"),
  u: () => answer("unsure"),
  1: () => answer("pass"),
  2: () => answer("pass2"),
  3: () => answer("fail"),
  4: () => answer("not_applicable"),
  5: () => answer("unsure"),
  e: playNext,
  " ": () => player.toggle(),
  ArrowLeft: () => player.seek(player.now() - 5000),
  ArrowRight: () => player.seek(player.now() + 5000),
  "[": () => player.speed(-1),
  "]": () => player.speed(1),
  m: remark,
  z: () => then(() => document.querySelector("[data-undo]")?.requestSubmit()),
  Enter: () => then(() => click("[data-finish] button:not(:disabled)")),
  t: () => then(take),
  r: () => openStep(document.getElementById("reopen"), "textarea"),
  N: () => click("[data-key=N]"),
  P: () => click("[data-key=P]"),
  "?": () => sheet.showModal(),
};
// What Enter, the space bar and the arrows do to a button, a link or a choice stays theirs.
const OWN = { Enter: "a, button, summary", " ": "a, button, summary", ArrowLeft: "audio", ArrowRight: "audio" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing(event.target)) return;
  const action = KEYS[event.key];
  if (!action || document.querySelector("dialog[open]")) return;
  if (event.key in OWN && event.target.closest(OWN[event.key])) return;
  event.preventDefault();
  action();
});

const asking = document.querySelector(".item.asks");
choose(asking ?? document.querySelector(".item[data-open]") ?? document.querySelector(".item"), { focus: false });
