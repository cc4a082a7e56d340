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
    const frames = attempt(() => framesOf(cause), []);
    Object.defineProperty(this, "stack", { value: [`${name}: ${message}`, ...frames].join("\n") });
  }
}

export class UnhandledPromiseRejection extends Fault {
  constructor(reason, promise) {
    super("Runtime.UnhandledPromiseRejection", attempt(() => String(reason), UNREADABLE.errorMessage), reason);
    this.reason = logged(reason);
    this.promise = promise;
  }
}

const UNREADABLE = {
  errorType: "handled",
  errorMessage:
    "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, " +
    "and stack",
  trace: [],
};

/** Lambda's error document. */
export const documentOf = (error) =>
  attempt(() => {
    const errorType = isError(error) ? String(error.name) : isNothing(error) ? "handled" : typeof error;
    const errorMessage = String(isError(error) ? error.message : error);
    return { errorType, errorMessage, trace: isError(error) ? stackOf(error) : [] };
  }, UNREADABLE);

/** What the log says of an error: with its own properties (`code` and others), its trace as `stack`. */
export function logged(error) {
  const { trace, ...document } = documentOf(error);
  return { ...document, ...attempt(() => (isError(error) ? { ...error } : {}), {}), stack: trace };
}

/** `file:line` of the first line of the user's own code, below the task root; empty where none is known. */
export const locationOf = (error, taskRoot) => attempt(() => find(error, taskRoot), "");

function find(error, taskRoot) {
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

/** What is thrown is the user's, and its own code may be as wrong as what threw it. */
function attempt(work, otherwise) {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

const isError = (value) => types.isNativeError(value) || value instanceof Error;

const isNothing = (value) => value === undefined || value === null;

const isOwn = (line) => line.includes(OWN_URL) || line.includes(OWN_FOLDER);

function stackOf(error) {
  return typeof error.stack === "string" ? error.stack.split("\n").filter((line) => !isOwn(line)) : [];
}

function framesOf(error) {
  return isError(error) ? stackOf(error).filter((line) => line.startsWith("    at ")) : [];
}
