// Handlers that write their answer to a stream. It is gathered here and handed in as a whole, as the caller gets it.
// Source: AWS Lambda developer guide, response-streaming-tutorial, nodejs-handler.

import { Writable } from "node:stream";
import { finished } from "node:stream/promises";

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const HTTP_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";

class ResponseStream extends Writable {
  chunks = [];

  setContentType(contentType) {
    this.contentType = contentType;
  }

  _write(chunk, _encoding, done) {
    this.chunks.push(chunk);
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

export async function runStreaming(handler, event, context) {
  const stream = new ResponseStream();
  await handler(event, stream, context);
  await finished(stream);
  return Buffer.concat(stream.chunks);
}
