// Puts the parts together.

import { AxisControls, ChannelControls } from "./controls.js";
import { Picture } from "./image.js";
import { Images } from "./images.js";
import { Live } from "./live.js";
import { Tiles } from "./tiles.js";
import { View } from "./view.js";
import { bytes, count, facts, metres, number, physical, sign } from "./words.js";

const $ = id => document.getElementById(id);
const follow = $("follow");
let picture = null;
let dataset = null;
let images = null;
let newest = null;
let mayGrow = true;

const tiles = new Tiles(() => { view.draw(); images?.draw(); });
const view = new View($("view"), tiles, showCursor);
const axes = new AxisControls($("axes"), axis => { if (axis === 0) setFollow(false); changed(); });
const channels = new ChannelControls($("channels"), overviewOf, () => { view.draw(); images?.draw(); keep(); });
const live = new Live($("live"), $("badge"), () => picture?.number ?? 0, stateCame);

// A plane before the newest one is whole; what is not written yet may come.
tiles.isFinal = asked => !mayGrow
  || (newest !== null && asked.level === 0 && asked.at !== "" && +asked.at.split(",")[0] < newest[0]);

function changed() {
  complain(null);
  tiles.forget();
  view.draw();
  images.draw();
  keep();
}

const OVERVIEW_MS = 1000;
const overviews = new Map();

function overviewOf(channel) {
  if (!picture.isPicture || picture.shape.includes(0)) return null;
  const known = overviews.get(channel);
  if (known && view.isFollowing && performance.now() - known.at < OVERVIEW_MS) return known.pixels;
  const tile = view.tileOf(picture.overview(), channel);
  if (!tile.pixels || tile.isEmpty) return null;
  if (known?.pixels !== tile.pixels) overviews.set(channel, { pixels: tile.pixels, at: performance.now() });
  return tile.pixels;
}

tiles.failed = complain;
view.moved = keep;
view.painted = () => {
  if (channels.look()) { view.draw(); images.draw(); }
  showScale();
  const { missing } = view;
  $("missing").textContent = missing === 0 || view.isFollowing ? ""
    : `not stored: ${missing === 1 ? "a chunk" : `${count(missing)} chunks`} of what is seen`;
};

function complain(text) {
  $("message").textContent = text ?? "";
  $("message").hidden = !text;
}

async function get(what) {
  const answer = await fetch(what);
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

async function open(image, wanted = {}) {
  try {
    const before = picture;
    const next = new Picture(image, await get(`-/image?image=${image}`));
    // From one field to the next, the place and the channels stay as they are.
    if (before && before.axes.map(axis => axis.name).join() === next.axes.map(axis => axis.name).join()) {
      next.at = next.at.map((_, axis) => Math.max(0, Math.min(next.shape[axis] - 1, before.at[axis])));
      if (before.shown.length === next.shown.length) next.shown = before.shown;
    }
    for (const [name, index] of Object.entries(wanted.at ?? {})) {
      const axis = next.axes.findIndex(axis => axis.name === name);
      if (axis >= 0 && axis < next.frameAxes) next.at[axis] = Math.max(0, Math.min(next.shape[axis] - 1, index));
    }
    picture = next;
    complain(next.isPicture ? null : "an array of one axis has no picture");
    if (!next.isPicture) return;
    axes.show(picture);
    channels.show(picture);
    view.show(picture);
    images.show(picture);
    if (wanted.zoom) { view.isFitted = false; [view.zoom, view.cx, view.cy] = [wanted.zoom, wanted.x, wanted.y]; view.draw(); }
    showSummary();
  } catch (error) {
    complain(error.message);
  }
}

function showSummary() {
  const level = picture.levels[0];
  const lengths = picture.axes.map((axis, i) => `${axis.name} ${count(picture.shape[i])}`);
  $("summary").textContent = [...lengths, level.data_type].join(" · ");
  const [{ unit }, scale] = [picture.axes[picture.x], level.scale[picture.x]];
  const size = unit && scale ? `${number(scale, 4)} ${sign(unit)}` : null;
  $("facts").replaceChildren(facts([
    ["image", picture.name],
    ["path", picture.path || null],
    ["pixel", size],
    ["levels", picture.levels.length === 1 ? "full resolution only" : picture.levels.length],
    ["chunk", level.chunk_shape.join(" × ")],
    ["shard", level.shard_shape?.join(" × ")],
    ["uncompressed", bytes(picture.shape.reduce((a, b) => a * b, level.element_bytes))],
  ]));
}

function showScale() {
  const axis = picture?.axes[picture.x];
  const per = picture?.levels[0].scale[picture.x];
  $("scale").hidden = !(axis?.unit in metres && per > 0);
  if ($("scale").hidden) return;
  const least = 60;
  const raw = least / view.zoom * per;
  const ten = 10 ** Math.floor(Math.log10(raw));
  const length = [1, 2, 5, 10].map(step => step * ten).find(step => step >= raw);
  $("scale-bar").style.width = `${length / per * view.zoom}px`;
  const metre = length * metres[axis.unit];
  const [unit, size] = metre >= 1e-3 ? ["mm", 1e-3] : metre >= 1e-6 ? ["µm", 1e-6] : ["nm", 1e-9];
  $("scale-text").textContent = `${number(metre / size, 3)} ${unit}`;
}

function showCursor(at) {
  const isInside = at && picture?.isPicture && at.x >= 0 && at.y >= 0 && at.x < picture.width && at.y < picture.height;
  if (!isInside) { $("cursor").textContent = ""; return; }
  const [x, y] = [Math.floor(at.x), Math.floor(at.y)];
  const { scale } = picture.levels[0];
  const real = [[at.x, picture.x], [at.y, picture.y]].filter(([, axis]) => picture.axes[axis].unit)
    .map(([pixels, axis]) => physical(pixels * scale[axis], picture.axes[axis].unit)).join(", ");
  const place = real ? `   ${real}` : "";
  const values = view.valuesAt(at.x, at.y).map(value => value === undefined ? "…" : number(value, 6)).join(" | ");
  $("cursor").textContent = `x ${x}  y ${y}${place}   ${values}`;
}

function setFollow(isOn) {
  if (follow.checked === isOn && view.isFollowing === isOn) return;
  follow.checked = isOn;
  view.isFollowing = isOn;
  if (isOn && live.state) stateCame(live.state);
}

follow.addEventListener("change", () => { view.isFollowing = !follow.checked; setFollow(follow.checked); });

const ADVANCE_MS = 3000;
let advanced = 0;
let generation = -1;
let wasGrowing = null;

async function stateCame(state) {
  if (!picture) return;
  newest = state.newest;
  mayGrow = state.may_grow;
  const isGrowing = state.live || state.complete === false;
  $("follow-label").hidden = !isGrowing || picture.frameAxes === 0;
  // Whoever opens a stream wants to see what comes.
  if (wasGrowing === null && isGrowing && picture.frameAxes > 0) setFollow(true);
  const hasEnded = wasGrowing === true && !isGrowing;
  if (hasEnded) setFollow(false);
  wasGrowing = isGrowing;
  const hasGrown = state.shape.join() !== picture.shape.join();
  if (hasEnded || state.generation !== generation || hasGrown) {
    generation = state.generation;
    if (hasGrown || hasEnded) await grow();
  }
  picture.fullOnly = state.live && view.isFollowing;
  // On a slow way the next frame waits until this one is seen.
  const isReady = tiles.isQuiet || performance.now() - advanced > ADVANCE_MS;
  if ((isGrowing && isReady) || hasEnded) tiles.expire();
  if (view.isFollowing && newest && isReady) {
    advanced = performance.now();
    tiles.forget();
    picture.at = picture.at.map((index, axis) =>
      axis === picture.channelAxis ? index : Math.min(newest[axis], picture.shape[axis] - 1));
    axes.update();
  }
  if (isGrowing || hasEnded) { view.draw(); images.draw(); }
  if (state.images !== dataset.images.length) location.reload();
}

async function grow() {
  const next = new Picture(picture.number, await get(`-/image?image=${picture.number}`));
  const wasEmpty = picture.shape.includes(0);
  picture.levels = next.levels;
  picture.shape = next.shape;
  if (wasEmpty) view.fit();
  axes.update();
  showSummary();
}

// The address remembers what is seen.
let keeping = null;
function keep() {
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    const parts = [`image=${picture.number}`];
    const at = picture.at.map((index, axis) => `${picture.axes[axis].name}:${index}`)
      .filter((_, axis) => axis !== picture.channelAxis);
    if (at.length > 0) parts.push(`at=${at.map(encodeURIComponent).join(",")}`);
    if (!view.isFitted) parts.push(`zoom=${number(view.zoom, 5)}`, `x=${number(view.cx, 7)}`, `y=${number(view.cy, 7)}`);
    history.replaceState(null, "", "#" + parts.join("&"));
  }, 300);
}

