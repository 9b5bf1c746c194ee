// The image on the screen: where it is, how large, and the tiles that are seen.

import { compose, stateOf } from "./compose.js";
import { TILE } from "./tiles.js";

const MOST_CANVASES = 160;

export class View {
  /** @param told is called with the place under the cursor, or null. */
  constructor(canvas, tiles, told) {
    this.canvas = canvas;
    this.tiles = tiles;
    this.told = told;
    this.picture = null;
    this.zoom = 1; // pixels of the screen for one of full resolution, along x
    this.cx = this.cy = 0;
    this.isFollowing = false;
    this.drawn = new Map();
    this.frames = new Map(); // while the newest frame is followed: the plane of each channel that is seen
    this.asked = false;
    this.moved = () => {};
    new ResizeObserver(() => this.resized()).observe(canvas);
    this.listen();
  }

  show(picture) {
    this.picture = picture;
    this.drawn.clear();
    this.frames.clear();
    this.tiles.forget();
    this.fit();
  }

  get ratio() { return window.devicePixelRatio || 1; }
  get yZoom() { return this.zoom * (this.picture?.aspect ?? 1); }
  get size() { return { w: this.canvas.clientWidth, h: this.canvas.clientHeight }; }

  fit() {
    const { picture } = this;
    if (!picture?.isPicture) return;
    const { w, h } = this.size;
    this.isFitted = true;
    this.zoom = Math.max(1e-4, Math.min(w / picture.width, h / (picture.height * picture.aspect)) * 0.98) || 1;
    this.cx = picture.width / 2;
    this.cy = picture.height / 2;
    this.draw();
  }

  /** Enlarges, with the point at x, y of the screen staying where it is. */
  zoomBy(factor, x = this.size.w / 2, y = this.size.h / 2) {
    const at = this.imagePlace(x, y);
    this.zoom = Math.min(64, Math.max(1e-4, this.zoom * factor));
    this.cx = at.x - (x - this.size.w / 2) / this.zoom;
    this.cy = at.y - (y - this.size.h / 2) / this.yZoom;
    this.hasMoved();
  }

  imagePlace(x, y) {
    return { x: (x - this.size.w / 2) / this.zoom + this.cx, y: (y - this.size.h / 2) / this.yZoom + this.cy };
  }

  screenPlace(x, y) {
    return { x: (x - this.cx) * this.zoom + this.size.w / 2, y: (y - this.cy) * this.yZoom + this.size.h / 2 };
  }

  hasMoved() {
    this.isFitted = false;
    this.tiles.forget();
    this.draw();
    this.moved();
  }

  resized() {
    this.canvas.width = Math.round(this.size.w * this.ratio);
    this.canvas.height = Math.round(this.size.h * this.ratio);
    if (this.isFitted) this.fit(); else this.draw();
  }

