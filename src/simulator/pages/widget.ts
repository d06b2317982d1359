// Paymentwall's payment page for a direct merchant, with the buyer's
// three choices: buy, fail, leave (paymentwall.md §14).
// Must not know the store: it speaks to the control API from the browser, like the desk's page.
import type { Parameters } from '../paymentwall/signature.ts'

export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'"

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

/** Data for a script element: nothing in it can end the element. */
function scriptData(data: unknown): string {
  return JSON.stringify(data).replace(/</g, '\\u003c')
}

export function refusedPage(): string {
  return page('Not authorised', '<p>You are not authorized to view this page: the signature is wrong or expired.</p>')
}

export function widgetPage(parameters: Parameters): string {
  const { amount = '', currencyCode = '', ag_name = '', ag_external_id = '', uid = '' } = parameters
  const data = { amount, currencyCode, merchantUid: ag_external_id, uid, successUrl: parameters.success_url ?? '' }
  return page(
    'Pay with Paymentwall (simulated)',
    `<h1>${escapeHtml(ag_name || ag_external_id)}</h1>
<p class="price">${escapeHtml(amount)} ${escapeHtml(currencyCode)}</p>
<p><button id="buy">Buy</button> <button id="fail">Fail</button> <button id="leave">Leave</button></p>
<p id="said" role="status"></p>
<script>
const order = ${scriptData(data)}
const say = (text) => { document.getElementById('said').textContent = text }
const decimals = (currency) => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits
async function pay(outcome) {
  const amount = Math.round(Number(order.amount) * 10 ** decimals(order.currencyCode))
  const body = { merchantUid: order.merchantUid, outcome, gateway: 'paymentwall', uid: order.uid, amount, currency: order.currencyCode }
  const answer = await fetch('/__sim/pay', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const said = await answer.json()
  if (!answer.ok) return say(said.error)
  say(outcome === 'paid' ? 'Paid, ' + said.impUid : 'The card was declined. You may try again.')
  const url = order.successUrl.replace('$ref', encodeURIComponent(said.impUid))
  if (outcome === 'paid' && /^https?:/.test(url)) location.href = url
}
document.getElementById('buy').onclick = () => pay('paid')
document.getElementById('fail').onclick = () => pay('declined')
document.getElementById('leave').onclick = () => say('You left. Nothing was paid, and nobody is told.')
</script>`,
  )
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:4rem auto;padding:0 1rem;color:#1b1f27}
.price{font-size:1.8rem;margin:.5rem 0}button{font:inherit;padding:.4rem 1rem}</style></head><body>${body}</body></html>`
}
