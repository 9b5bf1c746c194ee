// dump_zarr.mjs: the same as dump_zarr.py, with zarrita.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";
import { folderOf } from "../../ConformanceTests/readers/modules.mjs";

const load = async (name, file) => import(pathToFileURL(path.join(folderOf(name), file)));
const { default: FileSystemStore } = await load("@zarrita/storage", "dist/src/fs.js");
const zarr = await load("zarrita", "dist/src/index.js");

function bytes(block) {
  let expected = 1;
  for (let i = block.shape.length - 1; i >= 0; i--) {
    if (block.shape[i] > 1 && block.stride[i] !== expected) throw new Error(`zarrita gave strides ${block.stride} for the shape ${block.shape}`);
    expected *= block.shape[i];
  }
  return new Uint8Array(block.data.buffer, block.data.byteOffset, block.data.byteLength);
}

async function dumpArray(folder, relative, out) {
  const array = await zarr.open.v3(zarr.root(new FileSystemStore(folder)), { kind: "array" });
  // zarrita has no region of nothing.
  const data = array.shape.includes(0) ? new Uint8Array(0) : bytes(await zarr.get(array));
  fs.writeSync(out, data);
  return { path: relative, shape: array.shape, dtype: array.dtype, bytes: data.byteLength };
}

async function walk(root, relative, out, answer) {
  const folder = path.join(root, relative), file = path.join(folder, "zarr.json");
  if (fs.existsSync(file)) {
    try {
      const meta = JSON.parse(fs.readFileSync(file, "utf8"));
      if (meta.node_type === "array") { answer.arrays.push(await dumpArray(folder, relative, out)); return; }
      await zarr.open.v3(zarr.root(new FileSystemStore(folder)), { kind: "group" });
    } catch (error) {
      answer.errors.push({ path: relative, error: `${error.name}: ${error.message}`.slice(0, 2000) });
      return;
    }
  }
  const folders = fs.readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name).sort();
  for (const name of folders) await walk(root, relative === "." ? name : `${relative}/${name}`, out, answer);
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line), answer = { arrays: [], errors: [] };
  const out = fs.openSync(request.out, "w");
  try {
    await walk(path.resolve(request.dataset), ".", out, answer);
  } catch (error) {
    answer.errors.push({ path: ".", error: `${error.name}: ${error.message}` });
  } finally {
    fs.closeSync(out);
  }
  console.log(JSON.stringify(answer));
}
