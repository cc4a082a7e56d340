// One run of a handler of any style: async, with a callback, with the context's own `done`, streaming.
// Source: AWS Lambda developer guide, nodejs-handler, nodejs-context; aws-durable-execution-sdk-js issue 215 (the words
// of NodeJsExit).

import { Fault } from "./failure.mjs";
import { isStreaming, runStreaming } from "./streaming.mjs";

const NEVER_SETTLED =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise " +
  "that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes";

let atRest = () => {};

/** To be called whenever Node would end because nothing is left to wait for. */
export const whenNothingIsLeftToDo = () => atRest();

/**
 * Resolves with the JSON text that the handler answers, or with nothing where it has streamed its answer to what `open`
 * gives; rejects with what it failed with.
 */
export async function run(handler, event, context, open) {
  try {
    const value = await promised(handler, event, context, open);
    return isStreaming(handler) ? undefined : toJson(value);
  } finally {
    atRest = () => {};
  }
}

function promised(handler, event, context, open) {
  return new Promise((resolve, reject) => {
    const callback = (error, value) => {
      if (error !== undefined && error !== null) reject(error);
      else if (context.callbackWaitsForEmptyEventLoop) atRest = () => resolve(value);
      else resolve(value);
    };
    const done = (error, value) => {
      context.callbackWaitsForEmptyEventLoop = false;
      callback(error, value);
    };
    context.done = done;
    context.succeed = (value) => done(null, value);
    context.fail = (error) => done(error ?? "handled");
    let isPromise = false;
    // Who neither promises nor calls back has answered null once nothing is left to do.
    atRest = () => (isPromise ? reject(new Fault("Runtime.NodeJsExit", NEVER_SETTLED)) : resolve(null));
    const result = isStreaming(handler) ? runStreaming(handler, event, context, open) : handler(event, context, callback);
    isPromise = typeof result?.then === "function";
    if (isPromise) result.then(resolve, reject);
  });
}

function toJson(value) {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    throw new Error("Unable to stringify response body");
  }
}
