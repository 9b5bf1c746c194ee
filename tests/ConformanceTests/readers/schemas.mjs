// The official OME-Zarr JSON schemas in tests/data/ngff, by ajv.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { require } from "./modules.mjs";

const Ajv = require("ajv/dist/2020.js").default;
const specification = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "data", "ngff");
const schemaOfKey = {
  "multiscales": "image", "plate": "plate", "well": "well", "image-label": "label", "series": "ome", "bioformats2raw.layout": "bf2raw",
};
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

// What is wrong with the groups of a dataset, a line each; strict also asks for what the specification recommends.
export function problemsOf(dataset, strict) {
  const problems = [];
  let checks = 0;

  function check(group, attributes) {
    const { ome } = attributes, keys = Object.keys(schemaOfKey).filter(key => key in ome);
    if (validator(ome.version, "ome_zarr") === null) {
      problems.push(`${group}: there is no schema for ome.version ${JSON.stringify(ome.version)}`);
      return;
    }
    if (!keys.length && !("labels" in ome))
      problems.push(`${group}: ome has none of the specification's keys, only ${Object.keys(ome)}`);
    const names = [...new Set(keys.map(key => schemaOfKey[key]))];
    for (const name of [...names, ...(keys.length ? ["ome_zarr"] : []), ...(strict ? names.map(name => `strict_${name}`) : [])]) {
      const validate = validator(ome.version, name);
      if (!validate) continue;
      checks++;
      if (validate(attributes)) continue;
      for (const error of validate.errors) {
        const allowed = error.params?.allowedValues ? ` ${JSON.stringify(error.params.allowedValues)}` : "";
        problems.push(`${group}: ${name}: ${error.instancePath || "/"} ${error.message}${allowed}`);
      }
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

  walk(dataset, ".");
  if (!checks && !problems.length) problems.push(".: there is no OME metadata");
  return [...new Set(problems)];
}
