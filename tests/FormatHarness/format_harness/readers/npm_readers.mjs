// Readers that npm has, an adapter each: the version, and all elements of an array, or what it finds at the path of an image.
// OMEZARR_MORE_NPM may name a folder with further packages: @fideus-labs/ngff-zarr brings 200 others with it.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { folderOf } from "../../../ConformanceTests/readers/modules.mjs";

const more = process.env.OMEZARR_MORE_NPM;
const homeOf = name => [folderOf(name), more && path.join(more, "node_modules", name)].find(home => home && fs.existsSync(home));
const versionOf = home => JSON.parse(fs.readFileSync(path.join(home, "package.json"), "utf8")).version;
const load = async (home, file) => import(pathToFileURL(path.join(home, file)));

const { default: FileSystemStore } = await load(folderOf("@zarrita/storage"), "dist/src/fs.js");

function bytes(block) {
  let expected = 1;
  for (let i = block.shape.length - 1; i >= 0; i--) {
    if (block.shape[i] > 1 && block.stride[i] !== expected) throw new Error(`strides ${block.stride}, shape ${block.shape}`);
    expected *= block.shape[i];
  }
  return new Uint8Array(block.data.buffer, block.data.byteOffset, block.data.byteLength);
}

const zarritaIn = async home => {
  const zarr = await load(home, "dist/src/index.js");
  return {
    version: versionOf(home),
    async read(folder, out) {
      const array = await zarr.open.v3(zarr.root(new FileSystemStore(folder)), { kind: "array" });
      // zarrita has no region of nothing.
      if (!array.shape.includes(0)) fs.writeSync(out, bytes(await zarr.get(array)));
      return { shape: array.shape, dtype: array.dtype };
    },
  };
};

// What web pages draw thumbnails with. It looks at scales alone, and guesses shapes from them: those are asked of each level.
async function omeZarrJs(home) {
  const { NgffImage, getMultiscaleWithArray } = await load(home, "dist/ome-zarr.js");
  return {
    version: versionOf(home),
    knows06: true,
    async image(folder) {
      const store = new FileSystemStore(folder), { axes, paths, scales } = await NgffImage.load(store), shapes = [];
      for (let level = 0; level < paths.length; level++) shapes.push((await getMultiscaleWithArray(store, level)).arr.shape);
      return { axes: axes.map(axis => axis.name), shapes, scales };
    },
  };
}

// What Viv, Vizarr and Vitessce open images with. It has the names of axes and the pixels.
async function viv(home) {
  const loaders = await load(home, "dist/index.mjs");
  return {
    version: versionOf(home),
    async image(folder) {
      const { data } = await loaders.loadOmeZarrFromStore(new FileSystemStore(folder));
      const selection = Object.fromEntries(data[0].labels.slice(0, -2).map(label => [label, 0]));
      for (const level of data) await level.getRaster({ selection });
      return { axes: data[0].labels, shapes: data.map(level => level.shape) };
    },
  };
}

async function ngffZarr(home) {
  const reader = await load(home, "esm/mod.js");
  return {
    version: versionOf(home),
    async image(folder) {
      const { images } = await reader.fromNgffZarr(new FileSystemStore(folder), { validate: true });
      const { dims } = images[0];
      return {
        axes: dims, shapes: images.map(image => image.data.shape), scales: images.map(image => dims.map(dim => image.scale[dim])),
        translations: images.map(image => dims.map(dim => image.translation[dim])),
      };
    },
  };
}

const adapters = {
  "zarrita": ["zarrita", zarritaIn],
  "zarrita of viv": ["@vivjs/loaders/node_modules/zarrita", zarritaIn],
  "ome-zarr.js": ["ome-zarr.js", omeZarrJs],
  "viv": ["@vivjs/loaders", viv],
  "ngff-zarr for JavaScript": ["@fideus-labs/ngff-zarr", ngffZarr],
};

export const readers = {}, absent = {};
for (const [title, [name, start]] of Object.entries(adapters)) {
  try {
    const home = homeOf(name);
    if (!home) throw new Error(`npm's ${name} is not installed`);
    readers[title] = await start(home);
  } catch (error) {
    absent[title] = `${error.name}: ${error.message}`.split("\n")[0];
  }
}
