// Turns `folder/module.function` or `module.object.function` into the function it names. The refusals and their
// wordings are those of Lambda's Node runtime. Source: AWS Lambda developer guide, nodejs-handler, nodejs-package.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { Fault } from "./failure.mjs";
import { findSyntaxError } from "./syntax.mjs";

export async function loadHandler(name, taskRoot) {
  if (name.includes("..")) {
    const advice = "Use absolute paths when specifying root directories in handler names.";
    throw new Fault("Runtime.MalformedHandlerName", `'${name}' is not a valid handler name. ${advice}`);
  }
  const file = basename(name);
  const parts = /^([^.]*)\.(.+)$/.exec(file);
  if (!parts) throw new Fault("Runtime.MalformedHandlerName", "Bad handler");
  const folder = resolve(taskRoot, name.slice(0, name.length - file.length));
  let found = await loadModule(folder, parts[1], taskRoot);
  for (const member of parts[2].split(".")) found = found?.[member];
  if (!found) throw new Fault("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof found !== "function") throw new Fault("Runtime.HandlerNotFound", `${name} is not a function`);
  return found;
}

async function loadModule(folder, module, taskRoot) {
  try {
    return await importOrRequire(folder, module, taskRoot);
  } catch (error) {
    if (error instanceof SyntaxError) {
      error.location ??= findSyntaxError(taskRoot);
      throw new Fault("Runtime.UserCodeSyntaxError", String(error), error);
    }
    if (error?.code === "MODULE_NOT_FOUND") throw new Fault("Runtime.ImportModuleError", String(error), error);
    throw error;
  }
}

function importOrRequire(folder, module, taskRoot) {
  const require = createRequire(join(taskRoot, "bootstrap"));
  const path = join(folder, module);
  if (existsSync(`${path}.js`) && !isModuleFolder(folder)) return require(`${path}.js`);
  for (const ending of [".js", ".mjs"]) {
    if (existsSync(path + ending)) return import(pathToFileURL(path + ending).href);
  }
  if (existsSync(`${path}.cjs`)) return require(`${path}.cjs`);
  return require(require.resolve(module, { paths: [folder, taskRoot] }));
}

/** Whether the nearest package.json says that `.js` files are ES modules. */
function isModuleFolder(folder) {
  const file = join(folder, "package.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).type === "module";
  return dirname(folder) !== folder && isModuleFolder(dirname(folder));
}
