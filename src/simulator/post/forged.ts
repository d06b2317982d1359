// What strangers send to a merchant's doors: webhooks and pingbacks that nobody at the gateways
// wrote (iamport.md §10, paymentwall.md §4.3, portone.md §8).
// Must not know what the merchant makes of them.
import { PORTONE_STORE, PORTONE_WEBHOOK_SECRET, PROJECT_SECRET } from '../credentials.ts'
import { signPingback, type Parameters } from '../paymentwall/signature.ts'
import type { Dice } from '../play/dice.ts'
import { sign, signedHeaders } from '../portone/signature.ts'
import { statusOf, type Payment } from '../world/model.ts'
import { toMajor } from '../world/money.ts'
import type { Outgoing } from './request.ts'

export const FORGERIES = {
  /**
   * `cancelled` of what is paid, `paid` of what is not; an id that nobody gave; a field of its own
   * that names an amount; another shop's id.
   */
  iamport: ['statusMismatch', 'unknownPayment', 'amountChanged', 'otherShop'],
  /** A wrong signature, none, one of the lowest version, a name that comes twice. */
  paymentwall: ['badSignature', 'unsigned', 'lowerVersion', 'repeatedParameter'],
  /**
   * Signed with a guess; not at all; a true one that is hours old; the signature of another body.
   */
  portone: ['wrongSecret', 'withoutSignature', 'oldMessage', 'otherBody'],
} as const
export type Forgery = (typeof FORGERIES)[keyof typeof FORGERIES][number]

export function forged(kind: Forgery, payment: Payment, url: string, dice: Dice): Outgoing {
  switch (kind) {
    case 'statusMismatch':
      return webhook(url, { ...wordsOf(payment), status: statusOf(payment) === 'paid' ? 'cancelled' : 'paid' })
    case 'unknownPayment':
      return webhook(url, { ...wordsOf(payment), imp_uid: `imp_${dice.digits(12)}`, merchant_uid: `no-${dice.hex(8)}` })
    case 'amountChanged':
      return webhook(url, { ...wordsOf(payment), amount: toMajor(1, payment.currency) })
    case 'otherShop':
      return webhook(url, { ...wordsOf(payment), imp_uid: `imp_${dice.digits(12)}` })
    case 'badSignature':
      return pingback(url, { ...refundOf(payment), sign_version: '3', sig: dice.hex(64) })
    case 'unsigned':
      return pingback(url, refundOf(payment))
    case 'lowerVersion':
      return pingback(url, signPingback({ ...refundOf(payment), reason: '1' }, PROJECT_SECRET, 1))
    case 'repeatedParameter': {
      const signed = pingback(url, signPingback(refundOf(payment), PROJECT_SECRET, 3))
      return { ...signed, url: `${signed.url}&ref=b${dice.digits(14)}` }
    }
    case 'wrongSecret':
      return message(url, payment, dice, { secret: GUESS })
    case 'withoutSignature':
      return { ...message(url, payment, dice, {}), headers: { 'content-type': 'application/json' } }
    case 'oldMessage':
      return message(url, payment, dice, { agoMs: HOURS_MS })
    case 'otherBody':
      return { ...message(url, payment, dice, {}), body: bodyOf({ ...payment, merchantUid: `no-${dice.hex(8)}` }) }
  }
}

const GUESS = `whsec_${Buffer.from('a guess of a stranger').toString('base64')}`
const HOURS_MS = 6 * 3_600_000

/** That all of it went back: of what is paid nobody at PortOne says so. */
const bodyOf = ({ merchantUid: paymentId, impUid: transactionId }: Payment): string =>
  JSON.stringify({
    type: 'Transaction.Cancelled',
    timestamp: new Date().toISOString(),
    data: { storeId: PORTONE_STORE, paymentId, transactionId },
  })

type Signing = { readonly secret?: string; readonly agoMs?: number }
function message(
  url: string,
  payment: Payment,
  dice: Dice,
  { secret = PORTONE_WEBHOOK_SECRET, agoMs = 0 }: Signing,
): Outgoing {
  const body = bodyOf(payment)
  const signed = { id: `msg_${dice.hex(24)}`, atMs: Date.now() - agoMs, body }
  return { method: 'POST', url, headers: signedHeaders(signed, (content) => sign(secret, content)), body }
}

function wordsOf(payment: Payment) {
  return { imp_uid: payment.impUid, merchant_uid: payment.merchantUid, status: statusOf(payment) }
}

function refundOf({ uid, merchantUid, ref }: Payment): Parameters {
  return { uid, goodsid: merchantUid, slength: '', speriod: '', type: '2', reason: '9', ref }
}

function webhook(url: string, body: object): Outgoing {
  return { method: 'POST', url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function pingback(url: string, parameters: Parameters): Outgoing {
  const query = new URLSearchParams(parameters).toString()
  return { method: 'GET', url: `${url}${url.includes('?') ? '&' : '?'}${query}`, headers: {} }
}
