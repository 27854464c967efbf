// Listens, and ends when it is told to.
import { sql } from './database.mjs';

export async function serve(app) {
  process.on('SIGTERM', async () => {
    await app.close();
    await sql.end({ timeout: 5 });
    process.exit(0);
  });
  await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}
