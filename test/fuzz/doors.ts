// Where requests are sent: each webhook door and each call of the route table, with what a well-meaning caller would send there.
// Must not know: what is thrown at them.
import { webhooksOf } from './webhooks.ts'
import { routes } from '../../src/http/resources/api.ts'
import type { Role } from '../../src/http/server/access.ts'
import type { Door } from './inputs.ts'

export const KEYS: Record<Role, string> = {
  checkout: 'checkout-key-of-a-trial',
  ops: 'ops-key-of-a-trial',
  approver: 'approver-key-of-a-trial',
}
/** Must be found nowhere afterwards. */
export const BUYER = { name: 'Fuzzia Markerson', email: 'fuzzia.markerson@example.com' }

const GOOD = {
  merchantUid: 'ord-8',
  amount: 1990,
  currency: 'USD',
  name: 'Gold pack',
  buyer: BUYER,
  refundId: 'ref-8',
  reason: 'not wanted',
  gatewayRef: 'imp_1',
  state: 'paid',
  limit: 20,
  after: 'ord-1',
  wait: 0,
}
const PARAMS: Readonly<Record<string, string>> = { merchantUid: 'ord-7', refundId: 'ref-7' }
/** It is held back on purpose, and asks outside. */
const LEFT_OUT = new Set(['/metrics'])

const filled = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => PARAMS[name] ?? '1')
const keyOf = (roles: (typeof routes)[number]['roles']) => (roles === 'open' ? undefined : KEYS[roles[0] ?? 'ops'])

export const API_DOORS: readonly Door[] = routes
  .filter(({ path }) => !path.startsWith('/webhooks') && !LEFT_OUT.has(path))
  .map(({ method, path, roles }) => ({
    method: method.toUpperCase(),
    path: filled(path),
    key: keyOf(roles),
    good: GOOD,
  }))

export const RECEIVERS: readonly Door[] = routes
  .filter(({ path }) => path.startsWith('/webhooks'))
  .flatMap(({ method, path }) =>
    webhooksOf(path).map((good) => ({ method: method.toUpperCase(), path: filled(path), key: undefined, good })),
  )
