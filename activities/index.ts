// All activities over their dependencies: one port each, mapped failures.
// Must not know: workers.
import type { Step } from '../src/domain/next.ts'
import { withLast } from '../src/domain/shown/sheet.ts'
import { speakerOf } from '../src/language.ts'
import { PAGE } from '../src/domain/shown/words/pages.ts'
import type { Supervised } from '../src/outbox/supervisor.ts'
import {
  beginPayment,
  beginRefund,
  readPayment,
  readRefund,
  type Begin,
  type ReadPayment,
  type ReadRefund,
} from './begin/begin.ts'
import { briefTries } from './briefly.ts'
import { checkpointPayment, checkpointRefund } from './checkpoint.ts'
import { noteCancelRequest, takeCommand, type CancelRequested, type Commanded } from './commands/people.ts'
import type { ActivityDeps } from './deps.ts'
import { endingWithActivity } from './ending.ts'
import { mapped } from './failure.ts'
import { expirePayment, openPayment, openPaymentBriefly } from './registration.ts'
import { beginStray, checkpointStray, readStray, type ReadStray } from './strays.ts'
import { superviseSagas, sweepLists, type SweepLists } from './sweep.ts'
import { fileTicket, settleTicket, type FileTicket, type SettleTicket } from './ticket/ticket.ts'

/** `usableAttributes`: the names of the search attributes that the namespace takes now. */
export function createActivities(deps: ActivityDeps, usableAttributes: () => ReadonlySet<string>) {
  const asking = endingWithActivity(deps)
  const tries = briefTries()
  const step = <Arg, Taken extends Step<unknown>>(activity: (arg: Arg) => Promise<Taken>) =>
    mapped(async (arg: Arg) => saidIn(deps, shownWith(usableAttributes(), await activity(arg))))
  return {
    beginPayment: step((begin: Begin) => beginPayment(deps, begin)),
    readPayment: step((read: ReadPayment) => readPayment(deps, read)),
    openPaymentBriefly: step((begin: Begin) => openPaymentBriefly(deps, tries, begin)),
    openPayment: step((read: ReadPayment) => openPayment(asking, read)),
    expirePayment: step((read: ReadPayment) => expirePayment(asking, read)),
    checkpointPayment: step((read: ReadPayment) => checkpointPayment(asking, read)),
    beginRefund: step((begin: Begin) => beginRefund(deps, begin)),
    readRefund: step((read: ReadRefund) => readRefund(deps, read)),
    fileTicket: step((asked: FileTicket) => fileTicket(deps, asked)),
    settleTicket: step((asked: SettleTicket) => settleTicket(deps, asked)),
    checkpointRefund: step((read: ReadRefund) => checkpointRefund(asking, read)),
    beginStray: step((begin: Begin) => beginStray(deps, begin)),
    readStray: step((read: ReadStray) => readStray(deps, read)),
    checkpointStray: step((read: ReadStray) => checkpointStray(asking, read)),
    sweepLists: mapped((asked: SweepLists) => sweepLists(asking, asked)),
    superviseSagas: mapped<void, Supervised>(() => superviseSagas(deps)),
    takeCommand: mapped((asked: Commanded) => takeCommand(deps, asked)),
    noteCancelRequest: mapped((asked: CancelRequested) => noteCancelRequest(deps, asked)),
  }
}

/**
 * A step carries only attributes that its namespace takes, so that workflow code upserts what it is
 * given: what was decided here is in the history, and a replay meets it again whatever the
 * namespace takes by then.
 */
export function shownWith<Taken extends Step<unknown>>(usable: ReadonlySet<string>, step: Taken): Taken {
  const attributes = Object.fromEntries(Object.entries(step.attributes).filter(([name]) => usable.has(name)))
  return { ...step, attributes }
}

/** Whoever reads the page in Temporal is told which of its commands are refused there. */
const saidIn = <Taken extends Step<unknown>>({ temporalAccess, language }: ActivityDeps, step: Taken): Taken =>
  temporalAccess.commands === 'all'
    ? step
    : { ...step, details: withLast(step.details, speakerOf(language)(PAGE.quiet)) }

export type Activities = ReturnType<typeof createActivities>
