// Fastify with the features that ours always has, by the plug-ins that one takes for them.
//
// helmet, CORS, fastify-metrics (its histogram; ours has no summary either), pino without waiting
// for the disk, a request id. One line per request, as ours.
import { randomUUID } from 'node:crypto';

import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify from 'fastify';
import metrics from 'fastify-metrics';
import pino from 'pino';

import { tagged } from './database.mjs';
import { addRoutes } from './routes.mjs';
import { serve } from './serve.mjs';

const app = Fastify({
  loggerInstance: pino({}, pino.destination({ sync: false, minLength: 4096 })),
  disableRequestLogging: true,
  requestIdHeader: 'x-request-id',
  genReqId: () => randomUUID(),
});
await app.register(helmet);
await app.register(cors, { origin: ['https://app.example.com'], exposedHeaders: ['X-Request-ID'] });
await app.register(metrics, {
  endpoint: '/metrics',
  routeMetrics: { enabled: { histogram: true, summary: false } },
});
app.addHook('onRequest', async (request, reply) => {
  reply.header('x-request-id', request.id);
});
app.addHook('onResponse', async (request, reply) => {
  request.log.info(
    { method: request.method, path: request.url, status: reply.statusCode, duration_ms: reply.elapsedTime },
    'request',
  );
});
await addRoutes(app, tagged);
await serve(app);
