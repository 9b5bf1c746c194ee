// validate.mjs DATASET [--strict]: holds the attributes of every group against the official OME-Zarr JSON schemas in
// tests/data/ngff. --strict also asks for what the specification recommends. Prints one line a problem; exit status 1 when there
// is one, or when there is no OME metadata at all.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { require } from "./modules.mjs";

const Ajv = require("ajv/dist/2020.js").default;
const specification = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "data", "ngff");
const schemaOfKey = {
  "multiscales": "image", "plate": "plate", "well": "well", "image-label": "label", "series": "ome", "bioformats2raw.layout": "bf2raw",
};
const strict = process.argv.includes("--strict");
const validators = new Map();

function validator(version, name) {
  if (!validators.has(version)) {
    const folder = path.join(specification, version, "schemas");
    if (!fs.existsSync(folder)) return null;
    const ajv = new Ajv({ strict: false, allErrors: true }), ids = {};
    for (const file of fs.readdirSync(folder)) {
      const schema = JSON.parse(fs.readFileSync(path.join(folder, file), "utf8"));
      ajv.addSchema(schema);
      ids[path.parse(file).name] = schema.$id;
    }
    validators.set(version, { ajv, ids });
  }
  const { ajv, ids } = validators.get(version);
  return ids[name] ? ajv.getSchema(ids[name]) : undefined;
}

let checks = 0;
const problems = [];

function check(group, attributes) {
  const { ome } = attributes, keys = Object.keys(schemaOfKey).filter(key => key in ome);
  if (validator(ome.version, "ome_zarr") === null) { problems.push(`${group}: there is no schema for ome.version ${JSON.stringify(ome.version)}`); return; }
  if (!keys.length && !("labels" in ome)) problems.push(`${group}: ome has none of the specification's keys, only ${Object.keys(ome)}`);
  const names = [...new Set(keys.map(key => schemaOfKey[key]))];
  for (const name of [...names, ...(keys.length ? ["ome_zarr"] : []), ...(strict ? names.map(name => `strict_${name}`) : [])]) {
    const validate = validator(ome.version, name);
    if (!validate) continue;
    checks++;
    if (validate(attributes)) continue;
    for (const error of validate.errors) problems.push(`${group}: ${name}: ${error.instancePath || "/"} ${error.message}${error.params?.allowedValues ? ` ${JSON.stringify(error.params.allowedValues)}` : ""}`);
  }
}

function walk(folder, relative) {
  const file = path.join(folder, "zarr.json");
  if (fs.existsSync(file)) {
    const meta = JSON.parse(fs.readFileSync(file, "utf8"));
    if (meta.node_type === "array") return;
    if (meta.attributes?.ome) check(relative, meta.attributes);
  }
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) walk(path.join(folder, entry.name), relative === "." ? entry.name : `${relative}/${entry.name}`);
}

walk(process.argv[2], ".");
if (!checks && !problems.length) problems.push(".: there is no OME metadata");
for (const problem of new Set(problems)) console.log(problem);
process.exitCode = problems.length ? 1 : 0;
