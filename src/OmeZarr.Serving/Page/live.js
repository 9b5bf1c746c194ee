// How the acquisition goes: asked for again and again while there is one.

import { bytes, count, element, facts, nanoseconds, number, time } from "./words.js";

const LIVE_MS = 250, GROWING_MS = 1000, RESTING_MS = 5000, LOST_MS = 2000;
const RATE_OVER_MS = 3000;
const MOST_RATES = 120;
const SHORT = 600, MANY_DAYS = 10 * 86400; // seconds

export class Live {
  constructor(root, badge, imageOf, came) {
    this.root = root;
    this.badge = badge;
    this.imageOf = imageOf;
    this.came = came;
    this.samples = [];
    this.rates = [];
    this.state = null;
  }

  async run() {
    for (;;) {
      let wait = LOST_MS;
      try {
        const image = this.imageOf();
        const answer = await fetch(`-/state?image=${image}`);
        if (!answer.ok) throw new Error((await answer.text()).trim());
        const state = await answer.json();
        wait = state.live ? LIVE_MS : state.complete === false ? GROWING_MS : RESTING_MS;
        this.state = state;
        this.isLost = false;
        this.show(state);
        if (image === this.imageOf()) this.came(state);
      } catch (error) {
        this.isLost = true;
        this.lost(error);
      }
      await new Promise(done => setTimeout(done, wait));
    }
  }

  lost() {
    this.badge.hidden = false;
    this.badge.className = "bad";
    this.badge.textContent = this.state?.live ? "the stream has ended, or its program was closed" : "the server does not answer";
  }

  show(state) {
    const s = state.stats;
    const record = state.record ?? {};
    const frames = s ? s.frames_appended : record.frames_appended;
    const isGrowing = state.live || state.complete === false;
    this.badge.hidden = !isGrowing && !record.error;
    this.badge.className = record.error ? "bad" : "";
    this.badge.textContent = record.error ? "ended by an error"
      : state.live ? "live" : "not complete: being written, or broken off";
    this.root.hidden = !isGrowing || frames === undefined;
    if (this.root.hidden) return;
    this.count(state.time_ms, frames, s ? s.bytes_out : null, state.free_bytes);
    const perSecond = this.perSecond("frames");
    const written = this.perSecond("out");
    const free = s?.free_bytes ?? state.free_bytes ?? null;
    // Others may be writing to the disk, too: without the writer's own rate, its room itself says how fast it goes.
    const left = s ? s.seconds_left : this.perSecond("free") < -1 ? free / -this.perSecond("free") : null;
    const isShort = left !== null && left < SHORT;
    const ring = s && s.ring_capacity > 0 ? s.ring_occupancy / s.ring_capacity : 0;
    const wasHalted = s && s.ring_waits > 0;
    this.root.replaceChildren(
      element("h2", {}, "acquisition"),
      element("div", { class: "rate" }, element("b", {}, number(perSecond, perSecond < 10 ? 2 : 3)), "frames/s"),
      this.graph(),
      ...(s && s.ring_capacity > 0 ? [
        facts([["ring", `${s.ring_occupancy} of ${s.ring_capacity}, at most ${s.ring_high_water}`]]),
        element("div", { class: "meter" }, this.bar(ring)),
      ] : []),
      facts([
        ["frames", count(frames) + (record.frames_declared ? ` of ${count(record.frames_declared)}` : "")],
        ["waiting to be written", s ? count(s.frames_appended - s.frames_written) : null],
        ["dropped", s ? count(s.frames_dropped) : record.frames_dropped, (s ? s.frames_dropped : record.frames_dropped) > 0],
        ["skipped", (s ? s.frames_skipped : record.frames_skipped) || null],
        ["append, 99 %", s ? nanoseconds(s.append_p99_ns) : null],
        ["append, longest", s ? nanoseconds(s.append_max_ns) : null],
        ["waits for the ring", wasHalted ? `${count(s.ring_waits)}, ${nanoseconds(s.ring_wait_ns)}` : null, wasHalted],
        ["written", s ? bytes(s.bytes_out) : null],
        ["to the disk", s ? `${bytes(written)}/s` : null],
        ["disk left", free === null ? null : bytes(free), isShort],
        ["full in", left === null ? null : left > MANY_DAYS ? "weeks" : time(left), isShort],
        ["errors", s?.errors || null, true],
      ]));
  }

  bar(part) {
    const bar = element("i", part > 0.8 ? { class: "bad" } : {});
    bar.style.width = `${Math.min(100, 100 * part)}%`;
    return bar;
  }

  count(at, frames, out, free) {
    this.samples.push({ at, frames, out, free });
    while (this.samples.length > 2 && at - this.samples[0].at > RATE_OVER_MS) this.samples.shift();
    this.rates.push(Math.max(0, this.perSecond("frames")));
    if (this.rates.length > MOST_RATES) this.rates.shift();
  }

  perSecond(what) {
    const [first, last] = [this.samples[0], this.samples[this.samples.length - 1]];
    const seconds = (last.at - first.at) / 1000;
    return seconds > 0 && last[what] !== null ? (last[what] - first[what]) / seconds : 0;
  }

  graph() {
    const [width, height] = [262, 34];
    const canvas = element("canvas", { width, height, title: "frames/s" });
    const context = canvas.getContext("2d");
    const most = Math.max(1e-9, ...this.rates);
    context.beginPath();
    const step = width / (MOST_RATES - 1);
    this.rates.forEach((rate, i) =>
      context.lineTo(width - (this.rates.length - 1 - i) * step, height - 2 - rate / most * (height - 5)));
    context.strokeStyle = "#5cb8c9";
    context.lineWidth = 1.5;
    context.stroke();
    return canvas;
  }
}
