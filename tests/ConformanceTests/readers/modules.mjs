// The npm packages that setup.sh installed; they are not beside these files.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";

const readers = process.env.OMEZARR_READERS
  ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "omezarr-native", "readers");

const manifest = path.join(readers, "npm", "package.json");
if (!fs.existsSync(manifest)) {
  console.error("zarrita and ajv are not installed: run tests/ConformanceTests/readers/setup.sh");
  process.exit(1);
}

export const require = createRequire(manifest);
export const folderOf = name => path.join(readers, "npm", "node_modules", name);
