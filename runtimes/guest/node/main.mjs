// What runs beside a Node handler: loading it, its context, its log lines, its errors, as Lambda's own Node runtime has
// them. Needs Node 18 and no packages, and must not know the rest of the project. Started as `node …/main.mjs` with the
// environment variables of one execution environment.
//
// A handler that rejects has failed one invocation; process.exit, an exception nobody caught and a rejection nobody
// handled end the environment. Source: lambda-event-source-mappings §5, §6; AWS Lambda developer guide, nodejs-handler,
// nodejs-context, nodejs-exceptions. Modules a handler loads in the middle of an invocation are read as they are then.

import { RuntimeApiClient } from "./client.mjs";
import { contextOf } from "./context.mjs";
import { CODE_IN_MOTION, UnhandledPromiseRejection, documentOf, locationOf, logged } from "./failure.mjs";
import { loadHandler } from "./handlers.mjs";
import { beginLog, logError, setRequestId } from "./log.mjs";
import { Sources } from "./sources.mjs";
import { run, whenNothingIsLeftToDo } from "./run.mjs";
import { offerStreaming } from "./streaming.mjs";

const taskRoot = process.env.LAMBDA_TASK_ROOT;
const client = new RuntimeApiClient(process.env.AWS_LAMBDA_RUNTIME_API);
let phase = "init";
let runningId;
let answering;
let ending = false;

const memory = () => ({ "Sandbox-Max-Memory-Kb": String(process.resourceUsage().maxRSS) });
const details = (error) => ({ ...memory(), "Sandbox-Error-Location": locationOf(error, taskRoot) });

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
    await client.initFailed(CODE_IN_MOTION, {});
    process.exit(1);
  }
  if (failure) await end("Uncaught Exception", failure.error, 1);
  return handler;
}

async function serve(handler) {
  while (!ending) {
    phase = "idle";
    const invocation = await client.next();
    phase = "invoke";
    const requestId = (runningId = invocation.requestId);
    setRequestId(requestId);
    if (invocation.traceId) process.env._X_AMZN_TRACE_ID = invocation.traceId;
    let answer;
    let failure;
    try {
      answer = await run(handler, JSON.parse(invocation.payload), contextOf(invocation));
    } catch (error) {
      failure = { error };
      if (!ending) logError("Invoke Error", logged(error));
    }
    if (ending) return; // what nobody caught was told already, instead of this
    runningId = undefined;
    answering = failure
      ? client.fail(requestId, documentOf(failure.error), details(failure.error))
      : client.answer(requestId, answer, memory());
    await answering;
  }
}

/** Nobody caught `error`: it is the failure of what goes on now; an answer that is under way still arrives. */
async function end(what, error, status) {
  if (ending) return;
  ending = true;
  logError(what, logged(error));
  try {
    await answering;
    if (phase === "init") await client.initFailed(documentOf(error), details(error));
    else if (runningId !== undefined) await client.fail(runningId, documentOf(error), details(error));
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
// Not awaited: a module that waits at its top level would end the process whenever a handler leaves nothing to wait for.
serve(handler).catch((error) => {
  if (error.code !== "SANDBOX_HOST_GONE") process.stderr.write(`[sandbox] ${error.stack}\n`);
  process.exit(1);
});
