// read_http.mjs URL ARRAY...: hashes arrays of a dataset with zarrita, over HTTP; prints as read_zarr.mjs does.
import crypto from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { folderOf } from "./modules.mjs";

const load = async (name, file) => import(pathToFileURL(path.join(folderOf(name), file)));
const { default: FetchStore } = await load("@zarrita/storage", "dist/src/fetch.js");
const zarr = await load("zarrita", "dist/src/index.js");
const [url, ...arrays] = process.argv.slice(2);
for (const name of arrays) {
  for (const useSuffixRequest of [false, true]) {
    const store = new FetchStore(url, { useSuffixRequest });
    const array = await zarr.open.v3(zarr.root(store).resolve(`/${name}`), { kind: "array" });
    const { data } = await zarr.get(array);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const sha256 = crypto.createHash("sha256").update(bytes).digest("hex");
    console.log(JSON.stringify({ path: name, shape: array.shape, dtype: array.dtype, sha256 }));
  }
}
