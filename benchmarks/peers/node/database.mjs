// PostgreSQL for the Fastify peers, through postgres.js.
import postgres from 'postgres';

const PRODUCT = `p.id, p.sku, p.slug, p.name, p.brand, p.description, c.id AS category_id,
  c.slug AS category_slug, c.name AS category_name, p.price_minor, p.currency, p.stock, p.revision,
  p.created_at, p.updated_at, p.deleted_at AS archived_at
  FROM products p LEFT JOIN categories c ON c.id = p.category_id AND c.deleted_at IS NULL
  WHERE p.deleted_at IS NULL`;
const NEWEST_FIRST = 'ORDER BY p.created_at DESC, p.id DESC';
const RESUME = `id, created_at, updated_at, title, full_name, label, email, phone, url, summary,
  city, region, country_code, profiles`;

export const sql = postgres(process.env.DATABASE_URL, {
  max: Number(process.env.POOL_SIZE),
  // Ours are small enough for a number, which is what JSON has.
  types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
});

// As the documentation of postgres.js writes queries.
export const tagged = {
  product: (id) => sql`SELECT ${sql.unsafe(PRODUCT)} AND p.id = ${id}`,
  products: (limit, after) => sql`
    SELECT ${sql.unsafe(PRODUCT)}
    ${after ? sql`AND (p.created_at, p.id) < (${after[0]}, ${after[1]})` : sql``}
    ${sql.unsafe(NEWEST_FIRST)} LIMIT ${limit}`,
  resume: (id, user) => sql`
    SELECT ${sql.unsafe(RESUME)} FROM master_resumes
    WHERE id = ${id} AND user_id = ${user} AND deleted_at IS NULL`,
  createResume: (row) => sql`
    INSERT INTO master_resumes ${sql({ ...row, profiles: sql.json(row.profiles), other_sections: sql.json({}) })}
    RETURNING ${sql.unsafe(RESUME)}`,
  updateResume: (id, user, change) => sql`
    UPDATE master_resumes SET ${sql(change)}
    WHERE id = ${id} AND user_id = ${user} AND deleted_at IS NULL
    RETURNING ${sql.unsafe(RESUME)}`,
  accountOfKey: (hash) => sql`
    SELECT a.id, a.email, a.credits_balance_micros
    FROM api_keys k JOIN accounts a ON a.id = k.account_id
    WHERE k.key_hash = ${hash} AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > now())
      AND a.status = 'active' AND a.deleted_at IS NULL`,
};

const run = (text, values) => sql.unsafe(text, values, { prepare: true });

// The same as fixed texts, which spares putting each query together anew.
export const fixed = {
  ...tagged,
  product: (id) => run(`SELECT ${PRODUCT} AND p.id = $1`, [id]),
  products: (limit, after) =>
    after
      ? run(`SELECT ${PRODUCT} AND (p.created_at, p.id) < ($2, $3) ${NEWEST_FIRST} LIMIT $1`, [limit, ...after])
      : run(`SELECT ${PRODUCT} ${NEWEST_FIRST} LIMIT $1`, [limit]),
  resume: (id, user) =>
    run(`SELECT ${RESUME} FROM master_resumes WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL`, [id, user]),
  createResume: (row) =>
    run(
      `INSERT INTO master_resumes (id, user_id, title, full_name, label, summary, city, country_code,
        profiles, other_sections) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{}') RETURNING ${RESUME}`,
      [row.id, row.user_id, row.title, row.full_name, row.label, row.summary, row.city, row.country_code, row.profiles],
    ),
  accountOfKey: (hash) =>
    run(
      `SELECT a.id, a.email, a.credits_balance_micros
       FROM api_keys k JOIN accounts a ON a.id = k.account_id
       WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
         AND a.status = 'active' AND a.deleted_at IS NULL`,
      [hash],
    ),
};
