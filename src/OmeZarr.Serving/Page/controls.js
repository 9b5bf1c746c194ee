// Sliders of axes, and the channels with their colours and windows.

import { histogram, percentiles } from "./compose.js";
import { hex, rgb } from "./image.js";
import { element, number, physical } from "./words.js";

/** Sliders of all axes but y, x and the channels. */
export class AxisControls {
  constructor(root, changed) {
    this.root = root;
    this.changed = changed;
  }

  show(picture) {
    this.picture = picture;
    this.rows = [];
    this.root.replaceChildren();
    for (let axis = 0; axis < picture.frameAxes; axis++) {
      if (axis !== picture.channelAxis) this.add(axis);
    }
    this.update();
  }

  add(axis) {
    const { picture } = this;
    const { name } = picture.axes[axis];
    const slider = element("input", { type: "range", min: 0, step: 1, "aria-label": name, "data-axis": name });
    slider.addEventListener("input", () => {
      picture.at[axis] = +slider.value;
      this.update();
      this.changed(axis);
    });
    const place = element("span", { class: "place" });
    const real = element("span", { class: "physical" });
    const row = element("div", { class: "axis" }, element("b", {}, name), slider, place, real);
    this.rows.push({ axis, row, slider, place, real });
    this.root.append(row);
  }

  /** Shows lengths and places as they are now. */
  update() {
    for (const { axis, row, slider, place, real } of this.rows) {
      const length = this.picture.shape[axis];
      slider.max = Math.max(0, length - 1);
      slider.value = this.picture.at[axis];
      place.textContent = length === 0 ? "none yet" : `${this.picture.at[axis] + 1} / ${length}`;
      const { unit } = this.picture.axes[axis];
      const { scale, translation } = this.picture.levels[0];
      real.textContent = unit ? physical(this.picture.at[axis] * scale[axis] + (translation[axis] ?? 0), unit) : "";
      row.hidden = length === 1;
    }
  }

  step(axis, by) {
    const row = this.rows.filter(row => !row.row.hidden)[axis];
    if (!row) return;
    const last = this.picture.shape[row.axis] - 1;
    this.picture.at[row.axis] = Math.max(0, Math.min(last, this.picture.at[row.axis] + by));
    this.update();
    this.changed(row.axis);
  }
}

/** Whether channels are on, their colours and their windows. */
export class ChannelControls {
  /** @param pixelsOf gives what a channel's window can be found by, or null. */
  constructor(root, pixelsOf, changed) {
    this.root = root;
    this.pixelsOf = pixelsOf;
    this.changed = changed;
  }

  show(picture) {
    this.picture = picture;
    this.rows = [];
    this.root.replaceChildren(element("h2", {}, picture.shown.length === 1 ? "contrast" : "channels"));
    for (const channel of picture.shown) this.add(channel);
    const auto = element("button", { id: "auto", title: "windows from the pixels, kept up to date" }, "auto contrast");
    auto.addEventListener("click", () => this.setAuto(true));
    const buttons = element("div", { class: "buttons" }, auto);
    if (picture.shown.some(channel => channel.stored)) {
      const stored = element("button", { title: "the windows that the dataset has" }, "as stored");
      stored.addEventListener("click", () => this.setAuto(false));
      buttons.append(stored);
    }
    this.root.append(buttons);
    this.update();
  }

  setAuto(isAuto) {
    for (const channel of this.picture.shown) {
      channel.auto = isAuto || channel.stored === null;
      if (!channel.auto) [channel.lo, channel.hi] = [channel.stored.start, channel.stored.end];
    }
    this.update();
    this.changed();
  }

