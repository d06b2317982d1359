// What i'mport has not heard from Paymentwall yet: until a pingback reaches it, it believes what it
// believed before. In memory: after a restart it has heard everything.
// Must not know how a pingback comes, nor who asks i'mport.
import type { Payment } from '../world/model.ts'

export type Believed = Pick<Payment, 'outcome' | 'underReview' | 'failReason'>
export type Ear = {
  /** Paid, and not heard yet: `before` is what is believed until then. */
  owePaid(impUid: string, before: Believed): void
  oweCancel(impUid: string, cancellationId: string): void
  /** False: it was heard before. */
  hearPaid(impUid: string, withCountry: boolean): boolean
  hearCancel(impUid: string, cancellationId: string): boolean
  isOwed(impUid: string, cancellationId: string): boolean
  /** The payment as i'mport believes it. */
  asHeard(payment: Payment): Payment
  /** The webhook that followed the last pingback about this payment: settles when it is out. */
  follow(impUid: string, webhook: Promise<void>): void
  followed(impUid: string): Promise<void>
  reset(): void
}

export function makeEar(): Ear {
  const paid = new Map<string, Believed>()
  const cancels = new Map<string, Set<string>>()
  const countryless = new Set<string>()
  const webhooks = new Map<string, Promise<void>>()
  return {
    owePaid: (impUid, before) => void paid.set(impUid, before),
    oweCancel: (impUid, cancellationId) => {
      const owed = cancels.get(impUid) ?? new Set<string>()
      cancels.set(impUid, owed.add(cancellationId))
    },
    hearPaid: (impUid, withCountry) => {
      if (!paid.delete(impUid)) return false
      if (!withCountry) countryless.add(impUid)
      return true
    },
    hearCancel: (impUid, cancellationId) => {
      const owed = cancels.get(impUid)
      const isNew = owed?.delete(cancellationId) ?? false
      if (owed?.size === 0) cancels.delete(impUid)
      return isNew
    },
    isOwed: (impUid, cancellationId) => cancels.get(impUid)?.has(cancellationId) ?? false,
    asHeard: (payment) => {
      const { impUid } = payment
      const heard = countryless.has(impUid) ? { ...payment, country: null } : payment
      const before = paid.get(impUid)
      if (before) return { ...heard, ...before, paidAt: 0, cancels: [] }
      const owed = cancels.get(impUid)
      if (!owed) return heard
      return { ...heard, cancels: payment.cancels.filter(({ cancellationId }) => !owed.has(cancellationId)) }
    },
    follow: (impUid, webhook) => {
      webhooks.set(impUid, webhook)
      const over = () => {
        if (webhooks.get(impUid) === webhook) webhooks.delete(impUid)
      }
      webhook.then(over, over)
    },
    followed: (impUid) => webhooks.get(impUid) ?? Promise.resolve(),
    reset: () => {
      for (const memory of [paid, cancels, countryless, webhooks]) memory.clear()
    },
  }
}
