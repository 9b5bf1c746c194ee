// validate.mjs DATASET [--strict]: holds the attributes of every group against the official OME-Zarr JSON schemas in
// tests/data/ngff. --strict also asks for what the specification recommends. Prints one line a problem; exit status 1 when there
// is one, or when there is no OME metadata at all.
import { problemsOf } from "./schemas.mjs";

const problems = problemsOf(process.argv[2], process.argv.includes("--strict"));
for (const problem of problems) console.log(problem);
process.exitCode = problems.length ? 1 : 0;
