// Speaks the Lambda Runtime API. Source: lambda-event-source-mappings §6.1.

import { Agent, request } from "node:http"; // the function itself: user code may patch the module

const PREFIX = "/2018-06-01/runtime/";

/** Fields are written as UTF-8, on one line. */
const fieldValue = (text) =>
  Buffer.from(String(text).replace(/[\x00-\x1f\x7f]/g, " "), "utf8").toString("latin1");

const hostGone = (why) => Object.assign(new Error(why), { code: "SANDBOX_HOST_GONE" });

/** Connections to the Runtime API at `address` (host:port); idle ones do not keep the process alive. */
export class RuntimeApiClient {
  #agent = new Agent({ keepAlive: true });
  #host;
  #port;

  constructor(address) {
    const colon = address.lastIndexOf(":");
    this.#host = address.slice(0, colon);
    this.#port = Number(address.slice(colon + 1));
  }

  /** Waits for an event, for as long as it takes. */
  async next() {
    const { status, headers, body } = await this.#call("GET", "invocation/next");
    if (status !== 200) throw hostGone(`the Runtime API answered ${status}`);
    const field = (name) => headers[`lambda-runtime-${name}`];
    return {
      requestId: field("aws-request-id"),
      deadlineMs: Number(field("deadline-ms")),
      functionArn: field("invoked-function-arn"),
      traceId: field("trace-id"),
      clientContext: field("client-context"),
      payload: body.toString("utf8"),
    };
  }

  /** Hands in the JSON text, or the bytes, that the handler answered. */
  answer(requestId, payload, headers) {
    return this.#call("POST", `invocation/${requestId}/response`, payload, headers);
  }

  fail(requestId, document, headers) {
    return this.#report(`invocation/${requestId}/error`, document, headers);
  }

  /** Says that the handler could not be loaded. */
  initFailed(document, headers) {
    return this.#report("init/error", document, headers);
  }

  #report(path, document, headers) {
    const named = { ...headers, "Lambda-Runtime-Function-Error-Type": document.errorType };
    return this.#call("POST", path, JSON.stringify(document), named);
  }

  #call(method, path, body, fields = {}) {
    const headers = {};
    for (const [name, value] of Object.entries(fields)) headers[name] = fieldValue(value);
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      headers["Content-Length"] = Buffer.byteLength(body);
    }
    return new Promise((resolve, reject) => {
      const failed = (error) => reject(hostGone(error.message));
      const sent = request(
        { host: this.#host, port: this.#port, path: PREFIX + path, method, headers, agent: this.#agent },
        (answer) => {
          const chunks = [];
          answer.on("data", (chunk) => chunks.push(chunk));
          answer.on("error", failed);
          answer.on("end", () =>
            resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      sent.on("error", failed);
      sent.end(body);
    });
  }
}
