// Fastify and postgres.js, and none of our features.
import Fastify from 'fastify';

import { tagged } from './database.mjs';
import { addRoutes } from './routes.mjs';
import { serve } from './serve.mjs';

const app = Fastify({ logger: false });
await addRoutes(app, tagged);
await serve(app);
