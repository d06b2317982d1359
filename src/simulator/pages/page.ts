// The desk in a browser: one self-contained page over the control
// API, so that a newcomer can play buyer and desk.
// Must not know the store: all it shows comes from /__sim by
// fetch, and enters the page as text only.
import { FAULTS } from '../world/faults.ts'

export function deskPage(): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Paymentwall desk (simulator)</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
<body>
<header><h1>Paymentwall desk</h1><p>The simulated gateway, its buyer and its people. Amounts are minor units.</p></header>
<p id="said" role="status"></p>
<section><h2>The buyer pays</h2><form id="pay">
<label>Order <input name="merchantUid" required maxlength="40" placeholder="order-1001"></label>
<label>Amount <input name="amount" type="number" min="1" placeholder="as prepared"></label>
<label>Currency <input name="currency" size="6" maxlength="3" placeholder="as prep."></label>
<label>Country <input name="country" size="4" maxlength="2" placeholder="DE"></label>
<label>Method <input name="method" size="8" placeholder="card"></label>
<label>Provider <input name="pgProvider" size="12" maxlength="16" placeholder="paymentwall"></label>
<label>Outcome <select name="outcome"><option>paid<option>declined<option>approvedLate<option>ready</select></label>
<label>Test channel <input name="sandbox" type="checkbox"></label>
<button>Pay</button></form></section>
<section><h2>Tickets</h2><table id="tickets"></table></section>
<section><h2>Payments</h2><table id="payments"></table></section>
<section><h2>Faults</h2><form id="faults"></form><p><button id="reset" class="danger">Forget everything</button></p></section>
<script>${SCRIPT}</script>
</body></html>`
}

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem 1.5rem 4rem}
h1{margin:.5rem 0 0}h2{font-size:1.1rem;margin:2rem 0 .5rem}header p{margin:0;opacity:.7}
#said{min-height:1.5rem;margin:.5rem 0;font-weight:600}
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;opacity:.7}td.number{text-align:right;font-variant-numeric:tabular-nums}
form{display:flex;flex-wrap:wrap;gap:.8rem;align-items:end}label{display:grid;font-size:.85rem;opacity:.9}
input,select,button{font:inherit;padding:.25rem .5rem}button{cursor:pointer;margin-right:.3rem}
.open,.paid{color:#0a7d33}.cancelled,.completed{color:#2463c9}.failed,.refused,.danger{color:#c0262d}.empty{opacity:.6}
@media (prefers-color-scheme:dark){.open,.paid{color:#5fd38a}.cancelled,.completed{color:#8ab4ff}.failed,.refused,.danger{color:#ff8a8a}}`

// Runs in the browser. Text goes in by textContent alone: order
// ids and reasons are what somebody else wrote.
const SCRIPT = `
const find = (id) => document.getElementById(id)
const CHOICES = ${JSON.stringify(FAULTS)}
async function call(method, path, body) {
  try {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/__sim/' + path, { method, headers, body: body && JSON.stringify(body) })
    const said = await answer.json()
    if (!answer.ok) throw new Error(said.error)
    return said
  } catch (error) { find('said').textContent = error.message }
}
async function act(name, path, body, method = 'POST') {
  find('said').textContent = ''
  if (await call(method, path, body || {})) find('said').textContent = 'Done: ' + name
  await show()
}
function element(tag, text, kind) {
  const made = document.createElement(tag)
  if (text !== undefined) made.textContent = text
  if (kind) made.className = kind
  return made
}
function button(name, path) {
  const made = element('button', name)
  made.onclick = () => {
    const asks = ['complete', 'chargeback', 'console cancel', 'reverse'].includes(name)
    const typed = asks ? prompt('Amount in minor units; empty = all of it', '') : ''
    if (typed !== null) act(name, path, typed ? { amount: Number(typed) } : {})
  }
  return made
}
function fill(id, heads, rows) {
  const table = find(id)
  table.replaceChildren()
  if (rows.length === 0) return table.append(element('caption', 'None yet.', 'empty'))
  const head = element('tr')
  head.append(...heads.map((name) => element('th', name)))
  table.append(head, ...rows.map((cells) => { const row = element('tr'); row.append(...cells); return row }))
}
const text = (value) => element('td', value)
const number = (value) => element('td', value.toLocaleString('en'), 'number')
function buttons(...made) { const cell = element('td'); cell.append(...made); return cell }
async function show() {
  const [tickets, payments, faults] = await Promise.all([call('GET', 'tickets'), call('GET', 'payments'), call('GET', 'faults')])
  if (!tickets || !payments || !faults) return
  fill('tickets', ['Ticket', 'Order', 'Payment', 'Amount', '', 'State', 'Opened', 'Reason', ''], tickets.tickets.toReversed().slice(0, 100).map((ticket) => [
    text(ticket.id), text(ticket.merchantUid), text(ticket.impUid), number(ticket.amount), text(ticket.currency),
    element('td', ticket.state, ticket.state), text(ticket.openedAt.slice(0, 19).replace('T', ' ')), text(ticket.reason),
    ticket.state === 'open' ? buttons(button('complete', 'tickets/' + ticket.id + '/complete'), button('refuse', 'tickets/' + ticket.id + '/refuse')) : text('')]))
  fill('payments', ['Payment', 'Order', 'Status', 'Paid', 'Cancelled', '', 'Channel', ''], payments.payments.toReversed().slice(0, 100).map((payment) => {
    const path = 'payments/' + payment.impUid + '/'
    const may = payment.underReview || payment.status === 'ready' ? [button('approve', path + 'approve')] : payment.status === 'failed' ? []
      : [button('console cancel', path + 'consoleCancel'), button('chargeback', path + 'chargeback'), button('reverse', path + 'reverse')]
    return [text(payment.impUid), text(payment.merchantUid), element('td', payment.status, payment.status), number(payment.amount),
      number(payment.cancelAmount), text(payment.currency), text(payment.sandbox ? 'test' : 'live'), buttons(...may)] }))
  if (!find('faults').contains(document.activeElement)) showFaults(faults)
}
function showFaults(faults) {
  find('faults').replaceChildren(...Object.entries(CHOICES).map(([name, choices]) => {
    const label = element('label', name), select = element('select')
    select.append(...choices.map((choice) => element('option', choice)))
    select.value = faults[name]
    select.onchange = () => { select.blur(); act(name + ' ' + select.value, 'faults', { [name]: select.value }, 'PUT') }
    label.append(select)
    return label
  }))
}
find('pay').onsubmit = (event) => {
  event.preventDefault()
  const order = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ''))
  if (order.amount) order.amount = Number(order.amount)
  if (order.sandbox) order.sandbox = true
  for (const name of ['currency', 'country']) if (order[name]) order[name] = order[name].toUpperCase()
  act('paid by the buyer', 'pay', order)
}
find('reset').onclick = () => confirm('Forget all payments and tickets?') && act('forgotten', 'reset')
show()
setInterval(show, 2000)`
