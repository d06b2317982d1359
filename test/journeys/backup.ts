// A backup of a test's database, while no program has it open, and its restore: the folder of the embedded one, or another
// database on the server.
// Must not know: what is in it, what a test does in between.
import { randomUUID } from 'node:crypto'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { queryOf, type TestDatabase } from '../support/database.ts'

export type Backup = { restore(): Promise<void>; drop(): Promise<void> }

export async function backUp({ url }: TestDatabase, dataDir: string): Promise<Backup> {
  return url === undefined ? ofFolder(dataDir) : ofServer(new URL(url))
}

async function ofFolder(dataDir: string): Promise<Backup> {
  const [live, kept] = [join(dataDir, 'pglite'), join(dataDir, 'backup')]
  await cp(live, kept, { recursive: true })
  const drop = () => rm(kept, { recursive: true, force: true })
  const restore = async () => {
    await rm(live, { recursive: true })
    await cp(kept, live, { recursive: true })
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
