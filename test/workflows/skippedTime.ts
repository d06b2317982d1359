// The whole program on a Temporal server that skips time: weeks pass at once for sagas, and the program may be started anew in between.
// Must not know: what a test promises. The database, the gateway and the loops keep the real time; only sagas live in the server's.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Worker } from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { z } from 'zod'
import type { Surroundings } from '../../src/wiring/program.ts'
import { createMigratedDatabase } from '../support/database.ts'
import { eventually, fresh, installTestRuntime, startShop, type Environment, type OwnShop } from '../support/shop.ts'
import { createTimeSkippingEnv } from '../support/timeSkipping.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export type SkippingShop = {
  /** The program that runs now. */
  readonly shop: () => OwnShop
  /** Under these settings: if it runs under others, stopped, and started again on the same database, gateway and Temporal server. */
  under(environment: Environment): Promise<OwnShop>
  /** Lets the server's time run to this moment at once; it stands still while a workflow or an activity works. */
  until(atMs: number): Promise<void>
  close(): Promise<void>
}

/** Its Temporal server is its own and begins at the real time: what is skipped cannot be taken back. */
async function startSkippingShop(environment: Environment, surroundings: Surroundings): Promise<SkippingShop> {
  installTestRuntime()
  const env = await createTimeSkippingEnv()
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const database = await createMigratedDatabase(folder)
  const kept = { ...database.environment, DATA_DIR: folder, TEMPORAL_ADDRESS: env.address }
  let settings = environment
  let running = await startShop({ ...settings, ...kept }, surroundings)
  return {
    shop: () => running,
    under: async (wanted) => {
      if (isDeepStrictEqual(wanted, settings)) return running
      await running.close()
      settings = wanted
      running = await startShop({ ...settings, ...kept }, surroundings)
      return running
    },
    until: async (atMs) => {
      const ms = atMs - (await env.currentTimeMs())
      if (ms <= 0) throw new RangeError(`the server's time is ${-ms} ms past that moment already`)
      await env.sleep(ms)
    },
    close: async () => {
      await running.close()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
      await env.teardown()
    },
  }
}

/**
 * A shop for all tests of a describe, and its time, which only grows: a test tells its story from the moment at which the one before
 * left off.
 */
export function inSkippedTime(environment: Environment = {}, surroundings: Surroundings = {}): () => SkippingShop {
  let time: SkippingShop | undefined
  beforeAll(async () => {
    time = await startSkippingShop(environment, surroundings)
  })
  afterEach(async () => void (await time?.shop().sim.faults({ cancel: 'accept', reads: 'ok' })))
  afterAll(() => time?.close())
  return () => time ?? neverStarted()
}

function neverStarted(): never {
  throw new Error('the shop did not start')
}

/**
 * For programs that are started anew while sagas wait: this server leaves a task for ever with a worker that is gone and had the
 * workflow cached, where a real one takes it back after a second. So the workers of this describe cache nothing, and replay for
 * every task.
 */
export function withoutCache(): void {
  const create = Worker.create.bind(Worker)
  beforeAll(() => {
    const spy = vi
      .spyOn(Worker, 'create')
      .mockImplementation((options) => create({ ...options, maxCachedWorkflows: 0 }))
    return () => spy.mockRestore()
  })
}

export type Events = Awaited<ReturnType<OwnShop['events']>>

/** The history of a saga once it has grown beyond `from` events and waits again: nothing is under way. */
export async function restingAfter(shop: OwnShop, workflowId: string, from: number): Promise<Events> {
  await eventually(async () => {
    const events = await shop.events(workflowId)
    // The timer of an earlier plan is given up behind the new one.
    const last = events.findLast(({ timerCanceledEventAttributes: givenUp }) => givenUp == null)
    const waits = last?.timerStartedEventAttributes ?? last?.upsertWorkflowSearchAttributesEventAttributes
    return events.length > from && waits != null
  }).toBe(true)
  return shop.events(workflowId)
}

/** A refund that waits for its ticket, asked for at the server's time as it is now, with nothing under way. */
export async function silentRefund(shop: OwnShop) {
  const { merchantUid, impUid, refundId } = await shop.paidThenRefunded()
  return { merchantUid, impUid, ...(await silent(shop, refundId)) }
}

/** The same for an order that was paid earlier: started by a plain client, so that its wait begins at the server's time. */
export async function laterSilentRefund(shop: OwnShop, merchantUid: string) {
  const refundId = await startRefund(shop, merchantUid)
  await eventually(() => shop.refund(refundId).catch(() => undefined)).toMatchObject({ state: 'ticketOpen' })
  return { merchantUid, ...(await silent(shop, refundId)) }
}

async function silent(shop: OwnShop, refundId: string) {
  await restingAfter(shop, `refund:${refundId}`, 0)
  await eventually(() => shop.db.selectFrom('inbox').select('id').where('state', '=', 'received').execute()).toEqual([])
  return { refundId, since: Date.parse((await shop.refund(refundId)).waitingSince) }
}

export async function startRefund({ client }: OwnShop, merchantUid: string): Promise<string> {
  const refundId = fresh('refund')
  await client.workflow.start('refund', {
    workflowId: `refund:${refundId}`,
    taskQueue: 'refunds',
    args: [{ refundId, merchantUid, reason: 'customer request' }],
  })
  return refundId
}

const alert = z.object({ level: z.string(), kind: z.string(), sentence: z.string(), at: z.string() })

/** What people were told about a refund, the oldest first. */
export async function alertsOf({ db }: OwnShop, refundId: string) {
  const rows = await db
    .selectFrom('outbox')
    .select('payload')
    .where('kind', '=', 'alert')
    .where('target', '=', `refund:${refundId}`)
    .orderBy('id')
    .execute()
  return rows.map(({ payload }) => alert.parse(payload))
}

/** When checkpoints of this order's refunds ran, as ISO times, the oldest first. */
export async function checkpointsOf(shop: OwnShop, merchantUid: string): Promise<readonly string[]> {
  const journal = await shop.journal(merchantUid)
  return journal.filter(({ what }) => what === 'checkpoint').map(({ at }) => at)
}

/** Alerts as `24 h remind, 72 h warn`, counted from that moment. */
export const hoursOf = (alerts: Awaited<ReturnType<typeof alertsOf>>, sinceMs: number): string =>
  alerts.map(({ at, level }) => `${hoursSince(sinceMs, at)} h ${level}`).join(', ')

/** Whole hours from then to this moment: a checkpoint runs a little after it is due. */
export const hoursSince = (sinceMs: number, at: string): number => Math.floor((Date.parse(at) - sinceMs) / HOUR)
