// What `console` looks like in Lambda: time, request id, level and message, one log event per call.
// Source: AWS Lambda developer guide, nodejs-logging.

import { format } from "node:util";

const LEVELS = {
  debug: "DEBUG",
  error: "ERROR",
  fatal: "FATAL",
  info: "INFO",
  log: "INFO",
  trace: "TRACE",
  warn: "WARN",
};

const { stdout } = process;
const write = stdout.write.bind(stdout);
let requestId; // while the handler is loaded there is none, and the log says `undefined`

export function setRequestId(id) {
  requestId = id;
}

export function beginLog() {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method] = (...parts) => writeLine(level, format(...parts));
  }
}

/** Whether the handler has closed what the log is written to. */
export const isDeaf = () => stdout.destroyed || stdout.writableEnded;

export function logError(what, description) {
  writeLine("ERROR", `${what} \t${toJson(description)}`);
}

/** Errors carry whatever their makers put into them, requests and responses that name each other among it. */
function toJson({ errorType, errorMessage, stack, ...others }) {
  try {
    return JSON.stringify({ errorType, errorMessage, ...others, stack });
  } catch {
    return JSON.stringify({ errorType, errorMessage, stack });
  }
}

function writeLine(level, text) {
  write(`${new Date().toISOString()}\t${requestId}\t${level}\t${text.replaceAll("\n", "\r")}\n`);
}
