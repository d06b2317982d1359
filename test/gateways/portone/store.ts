// A PortOne gateway on a wire that answers as a test says, and payments as the vendor's document describes them.
// Must not know: what a test asserts.
import type { CancelRequest } from '../../../src/domain/gateway.ts'
import { gatewayRef, refundId } from '../../../src/domain/ids.ts'
import { money } from '../../../src/domain/money.ts'
import { createPortoneGateway, type PortoneOptions } from '../../../src/gateways/portone/client.ts'
import { PORTONE_MAIN } from '../../../src/gateways/portone/config.ts'
import { json, startWire, type Script } from '../wire.ts'

export const STORE = 'store-demo'
export const SECRET = `whsec_${Buffer.from('the first secret of this store').toString('base64')}`
export const OTHER_SECRET = `whsec_${Buffer.from('the secret that follows it here').toString('base64')}`
export const TRANSACTION = '0191c2d4-77aa-4b10-9d51-2f6e0a8b3c41'
export const REF = gatewayRef(`ord-1:${TRANSACTION}`)
export const CANCEL = 'POST /payments/ord-1/cancel'
export const PAYMENT = 'GET /payments/ord-1'
export const TRANSACTIONS = 'GET /payments/ord-1/transactions'

export async function storeOn(script: Script, options: Partial<PortoneOptions> = {}) {
  const wire = await startWire({ [PAYMENT]: json(200, PAID), ...script })
  const notes: string[] = []
  const gateway = createPortoneGateway({
    name: PORTONE_MAIN,
    apiUrl: wire.url,
    secret: 'the-secret',
    storeId: STORE,
    webhookSecrets: [SECRET, OTHER_SECRET],
    channelKeys: { live: 'channel-key-live' },
    cancelMs: 65_000,
    onMissing: (field) => void notes.push(field),
    ...options,
  })
  const posted = () => wire.seen.filter(({ line }) => line.startsWith('POST'))
  return { gateway, seen: wire.seen, posted, notes }
}

export const aCancel = (changes: Partial<CancelRequest> = {}): CancelRequest => ({
  refundId: refundId('rf-3'),
  authorisedBy: 'submit',
  gatewayRef: REF,
  money: money(500, 'USD'),
  checksum: 1990,
  reason: '#rf-3 customer asked',
  timeoutMs: 10_000,
  mayStillSend: () => true,
  ...changes,
})

/** All that is required of a paid one. */
export const PAID = {
  status: 'PAID',
  id: 'ord-1',
  transactionId: TRANSACTION,
  merchantId: 'merchant-demo',
  storeId: STORE,
  version: 'V2',
  channel: { type: 'LIVE', pgProvider: 'PAYMENTWALL', pgMerchantId: 'projkey123' },
  requestedAt: '2026-08-05T02:05:00Z',
  updatedAt: '2026-08-05T02:06:10Z',
  statusChangedAt: '2026-08-05T02:06:10Z',
  orderName: 'Gold pack',
  currency: 'USD',
  amount: { total: 1990, taxFree: 0, discount: 0, paid: 1990, cancelled: 0, cancelledTaxFree: 0 },
  customer: {},
  origin: { ipAddress: '203.0.113.9', platformType: 'PC' },
  paidAt: '2026-08-05T02:06:10Z',
  disputes: [],
}

/** One request for a cancel. */
export const REQUESTED = {
  status: 'REQUESTED',
  id: '6b0f3a52-1c0d-4e0e-8f4c-0c7f1a7b9e10',
  totalAmount: 500,
  taxFreeAmount: 0,
  vatAmount: 0,
  reason: '#rf-3 customer asked',
  requestedAt: '2026-08-06T02:10:00Z',
  trigger: 'API',
}
