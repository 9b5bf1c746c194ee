// host.mjs: the same as host.py, for the readers that npm has. A request {"schemas": DATASET} is answered by {"problems": [TEXT]}.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";
import { folderOf } from "../../../ConformanceTests/readers/modules.mjs";
import { problemsOf } from "../../../ConformanceTests/readers/schemas.mjs";

const load = async (name, file) => import(pathToFileURL(path.join(folderOf(name), file)));
const { default: FileSystemStore } = await load("@zarrita/storage", "dist/src/fs.js");
const zarr = await load("zarrita", "dist/src/index.js");
const versionOf = name => JSON.parse(fs.readFileSync(path.join(folderOf(name), "package.json"), "utf8")).version;

function bytes(block) {
  let expected = 1;
  for (let i = block.shape.length - 1; i >= 0; i--) {
    if (block.shape[i] > 1 && block.stride[i] !== expected) throw new Error(`strides ${block.stride}, shape ${block.shape}`);
    expected *= block.shape[i];
  }
  return new Uint8Array(block.data.buffer, block.data.byteOffset, block.data.byteLength);
}

async function readArray(folder, out) {
  const array = await zarr.open.v3(zarr.root(new FileSystemStore(folder)), { kind: "array" });
  // zarrita has no region of nothing.
  if (!array.shape.includes(0)) fs.writeSync(out, bytes(await zarr.get(array)));
  return { shape: array.shape, dtype: array.dtype };
}

async function answer(request) {
  const result = { arrays: [], images: [], errors: [] }, out = fs.openSync(request.out, "w");
  for (const one of request.arrays) {
    try {
      result.arrays.push({ path: one, ...await readArray(path.join(request.dataset, one), out) });
    } catch (error) {
      result.errors.push({ path: one, error: `${error.name}: ${error.message}`.slice(0, 2000) });
    }
  }
  fs.closeSync(out);
  return result;
}

console.log(JSON.stringify({ readers: { zarrita: versionOf("zarrita") }, absent: {} }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(request.schemas ? { problems: problemsOf(request.schemas, false) } : await answer(request)));
}