function remembered() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const at = {};
  for (const part of (parts.get("at") ?? "").split(",")) {
    const colon = part.lastIndexOf(":");
    if (colon > 0 && /^\d+$/.test(part.slice(colon + 1))) at[part.slice(0, colon)] = +part.slice(colon + 1);
  }
  const finite = name => Number.isFinite(parseFloat(parts.get(name))) ? parseFloat(parts.get(name)) : 0;
  return { image: Math.floor(finite("image")), at, zoom: finite("zoom"), x: finite("x"), y: finite("y") };
}

$("zoom-in").addEventListener("click", () => view.zoomBy(1.5));
$("zoom-out").addEventListener("click", () => view.zoomBy(1 / 1.5));
$("zoom-fit").addEventListener("click", () => { view.fit(); keep(); });
$("zoom-one").addEventListener("click", () => view.zoomBy(1 / view.zoom));
$("copy").addEventListener("click", async () => {
  const path = encodeURIComponent(dataset.name) + (picture?.path ? `/${picture.path}` : "");
  const address = new URL(path, location.href.split("#")[0]).href;
  try {
    await navigator.clipboard.writeText(address);
    $("copy").textContent = "copied";
    setTimeout(() => { $("copy").textContent = "copy the files' address"; }, 1500);
  } catch {
    prompt("The files' address, for other viewers", address);
  }
});

addEventListener("keydown", event => {
  if (event.target.matches("input, select, button") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = {
    "+": () => view.zoomBy(1.5), "=": () => view.zoomBy(1.5), "-": () => view.zoomBy(1 / 1.5), "0": () => { view.fit(); keep(); },
    "1": () => view.zoomBy(1 / view.zoom), ArrowLeft: () => axes.step(0, -1), ArrowRight: () => axes.step(0, 1),
    ArrowUp: () => axes.step(1, 1), ArrowDown: () => axes.step(1, -1), a: () => channels.setAuto(true),
  }[event.key];
  if (act) { event.preventDefault(); act(); }
});

async function begin() {
  try {
    dataset = await get("-/dataset");
    document.title = dataset.name;
    $("name").textContent = dataset.name;
    images = new Images($("images"), dataset, tiles, image => open(image));
    const wanted = remembered();
    await open(wanted.image < dataset.images.length ? wanted.image : 0, wanted);
    live.run();
  } catch (error) {
    complain(error.message);
    setTimeout(begin, 2000);
  }
}

begin();
