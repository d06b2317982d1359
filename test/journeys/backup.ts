// A backup of a test's database, while no program has it open, and its restore: the folder of the embedded one, or another
// database on the server; and one of all that a merchant's folder holds beside it.
// Must not know: what is in it, what a test does in between.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { queryOf, type TestDatabase } from '../support/database.ts'
import { copyFolder } from '../support/migrated.ts'

export type Backup = { restore(): Promise<void>; drop(): Promise<void> }

export async function backUp({ url }: TestDatabase, dataDir: string): Promise<Backup> {
  return url === undefined ? ofFolder(join(dataDir, 'pglite')) : ofServer(new URL(url))
}

/** With what the gateway and Temporal know. */
export async function backUpAll({ url }: TestDatabase, dataDir: string): Promise<Backup> {
  const folder = await ofFolder(dataDir)
  if (url === undefined) return folder
  const database = await ofServer(new URL(url))
  const restore = async () => void (await Promise.all([folder.restore(), database.restore()]))
  const drop = async () => void (await Promise.all([folder.drop(), database.drop()]))
  return { restore, drop }
}

async function ofFolder(live: string): Promise<Backup> {
  const place = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const kept = join(place, 'kept')
  await copyFolder(live, kept)
  const drop = () => rm(place, { recursive: true, force: true })
  const restore = async () => {
    await rm(live, { recursive: true })
    await copyFolder(kept, live)
  }
  return { restore, drop }
}

async function ofServer(url: URL): Promise<Backup> {
  const live = url.pathname.slice(1)
  const kept = `saga_backup_${randomUUID().replaceAll('-', '')}`
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  const ask = async (statement: string) => void (await queryOf(maintenance.href, statement))
  await ask(`create database ${kept} template ${live}`)
  const drop = () => ask(`drop database if exists ${kept} with (force)`)
  const restore = async () => {
    await ask(`drop database ${live} with (force)`)
    await ask(`create database ${live} template ${kept}`)
  }
  return { restore, drop }
}
