// What the document says beyond shapes: how calls are named and grouped, and what happens when one
// is made again.
// Must not know: handlers, schemas.
import type { Route } from '../server/route.ts'

export const ABOUT = `Payments and refunds at Paymentwall. Amounts are whole numbers of minor units; times are ISO 8601 in UTC. Every refusal is problem+json with a \`code\` of a closed list and a sentence: what happened, what was kept, what to do next. Every POST may be sent again as it was; \`x-again\` says how it is answered then: \`alike\` as before, \`byKey\` as before under the same Idempotency-Key, \`once\` with a refusal.`

export const AGAIN = {
  alike: 'Made again as it was, it is answered alike.',
  byKey: 'Made again under the same Idempotency-Key, it is carried out at most once and answered alike.',
  once: 'Made again, it is refused or finds nothing to do, and does no harm.',
} as const satisfies Record<Route['again'], string>

/** By the first step of the path; a group that is not here is told by a test. */
export const GROUPS: Readonly<Record<string, string>> = {
  payments: 'Orders, what was paid for them, and what people decide about it',
  refunds: 'Money that goes back: asked for by the checkout, followed for as long as it takes',
  strays: 'Money that no order waits for, and what people decide about it',
  notices: 'Signed messages to the checkout',
  stuck: 'What waits for people',
  overdue: 'What should have gone on by itself',
  inbox: 'Hints as they were received',
  outbox: 'Wakes, notices and alerts that leave',
  accounts: "Gateways' accounts, as they are remembered",
  filing: 'The hold on new cancel calls',
  doctor: 'Whether the installation is set up as it must be',
  proofs: 'Who asks, proved for those who go to Temporal themselves',
  sweeps: 'Catch-ups over a range of days',
  webhooks: 'What gateways send',
  healthz: 'Whether the process lives',
  readyz: 'Whether its parts answer',
  metrics: 'Numbers for Prometheus',
  'openapi.json': 'This document',
}

export const groupOf = (path: string): string => path.split('/')[1] ?? ''

/**
 * POST /payments/{merchantUid}/refunds → postPaymentsByMerchantUidRefunds; for ever, as paths
 * are.
 */
export function operationId({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path.split(/[/.-]/).filter((step) => step !== '')
  const said = words.map((word) => {
    const name = word.replace(/[{}]/g, '')
    return (word === name ? '' : 'By') + name.charAt(0).toUpperCase() + name.slice(1)
  })
  return method + said.join('')
}
