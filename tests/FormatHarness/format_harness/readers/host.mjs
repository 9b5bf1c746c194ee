// host.mjs: the same as host.py, for the readers that npm has. A request {"schemas": DATASET} is answered by
// {"problems": [TEXT]}.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { problemsOf } from "../../../ConformanceTests/readers/schemas.mjs";
import { absent, readers } from "./npm_readers.mjs";

async function answer(request) {
  const reader = readers[request.reader], result = { arrays: [], images: [], errors: [] };
  const fail = (one, error) => result.errors.push({ path: one, error: `${error.name}: ${error.message}`.slice(0, 2000) });
  const out = fs.openSync(request.out, "w");
  for (const one of reader.read ? request.arrays : []) {
    try {
      result.arrays.push({ path: one, ...await reader.read(path.join(request.dataset, one), out) });
    } catch (error) {
      fail(one, error);
    }
  }
  fs.closeSync(out);
  for (const one of reader.image ? request.images : []) {
    try {
      result.images.push({ path: one, ...await reader.image(path.join(request.dataset, one)) });
    } catch (error) {
      fail(one, error);
    }
  }
  return result;
}

// What readers print is no answer.
console.log = console.info = console.warn = console.error;
const say = text => fs.writeSync(1, `${JSON.stringify(text)}\n`);
say({
  readers: Object.fromEntries(Object.entries(readers).map(([name, reader]) => [name, reader.version])), absent,
  knows06: Object.keys(readers).filter(name => readers[name].knows06),
});
for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  say(request.schemas ? { problems: problemsOf(request.schemas, false) } : await answer(request));
}
process.exit(0);
