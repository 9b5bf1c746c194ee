// An image as its description says: axes, levels, and which of its planes and channels are shown.

import { TILE } from "./tiles.js";

const palette = [[0, 255, 255], [255, 0, 255], [255, 255, 0], [255, 64, 64], [64, 255, 64], [96, 128, 255]];
const MOST_CHANNELS = 16;

export const hex = color => "#" + color.map(part => part.toString(16).padStart(2, "0")).join("");
export const rgb = text => [1, 3, 5].map(i => parseInt(text.slice(i, i + 2), 16));

export class Picture {
  constructor(number, description) {
    this.number = number;
    Object.assign(this, description);
    const axes = this.axes;
    this.y = axes.length - 2;
    this.x = axes.length - 1;
    this.frameAxes = Math.max(0, axes.length - 2);
    this.channelAxis = axes.findIndex((axis, i) => i < this.y && (axis.type === "channel" || (!axis.type && axis.name === "c")));
    this.shape = this.levels[0].shape;
    this.fullOnly = false; // levels come later than the frames that they are made of
    const count = this.channelAxis < 0 ? 1 : this.shape[this.channelAxis];
    this.shown = Array.from({ length: Math.min(count, MOST_CHANNELS) }, (_, i) => this.channelOf(i, count));
    if (!this.shown.some(channel => channel.on)) this.shown[0].on = true;
    this.at = this.shape.slice(0, this.frameAxes).map((length, i) =>
      axes[i].type === "space" || (!axes[i].type && axes[i].name === "z") ? Math.floor(length / 2) : 0);
  }

  get width() { return this.shape[this.x]; }
  get height() { return this.shape[this.y]; }
  get isPicture() { return this.axes.length >= 2; }

  /** How much taller than wide a pixel is. */
  get aspect() {
    const [y, x] = [this.levels[0].scale[this.y], this.levels[0].scale[this.x]];
    const isSame = this.axes[this.y].unit === this.axes[this.x].unit;
    return isSame && y > 0 && x > 0 ? Math.min(10, Math.max(0.1, y / x)) : 1;
  }

  /** How many pixels of full resolution one of a level is, along an axis. */
  factor(level, axis) {
    const [own, full] = [this.levels[level].scale[axis], this.levels[0].scale[axis]];
    if (own > 0 && full > 0) return own / full;
    return this.shape[axis] / this.levels[level].shape[axis];
  }

  /** The indices of the shown plane on a level, for a channel. */
  planeOf(level, channel, at = this.at) {
    return at.map((index, axis) => {
      const wanted = axis === this.channelAxis ? channel : Math.floor(index / this.factor(level, axis));
      return Math.max(0, Math.min(this.levels[level].shape[axis] - 1, wanted));
    });
  }

  /** The coarsest level that shows no less than the screen can, and the step between its pixels. */
  levelFor(pixelsPerPixel) {
    const enough = 1.25;
    let level = 0;
    const last = this.fullOnly ? 0 : this.levels.length - 1;
    while (level < last && this.factor(level + 1, this.x) * pixelsPerPixel <= enough) level++;
    let step = 1;
    while (level === last && this.factor(level, this.x) * step * 2 * pixelsPerPixel <= enough) step *= 2;
    return { level, step };
  }

  /** All of the plane in one tile of at most so many pixels a side. */
  overview(side = TILE) {
    const longest = level => Math.max(this.levels[level].shape[this.x], this.levels[level].shape[this.y]);
    let level = this.fullOnly ? 0 : this.levels.length - 1;
    while (level > 0 && longest(level) < side && longest(level - 1) <= side) level--;
    const step = Math.max(1, Math.ceil(longest(level) / side));
    const shape = this.levels[level].shape;
    return {
      level, step, y: 0, x: 0,
      h: Math.floor((shape[this.y] - 1) / step) + 1, w: Math.floor((shape[this.x] - 1) / step) + 1,
    };
  }

  channelOf(number, count) {
    const stored = this.channels[number] ?? {};
    const color = /^[0-9a-f]{6}$/i.test(stored.color ?? "") && stored.color !== "000000" ? rgb("#" + stored.color)
      : count === 1 ? [255, 255, 255] : palette[number % palette.length];
    const channel = {
      number, color, on: stored.active !== false, inverted: stored.inverted === true, lo: 0, hi: 1,
      label: stored.label || (count === 1 ? "intensity" : `channel ${number}`),
      stored: this.windowOf(stored.window),
    };
    channel.auto = channel.stored === null;
    if (channel.stored) [channel.lo, channel.hi] = [channel.stored.start, channel.stored.end];
    return channel;
  }

  // A window as wide as the type is what writers say who know nothing.
  windowOf(window) {
    const whole = { uint8: 255, uint16: 65535, uint32: 4294967295 }[this.levels[0].data_type];
    if (!window || !(window.end > window.start)) return null;
    return window.start === 0 && window.end === whole ? null : window;
  }
}
