// Validates YAML files: objects of Kubernetes and workflows of GitHub Actions, each against the schema of its own kind.
//
//   cd FOLDER && node --loader ./json_modules.mjs validate_yaml.mjs kubernetes|workflow FILE...
//
// FOLDER has a copy of this file, and what npm has installed there: kubernetes-models, @actions/workflow-parser, yaml and
// typescript. A line for each mistake; exit status 1 if there is one. If there is none, the number of documents.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseAllDocuments } from "yaml";

const [what, ...files] = process.argv.slice(2);
const require = createRequire(import.meta.url);

// The schema knows what values may be; it lets fields through that do not exist, which TypeScript does not.
function unknownFields(object) {
  const type = `import type { I${object.kind} } from "kubernetes-models/${object.apiVersion}/${object.kind}";\n`;
  writeFileSync("object.ts", `${type}export const object: I${object.kind} = ${JSON.stringify(object)};\n`);
  const compiler = require.resolve("typescript/lib/tsc.js");
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "object.ts"];
  const done = spawnSync(process.execPath, [compiler, ...options], { encoding: "utf8" });
  return done.status === 0 ? [] : [done.stdout];
}

async function problemsOfObject(object) {
  let model;
  try {
    model = (await import(`kubernetes-models/${object.apiVersion}/${object.kind}`))[object.kind];
  } catch {
    return [`no such kind: ${object.apiVersion} ${object.kind}`];
  }
  try {
    new model(object).validate();
  } catch (error) {
    return [error.message];
  }
  return unknownFields(object);
}

async function problemsOfDocument(document) {
  const errors = document.errors.map((error) => error.message);
  return errors.length ? errors : problemsOfObject(document.toJS());
}

function problemsOfWorkflow(name, content) {
  return parseWorkflow({ name, content }, new NoOperationTraceWriter()).context.errors.getErrors().map((error) => error.message);
}

let documents = 0;
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const found = what === "workflow" ? [problemsOfWorkflow(file, text)] : await Promise.all(parseAllDocuments(text).map(problemsOfDocument));
  for (const problems of found) {
    documents += 1;
    for (const problem of problems) {
      console.log(`${file}: ${problem}`);
      process.exitCode = 1;
    }
  }
}
if (!process.exitCode) console.log(documents);
