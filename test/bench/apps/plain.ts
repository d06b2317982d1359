// The same saga as rows and a poll: a claim by lease, a step, the next state. No history, no person, no evidence kept.
// Must not know: what is measured.
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { makeSteps, openPool, sagaOf, setting, type Kind, type Order } from './steps.ts'
import { serve } from './receiver.ts'

const IDLE_MS = 50
const AT_ONCE = 20
const pool = openPool()
const { ask, settle } = makeSteps(setting('GATEWAY_URL'), pool)

await pool.query(`create table if not exists sagas (
  id text primary key, kind text not null, merchant_uid text not null, amount integer not null, currency text not null,
  state text not null default 'asked', imp_uid text, leased_until timestamptz not null default now())`)
await pool.query(`create index if not exists sagas_due on sagas (leased_until) where state in ('asked', 'told')`)

const START = `insert into sagas (id, kind, merchant_uid, amount, currency) values ($1, $2, $3, $4, $5) on conflict do nothing`
/** A webhook that overtakes the step before it waits in its column. */
const TELL = `update sagas set imp_uid = $2, state = case state when 'waiting' then 'told' else state end,
  leased_until = case state when 'waiting' then now() else leased_until end where id = $1`
const CLAIM = `with due as (
    select id from sagas where state in ('asked', 'told') and leased_until <= now() order by leased_until limit ${AT_ONCE} for update skip locked)
  update sagas set leased_until = now() + interval '30 seconds' from due where sagas.id = due.id
  returning sagas.id, kind, merchant_uid, amount, currency, state, imp_uid`
const ASKED = `update sagas set state = case when imp_uid is null then 'waiting' else 'told' end, leased_until = now() where id = $1`
const SETTLED = `update sagas set state = 'done' where id = $1`

const claimed = z.array(
  z.object({
    id: z.string(),
    kind: z.enum(['payment', 'refund']),
    merchant_uid: z.string(),
    amount: z.number(),
    currency: z.string(),
    state: z.enum(['asked', 'told']),
    imp_uid: z.string().nullable(),
  }),
)

async function step({ id, kind, state, imp_uid, ...row }: z.infer<typeof claimed>[number]): Promise<void> {
  const order = { merchantUid: row.merchant_uid, amount: row.amount, currency: row.currency }
  if (state === 'asked') {
    await ask(kind, order)
    await pool.query({ name: 'asked', text: ASKED, values: [id] })
  } else {
    await settle(kind, order.merchantUid, imp_uid ?? '')
    await pool.query({ name: 'settled', text: SETTLED, values: [id] })
  }
}

/** What fails is taken again when its lease is over. */
async function work(): Promise<never> {
  for (;;) {
    const rows = claimed.parse((await pool.query({ name: 'claim', text: CLAIM })).rows)
    const done = await Promise.allSettled(rows.map(step))
    for (const each of done) if (each.status === 'rejected') console.error(each.reason)
    if (rows.length === 0) await pause(IDLE_MS)
  }
}

const sagas = {
  start: async (kind: Kind, { merchantUid, amount, currency }: Order) => {
    const values = [sagaOf(kind, merchantUid), kind, merchantUid, amount, currency]
    await pool.query({ name: 'start', text: START, values })
  },
  tell: async (kind: Kind, merchantUid: string, impUid: string) => {
    await pool.query({ name: 'tell', text: TELL, values: [sagaOf(kind, merchantUid), impUid] })
  },
}
await serve(sagas, Number(setting('PORT')))
await work()
