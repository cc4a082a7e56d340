// Speaks the Lambda Runtime API over one connection. Source: lambda-event-source-mappings §6.1.
//
// Node's own HTTP client costs more than all the rest of a warm invocation. Requests leave without waiting for answers
// to earlier ones, so that an answer and the question for the next event are one write.

import { connect } from "node:net";

const PREFIX = "/2018-06-01/runtime/";
const END_OF_HEAD = "\r\n\r\n";

const ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
const ERROR_BODY = "Lambda-Runtime-Function-Error-Body";

const hostGone = (why) => Object.assign(new Error(why), { code: "SANDBOX_HOST_GONE" });

/** What answers an invocation: the JSON text that the handler answered. */
export const answerTo = (requestId, payload, headers) => ({
  path: `invocation/${requestId}/response`,
  payload,
  headers,
});

/** Where an answer goes that is written bit by bit. */
export const streamedTo = (requestId, contentType, headers) => ({
  path: `invocation/${requestId}/response`,
  headers: { ...headers, "Content-Type": contentType ?? "application/octet-stream" },
});

/** What tells that an invocation, or without a request id the loading of the handler, has failed. */
export const failureOf = (requestId, document, headers) => ({
  path: requestId === undefined ? "init/error" : `invocation/${requestId}/error`,
  payload: JSON.stringify(document),
  headers: { ...headers, "Lambda-Runtime-Function-Error-Type": document.errorType },
});

/** A connection to the Runtime API at `address` (host:port); while nothing is asked it keeps no process alive. */
export class RuntimeApiClient {
  #address;
  #socket;
  #waiting = [];
  #chunks = [];
  #receivedBytes = 0;
  #neededBytes = 0;
  #gone;

  constructor(address) {
    this.#address = address;
    const colon = address.lastIndexOf(":");
    this.#socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), noDelay: true });
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#lose(error.message));
    this.#socket.on("close", () => this.#lose("the Runtime API closed the connection"));
    this.#socket.unref();
  }

  /** Waits for an event, for as long as it takes; where there is a result of the one before, it is handed in first. */
  async next(result) {
    if (result) this.post(result).catch(() => {}); // when the host is gone, the next line says so
    const { status, fields, body } = await this.#ask("GET", "invocation/next");
    if (status !== 200) throw hostGone(`the Runtime API answered ${status}`);
    return {
      requestId: fields["lambda-runtime-aws-request-id"],
      deadlineMs: Number(fields["lambda-runtime-deadline-ms"]),
      functionArn: fields["lambda-runtime-invoked-function-arn"],
      traceId: fields["lambda-runtime-trace-id"],
      clientContext: fields["lambda-runtime-client-context"],
      payload: body.toString("utf8"),
    };
  }

  /** Hands in a result, or the end of one that was begun, and nothing else. */
  post({ path, payload, headers, stream, document }) {
    if (stream) return stream.end(document);
    return this.#ask("POST", path, payload, headers);
  }

  /** Begins an answer that is written bit by bit, and nothing else before its end. */
  stream({ path, headers }) {
    const fields = {
      ...headers,
      "Lambda-Runtime-Function-Response-Mode": "streaming",
      "Transfer-Encoding": "chunked",
      Trailer: `${ERROR_TYPE}, ${ERROR_BODY}`,
    };
    const told = this.#ask("POST", path, undefined, fields);
    told.catch(() => {}); // when the host is gone, the next question says so
    return {
      write: (chunk, done) => {
        if (!chunk.length || this.#gone) {
          done();
          return;
        }
        this.#socket.cork();
        this.#socket.write(`${chunk.length.toString(16)}\r\n`);
        this.#socket.write(chunk);
        this.#socket.write("\r\n", () => done());
        this.#socket.uncork();
      },
      /** It is whole; or, with the document of an error, it never will be. */
      end: (document) => {
        const trailers = document
          ? `${ERROR_TYPE}: ${oneLine(document.errorType)}\r\n${ERROR_BODY}: ${base64(document)}\r\n`
          : "";
        this.#socket.write(`0\r\n${trailers}\r\n`);
        return told;
      },
    };
  }

  #ask(method, path, body, headers = {}) {
    const lines = [`${method} ${PREFIX}${path} HTTP/1.1`, `Host: ${this.#address}`];
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${oneLine(value)}`);
    if (body !== undefined) {
      lines.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
    }
    return new Promise((resolve, reject) => {
      if (this.#gone) {
        reject(hostGone(this.#gone));
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#socket.ref();
      this.#socket.cork();
      this.#socket.write(lines.join("\r\n") + END_OF_HEAD);
      if (body !== undefined) this.#socket.write(body);
      process.nextTick(() => this.#socket.uncork());
    });
  }

  #take(chunk) {
    this.#chunks.push(chunk);
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes < this.#neededBytes) return;
    let received = Buffer.concat(this.#chunks);
    for (;;) {
      const answer = read(received);
      this.#neededBytes = answer.bytes;
      if (received.length < answer.bytes) break;
      received = received.subarray(answer.bytes);
      this.#waiting.shift()?.resolve(answer);
    }
    this.#chunks = [received];
    this.#receivedBytes = received.length;
    if (!this.#waiting.length) this.#socket.unref();
  }

  #lose(why) {
    this.#gone ??= why;
    for (const { reject } of this.#waiting.splice(0)) reject(hostGone(this.#gone));
  }
}

/** The first answer in `received`; `bytes` is how many it takes, more than there are where it is not complete. */
function read(received) {
  const headBytes = received.indexOf(END_OF_HEAD);
  if (headBytes < 0) return { bytes: received.length + 1 };
  const [statusLine, ...lines] = received.toString("utf8", 0, headBytes).split("\r\n");
  const fields = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    fields[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const begin = headBytes + END_OF_HEAD.length;
  const bytes = begin + Number(fields["content-length"] ?? 0);
  return { bytes, status: Number(statusLine.split(" ")[1]), fields, body: received.subarray(begin, bytes) };
}

const base64 = (document) => Buffer.from(JSON.stringify(document)).toString("base64");
const oneLine = (value) => String(value).replace(/[\x00-\x1f\x7f]/g, " ");
