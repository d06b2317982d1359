// Whether the gateway answers for the account that paid orders of ours were seen in: keys of
// another store show nothing of ours.
// Must not know: looks, rows of orders. What a wrong account does not show proves nothing; while it
// differs nothing is settled by it.
import type { Loaded } from '../db/books/books.ts'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db } from '../db/connect.ts'
import { retryAll } from '../db/hints/looks.ts'
import { putAlert } from '../db/outgoing/outgoing.ts'
import {
  accountOf,
  agrees,
  noteDiffers,
  lockAccount,
  newestPaid,
  remember,
  type Account,
} from '../db/watch/accounts.ts'
import { Failure } from '../domain/failures.ts'
import type { Gateway } from '../domain/gateway.ts'
import type { GatewayName } from '../domain/ids.ts'
import { levelBetween, type Patience } from '../domain/patience.ts'
import { quoted } from '../domain/text.ts'
import { inEach, type Said } from '../language.ts'
import { ACCOUNT } from '../domain/shown/words/toldElse.ts'

export type AccountDeps = {
  readonly db: Db
  readonly patience: Patience
  readonly log: (line: string) => void
  readonly kick: () => void
}

/** Parked hints of money that a look did not show. */
export const FORGOTTEN = 'gatewayForgot'
/**
 * A check that began so shortly before a look is good for it: keys change with a restart, which
 * begins with a check.
 */
const FRESH_MS = 10_000
const NEWEST = 3

type Check = { readonly began: number; readonly done: Promise<Failure | undefined> }
const checks = new WeakMap<Db, Map<GatewayName, Check>>()

/**
 * Throws `accountDiffers` where it does. Looks at the same time share one check; what asks for much
 * at once, as a sweep does, begins one of its own (`goodForMs` 0).
 */
export async function proveAccount(deps: AccountDeps, gateway: Gateway, goodForMs = FRESH_MS): Promise<void> {
  const known = checks.get(deps.db) ?? new Map<GatewayName, Check>()
  checks.set(deps.db, known)
  const last = known.get(gateway.name)
  const fresh = last !== undefined && performance.now() - last.began < goodForMs
  const check = fresh ? last : { began: performance.now(), done: checkAccount(deps, gateway) }
  known.set(gateway.name, check)
  check.done.catch(() => known.delete(gateway.name))
  const failure = await check.done
  if (failure) {
    // Mended keys shall be found at once.
    known.delete(gateway.name)
    throw failure
  }
}

/**
 * What the last check found, as it was read with these books: for what needs no look of its own.
 */
export function failureIn({ differs }: Pick<Loaded, 'differs'>, gateway: GatewayName): Failure | undefined {
  const said = differs.get(gateway)
  return said === undefined ? undefined : failureOf(gateway, said)
}

const failureOf = (gateway: GatewayName, said: string): Failure =>
  new Failure('accountDiffers', inEach(ACCOUNT.differs, { gateway, differs: quoted(said) }).en)

const remembered = new WeakMap<Db, Set<GatewayName>>()

/**
 * Called after a look that shows a paid order of ours: the account as it is now is the one that is
 * right.
 */
export async function rememberAccount({ db, log }: AccountDeps, gateway: Gateway): Promise<void> {
  const known = remembered.get(db) ?? new Set<GatewayName>()
  remembered.set(db, known)
  if (known.has(gateway.name)) return
  known.add(gateway.name)
  try {
    if ((await accountOf(db, gateway.name)) === undefined) await remember(db, gateway.name, await gateway.account())
  } catch (error) {
    known.delete(gateway.name)
    if (!(error instanceof Failure)) throw error
    log(`the account of ${gateway.name} cannot be remembered yet: ${error.message}`)
  }
}

async function checkAccount(deps: AccountDeps, gateway: Gateway): Promise<Failure | undefined> {
  const { db, log } = deps
  const account = await accountOf(db, gateway.name)
  if (!account) return undefined
  const shown = await answered(() => gateway.account(), log)
  const verdict = await verdictOn(deps, gateway, account, shown)
  const known = shown?.every((channel) => account.channels.includes(channel)) ?? true
  // As a rule nothing has changed, and nothing is written.
  if (account.differsSince === null && known && typeof verdict === 'string') return undefined
  return transact(
    db,
    'account',
    async (trx) => {
      const now = await lockAccount(trx, gateway.name)
      if (!now) return undefined
      if (verdict === 'unknown') return now.differsSince === null ? undefined : failureOf(gateway.name, now.said ?? '')
      if (verdict === 'agrees') {
        const channels = [...new Set([...now.channels, ...(shown ?? [])])].toSorted()
        if (now.differsSince === null && channels.length === now.channels.length) return undefined
        await agrees(trx, gateway.name, channels)
        if (now.differsSince !== null) {
          const hints = await retryAll(trx, gateway.name, FORGOTTEN)
          log(`${gateway.name} answers for the remembered account again; ${hints} parked hints are looked at`)
          deps.kick()
        }
        return undefined
      }
      const tell = await isDue(trx, deps.patience, now)
      await noteDiffers(trx, gateway.name, { shown: shown ?? [], said: verdict.differs.en, tell })
      const { differs } = verdict
      const failure = failureOf(gateway.name, differs.en)
      if (tell)
        await putAlert(trx, {
          level: 'page',
          kind: 'accountDiffers',
          saga: `account:${gateway.name}`,
          sentence: inEach(ACCOUNT.differs, {
            gateway: gateway.name,
            differs: { en: quoted(differs.en), ko: quoted(differs.ko) },
          }),
        })
      return failure
    },
    log,
  )
}

/** At once, and then by patience, as long as it differs. */
async function isDue(trx: Parameters<typeof lockAccount>[0], patience: Patience, { differsSince, toldAt }: Account) {
  if (differsSince === null || toldAt === null) return true
  return levelBetween([{ since: differsSince, patience }], toldAt, await databaseNow(trx)) !== 'none'
}

/** An answer that fails is no difference, and ends none. */
type Verdict = 'agrees' | 'unknown' | { readonly differs: Said }

async function verdictOn(
  { db, log }: AccountDeps,
  gateway: Gateway,
  { channels, acceptedAt }: Account,
  shown: readonly string[] | undefined,
): Promise<Verdict> {
  if (shown !== undefined && channels.length > 0 && !channels.some((channel) => shown.includes(channel)))
    return { differs: inEach(ACCOUNT.channelsGone, { channels: channels.join(', ') }) }
  const newest = await newestPaid(db, gateway.name, acceptedAt, NEWEST)
  if (newest.length === 0) return shown === undefined ? 'unknown' : 'agrees'
  const some = await answered(() => gateway.lookMany(newest), log)
  if (some === undefined) return 'unknown'
  if (some.length > 0) return 'agrees'
  // What many at once do not show proves nothing: test money may be missing there.
  for (const ref of newest) {
    const one = await answered(async () => (await gateway.look(ref)) ?? null, log)
    if (one === undefined) return 'unknown'
    if (one !== null) return 'agrees'
  }
  return { differs: inEach(ACCOUNT.paymentsGone, { count: newest.length, refs: newest.join(', ') }) }
}

async function answered<T>(ask: () => Promise<T>, log: AccountDeps['log']): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    log(`the account could not be checked: ${error.message}`)
    return undefined
  }
}
