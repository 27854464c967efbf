// The routes that all Fastify peers have.
import { createHash, randomUUID } from 'node:crypto';

import jwt from '@fastify/jwt';

import * as schemas from './schemas.mjs';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

function publicId(prefix, uuid) {
  let number = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let digits = '';
  for (let place = 0; place < 26; place += 1) {
    digits = ALPHABET[Number(number & 31n)] + digits;
    number >>= 5n;
  }
  return `${prefix}_${digits}`;
}

function productOf(row) {
  const { category_id: id, category_slug: slug, category_name: name, ...product } = row;
  product.category = id === null ? null : { id, slug, name };
  return product;
}

const cursorOf = (row) => Buffer.from(`${row.created_at.toISOString()}|${row.id}`).toString('base64url');

function readCursor(text) {
  const [time, id] = Buffer.from(text, 'base64url').toString().split('|');
  return [new Date(time), id];
}

// `queries` are those of database.mjs; `believed` is how many checked tokens are remembered.
export async function addRoutes(app, queries, { believed = undefined } = {}) {
  await app.register(jwt, {
    secret: Buffer.from(process.env.JWT_KEY, 'hex'),
    verify: { algorithms: ['HS256'], allowedAud: 'careers', allowedIss: 'careers', cache: believed },
  });
  const signedIn = { onRequest: (request) => request.jwtVerify() };
  const one = (rows, reply) => rows[0] ?? reply.code(404).send({});

  app.get('/health/live', { schema: schemas.live }, async () => ({ status: 'alive' }));

  app.get('/api/v1/products/:id', { schema: schemas.getProduct }, async (request, reply) => {
    const [row] = await queries.product(request.params.id);
    return row ? productOf(row) : reply.code(404).send({});
  });

  app.get('/api/v1/products', { schema: schemas.listProducts }, async (request) => {
    const { limit, cursor } = request.query;
    const rows = await queries.products(limit + 1, cursor && readCursor(cursor));
    const items = rows.slice(0, limit);
    const next_cursor = rows.length > limit ? cursorOf(items.at(-1)) : null;
    return { items: items.map(productOf), next_cursor, total: null, limit, offset: null };
  });

  app.get('/api/v1/resumes/:id', { ...signedIn, schema: schemas.getResume }, async (request, reply) =>
    one(await queries.resume(request.params.id, request.user.sub), reply));

  app.post('/api/v1/resumes', { ...signedIn, schema: schemas.createResume }, async (request, reply) => {
    const { title, full_name, label = null, summary = null, city = null, country_code = null, profiles = [] } = request.body;
    const row = { title, full_name, label, summary, city, country_code, profiles };
    const rows = await queries.createResume({ id: randomUUID(), user_id: request.user.sub, ...row });
    reply.code(201);
    return rows[0];
  });

  app.patch('/api/v1/resumes/:id', { ...signedIn, schema: schemas.updateResume }, async (request, reply) =>
    one(await queries.updateResume(request.params.id, request.user.sub, request.body), reply));

  app.post('/api/v1/auth/validate', { schema: schemas.validate }, async (request, reply) => {
    const secret = (request.headers.authorization ?? '').slice('Bearer '.length);
    const [row] = await queries.accountOfKey(createHash('sha256').update(secret).digest());
    if (!row) return reply.code(401).send({});
    return { account_id: publicId('acct', row.id), email: row.email, credits_balance_micros: row.credits_balance_micros };
  });
}
