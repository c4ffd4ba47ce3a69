// Lets packages of npm import JSON files without saying that they are JSON, which Node.js asks for: node --loader json_modules.mjs
import { readFile } from "node:fs/promises";

export async function load(url, context, next) {
  if (!url.endsWith(".json")) return next(url, context);
  return { format: "module", shortCircuit: true, source: `export default ${await readFile(new URL(url), "utf8")}` };
}
