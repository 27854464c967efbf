// What goes over the wire, as JSON Schema: Fastify compiles it for bodies and answers alike.
const id = { type: 'string', format: 'uuid' };
const text = { type: 'string' };
const number = { type: 'integer' };
const maybe = { type: 'string', nullable: true };
const time = { type: 'string', format: 'date-time' };
const name = { type: 'string', minLength: 1, maxLength: 200 };
const maybeName = { ...name, nullable: true };
const profile = {
  type: 'object',
  additionalProperties: false,
  properties: { network: maybe, username: maybe, url: maybe },
};
const object = (properties, more = {}) => ({ type: 'object', properties, ...more });

const product = object({
  id, sku: text, slug: text, name: text, brand: text, description: text,
  category: object({ id, slug: text, name: text }, { nullable: true }),
  price_minor: number, currency: text, stock: number, revision: number,
  created_at: time, updated_at: time, archived_at: { ...time, nullable: true },
});
const resume = object({
  id, created_at: time, updated_at: time, title: text, full_name: text, label: maybe, email: maybe,
  phone: maybe, url: maybe, summary: maybe, city: maybe, region: maybe, country_code: maybe,
  profiles: { type: 'array', items: profile },
});
const fields = {
  title: name, full_name: name, label: maybeName,
  summary: { type: 'string', maxLength: 50000, nullable: true },
  city: maybeName, country_code: { type: 'string', pattern: '^[A-Z]{2}$', nullable: true },
};
const byId = object({ id });

export const live = { response: { 200: object({ status: text }) } };
export const getProduct = { params: byId, response: { 200: product } };
export const listProducts = {
  querystring: object({ limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 }, cursor: text }),
  response: {
    200: object({
      items: { type: 'array', items: product }, next_cursor: maybe,
      total: { ...number, nullable: true }, limit: number, offset: { ...number, nullable: true },
    }),
  },
};
export const getResume = { params: byId, response: { 200: resume } };
export const createResume = {
  body: object({ ...fields, profiles: { type: 'array', items: profile } }, {
    additionalProperties: false, required: ['title', 'full_name'],
  }),
  response: { 201: resume },
};
export const updateResume = {
  params: byId,
  body: object(fields, { additionalProperties: false, minProperties: 1 }),
  response: { 200: resume },
};
export const validate = {
  response: { 200: object({ account_id: text, email: text, credits_balance_micros: number }) },
};
