// read_zarr.mjs DATASET: the same as read_zarr.py, with zarrita. It takes every shard index to be at the end and does not verify
// checksums, as the viewers built on it.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { folderOf } from "./modules.mjs";

const load = async (name, file) => import(pathToFileURL(path.join(folderOf(name), file)));
const { default: FileSystemStore } = await load("@zarrita/storage", "dist/src/fs.js");
const zarr = await load("zarrita", "dist/src/index.js");

const BLOCK_BYTES = 64 * 2 ** 20; // held at once, about
const itemSize = dtype => dtype === "bool" ? 1 : Number(dtype.match(/\d+$/)[0]) / 8;
const product = numbers => numbers.reduce((a, b) => a * b, 1);

// The array's elements in C order, a block at a time.
async function* blocks(array, outer, index = []) {
  const axis = index.length, { shape } = array;
  const whole = shape.slice(axis + 1).map(() => null);
  if (axis === shape.length) { yield await zarr.get(array, index); return; }
  const row = product(shape.slice(axis + 1)) * itemSize(array.dtype);
  if (row * Math.min(outer[axis], shape[axis]) > BLOCK_BYTES && axis + 1 < shape.length) {
    for (let i = 0; i < shape[axis]; i++) yield* blocks(array, outer, [...index, i]);
    return;
  }
  const step = Math.max(outer[axis], Math.floor(BLOCK_BYTES / Math.max(1, row) / outer[axis]) * outer[axis]);
  for (let start = 0; start < shape[axis]; start += step)
    yield await zarr.get(array, [...index, zarr.slice(start, Math.min(shape[axis], start + step)), ...whole]);
}

function bytes(block) {
  let expected = 1;
  for (let i = block.shape.length - 1; i >= 0; i--) {
    if (block.shape[i] > 1 && block.stride[i] !== expected) throw new Error(`zarrita gave strides ${block.stride} for the shape ${block.shape}`);
    expected *= block.shape[i];
  }
  return new Uint8Array(block.data.buffer, block.data.byteOffset, block.data.byteLength);
}

async function read(relative, meta, root) {
  const location = zarr.root(new FileSystemStore(root)).resolve(`/${relative === "." ? "" : relative.split("/").map(encodeURIComponent).join("/")}`);
  const array = await zarr.open.v3(location, { kind: "array" });
  const hash = crypto.createHash("sha256");
  for await (const block of blocks(array, meta.chunk_grid.configuration.chunk_shape)) hash.update(bytes(block));
  return { path: relative, shape: array.shape, dtype: array.dtype, sha256: hash.digest("hex") };
}

let arrays = 0, errors = 0;
const print = result => console.log(`{${Object.entries(result).map(([key, value]) => `${JSON.stringify(key)}: ${Array.isArray(value) ? `[${value.join(", ")}]` : JSON.stringify(value)}`).join(", ")}}`);

async function walk(root, relative) {
  const folder = path.join(root, relative), file = path.join(folder, "zarr.json");
  if (fs.existsSync(file)) {
    try {
      const meta = JSON.parse(fs.readFileSync(file, "utf8"));
      if (meta.node_type === "array") { print(await read(relative, meta, root)); arrays++; return; }
      await zarr.open.v3(zarr.root(new FileSystemStore(folder)), { kind: "group" });
    } catch (error) {
      errors++;
      print({ path: relative, error: `${error.name}: ${error.message}` });
      return;
    }
  }
  const folders = fs.readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name).sort();
  for (const name of folders) await walk(root, relative === "." ? name : `${relative}/${name}`);
}

await walk(path.resolve(process.argv[2]), ".");
process.exitCode = errors || !arrays ? 1 : 0;
