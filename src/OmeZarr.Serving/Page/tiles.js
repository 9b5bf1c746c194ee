// Pixels from the server: each tile is asked for once, kept while there is room, and asked for again while it may change.

const MOST_BYTES = 256 << 20;
const AT_ONCE = 4;
export const TILE = 512;

const forms = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array };

/** Pixels of a rectangle of one plane. */
class Tile {
  constructor(asked) {
    this.asked = asked;
    this.pixels = null;    // what there is, also while it is asked for anew
    this.form = null;
    this.missing = 0;      // chunks that are not stored, of
    this.chunks = 0;
    this.final = false;    // whether it can no longer change
    this.stale = false;
    this.error = null;
    this.isWanted = false;
    this.isLoading = false;
    this.version = 0;
  }

  get isEmpty() { return this.chunks > 0 && this.missing === this.chunks; }
}

export class Tiles {
  /** @param changed is called when pixels have come. */
  constructor(changed) {
    this.changed = changed;
    this.tiles = new Map();
    this.bytes = 0;
    this.waiting = [];
    this.loading = 0;
    this.isFinal = () => true;
    this.failed = () => {};
  }

  /** Whether nothing is asked for any more. */
  get isQuiet() { return this.loading === 0 && this.waiting.every(tile => !tile.isWanted); }

  /** A tile, which is fetched when it is not there; what is wanted last comes first. */
  get(image, level, at, y, x, h, w, step, isUrgent = true) {
    const key = `${image}/${level}/${at}/${y},${x},${h},${w},${step}`;
    let tile = this.tiles.get(key);
    if (tile) {
      this.tiles.delete(key);
    } else {
      tile = new Tile({ image, level, at, y, x, h, w, step });
    }
    this.tiles.set(key, tile); // the map's order is that of use
    if ((tile.pixels === null && tile.error === null) || tile.stale) this.want(tile, isUrgent);
    return tile;
  }

  /** Forgets which tiles are wanted: those that still are will be asked for again. */
  forget() {
    for (const tile of this.waiting) tile.isWanted = false;
  }

  /** What may have changed is fetched again when it is next looked at. */
  expire() {
    for (const tile of this.tiles.values()) if (!tile.final) { tile.stale = true; tile.error = null; }
  }

  want(tile, isUrgent) {
    if (!tile.isLoading && !tile.isWanted && !this.waiting.includes(tile)) {
      if (isUrgent) this.waiting.push(tile); else this.waiting.unshift(tile);
    }
    tile.isWanted = true;
    this.next();
  }

  next() {
    while (this.loading < AT_ONCE && this.waiting.length > 0) {
      const tile = this.waiting.pop();
      if (!tile.isWanted) continue;
      tile.isWanted = false;
      tile.isLoading = true;
      this.loading++;
      this.load(tile).finally(() => {
        tile.isLoading = false;
        this.loading--;
        this.next();
        this.changed();
      });
    }
  }

  async load(tile) {
    const a = tile.asked;
    const isFinal = this.isFinal(a);
    try {
      const answer = await fetch(
        `-/tile?image=${a.image}&level=${a.level}&at=${a.at}&y=${a.y}&x=${a.x}&h=${a.h}&w=${a.w}&step=${a.step}`);
      if (!answer.ok) throw new Error((await answer.text()).trim());
      const bytes = await answer.arrayBuffer();
      const form = answer.headers.get("Omezarr-Type");
      this.bytes += bytes.byteLength - (tile.pixels?.byteLength ?? 0);
      tile.pixels = new forms[form](bytes); // little-endian, as every machine with a browser is
      tile.form = form;
      tile.missing = +answer.headers.get("Omezarr-Missing-Chunks");
      tile.chunks = +answer.headers.get("Omezarr-Chunks");
      tile.final = isFinal && tile.missing === 0;
      tile.error = null;
    } catch (error) {
      tile.error = error.message;
      tile.final = false;
      // That the server is gone is said elsewhere.
      if (!(error instanceof TypeError)) this.failed(error.message);
    }
    tile.stale = false;
    tile.version++;
    this.shrink();
  }

  shrink() {
    for (const [key, tile] of this.tiles) {
      if (this.bytes <= MOST_BYTES) return;
      if (tile.isLoading || tile.isWanted) continue;
      this.bytes -= tile.pixels?.byteLength ?? 0;
      this.tiles.delete(key);
    }
  }
}
