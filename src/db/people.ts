// People's proofs and pending approvals as rows: a proof is used once, one approval waits for each saga.
// Must not know: HTTP, Temporal. Workflow arguments can be read in histories, so they carry only a proof's id.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Db, Trx } from './connect.ts'

/** A person as an API key has proved; `role` null: this machine, without keys. */
export type ProvenPerson = { readonly name: string; readonly role: string | null }
export type ProofFor = { readonly saga: string; readonly command: string; readonly person: ProvenPerson }

const PROOF_LIVES = sql`interval '10 minutes'`

export async function mintProof(db: Db, { saga, command, person }: ProofFor): Promise<string> {
  const id = randomUUID()
  await db.insertInto('proofs').values({ id, saga, command, person: person.name, role: person.role }).execute()
  return id
}

/** Uses a proof up; undefined where it is unknown, used, old, or was minted for something else. */
export async function useProof(trx: Trx, id: string, saga: string, command: string): Promise<ProvenPerson | undefined> {
  const row = await trx
    .updateTable('proofs')
    .set({ usedAt: sql<string>`clock_timestamp()` })
    .where('id', '=', id)
    .where('saga', '=', saga)
    .where('command', '=', command)
    .where('usedAt', 'is', null)
    .where(sql<boolean>`minted_at > clock_timestamp() - ${PROOF_LIVES}`)
    .returning(['person', 'role'])
    .executeTakeFirst()
  return row && { name: row.person, role: row.role }
}

export type PendingApproval = {
  readonly saga: string
  readonly command: string
  readonly args: unknown
  readonly person: string
  readonly askedAt: string
}

export function pendingApproval(trx: Trx, saga: string): Promise<PendingApproval | undefined> {
  return trx.selectFrom('approvals').selectAll().where('saga', '=', saga).executeTakeFirst()
}

export async function askApproval(trx: Trx, asked: PendingApproval): Promise<void> {
  await trx
    .insertInto('approvals')
    .values({ ...asked, args: sql`${JSON.stringify(asked.args)}::jsonb` })
    .execute()
}

export async function endApproval(trx: Trx, saga: string): Promise<void> {
  await trx.deleteFrom('approvals').where('saga', '=', saga).execute()
}