  draw() {
    this.canvas.dataset.settled = "false";
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => { this.asked = false; this.paint(); });
  }

  paint() {
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#101216"; // what is dark in the image differs from where there is none
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const { picture } = this;
    if (!picture?.isPicture || picture.width === 0 || picture.height === 0) return;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    const { level, step } = picture.levelFor(this.zoom * this.ratio);
    context.imageSmoothingEnabled = this.zoom * this.ratio * picture.factor(level, picture.x) * step < 1;
    const seen = this.seen(level, step);
    if (this.isFollowing) {
      this.advance(seen);
    } else {
      // What is there of a coarser level is seen until the tiles have come.
      const whole = picture.overview();
      if (whole.level !== level || whole.step !== step || whole.w > TILE || whole.h > TILE) this.put(context, whole);
    }
    for (const tile of seen) this.put(context, tile);
    this.missing = 0;
    for (const channel of picture.shown.filter(channel => channel.on))
      for (const place of seen) this.missing += this.tileOf(place, channel).missing;
    this.canvas.dataset.settled = String(this.tiles.isQuiet);
    this.canvas.dataset.level = String(level);
    // The place along the first axis of what is seen of the first channel.
    const first = picture.shown.find(channel => channel.on);
    this.canvas.dataset.seen = String(((this.isFollowing && this.frames.get(first?.number)) || picture.at)[0] ?? 0);
    this.painted?.();
  }

  // The tiles on the screen, from its middle outwards, the middle last: it is fetched first.
  seen(level, step) {
    const { picture } = this;
    const [fx, fy] = [picture.factor(level, picture.x) * step, picture.factor(level, picture.y) * step];
    const shape = picture.levels[level].shape;
    const [columns, rows] = [picture.x, picture.y].map(axis => Math.floor((shape[axis] - 1) / step) + 1);
    const from = this.imagePlace(0, 0);
    const to = this.imagePlace(this.size.w, this.size.h);
    const first = (start, f) => Math.max(0, Math.floor(start / f / TILE));
    const last = (end, f, length) => Math.min(Math.ceil(length / TILE) - 1, Math.floor(end / f / TILE));
    const tiles = [];
    for (let row = first(from.y, fy); row <= last(to.y, fy, rows); row++)
      for (let column = first(from.x, fx); column <= last(to.x, fx, columns); column++)
        tiles.push({
          level, step, y: row * TILE * step, x: column * TILE * step,
          h: Math.min(TILE, rows - row * TILE), w: Math.min(TILE, columns - column * TILE),
          far: Math.hypot((column + 0.5) * TILE * fx - this.cx, (row + 0.5) * TILE * fy - this.cy),
        });
    return tiles.sort((a, b) => b.far - a.far);
  }

  put(context, place) {
    const { picture } = this;
    const canvas = this.canvasOf(place);
    if (!canvas) return;
    const [fx, fy] = [picture.factor(place.level, picture.x), picture.factor(place.level, picture.y)];
    const from = this.screenPlace(place.x * fx, place.y * fy);
    const to = this.screenPlace((place.x + place.w * place.step) * fx, (place.y + place.h * place.step) * fy);
    // Whole pixels, so that no gap is seen between two tiles.
    const round = value => Math.round(value * this.ratio) / this.ratio;
    const [x, y] = [round(from.x), round(from.y)];
    context.drawImage(canvas, x, y, round(to.x) - x, round(to.y) - y);
  }

  /** A channel goes on to the newest plane when all of it that is seen has come: never is a part of one beside another. */
  advance(seen) {
    const { picture } = this;
    for (const channel of picture.shown.filter(channel => channel.on)) {
      const tiles = seen.map(place => this.tileAt(place, channel, picture.at));
      if (tiles.length > 0 && tiles.every(tile => tile.pixels) && !tiles.every(tile => tile.isEmpty))
        this.frames.set(channel.number, [...picture.at]);
    }
  }

  tileAt(place, channel, at) {
    const plane = this.picture.planeOf(place.level, channel.number, at).join(",");
    return this.tiles.get(this.picture.number, place.level, plane, place.y, place.x, place.h, place.w, place.step);
  }

  tileOf(place, channel) {
    return this.tileAt(place, channel, (this.isFollowing && this.frames.get(channel.number)) || this.picture.at);
  }

  canvasOf(place) {
    const layers = this.picture.shown.filter(channel => channel.on)
      .map(channel => ({ channel, tile: this.tileOf(place, channel) })).filter(layer => layer.tile.pixels);
    if (layers.length === 0) return null;
    const key = `${place.level}/${place.y},${place.x},${place.step}`;
    const state = layers.map(({ channel, tile }) => stateOf(channel, tile)).join("|");
    const known = this.drawn.get(key);
    this.drawn.delete(key);
    if (known?.state === state) {
      this.drawn.set(key, known);
      return known.canvas;
    }
    const canvas = compose(place.w, place.h, layers.map(({ channel, tile }) => ({ channel, pixels: tile.pixels })));
    this.drawn.set(key, { state, canvas });
    if (this.drawn.size > MOST_CANVASES) this.drawn.delete(this.drawn.keys().next().value);
    return canvas;
  }

  /** The shown channels' values at a place of full resolution, as far as they have come. */
  valuesAt(x, y) {
    const { picture } = this;
    const { level, step } = picture.levelFor(this.zoom * this.ratio);
    const column = Math.floor(x / picture.factor(level, picture.x) / step);
    const row = Math.floor(y / picture.factor(level, picture.y) / step);
    const place = this.seen(level, step).find(tile => {
      const [dx, dy] = [column - tile.x / step, row - tile.y / step];
      return dx >= 0 && dy >= 0 && dx < tile.w && dy < tile.h;
    });
    if (!place) return [];
    const index = (row - place.y / step) * place.w + column - place.x / step;
    return picture.shown.filter(channel => channel.on).map(channel => this.tileOf(place, channel).pixels?.[index]);
  }

  listen() {
    const { canvas } = this;
    const place = event => [event.offsetX, event.offsetY];
    canvas.addEventListener("wheel", event => {
      event.preventDefault();
      const lines = event.deltaMode === 0 ? event.deltaY : event.deltaY * 33;
      this.zoomBy(Math.exp(-Math.max(-240, Math.min(240, lines)) / 400), ...place(event));
    }, { passive: false });
    canvas.addEventListener("pointerdown", event => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      canvas.classList.add("dragging");
      this.dragged = place(event);
    });
    canvas.addEventListener("pointermove", event => {
      const [x, y] = place(event);
      if (this.dragged) {
        this.cx -= (x - this.dragged[0]) / this.zoom;
        this.cy -= (y - this.dragged[1]) / this.yZoom;
        this.dragged = [x, y];
        this.hasMoved();
      }
      this.told(this.picture ? this.imagePlace(x, y) : null);
    });
    for (const end of ["pointerup", "pointercancel"])
      canvas.addEventListener(end, () => { this.dragged = null; canvas.classList.remove("dragging"); });
    canvas.addEventListener("pointerleave", () => this.told(null));
    canvas.addEventListener("dblclick", () => { this.fit(); this.moved(); });
  }
}
