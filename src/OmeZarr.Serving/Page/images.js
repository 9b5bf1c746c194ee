// The images of a plate, as its wells lie, or of a collection, each with a small picture.

import { compose, percentiles, stateOf } from "./compose.js";
import { Picture } from "./image.js";
import { element } from "./words.js";

const MOST_LISTED = 2000;

export class Images {
  constructor(root, dataset, tiles, chosen) {
    this.root = root;
    this.dataset = dataset;
    this.tiles = tiles;
    this.chosen = chosen;
    this.thumbs = [];
    this.visible = new Set();
    this.observer = new IntersectionObserver(seen => {
      for (const { target, isIntersecting } of seen) {
        if (isIntersecting) this.visible.add(target.thumb); else this.visible.delete(target.thumb);
      }
      this.draw();
    }, { root });
    if (dataset.images.length < 2) return;
    root.hidden = false;
    root.append(dataset.plate ? this.plate() : this.list());
    if (dataset.plate) root.append(this.fields = element("div", { class: "fields" }));
  }

  plate() {
    const { rows, columns } = this.dataset.plate;
    const places = new Map();
    this.dataset.images.forEach((image, i) => { if (image.field === 0) places.set(`${image.row}/${image.column}`, i); });
    this.side = Math.round(Math.max(28, Math.min(72, 480 / columns.length)));
    const head = element("tr", {}, element("th"), ...columns.map(name => element("th", {}, name)));
    const table = element("table", { class: "plate" }, head);
    for (const row of rows) {
      table.append(element("tr", {}, element("th", {}, row), ...columns.map(column => {
        const cell = element("td");
        const image = places.get(`${row}/${column}`);
        if (image === undefined) {
          cell.className = "empty";
          cell.style.minWidth = cell.style.height = `${this.side + 4}px`;
        } else {
          cell.append(this.thumb(image, this.side, `${row}${column}`));
        }
        return cell;
      })));
    }
    return table;
  }

  list() {
    this.side = 48;
    const list = element("div", { class: "list" });
    this.dataset.images.slice(0, MOST_LISTED).forEach((image, i) => {
      const row = element("button", { class: "row", "data-image": i });
      const small = this.thumb(i, this.side, image.path, "span");
      row.append(small, element("span", {}, image.path));
      row.addEventListener("click", () => this.chosen(i));
      small.thumb.row = row;
      list.append(row);
    });
    return list;
  }

  thumb(image, side, title, name = "button") {
    const made = element(name, { class: "thumb", title, "data-image": image });
    made.style.width = made.style.height = `${side + (name === "button" ? 4 : 0)}px`;
    const canvas = element("canvas", { width: side, height: side });
    made.append(canvas);
    made.thumb = { image, canvas, made, picture: null, state: "" };
    if (name === "button") made.addEventListener("click", () => this.chosen(image));
    this.thumbs.push(made.thumb);
    this.observer.observe(made);
    return made;
  }

  /** Marks the image that is shown, by whose windows the small pictures are drawn. */
  show(picture) {
    this.picture = picture;
    const image = this.dataset.images[picture.number];
    const first = this.dataset.plate ? this.dataset.images.findIndex(other => other.well === image.well) : picture.number;
    for (const thumb of this.thumbs) (thumb.row ?? thumb.made).classList.toggle("chosen", thumb.image === first);
    if (this.fields) this.showFields(image);
    this.draw();
  }

  showFields(image) {
    const fields = this.dataset.images.map((other, i) => ({ ...other, number: i })).filter(other => other.well === image.well);
    this.fields.replaceChildren(`${image.row}${image.column}`);
    if (fields.length < 2) return;
    this.fields.append(", field ");
    for (const field of fields) {
      const button = element("button", { "data-field": field.number }, String(field.field + 1));
      button.classList.toggle("chosen", field.number === this.picture.number);
      button.addEventListener("click", () => this.chosen(field.number));
      this.fields.append(button);
    }
  }

  draw() {
    if (!this.picture) return;
    for (const thumb of this.visible) this.paint(thumb);
  }

  async paint(thumb) {
    if (thumb.picture === null) {
      thumb.picture = false;
      const answer = await fetch(`-/image?image=${thumb.image}`);
      if (!answer.ok) return;
      thumb.picture = new Picture(thumb.image, await answer.json());
    }
    const { picture } = thumb;
    if (!picture || !picture.isPicture || picture.shape.includes(0)) return;
    const place = picture.overview(this.side);
    const at = this.picture.at.length === picture.at.length ? this.picture.at : picture.at;
    const layers = [];
    for (const channel of this.picture.shown) {
      if (!channel.on || channel.number >= picture.shown.length) continue;
      const plane = picture.planeOf(place.level, channel.number, at).join(",");
      const tile = this.tiles.get(thumb.image, place.level, plane, place.y, place.x, place.h, place.w, place.step, false);
      if (!tile.pixels) return;
      layers.push({ channel: channel.hi > channel.lo ? channel : { ...channel, ...percentiles(tile.pixels) }, tile });
    }
    const state = layers.map(({ channel, tile }) => stateOf(channel, tile)).join("|");
    if (state === thumb.state) return;
    thumb.state = state;
    const made = compose(place.w, place.h, layers.map(({ channel, tile }) => ({ channel, pixels: tile.pixels })));
    const context = thumb.canvas.getContext("2d");
    const scale = Math.min(this.side / place.w, this.side / place.h);
    const [w, h] = [place.w * scale, place.h * scale];
    context.clearRect(0, 0, this.side, this.side);
    context.drawImage(made, (this.side - w) / 2, (this.side - h) / 2, w, h);
  }
}
