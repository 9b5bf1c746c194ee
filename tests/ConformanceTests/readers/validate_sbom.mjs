// validate_sbom.mjs FILE: holds a bill of materials against the official JSON schema of CycloneDX 1.6, with nothing but what the
// schema knows allowed. Prints what differs; exit status 1 when something does.
import fs from "node:fs";
import { require } from "./modules.mjs";

const { Spec, Validation } = require("@cyclonedx/cyclonedx-library");
const problems = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(fs.readFileSync(process.argv[2], "utf8"));
if (problems !== null) {
  console.log(JSON.stringify(problems, null, 2));
  process.exit(1);
}
