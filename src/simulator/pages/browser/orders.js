// My orders: each with its states, and a way to ask for a refund.
// Must not know the gateways: what it shows is what the API shows.
import { printed, read, written } from './money.js'
import { orderCard } from './order.js'
import { attempt, button, byId, call, element, keepFresh, language, say, show, showTemporal, t } from './page.js'

/** @typedef {import('./order.js').Order} Order */
/** @typedef {import('./order.js').Payment} Payment */

const dialog = byId('asking', HTMLDialogElement)
const form = byId('ask', HTMLFormElement)
/** @type {Payment | undefined} */
let asked
/** @type {Map<string, string> | undefined} */
let labels

const fresh = keepFresh(
  async () => {
    /** @type {{ orders: Order[] }} */
    const { orders } = await call('GET', '/__shop/orders')
    return orders
  },
  (orders) => {
    tellChanges(orders)
    const cards = orders.toSorted(newestFirst).map((order) => orderCard(order, ...actionsOf(order.payment)))
    const none = element('p', { class: 'empty' }, t('orders.none'), ' ', element('a', { href: '/' }, t('shop.nav')))
    show(byId('orders', HTMLElement), cards.length > 0 ? cards : [none])
  },
)

/**
 * @param {Order} left
 * @param {Order} right
 */
const newestFirst = (left, right) => Date.parse(right.payment.createdAt) - Date.parse(left.payment.createdAt)

/** @param {Payment} payment */
function actionsOf(payment) {
  const { accepted, merchantUid } = payment
  return accepted && leftOf(payment) > 0 ? [button(t('orders.ask'), merchantUid, () => openFor(payment))] : []
}

/** @param {Payment} payment */
const leftOf = ({ paid, returned, reserved }) => paid - returned - reserved

/** @param {Payment} payment */
function openFor(payment) {
  asked = payment
  const { name, currency } = payment
  const left = leftOf(payment)
  byId('asking-about', HTMLElement).textContent = t('orders.askAbout', { name, left: printed(left, currency) })
  byId('amount', HTMLInputElement).value = written(left, currency)
  dialog.showModal()
}

byId('never-mind', HTMLButtonElement).addEventListener('click', () => dialog.close())
form.addEventListener('submit', (event) => {
  event.preventDefault()
  if (asked) void attempt(() => ask(asked)).then(() => dialog.close())
})

/** @param {Payment | undefined} payment */
async function ask(payment) {
  if (!payment) return ''
  const { merchantUid, currency } = payment
  const amount = read(byId('amount', HTMLInputElement).value, currency)
  if (!amount) throw new Error(t('amount.none', { currency }))
  const reason = byId('reason', HTMLInputElement).value
  const all = amount === leftOf(payment)
  await call('POST', `/__shop/orders/${encodeURIComponent(merchantUid)}/refunds`, all ? { reason } : { amount, reason })
  await fresh()
  return t('orders.asked', { amount: printed(amount, currency) })
}

/**
 * What turned since the last time is said, also to those who hear the page.
 * @param {Order[]} orders
 */
function tellChanges(orders) {
  const now = new Map(orders.map(({ payment }) => [payment.merchantUid, payment.label[language]]))
  for (const [id, label] of now) {
    const before = labels?.get(id)
    if (before !== undefined && before !== label) say(t('orders.turned', { id, before, label }))
  }
  labels = now
}

void attempt(async () => {
  /** @type {{ temporalUi: string | null }} */
  const { temporalUi } = await call('GET', '/__shop')
  showTemporal(temporalUi)
  return ''
})
