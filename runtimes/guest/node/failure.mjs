// Describes what went wrong in user code, in the words and shape of Lambda's Node runtime.
// Source: AWS Lambda developer guide, nodejs-exceptions; aws-lambda-base-images issue 392 (unhandled rejections).

import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { types } from "node:util";

const OWN_URL = new URL(".", import.meta.url).href;
const OWN_FOLDER = fileURLToPath(OWN_URL);

/** Not Lambda's: only the host hears of it, and loads the code once more. */
export const CODE_IN_MOTION = {
  errorType: "Sandbox.CodeInMotion",
  errorMessage: "The code was saved while it was loaded.",
  trace: [],
};

/** Found wrong by the runtime, not thrown by the handler. */
export class Fault extends Error {
  constructor(name, message, cause) {
    super(message, cause === undefined ? undefined : { cause });
    Object.defineProperty(this, "name", { value: name });
  }
}

export class UnhandledPromiseRejection extends Fault {
  constructor(reason, promise) {
    super("Runtime.UnhandledPromiseRejection", String(reason), reason);
    this.reason = logged(reason);
    this.promise = promise;
    this.stack = [`${this.name}: ${this.message}`, ...framesOf(reason)].join("\n");
  }
}

/** Lambda's error document. */
export function documentOf(error) {
  if (error === undefined || error === null) return { errorType: "handled", errorMessage: String(error), trace: [] };
  if (!isError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: String(error.name), errorMessage: String(error.message), trace: stackOf(error) };
}

/** What the log says of an error: with its own properties (`code` and others), its trace as `stack`. */
export function logged(error) {
  const { trace, ...document } = documentOf(error);
  return { ...document, ...(isError(error) ? error : {}), stack: trace };
}

/** `file:line` of the first line of the user's own code, below the task root; empty where none is known. */
export function locationOf(error, taskRoot) {
  const roots = [taskRoot, realpathSync(taskRoot)].map((root) => (root.endsWith(sep) ? root : root + sep));
  const stacks = [error?.stack, error?.cause?.stack].filter((stack) => typeof stack === "string");
  const plain = stacks.join("\n").replace(/file:\/\/\S+?(?=:\d+)/g, (url) => fileURLToPath(url));
  for (const line of plain.split("\n")) {
    for (const root of roots) {
      const begin = line.indexOf(root);
      const found = begin < 0 ? null : /^(.+?):(\d+)/.exec(line.slice(begin));
      if (found && !found[1].includes(`${sep}node_modules${sep}`)) return `${found[1]}:${found[2]}`;
    }
  }
  return error?.cause?.location ?? "";
}

const isError = (value) => types.isNativeError(value) || value instanceof Error;

const isOwn = (line) => line.includes(OWN_URL) || line.includes(OWN_FOLDER);

function stackOf(error) {
  return typeof error.stack === "string" ? error.stack.split("\n").filter((line) => !isOwn(line)) : [];
}

function framesOf(error) {
  return isError(error) ? stackOf(error).filter((line) => line.startsWith("    at ")) : [];
}
