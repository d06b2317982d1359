// The merchant's database: whether it answers, is as this code needs it, and cuts off what hangs.
// Must not know: gateways, what is stored.
import { databaseAnswers, type Database } from '../db/connect.ts'
import { serverVersion, timeoutsLost } from '../db/lists/setUp.ts'
import { migrationState } from '../db/migrate.ts'
import { filingHold } from '../db/watch/filing.ts'
import { saidOf } from '../domain/moves/filing.ts'
import { right, unasked, weak, wrong, type Finding, type SetUpPart } from '../domain/shown/setUp.ts'
import { saidBy } from '../temporal/said.ts'

/** `embedded`: another process holds it, and nobody else may open it. */
export type Asking = Pick<Database, 'db' | 'kind'> | 'embedded'

/** The oldest that is still mended by its makers. */
const OLDEST = 14

export function databasePart(asking: Asking): SetUpPart {
  const ask = (judge: (database: Pick<Database, 'db' | 'kind'>) => Promise<Finding>) => () =>
    asking === 'embedded'
      ? unasked('npm start holds the embedded database: ask it, npm run ops -- doctor')
      : judge(asking)
  return {
    name: 'database',
    title: 'Database',
    checks: [
      { name: 'answers', title: 'it answers', after: [], judge: ask(answers) },
      { name: 'version', title: 'it is fit for production', after: ['answers'], judge: ask(version) },
      { name: 'migrations', title: 'its tables are those of this version', after: ['answers'], judge: ask(migrations) },
      { name: 'timeouts', title: 'it cuts off what hangs', after: ['answers'], judge: ask(timeouts) },
      { name: 'filing', title: 'cancel calls are made', after: ['migrations'], judge: ask(filing) },
    ],
    questions:
      asking === 'embedded'
        ? []
        : [
            {
              where: 'The database',
              question:
                'Is it backed up, and was a backup restored once to see that it can be (docs/after-a-restore.md)?',
              else: 'what waits at Paymentwall is known nowhere else',
            },
          ],
  }
}

async function answers({ db, kind }: Pick<Database, 'db' | 'kind'>): Promise<Finding> {
  try {
    await databaseAnswers(db)
    return right(kind === 'postgres' ? 'Postgres' : 'the embedded one')
  } catch (error) {
    return wrong(saidBy(error), 'Check DATABASE_URL, and whether this machine may reach the server')
  }
}

async function version({ db, kind }: Pick<Database, 'db' | 'kind'>): Promise<Finding> {
  if (kind === 'pglite')
    return weak('the embedded one never syncs, and production refuses it', 'Set DATABASE_URL to a Postgres server')
  const number = await serverVersion(db)
  const major = Math.floor(number / 10_000)
  const shown = `Postgres ${major}.${number % 10_000}`
  return major >= OLDEST
    ? right(shown)
    : weak(`${shown} is not mended by its makers any more`, 'Move to a later version')
}

async function migrations({ db }: Pick<Database, 'db'>): Promise<Finding> {
  const { pending, unknown } = await migrationState(db)
  if (unknown.length > 0)
    return wrong(
      `it was made by a newer version of this program (${unknown.join(', ')})`,
      'Run the doctor of that version, or restore a backup made before it',
    )
  return pending.length === 0
    ? right('no migration is missing')
    : wrong(
        `${pending.length} migration(s) are missing: ${pending.join(', ')}`,
        'Run npm run migrate with DATABASE_URL set to the role that owns the tables (docs/deploy.md)',
      )
}

async function timeouts({ db, kind }: Pick<Database, 'db' | 'kind'>): Promise<Finding> {
  if (kind === 'pglite') return right('one connection, which nobody else waits for')
  const lost = await timeoutsLost(db)
  return lost.length === 0
    ? right('our time-outs reach it')
    : wrong(
        `${lost.join(', ')}: what we ask for does not reach it`,
        'Let the pooler pass these on (PgBouncer: ignore_startup_parameters drops them), or set them for the role: alter role … set lock_timeout …',
      )
}

async function filing({ db }: Pick<Database, 'db'>): Promise<Finding> {
  const hold = await filingHold(db)
  return hold
    ? weak(saidOf(hold), 'npm run ops -- release --reason … when refunds may be asked for again')
    : right('filing is on')
}
