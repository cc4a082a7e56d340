// Handlers that write their answer to a stream, which is passed on as they write it.
// Source: AWS Lambda developer guide, response-streaming-tutorial, nodejs-handler.

import { Writable } from "node:stream";
import { finished } from "node:stream/promises";

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const HTTP_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";

/** What a handler writes to. `open` begins the answer, with its content type, when the first of it is there. */
class ResponseStream extends Writable {
  #open;
  #answer;

  constructor(open) {
    super();
    this.#open = open;
  }

  setContentType(contentType) {
    this.contentType = contentType;
  }

  _write(chunk, _encoding, done) {
    this.#answer ??= this.#open(this.contentType);
    this.#answer.write(chunk, done);
  }

  _final(done) {
    this.#answer ??= this.#open(this.contentType);
    done();
  }
}

/** Makes `awslambda.streamifyResponse` and `awslambda.HttpResponseStream` known to user code. */
export function offerStreaming() {
  globalThis.awslambda = {
    streamifyResponse(handler) {
      handler[STREAMING] = "response";
      return handler;
    },
    HttpResponseStream: {
      from(stream, prelude) {
        stream.setContentType(HTTP_CONTENT_TYPE);
        stream.write(JSON.stringify(prelude));
        stream.write(Buffer.alloc(8)); // what separates it from the body
        return stream;
      },
    },
  };
}

export const isStreaming = (handler) => handler[STREAMING] !== undefined;

export async function runStreaming(handler, event, context, open) {
  const stream = new ResponseStream(open);
  await handler(event, stream, context);
  await finished(stream);
}
