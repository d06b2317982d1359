// The shop: a cart, and the payment window opened with exactly what the API gave, by each vendor's
// own call; then what became of the order.
// Must not know prices beyond showing them, nor any key: the shop's server has both.
import { printed } from './money.js'
import { endingOf, openFrame } from './opening.js'
import { attempt, byId, call, element, keepFresh, language, say, show, showTemporal, t } from './page.js'
import { orderCard } from './order.js'

/** @typedef {import('./order.js').Order} Order */
/** @typedef {import('./opening.js').Ending} Ending */
/**
 * @typedef {{ id: string, name: { en: string, ko: string }, prices: Record<string, number> }} Good
 * @typedef {{ goods: Good[], currencies: string[], temporalUi: string | null }} Shop
 * @typedef {{ script: string, init: string | null, requestPay: object }} IamportWindow
 * @typedef {{ script: string, requestPayment: object }} PortoneWindow
 * @typedef {IamportWindow | PortoneWindow | { url: string }} Given
 * @typedef {{ success: boolean, imp_uid: string | null, error_msg?: string }} IamportSaid
 * @typedef {{ txId: string, message?: string }} PortoneSaid
 * @typedef {(asked: object, callback: (said: IamportSaid) => void) => void} RequestPay
 * @typedef {object} Vendors
 * @property {{ init(code: string | null): void, request_pay: RequestPay }} IMP
 * @property {{ requestPayment(asked: object): Promise<PortoneSaid> }} PortOne
 */

const cart = byId('cart', HTMLFormElement)
/** @type {string | undefined} */
let watched

/** @param {Shop} shop */
function offer(shop) {
  showTemporal(shop.temporalUi)
  byId('goods', HTMLElement).replaceChildren(...shop.goods.map(goodCard))
  byId('currencies', HTMLElement).replaceChildren(
    ...shop.currencies.map((currency) => {
      const isUsual = currency === (language === 'ko' ? 'KRW' : 'USD')
      return element('label', {}, choice('currency', currency, isUsual), currency)
    }),
  )
  cart.addEventListener('change', () => showTotal(shop))
  cart.addEventListener('submit', (event) => {
    event.preventDefault()
    void attempt(() => buy())
  })
  showTotal(shop)
}

/**
 * @param {Good} good
 * @param {number} index
 */
function goodCard({ id, name }, index) {
  const price = element('span', { class: 'muted', 'data-price-of': id })
  const picture = element('span', { class: `picture ${id}`, 'aria-hidden': 'true' })
  const words = element('span', {}, element('strong', {}, name[language]), price)
  return element('label', { class: 'ware' }, choice('good', id, index === 0), picture, words)
}

/**
 * @param {string} name
 * @param {string} value
 * @param {boolean} isChosen
 */
function choice(name, value, isChosen) {
  const made = element('input', { type: 'radio', name, value })
  made.defaultChecked = isChosen
  return made
}

const chosen = () => {
  const form = new FormData(cart)
  /** @param {string} name */
  const field = (name) => {
    const said = form.get(name)
    return typeof said === 'string' ? said : ''
  }
  return {
    good: field('good'),
    currency: field('currency'),
    gateway: field('gateway'),
    channel: field('channel'),
  }
}

/** @param {Shop} shop */
function showTotal({ goods }) {
  const { good: id, currency } = chosen()
  for (const { id, prices } of goods) {
    const place = cart.querySelector(`[data-price-of="${id}"]`)
    if (place) place.textContent = printed(prices[currency] ?? 0, currency)
  }
  const good = goods.find((each) => each.id === id)
  byId('chosen', HTMLElement).textContent = good?.name[language] ?? ''
  byId('price', HTMLElement).textContent = printed(good?.prices[currency] ?? 0, currency)
}

async function buy() {
  const pay = byId('buy', HTMLButtonElement)
  pay.disabled = true
  say(t('shop.opening'))
  try {
    /** @type {{ said: { payment: { merchantUid: string }, window: Given } }} */
    const { said } = await call('POST', '/__shop/orders', chosen())
    const { merchantUid } = said.payment
    byId('given', HTMLElement).textContent = JSON.stringify(said.window, null, 2)
    watched = merchantUid
    const { ending, ref } = await opened(said.window)
    const path = `/__shop/orders/${encodeURIComponent(merchantUid)}`
    // As every checkout does: the buyer is back, so look now. What the browser says proves nothing.
    await call('POST', `${path}/returned`, ref === null ? {} : { gatewayRef: ref })
    byId('bought', HTMLElement).hidden = false
    await fresh()
    byId('bought', HTMLElement).scrollIntoView({ block: 'nearest' })
    return t(`ended.${ending}`)
  } finally {
    pay.disabled = false
    pay.focus()
  }
}

/**
 * @param {Given} given
 * @returns {Promise<{ ending: Ending, ref: string | null }>}
 */
async function opened(given) {
  if ('url' in given) return openFrame(given.url)
  await loaded(given.script)
  const { IMP, PortOne } = vendors()
  if ('requestPayment' in given) {
    const { txId, message } = await PortOne.requestPayment(given.requestPayment)
    return { ending: endingOf(message) ?? 'paid', ref: txId === '' ? null : txId }
  }
  IMP.init(given.init)
  return new Promise((resolve) => {
    IMP.request_pay(given.requestPay, ({ imp_uid, error_msg }) => {
      resolve({ ending: endingOf(error_msg) ?? 'paid', ref: imp_uid })
    })
  })
}

/** @returns {Vendors} */
const vendors = () =>
  Object.assign(Object.create(null), {
    IMP: Reflect.get(globalThis, 'IMP'),
    PortOne: Reflect.get(globalThis, 'PortOne'),
  })

/**
 * The vendor's script by its own path, from this server in place of the vendor's.
 * @param {string} script
 * @returns {Promise<void>}
 */
function loaded(script) {
  const { pathname } = new URL(script)
  if (document.querySelector(`script[src="${pathname}"]`)) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const made = element('script', { type: 'module', src: pathname })
    made.addEventListener('load', () => resolve())
    made.addEventListener('error', () => reject(new Error(t('shop.noScript'))))
    document.head.append(made)
  })
}

const fresh = keepFresh(
  async () => {
    if (watched === undefined || byId('bought', HTMLElement).hidden) return undefined
    /** @type {{ order: Order }} */
    const { order } = await call('GET', `/__shop/orders/${encodeURIComponent(watched)}`)
    return order
  },
  (order) => {
    if (!order) return
    show(byId('order', HTMLElement), [
      orderCard(order),
      element('p', { class: 'buttons' }, element('a', { class: 'button', href: '/orders' }, t('shop.toOrders'))),
    ])
  },
)

void attempt(async () => {
  offer(await call('GET', '/__shop'))
  return ''
})
