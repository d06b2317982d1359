// Every activity as the sagas see it, grouped by how it may fail. Time-outs and retries are decided
// here and nowhere else.
// Must not know: how an activity does its work.
import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { changed } from './versions.ts'

type Rows = Pick<
  Activities,
  | 'beginPayment'
  | 'readPayment'
  | 'openPaymentBriefly'
  | 'beginRefund'
  | 'readRefund'
  | 'beginStray'
  | 'readStray'
  | 'takeCommand'
>

/** Reads and writes of our own rows: part of the workflow task while the database answers. */
const local = (summary: string) =>
  proxyLocalActivities<Rows>({
    summary,
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: '30s',
    retry: { maximumAttempts: 3, initialInterval: '200ms' },
  })
/**
 * The same while it does not: three local tries, then a normal activity, so that an outage is not
 * paid in heartbeats.
 */
const patient = proxyActivities<Rows>({
  summary: 'our database did not answer: trying until it does',
  startToCloseTimeout: '30s',
  retry: { initialInterval: '2s', maximumInterval: '1m' },
})

export const rows: Rows = {
  beginPayment: firstLocally(local('record the order, or read its row').beginPayment, patient.beginPayment),
  readPayment: firstLocally(local('read the row: something moved it').readPayment, patient.readPayment),
  openPaymentBriefly: firstLocally(
    local('register amount and currency with the gateway, if it answers soon').openPaymentBriefly,
    patient.openPaymentBriefly,
  ),
  beginRefund: firstLocally(local('reserve the amount, or read the row').beginRefund, patient.beginRefund),
  readRefund: firstLocally(local('read the row: something moved it').readRefund, patient.readRefund),
  beginStray: firstLocally(local('read the row').beginStray, patient.beginStray),
  readStray: firstLocally(local('read the row: something moved it').readStray, patient.readStray),
  takeCommand: firstLocally(local('carry out what a person asked for').takeCommand, patient.takeCommand),
}

function firstLocally<Args extends unknown[], T>(
  locally: (...args: Args) => Promise<T>,
  patiently: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const inTurn = oneAtATime(locally)
  return async (...args) => {
    try {
      return await inTurn(...args)
    } catch (error) {
      if (isFinal(error)) throw error
      return await patiently(...args)
    }
  }
}

/** Of this run alone: each run has its own modules. */
let underWay: Promise<void> | undefined

/**
 * Two local activities that run at once are answered in the order in which they end; a replay
 * answers them in another, and the run could never go on where it is replayed. A command that comes
 * while the row is being read waits for that.
 */
function oneAtATime<Args extends unknown[], T>(locally: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
  return async (...args) => {
    while (underWay !== undefined && changed('rowsInTurn')) await underWay
    let end = () => {}
    underWay = new Promise((resolve) => (end = resolve))
    try {
      return await locally(...args)
    } finally {
      underWay = undefined
      end()
    }
  }
}

/** Bad input and broken promises: trying again cannot help. */
const isFinal = (error: unknown): boolean => cannotSucceed(error) && changed('finalLocally')

/**
 * The failure itself, or what the SDK wrapped: a local activity's comes bare today, and nothing
 * promises that it stays so.
 */
export function cannotSucceed(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error
  return cause instanceof ApplicationFailure && cause.nonRetryable === true
}

/**
 * Asks the gateway, then writes the row; each catches a gateway that does not answer and says in
 * its result when to come back.
 */
const repeatable = { startToCloseTimeout: '4m', retry: { initialInterval: '2s', maximumInterval: '1m' } } as const

export const { openPayment } = proxyActivities<Pick<Activities, 'openPayment'>>({
  ...repeatable,
  // The checkout waits for it: a killed worker must not hold the order in `opening` for minutes.
  startToCloseTimeout: '45s',
  summary: 'register amount and currency with the gateway',
})
export const { expirePayment } = proxyActivities<Pick<Activities, 'expirePayment'>>({
  ...repeatable,
  summary: 'one last look before the order expires',
})
export const { checkpointPayment } = proxyActivities<Pick<Activities, 'checkpointPayment'>>({
  ...repeatable,
  summary: 'checkpoint: look, then ask for a person',
})
export const { checkpointRefund } = proxyActivities<Pick<Activities, 'checkpointRefund'>>({
  ...repeatable,
  summary: 'checkpoint: look, then ask for a person',
})
export const { checkpointStray } = proxyActivities<Pick<Activities, 'checkpointStray'>>({
  ...repeatable,
  summary: 'checkpoint: look, then ask for a person',
})
export const { settleTicket } = proxyActivities<Pick<Activities, 'settleTicket'>>({
  ...repeatable,
  startToCloseTimeout: '30s',
  summary: 'find out how the lost try ended',
})
export const { noteCancelRequest } = proxyActivities<Pick<Activities, 'noteCancelRequest'>>({
  ...repeatable,
  startToCloseTimeout: '30s',
  summary: 'journal the cancel request: a ticket cannot be called back',
})

/**
 * Idempotent and bounded, in heartbeats; what three tries do not do, the next run of the Schedule
 * does. It begins only once this one has ended, so its tries end before the run's hour does, and
 * say why.
 */
const regular = {
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '45m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '5s', maximumAttempts: 3 },
} as const
export const { sweepLists } = proxyActivities<Pick<Activities, 'sweepLists'>>({
  ...regular,
  summary: 'ask the gateway what changed',
})
export const { superviseSagas } = proxyActivities<Pick<Activities, 'superviseSagas'>>({
  ...regular,
  summary: 'wake open rows that have no workflow',
})

/**
 * The one call that may move money: never repeated by Temporal; a lost one is settled by its rows.
 */
export const { fileTicket } = proxyActivities<Pick<Activities, 'fileTicket'>>({
  summary: 'ask the gateway for the cancel: opens a ticket',
  startToCloseTimeout: '150s',
  heartbeatTimeout: '15s',
  retry: { maximumAttempts: 1 },
})
