// All activities over their dependencies: one port each, mapped failures.
// Must not know: workers.
import { noteCancelRequest, takeCommand, type CancelRequested, type Commanded } from './people.ts'
import { checkpointPayment, checkpointRefund } from './checkpoint.ts'
import type { ActivityDeps } from './deps.ts'
import { endingWithActivity } from './ending.ts'
import { mapped } from './failure.ts'
import { expirePayment, openPayment } from './open.ts'
import {
  beginPayment,
  beginRefund,
  readPayment,
  readRefund,
  type Begin,
  type ReadPayment,
  type ReadRefund,
} from './rows.ts'
import { beginStray, checkpointStray, readStray, type ReadStray } from './strays.ts'
import { fileTicket, settleTicket, type FileTicket } from './ticket.ts'
import type { Supervised } from '../src/outbox/supervisor.ts'
import { superviseSagas, sweepLists, type SweepLists } from './sweep.ts'

export function createActivities(deps: ActivityDeps) {
  const asking = endingWithActivity(deps)
  return {
    beginPayment: mapped((begin: Begin) => beginPayment(deps, begin)),
    readPayment: mapped((read: ReadPayment) => readPayment(deps, read)),
    openPayment: mapped((read: ReadPayment) => openPayment(asking, read)),
    expirePayment: mapped((read: ReadPayment) => expirePayment(asking, read)),
    checkpointPayment: mapped((read: ReadPayment) => checkpointPayment(asking, read)),
    beginRefund: mapped((begin: Begin) => beginRefund(deps, begin)),
    readRefund: mapped((read: ReadRefund) => readRefund(deps, read)),
    fileTicket: mapped((asked: FileTicket) => fileTicket(deps, asked)),
    settleTicket: mapped((asked: FileTicket) => settleTicket(deps, asked)),
    checkpointRefund: mapped((read: ReadRefund) => checkpointRefund(asking, read)),
    beginStray: mapped((begin: Begin) => beginStray(deps, begin)),
    readStray: mapped((read: ReadStray) => readStray(deps, read)),
    checkpointStray: mapped((read: ReadStray) => checkpointStray(asking, read)),
    sweepLists: mapped((asked: SweepLists) => sweepLists(asking, asked)),
    superviseSagas: mapped<void, Supervised>(() => superviseSagas(deps)),
    takeCommand: mapped((asked: Commanded) => takeCommand(deps, asked)),
    noteCancelRequest: mapped((asked: CancelRequested) => noteCancelRequest(deps, asked)),
  }
}

export type Activities = ReturnType<typeof createActivities>
