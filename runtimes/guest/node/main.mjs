// What runs beside a Node handler: loading it, its context, its log lines, its errors, as Lambda's own Node runtime has
// them. Needs Node 18 and no packages, and must not know the rest of the project. Started as `node main.mjs` with the
// environment variables of one execution environment, or as `node main.mjs spare` with all but its own.
//
// A handler that rejects has failed one invocation; process.exit, an exception nobody caught and a rejection nobody
// handled end the environment. Modules a handler loads in the middle of an invocation are read as they are then.
//
// Source: lambda-event-source-mappings §5, §6; AWS Lambda developer guide, nodejs-handler, nodejs-context,
// nodejs-exceptions; aws-lambda-base-images issue 392 (an answer under way when a rejection is found).

import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";

import { RuntimeApiClient, answerTo, failureOf, streamedTo } from "./client.mjs";
import { contextOf } from "./context.mjs";
import { CODE_IN_MOTION, UnhandledPromiseRejection, documentOf, locationOf, logged } from "./failure.mjs";
import { loadHandler } from "./handlers.mjs";
import { beginLog, isDeaf, logError, setRequestId } from "./log.mjs";
import { Sources } from "./sources.mjs";
import { run, whenNothingIsLeftToDo } from "./run.mjs";
import { offerStreaming } from "./streaming.mjs";

if (process.argv[2] === "spare") awaitOrder();

const taskRoot = process.env.LAMBDA_TASK_ROOT;
const client = new RuntimeApiClient(process.env.AWS_LAMBDA_RUNTIME_API);
let running; // the invocation that goes on, and what it has come to as soon as that is known
let isLoaded = false;
let isEnding = false;

const memory = () => ({ "Sandbox-Max-Memory-Kb": String(process.resourceUsage().maxRSS) });
const failed = ({ requestId, stream }, error) => (stream ? { stream, document: documentOf(error) } : failure(requestId, error));
const failure = (requestId, error) =>
  failureOf(requestId, documentOf(error), { ...memory(), "Sandbox-Error-Location": locationOf(error, taskRoot) });

/** Started ahead: what this environment has of its own comes when there is one, or nothing when the host is gone. */
function awaitOrder() {
  process.argv.splice(2);
  const order = readFileSync(0, "utf8");
  if (!order) process.exit(0);
  Object.assign(process.env, JSON.parse(order));
}

async function load() {
  const sources = new Sources(taskRoot);
  let handler;
  let failure;
  try {
    handler = await loadHandler(process.env._HANDLER, taskRoot);
  } catch (error) {
    failure = { error };
  }
  if (!(await sources.haveHeldStill())) {
    await client.post(failureOf(undefined, CODE_IN_MOTION, {}));
    process.exit(1);
  }
  if (failure) await end("Uncaught Exception", failure.error, 1);
  isLoaded = true;
  return handler;
}

async function serve(handler) {
  let invocation = await client.next();
  for (;;) {
    running = { requestId: invocation.requestId };
    running.result = await resultOf(handler, invocation, running);
    await turn(); // a rejection that nobody handles shows before anything else is begun
    if (isEnding) return;
    const { result } = running;
    running = undefined;
    if (isDeaf()) {
      await client.post(result);
      process.exit(0); // the next environment can be heard again
    }
    invocation = await client.next(result);
  }
}

async function resultOf(handler, invocation, begun) {
  setRequestId(invocation.requestId);
  if (invocation.traceId) process.env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const open = (contentType) => {
      begun.stream = client.stream(streamedTo(invocation.requestId, contentType, memory()));
      return begun.stream;
    };
    const answer = await run(handler, JSON.parse(invocation.payload), contextOf(invocation), open);
    return begun.stream ? { stream: begun.stream } : answerTo(invocation.requestId, answer, memory());
  } catch (error) {
    logError("Invoke Error", logged(error));
    return failed(begun, error);
  }
}

/** Nobody caught `error`: it is what loading or the invocation comes to, unless that has come to something already. */
async function end(what, error, status) {
  if (isEnding) return;
  isEnding = true;
  logError(what, logged(error));
  try {
    if (!isLoaded) await client.post(failed({}, error));
    else if (running) await client.post(running.result ?? failed(running, error));
  } finally {
    process.exit(status);
  }
}

process.on("uncaughtException", (error) => end("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason, promise) =>
  end("Unhandled Promise Rejection", new UnhandledPromiseRejection(reason, promise), 128),
);
process.on("beforeExit", whenNothingIsLeftToDo);

process.chdir(taskRoot);
beginLog();
offerStreaming();
const handler = await load();
// Not awaited: a module that waits at its top level ends the process when a handler leaves nothing to wait for.
serve(handler).catch((error) => {
  if (error.code !== "SANDBOX_HOST_GONE") process.stderr.write(`[sandbox] ${error.stack}\n`);
  process.exit(1);
});
