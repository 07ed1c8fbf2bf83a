// The player of a call: one recording, its waveform, the words that follow it, moments that can be played.
"use strict";

const callPage = document.getElementById("call");
const audio = document.getElementById("audio");
document.documentElement.classList.add("scripts");

const clockOf = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000));
  return `${String(Math.floor(s / 60)).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
};

/** The one player of the page. Times are in milliseconds. */
const player = {
  wave: null,
  until: null, // where a moment that is being played ends
  moment: null,
  quiet: JSON.parse(callPage.dataset.quiet),
  duration: Number(callPage.dataset.duration),

  now() {
    if (!audio) return Number(callPage.dataset.at);
    return (this.wave ? this.wave.getCurrentTime() : audio.currentTime) * 1000;
  },
  seek(ms) {
    const there = Math.min(Math.max(0, ms), this.duration);
    this.until = this.moment = null;
    if (!audio) return;
    if (this.wave) this.wave.setTime(there / 1000);
    else audio.currentTime = there / 1000;
    show(there);
  },
  play() {
    if (audio) audio.play().catch(() => {}); // a file that is gone says so itself
  },
  toggle() {
    if (!audio) return;
    if (audio.paused) this.play();
    else audio.pause();
  },
  /** Plays a moment and stops at its end. */
  clip(element) {
    this.seek(Number(element.dataset.from));
    this.until = Number(element.dataset.to);
    this.moment = element;
    for (const one of document.querySelectorAll(".clip.now")) one.classList.remove("now");
    element.classList.add("now");
    this.play();
  },
  speed(step) {
    const speed = document.getElementById("speed");
    if (!speed) return;
    speed.selectedIndex = Math.min(Math.max(speed.selectedIndex + step, 0), speed.options.length - 1);
    speed.dispatchEvent(new Event("change"));
  },
};

// ---- what follows the recording ----
const turns = [...document.querySelectorAll(".turn")];
const starts = turns.map((turn) => Number(turn.dataset.start));
const list = document.getElementById("turns");
const follow = document.getElementById("follow");
let following = true;
let scrolledAt = 0;
let nowTurn = null;
let nowWord = null;

/** The index of the last start that is not after a moment. */
function lastBefore(times, ms) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function show(ms) {
  // Not on the line itself: htmx copies the styles of what it replaces as text, which this page's rules forbid.
  callPage.style.setProperty("--at", String(ms / player.duration));
  const clock = document.getElementById("now");
  if (clock && clock.textContent !== clockOf(ms)) clock.textContent = clockOf(ms);
  const turn = turns[lastBefore(starts, ms + 50)] ?? null;
  if (turn !== nowTurn) {
    nowTurn?.classList.remove("now");
    turn?.classList.add("now");
    nowTurn = turn;
    if (turn && following) reveal(turn);
  }
  const words = turn ? [...turn.querySelectorAll("[data-t]")] : [];
  const word = words[lastBefore(words.map((one) => Number(one.dataset.t)), ms + 50)] ?? null;
  if (word !== nowWord) {
    nowWord?.classList.remove("now");
    if (ms <= Number(turn?.dataset.end ?? 0)) word?.classList.add("now");
    nowWord = word;
  }
}

function reveal(turn) {
  scrolledAt = performance.now();
  list.scrollTop = turn.offsetTop - list.offsetTop - list.clientHeight / 3;
}

list.addEventListener("scroll", () => {
  if (performance.now() - scrolledAt < 300) return; // that was us
  following = false;
  follow.hidden = false;
});
follow.addEventListener("click", () => {
  following = true;
  follow.hidden = true;
  if (nowTurn) reveal(nowTurn);
});
list.addEventListener("click", (event) => {
  if (!window.getSelection().isCollapsed) return; // somebody marks words to copy them
  const word = event.target.closest("[data-t]");
  const turn = event.target.closest(".turn");
  if (event.target.closest("a") || !turn) return;
  player.seek(Number(word ? word.dataset.t : turn.dataset.start));
});

// Everything that stands for a moment: evidence plays, the rest seeks.
callPage.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !audio) return;
  const clip = event.target.closest("[data-from]");
  const moment = event.target.closest("[data-at]:not(#call)");
  if (!clip && !moment) {
    const plot = event.target.closest(".plot");
    if (!plot) return;
    const box = plot.getBoundingClientRect();
    player.seek(((event.clientX - box.left) / box.width) * player.duration);
    return;
  }
  event.preventDefault();
  if (clip) player.clip(clip);
  else player.seek(Number(moment.dataset.at));
});

// ---- the recording itself ----
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function looks() {
  const of = { agent: colour("--agent"), customer: colour("--customer"), unknown: colour("--muted") };
  const channels = callPage.dataset.channels.split(" ");
  const look = (party) => ({ waveColor: of[party], progressColor: of[party] });
  return channels.length > 1
    ? { splitChannels: channels.map((party) => ({ ...look(party), height: 34 })) }
    : { ...look(channels[0]), height: 60 };
}

function silent(words) {
  const told = document.getElementById("no-sound");
  told.textContent = words;
  told.hidden = false;
}

async function draw() {
  const answer = await fetch(`/call/peaks?id=${encodeURIComponent(callPage.dataset.id)}`);
  if (!answer.ok) {
    silent(await answer.text());
    return;
  }
  const { channels, duration_ms } = await answer.json();
  const before = audio.currentTime;
  const wave = WaveSurfer.create({
    container: "#wave",
    media: audio,
    url: audio.getAttribute("src").split("#")[0],
    peaks: channels,
    duration: duration_ms / 1000,
    cspNonce: callPage.dataset.nonce,
    cursorColor: colour("--ink"),
    cursorWidth: 2,
    barWidth: 2,
    barGap: 1,
    normalize: true,
    dragToSeek: true,
    hideScrollbar: true,
    ...looks(),
  });
  player.wave = wave;
  wave.on("timeupdate", (seconds) => tick(seconds * 1000));
  wave.on("interaction", () => {
    player.until = player.moment = null;
  });
  const themes = window.matchMedia("(prefers-color-scheme: dark)");
  themes.addEventListener("change", () => wave.setOptions({ ...looks(), cursorColor: colour("--ink") }));
  wave.once("ready", () => player.seek(before ? before * 1000 : Number(callPage.dataset.at)));
}

function tick(ms) {
  show(ms);
  if (audio.paused) return;
  if (player.until !== null && ms >= player.until) {
    audio.pause();
    player.until = null;
    return;
  }
  if (player.until !== null || !document.getElementById("skip").checked) return;
  const gap = player.quiet.find(([from, to]) => ms > from + 300 && ms < to - 500);
  if (gap) player.seek(gap[1] - 300);
}

if (audio) {
  audio.controls = false;
  const play = document.getElementById("play");
  const label = () => {
    play.textContent = audio.paused ? play.dataset.play : play.dataset.pause;
  };
  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, label);
  audio.addEventListener("error", () => silent(document.getElementById("no-sound").dataset.words));
  audio.addEventListener("timeupdate", () => player.wave || tick(audio.currentTime * 1000));
  play.addEventListener("click", () => player.toggle());
  document.getElementById("back").addEventListener("click", () => player.seek(player.now() - 5000));
  document.getElementById("on").addEventListener("click", () => player.seek(player.now() + 5000));
  const speed = document.getElementById("speed");
  const skip = document.getElementById("skip");
  const kept = (name) => window.localStorage.getItem(`call-${name}`);
  speed.addEventListener("change", () => {
    audio.preservesPitch = true;
    audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
    window.localStorage.setItem("call-speed", speed.value);
  });
  skip.addEventListener("change", () => window.localStorage.setItem("call-skip", String(skip.checked)));
  skip.checked = kept("skip") === "true";
  if ([...speed.options].some((one) => one.value === kept("speed"))) speed.value = kept("speed");
  speed.dispatchEvent(new Event("change"));
  draw();
}
show(Number(callPage.dataset.at));
