// A lost cancel call, sent again under its key: by a checkpoint of a refund that is `unknown`, once
// its look has found nothing (design.md §14).
// Must not know: workflows, when a checkpoint is. Only a gateway that `repeats` is ever asked.
import { loadForCall } from '../../src/db/books/books.ts'
import { carryOut } from '../../src/db/books/carryOut.ts'
import { transact } from '../../src/db/connect.ts'
import { attemptOf, checksumOf } from '../../src/domain/books/balance.ts'
import type { CancelAnswer } from '../../src/domain/gateway.ts'
import { refundWorkflowId } from '../../src/domain/ids.ts'
import { noteRepeat, repeatable, repeatSaidNothing } from '../../src/domain/moves/repeats.ts'
import { failureIn } from '../../src/inbox/account.ts'
import { decideRefund, mover, recalled, refundIn, withRefund, type OnRefund } from '../decide.ts'
import type { ActivityDeps } from '../deps.ts'
import { cancellation } from '../ending.ts'
import { bothClocks, callOf, recordAnswer, SEND_WITHIN_MS, sinceThen, type Intended } from './ticket.ts'

type Repeating = Intended & { readonly asSent: string }

/** Leaves the row to say what came of it. */
export async function askAgain(deps: ActivityDeps, about: OnRefund): Promise<void> {
  const repeating = await planned(deps, about)
  if (!repeating) return
  const { refund, ticket, attempt, gateway, checksum, since, asSent } = repeating
  const stopping = cancellation()
  const answer = await gateway.cancel({
    ...callOf(refund, ticket, attempt, checksum),
    asSent,
    timeoutMs: gateway.limits.cancelMs ?? deps.cancelTimeoutMs,
    mayStillSend: () => !stopping.aborted && sinceThen(since) <= SEND_WITHIN_MS,
  })
  const { id, now } = about
  const key = ticket.authorisedBy
  const said = saysNothing(answer)
  if (said === undefined) await recordAnswer(deps, id, { refundId: id, key, now }, repeating, answer)
  else
    await decideRefund(deps, { id, now }, 'ticket repeat', (books, setting) =>
      repeatSaidNothing(books, id, key, said, setting),
    )
}

/**
 * That this one was not sent, or not taken for what it is, says nothing of the first. A form that
 * is not taken any more may be the key's, with the first call behind it.
 */
function saysNothing(answer: CancelAnswer): string | undefined {
  if (answer.kind === 'notSent' || answer.kind === 'unknown') return `asked again: ${answer.said}`
  if (answer.kind === 'turnedDown' && answer.code === 'INVALID_REQUEST') return `asked again: ${answer.said}`
  return undefined
}

/** Its time, committed; undefined where it may not be sent. */
async function planned(deps: ActivityDeps, { id, now, memory }: OnRefund): Promise<Repeating | undefined> {
  const since = bothClocks()
  return transact(
    deps.db,
    'ticket repeat',
    async (trx) => {
      const { began, ...found } = withRefund(await loadForCall(trx, { refundId: id }), id, memory)
      const { loaded, wentBack } = await recalled(deps, trx, found, { id, now, ...(memory && { memory }) })
      const refund = refundIn(loaded.books, id)
      const gateway = deps.gateways.get(refund.gateway)
      const attempt = attemptOf(loaded.books, refund.gatewayRef)
      if (wentBack || !gateway?.repeats || !attempt || found.hold || failureIn(found, refund.gateway)) return undefined
      const clocks = { database: Date.parse(began.at), here: since.wall }
      const ticket = repeatable(loaded.books, refund, clocks, deps.refundability)
      if (!ticket) return undefined
      const at = new Date(since.wall).toISOString()
      const noted = noteRepeat(loaded.books, id, ticket.authorisedBy, at, { now, patience: deps.patience })
      await carryOut(trx, loaded, noted, mover(deps, refundWorkflowId(id), now))
      const asSent = ticket.sentCall
      return { refund, ticket, attempt, gateway, since, began, checksum: checksumOf(attempt), asSent }
    },
    deps.log,
  )
}
