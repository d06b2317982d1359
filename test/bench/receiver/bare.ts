// The least that a receiver of webhooks can be: Koa, one insert, 200. Run as a process of its own, and told its database.
// Must not know: what a hint means, and that it comes twice.
import Koa from 'koa'
import pg from 'pg'
import { z } from 'zod'
import { databaseIn, tellWhere } from './processes.ts'

const pool = new pg.Pool({ connectionString: databaseIn(process.env), max: 10 })
await pool.query(`create table if not exists bare_hints (id int8 generated always as identity primary key,
  imp_uid text not null, merchant_uid text not null, status text, body bytea not null,
  received_at timestamptz not null default clock_timestamp())`)

const hint = z.object({ imp_uid: z.string(), merchant_uid: z.string(), status: z.string().optional() })
/** Planned once a connection, as ours is: nobody shall say that the other one was held back. */
const KEEP = {
  name: 'keep',
  text: 'insert into bare_hints (imp_uid, merchant_uid, status, body) values ($1, $2, $3, $4)',
}

const app = new Koa()
app.use(async (ctx) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of ctx.req) if (chunk instanceof Uint8Array) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const { imp_uid, merchant_uid, status } = hint.parse(JSON.parse(body.toString()))
  await pool.query({ ...KEEP, values: [imp_uid, merchant_uid, status, body] })
  ctx.status = 200
  ctx.body = {}
})
const server = app.listen(0, '127.0.0.1', () => tellWhere(server.address()))
