// The buyer's browser on its way back to the shop, with what it brings along (iamport.md §7,
// paymentwall.md §3.2). It proves nothing.
// Must not know what was paid, beyond whether.
import { statusOf, type Payment } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'

export function browseBack({ messenger }: Simulation, payment: Payment, returnUrl: string): Promise<void> {
  const url = payment.gateway === 'iamport' ? withResult(payment, returnUrl) : withRef(payment, returnUrl)
  return messenger.tell({
    from: 'buyer',
    to: 'merchant',
    about: `browser ${payment.impUid}`,
    moved: 'the buyer comes back',
    write: () => ({ method: 'GET', url, headers: { 'user-agent': 'Mozilla/5.0' } }),
    way: () => 'deliver',
  })
}

function withResult(payment: Payment, returnUrl: string): string {
  const url = new URL(returnUrl)
  url.searchParams.set('imp_uid', payment.impUid)
  url.searchParams.set('merchant_uid', payment.merchantUid)
  if (statusOf(payment) === 'failed') {
    url.searchParams.set('error_code', 'F400')
    url.searchParams.set('error_msg', payment.failReason ?? '')
  }
  return url.href
}

/** The literal `$ref` in the address stands for the payment. */
function withRef({ ref }: Payment, returnUrl: string): string {
  return returnUrl.replaceAll('$ref', encodeURIComponent(ref))
}
