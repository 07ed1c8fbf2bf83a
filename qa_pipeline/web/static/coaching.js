// Clips: one plays at a time, and an own clip played again begins at its beginning and ends at its end.
"use strict";

const clips = [...document.querySelectorAll("audio[data-clip]")];

for (const clip of clips) {
  const start = Number(clip.dataset.start || 0) / 1000;
  const end = clip.dataset.end ? Number(clip.dataset.end) / 1000 : Infinity;
  clip.addEventListener("play", () => {
    clips.filter((other) => other !== clip).forEach((other) => other.pause());
    if (clip.currentTime < start - 0.5 || clip.currentTime >= end - 0.1) clip.currentTime = start;
  });
  clip.addEventListener("timeupdate", () => {
    if (clip.currentTime >= end && !clip.paused) clip.pause();
  });
}