  add(channel) {
    const on = element("input", { type: "checkbox", "aria-label": `show ${channel.label}`, "data-channel": channel.number });
    on.addEventListener("change", () => { channel.on = on.checked; this.update(); this.changed(); });
    const color = element("input", { type: "color", "aria-label": `colour of ${channel.label}` });
    color.addEventListener("input", () => { channel.color = rgb(color.value); this.update(); this.changed(); });
    const graph = element("canvas", { width: 262, height: 42, title: "drag the ends of the window" });
    const [lo, hi] = ["lo", "hi"].map(end => {
      const label = `${end === "lo" ? "black" : "full colour"} of ${channel.label}`;
      const input = element("input", { type: "number", step: "any", "aria-label": label });
      input.addEventListener("change", () => {
        if (Number.isFinite(input.valueAsNumber)) this.setWindow(channel, end, input.valueAsNumber);
      });
      return input;
    });
    this.drag(graph, channel);
    const row = element("div", { class: "channel" },
      element("div", { class: "title" }, on, color, element("span", { class: "label", title: channel.label }, channel.label)),
      graph, element("div", { class: "window" }, lo, hi));
    this.rows.push({ channel, row, on, color, graph, lo, hi });
    this.root.append(row);
  }

  setWindow(channel, end, value) {
    channel[end] = value;
    channel.auto = false;
    this.update();
    this.changed();
  }

  drag(graph, channel) {
    let end = null;
    const valueAt = event => channel.from + (channel.to - channel.from) * event.offsetX / graph.clientWidth;
    graph.addEventListener("pointerdown", event => {
      if (channel.from === undefined) return;
      const value = valueAt(event);
      end = Math.abs(value - channel.lo) < Math.abs(value - channel.hi) ? "lo" : "hi";
      graph.setPointerCapture(event.pointerId);
      this.setWindow(channel, end, value);
    });
    graph.addEventListener("pointermove", event => { if (end) this.setWindow(channel, end, valueAt(event)); });
    graph.addEventListener("pointerup", () => { end = null; this.update(); });
    this.isDragging = () => end !== null;
  }

  /** Looks at the pixels anew: windows that follow them, and histograms. @returns whether a window has changed. */
  look() {
    let hasChanged = false;
    for (const row of this.rows) {
      const { channel } = row;
      if (!channel.on) continue;
      const pixels = this.pixelsOf(channel);
      if (!pixels || pixels === row.pixels) continue;
      row.pixels = pixels;
      const found = percentiles(pixels);
      if (!found) continue;
      row.found = found;
      const tolerance = 0.05 * (channel.hi - channel.lo);
      if (channel.auto && (Math.abs(found.lo - channel.lo) > tolerance || Math.abs(found.hi - channel.hi) > tolerance)) {
        [channel.lo, channel.hi] = [found.lo, found.hi];
        hasChanged = true;
      }
      this.draw(row);
    }
    if (hasChanged) this.update();
    return hasChanged;
  }

  update() {
    for (const row of this.rows) {
      const { channel } = row;
      row.on.checked = channel.on;
      row.color.value = hex(channel.color);
      row.row.classList.toggle("off", !channel.on);
      row.lo.value = number(channel.lo, 4);
      row.hi.value = number(channel.hi, 4);
      this.draw(row);
    }
  }

  draw(row) {
    const { channel, graph, found, pixels } = row;
    if (!found || !channel.on) return;
    if (!this.isDragging?.()) {
      const [least, most] = [Math.min(found.min, channel.lo), Math.max(found.max, channel.hi)];
      const margin = (most - least) * 0.03 || 1;
      [channel.from, channel.to] = [least - margin, most + margin];
    }
    const context = graph.getContext("2d");
    const { width, height } = graph;
    context.clearRect(0, 0, width, height);
    const counts = histogram(pixels, channel.from, channel.to, width / 2);
    const tallest = Math.log1p(counts.reduce((a, b) => Math.max(a, b), 1));
    const at = value => (value - channel.from) / (channel.to - channel.from) * width;
    context.fillStyle = hex(channel.color) + "22";
    context.fillRect(at(channel.lo), 0, at(channel.hi) - at(channel.lo), height);
    context.fillStyle = hex(channel.color);
    counts.forEach((count, i) => {
      const tall = Math.log1p(count) / tallest * (height - 3);
      context.fillRect(i * 2, height - tall, 2, tall);
    });
    context.fillStyle = "#fff";
    for (const end of [channel.lo, channel.hi]) context.fillRect(Math.min(width - 2, Math.max(0, at(end) - 1)), 0, 2, height);
  }
}
