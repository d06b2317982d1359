// What gateways have signed, judged from its inbox row: verified once more, booked, and marked in
// one transaction.
// Must not know: sagas, wires. Nobody is asked: a look follows by itself, where the gateway shows
// anything.
import { linkedOrders } from '../db/books/attempts.ts'
import { loadBooks } from '../db/books/books.ts'
import { carryOut } from '../db/books/carryOut.ts'
import { buyerOf } from '../db/books/payments.ts'
import { databaseNow } from '../db/clock.ts'
import { transact, type Trx } from '../db/connect.ts'
import { keepHint } from '../db/hints/hints.ts'
import { lockSigned, putOffSigned, settleSigned, type WaitingSigned } from '../db/hints/signed.ts'
import { putAlert } from '../db/outgoing/outgoing.ts'
import type { Gateway, Signed } from '../domain/gateway.ts'
import { gatewayName, merchantUid, type MerchantUid } from '../domain/ids.ts'
import { judgeSigned } from '../domain/moves/evidence/signed.ts'
import { quoted, shownId, tame } from '../domain/text.ts'
import { metrics } from '../metrics.ts'
import { spanned, traceIn } from '../tracing.ts'
import type { LookDeps } from './subject.ts'
import { againAfterMs } from './tries.ts'
import { inEach, type Said } from '../language.ts'
import { SIGNED } from '../domain/shown/words/toldElse.ts'

/** One portion, by the rows' ids; true where something was judged, so that there may be more. */
export async function judgeWaiting(deps: LookDeps, ids: readonly number[]): Promise<boolean> {
  let done = false
  for (const id of ids) {
    try {
      const judged = await transact(deps.db, 'judge signed', (trx) => judgeRow(deps, trx, id), deps.log)
      done ||= judged
    } catch (error) {
      // One that cannot be booked keeps no other one from it. A dead database throws through.
      const said = error instanceof Error ? error.message : String(error)
      deps.log(`what was signed (inbox ${id}) is not booked yet: ${tame(said)}`)
      done = (await transact(deps.db, 'put off signed', (trx) => putOff(trx, id, said), deps.log)) || done
    }
  }
  if (done) deps.kick()
  return done
}

/** Later, and after many tries for a person: true where one was told. */
async function putOff(trx: Trx, id: number, said: string): Promise<boolean> {
  const row = await lockSigned(trx, id)
  if (!row) return false
  const failures = row.failures + 1
  const againMs = againAfterMs(failures)
  if (againMs === undefined) return leave(trx, row, 'notBooked', inEach(SIGNED.notBooked, { said: quoted(said) }))
  await putOffSigned(trx, id, { failures, againMs })
  return false
}

async function judgeRow(deps: LookDeps, trx: Trx, id: number): Promise<boolean> {
  const row = await lockSigned(trx, id)
  if (!row) return false
  const facts = { 'saga.gateway': row.gateway, 'saga.subject': shownId(row.gatewayRef) }
  return spanned({ name: 'judge', kind: 'consumer', facts, from: traceIn(row) }, () => judge(deps, trx, row))
}

async function judge(deps: LookDeps, trx: Trx, row: WaitingSigned): Promise<boolean> {
  const { id } = row
  const gateway = deps.gateways.get(gatewayName(row.gateway))
  const read = gateway?.readHint({ query: Buffer.from(row.body).toString('utf8'), headers: {}, body: new Uint8Array() })
  // The keys or the version have changed since it was taken: then it counts for nothing until a
  // person has seen it.
  if (!gateway || read?.kind !== 'signed') return leave(trx, row, 'signatureDiffers', SIGNED.signatureDiffers)
  const { signed } = read
  const order = await orderOf(trx, gateway, signed)
  const kept = order === undefined ? null : await buyerOf(trx, order)
  if (kept !== null && kept.toLowerCase() !== signed.buyerId.toLowerCase())
    return leave(trx, row, 'buyerDiffers', inEach(SIGNED.buyerDiffers, { order: shownId(signed.merchantUid) }))
  const about = { gateway: gateway.name, gatewayRef: signed.gatewayRef }
  const loaded = await loadBooks(trx, order === undefined ? about : { merchantUid: order, also: [about] })
  const ordered = loaded.books.payment?.gateway
  if (ordered !== undefined && ordered !== gateway.name)
    return leave(
      trx,
      row,
      'otherGateway',
      inEach(SIGNED.otherGateway, { order: quoted(signed.merchantUid), gateway: ordered }),
    )
  const at = await databaseNow(trx)
  const { patience, policies, links } = deps
  const decision = judgeSigned(loaded.books, gateway.name, signed, { now: at, asOf: at, patience, policies })
  if (!decision) {
    const sentence = inEach(SIGNED.unknownOrder, { order: quoted(signed.merchantUid) })
    return leave(trx, row, 'unknownOrder', sentence)
  }
  const moved = await carryOut(trx, loaded, decision, { who: 'pingback', saga: null, at, links })
  await settleSigned(trx, id, { moved })
  metrics.hintsLooked.inc(1)
  if (!gateway.blind) await keepHint(trx, { ...about, source: 'again', merchantUid: signed.merchantUid })
  return true
}

/** What is linked stays with its order, whatever is named now: there it is a contradiction. */
async function orderOf(trx: Trx, { name }: Gateway, signed: Signed): Promise<MerchantUid | undefined> {
  const { gatewayRef } = signed
  const links = await linkedOrders(trx, [{ gateway: name, gatewayRef }])
  return links.get(gatewayRef) ?? merchantUid(signed.merchantUid)
}

/** It is true, and nobody here can book it: a person is told once. */
async function leave(trx: Trx, { id, gatewayRef }: WaitingSigned, because: string, why: Said): Promise<true> {
  await settleSigned(trx, id, { because })
  metrics.hintsParked.inc({ because })
  const sentence = inEach(SIGNED.kept, { ref: shownId(gatewayRef), why })
  await putAlert(trx, { level: 'page', kind: 'signedUnclear', saga: 'inbox', sentence })
  return true
}
