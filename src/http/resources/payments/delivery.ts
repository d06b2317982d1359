// POST /payments/{m}/delivery: tells the gateway how the order is delivered. It may be told as
// often as one likes; what was told stands in the journal and in the row, without whom and where.
// Must not know: gateways' wires, Temporal. The buyer's address goes to the gateway alone: neither
// stored nor logged.
import { loadBooks } from '../../../db/books/books.ts'
import { carryOut } from '../../../db/books/carryOut.ts'
import { readTogether, transact } from '../../../db/connect.ts'
import { Failure } from '../../../domain/failures.ts'
import type { Delivery } from '../../../domain/gateway.ts'
import type { MerchantUid } from '../../../domain/ids.ts'
import { noteDelivery } from '../../../domain/moves/deliveries.ts'
import { quoted } from '../../../domain/text.ts'
import { checkoutNamed } from '../../server/caller.ts'
import type { HttpDeps } from '../../server/deps.ts'
import type { Answer, Call } from '../../server/route.ts'
import { booksOf } from '../read.ts'

type Told = Omit<Delivery, 'gatewayRef' | 'merchantUid' | 'channel'>
type Asked = { readonly params: { readonly merchantUid: MerchantUid }; readonly body: Told }

export async function postDelivery(deps: HttpDeps, { params, body }: Asked, call: Call): Promise<Answer> {
  const { db, gateways, links, patience } = deps
  const { merchantUid } = params
  const { books, payment } = await readTogether(db, 'read payment', (trx) => booksOf(trx, merchantUid))
  const attempt = books.attempts.find(({ gatewayRef }) => gatewayRef === payment.acceptedRef)
  if (!attempt) throw notPaid(merchantUid)
  const { gatewayRef, channel } = attempt
  const gateway = gateways.get(payment.gateway)
  if (!gateway) throw new Failure('conflict', `The gateway ${payment.gateway} is not configured here any more.`)
  const delivery = { ...body, gatewayRef, merchantUid, channel: channel ?? payment.channel }
  const answer = await gateway.confirmDelivery(delivery)
  await transact(db, 'note delivery', async (trx) => {
    const loaded = await loadBooks(trx, { merchantUid })
    const at = loaded.now
    const decision = noteDelivery(loaded.books, delivery, answer, { now: at, patience })
    await carryOut(trx, loaded, decision, { who: checkoutNamed(call), at, saga: null, links })
  })
  if (answer.kind === 'refused') throw refused(merchantUid, answer.said)
  return { status: 200, body: {} }
}

const notPaid = (merchantUid: MerchantUid): Failure =>
  new Failure('paymentNotPaid', `${merchantUid} has no accepted payment, so there is nothing to deliver.`)

const refused = (merchantUid: MerchantUid, said: string): Failure =>
  new Failure(
    'invalidRequest',
    `The gateway does not take this delivery of ${merchantUid}: ${quoted(said)}. Mend it and send it again.`,
  )
