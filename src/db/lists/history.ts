// What happened to a refund or an order, for people: its journal, the hints about it, and its last
// looks.
// Must not know: how it is shown. Bodies of hints stay where they are.
import { sql } from 'kysely'
import type { Trx } from '../connect.ts'

export type HistoryOf = {
  readonly merchantUid: string | null
  readonly gatewayRefs: readonly string[]
  /**
   * Only this refund's lines, and those of its attempt; all of the order's where it is left out.
   */
  readonly refundId?: string
}

/** The latest of each; more than a person reads. */
const MOST = 500

export async function journalAbout(trx: Trx, { merchantUid, gatewayRefs, refundId }: HistoryOf) {
  const lines = await trx
    .selectFrom('journal')
    .select(['id', 'at', 'who', 'what', 'refundId', 'fromState', 'toState', 'why'])
    .where((eb) =>
      refundId === undefined
        ? eb('merchantUid', '=', merchantUid)
        : eb.or([
            eb('refundId', '=', refundId),
            eb.and([
              eb('merchantUid', '=', merchantUid),
              eb('refundId', 'is', null),
              eb('gatewayRef', 'in', [...gatewayRefs]),
            ]),
          ]),
    )
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute()
  return lines.toReversed()
}

/** Hints that name the order or one of its references, right or wrong. */
export async function hintsAbout(trx: Trx, { merchantUid, gatewayRefs }: HistoryOf) {
  const hints = await trx
    .selectFrom('inbox')
    .select([
      'id',
      'source',
      'saidStatus',
      'state',
      'receivedAt',
      'settledAt',
      'parkedBecause',
      'mismatched',
      'moved',
      'gatewayRef',
    ])
    .where((eb) =>
      eb.or([
        ...(merchantUid === null ? [] : [eb('merchantUid', '=', merchantUid)]),
        ...(gatewayRefs.length === 0 ? [] : [eb('gatewayRef', 'in', [...gatewayRefs])]),
        eb.lit(false),
      ]),
    )
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute()
  return hints.toReversed()
}

export type LastLook = {
  readonly subject: string
  readonly began: string
  readonly failures: number
  readonly retryAt: string | null
}

/** The last look of each reference, and of the order as a whole. */
export async function looksAbout(trx: Trx, { merchantUid, gatewayRefs }: HistoryOf): Promise<readonly LastLook[]> {
  const subjects = [
    ...gatewayRefs.map((ref) => `ref:${ref}`),
    ...(merchantUid === null ? [] : [`order:${merchantUid}`]),
  ]
  const { rows } = await sql<LastLook>`
    select subject, began, failures, retry_at from looks
    where began is not null and subject in (${sql.join(subjects.length > 0 ? subjects : [''])}) order by began`.execute(
    trx,
  )
  return rows
}
