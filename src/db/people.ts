// People's proofs, pending approvals and answers as rows: a proof is used once, one approval waits
// for each saga, an update is answered once.
// Must not know: HTTP, Temporal. Workflow arguments can be read in histories, so they carry only a
// proof's id.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { FailureKind } from '../domain/failures.ts'
import type { Db, Trx } from './connect.ts'
import { digestOf } from './digest.ts'

/** A person as an API key has proved; `role` null: this machine, without keys. */
export type ProvenPerson = { readonly name: string; readonly role: string | null }
export type ProofFor = {
  readonly saga: string
  readonly command: string
  /** A proof is good for these arguments and no others; of a start, its input. */
  readonly args: unknown
  readonly person: ProvenPerson
}

export const PROOF_LIVES_MS = 600_000
const PROOF_LIVES = sql`${PROOF_LIVES_MS} * interval '1 millisecond'`

export async function mintProof(db: Db, { saga, command, args, person }: ProofFor): Promise<string> {
  const id = randomUUID()
  const { name, role } = person
  await db
    .insertInto('proofs')
    .values({ id, saga, command, digest: digestOf(args), person: name, role })
    .execute()
  return id
}

/** Uses a proof up; undefined where it is unknown, used, old, or was minted for something else. */
export async function useProof(
  trx: Trx,
  id: string,
  { saga, command, args }: Omit<ProofFor, 'person'>,
): Promise<ProvenPerson | undefined> {
  const row = await trx
    .updateTable('proofs')
    .set({ usedAt: sql<string>`clock_timestamp()` })
    .where('id', '=', id)
    .where('saga', '=', saga)
    .where('command', '=', command)
    .where('digest', '=', digestOf(args))
    .where('usedAt', 'is', null)
    .where(sql<boolean>`minted_at > clock_timestamp() - ${PROOF_LIVES}`)
    .returning(['person', 'role'])
    .executeTakeFirst()
  return row && { name: row.person, role: row.role }
}

export type PendingApproval = {
  readonly saga: string
  readonly request: string
  readonly command: string
  readonly args: unknown
  readonly person: string
  readonly askedAt: string
}

/** Two who approve at once do so one after the other: the second finds nothing. */
export function lockApproval(trx: Trx, saga: string): Promise<PendingApproval | undefined> {
  return trx.selectFrom('approvals').selectAll().where('saga', '=', saga).forUpdate().executeTakeFirst()
}

/**
 * Without a lock: whoever asks holds the payment's lock already, and who approves takes it after
 * this row's.
 */
export function pendingApproval(trx: Trx, saga: string): Promise<PendingApproval | undefined> {
  return trx.selectFrom('approvals').selectAll().where('saga', '=', saga).executeTakeFirst()
}

/** Takes the place of one that has lapsed. */
export async function askApproval(trx: Trx, asked: PendingApproval): Promise<void> {
  const row = { ...asked, args: sql`${JSON.stringify(asked.args)}::jsonb` }
  await trx
    .insertInto('approvals')
    .values(row)
    .onConflict((conflict) => conflict.column('saga').doUpdateSet(row))
    .execute()
}

export async function endApproval(trx: Trx, saga: string): Promise<void> {
  await trx.deleteFrom('approvals').where('saga', '=', saga).execute()
}

/** A person's update: its id is the caller's, and the same id asks the same thing. */
export type UpdateOf = {
  readonly saga: string
  readonly updateId: string
  readonly command: string
  readonly args: unknown
}
export type Told =
  | {
      readonly answer: 'done' | 'approvalNeeded'
      readonly state: string
      readonly sentence: string
      /** What `approve` names. */
      readonly request?: string
    }
  | { readonly answer: 'refused'; readonly kind: FailureKind; readonly sentence: string }

/**
 * What was told before, where the same update is carried out again; undefined the first time. The
 * same id for another command or other arguments is refused: to say of them what was said of the
 * first would be a lie.
 */
export async function toldBefore(trx: Trx, update: UpdateOf): Promise<Told | undefined> {
  const row = await answered(trx, update)
  if (!row) return undefined
  if (isAnother(row, update)) return otherArguments(update.updateId)
  const { answer, state, kind, sentence, request } = row
  if (answer === 'refused') return { answer, kind: kind ?? 'updateRejected', sentence }
  return { answer, state: state ?? '', sentence, ...(request !== null && { request }) }
}

/** Whether this id has been answered for another command, or for other arguments. */
export async function answeredAnother(db: Db, update: UpdateOf): Promise<boolean> {
  const row = await answered(db, update)
  return row !== undefined && isAnother(row, update)
}

const answered = (db: Db, { saga, updateId }: UpdateOf) =>
  db
    .selectFrom('answers')
    .select(['command', 'answer', 'state', 'kind', 'sentence', 'digest', 'request'])
    .where('saga', '=', saga)
    .where('updateId', '=', updateId)
    .executeTakeFirst()

type Answered = { readonly command: string; readonly digest: string | null }
const isAnother = ({ command, digest }: Answered, asked: UpdateOf): boolean =>
  command !== asked.command || (digest !== null && digest !== digestOf(asked.args))

const otherArguments = (updateId: string): Told => ({
  answer: 'refused',
  kind: 'conflict',
  sentence: `${updateId} was used before for another command or other arguments, which the journal shows; use a new id for a new command. Nothing was done`,
})

export async function keepTold(trx: Trx, { args, ...update }: UpdateOf, told: Told): Promise<void> {
  await trx
    .insertInto('answers')
    .values({ state: null, kind: null, request: null, ...told, ...update, digest: digestOf(args) })
    .execute()
}
