// Fastify with the same features as somebody writes them who counts microseconds: callbacks in
// place of promises, headers once, a log line by hand, a histogram in an array, tokens remembered.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';

import Fastify from 'fastify';

import { fixed } from './database.mjs';
import { addRoutes } from './routes.mjs';
import { serve } from './serve.mjs';

const ORIGIN = 'https://app.example.com';
const HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const EDGES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const histograms = new Map();
let lines = '';

function flush() {
  if (lines) writeSync(1, lines);
  lines = '';
}
setInterval(flush, 200).unref();
process.on('exit', flush);

function count(key, seconds) {
  let histogram = histograms.get(key);
  if (!histogram) histograms.set(key, (histogram = new Float64Array(EDGES.length + 2)));
  histogram[0] += seconds;
  let place = 0;
  while (place < EDGES.length && EDGES[place] < seconds) place += 1;
  histogram[place + 1] += 1;
}

const app = Fastify({ logger: false, requestIdHeader: 'x-request-id', genReqId: () => randomUUID() });
app.addHook('onRequest', (request, reply, done) => {
  reply.headers(HEADERS);
  reply.header('x-request-id', request.id);
  if (request.headers.origin === ORIGIN) {
    reply.header('access-control-allow-origin', ORIGIN).header('vary', 'Origin');
    reply.header('access-control-expose-headers', 'X-Request-ID');
  }
  done();
});
app.addHook('onResponse', (request, reply, done) => {
  const route = request.routeOptions.url;
  const ms = reply.elapsedTime;
  count(`${request.method} ${route} ${reply.statusCode}`, ms / 1000);
  lines += `{"ts":${Date.now()},"level":"info","event":"request","request_id":${JSON.stringify(request.id)},"method":"${request.method}","path":${JSON.stringify(request.url)},"route":"${route}","status":${reply.statusCode},"duration_ms":${ms.toFixed(3)}}\n`;
  done();
});
app.get('/metrics', async () => Object.fromEntries([...histograms].map(([key, found]) => [key, [...found]])));
await addRoutes(app, fixed, { believed: 10000 });
await serve(app);
