// Paymentwall's payment window with the buyer's choices, opened by a vendor's script or, at a
// direct project, by its signed address (paymentwall.md §3).
// Must not know the shop: what it was opened with is in its address, and how it ended is told to
// whoever framed it.
import { decimalsOf } from './decimals.js'
import { printed } from './money.js'
import { endingOf } from './opening.js'
import { byId, call, say, t } from './page.js'

/** @typedef {import('./opening.js').Ending} Ending */
/**
 * @typedef {object} Opened
 * @property {string} name
 * @property {number} amount
 * @property {string} currency
 * @property {boolean} sandbox
 * @property {string} successUrl
 * @property {object} pay
 */
/** @typedef {Record<string, unknown>} Fields */

const TEST_CHANNEL = 'channel-key-simulator-test'

/** @returns {Opened | undefined} */
function openedWith() {
  if (location.pathname.startsWith('/api/')) return byAddress(new URLSearchParams(location.search))
  const said = fieldsOf(JSON.parse(decodeURIComponent(location.hash.slice(1)) || '{}'))
  if (said['iamport']) return byIamport(fieldsOf(said['iamport']))
  return said['portone'] ? byPortone(fieldsOf(said['portone'])) : undefined
}

/** @param {Fields} asked */
function byIamport(asked) {
  const currency = text(asked['currency'])
  const amount = Math.round(Number(asked['amount']) * 10 ** decimalsOf(currency))
  const sandbox = asked['channelKey'] === TEST_CHANNEL
  const noticeUrl = text(asked['notice_url'])
  const country = countryOf(fieldsOf(asked['bypass']))
  const order = { merchantUid: text(asked['merchant_uid']), amount, currency, sandbox, ...country }
  const pay = { ...order, gateway: 'iamport', ...(isOfThisMachine(noticeUrl) && { noticeUrl }) }
  return { name: text(asked['name']), amount, currency, sandbox, successUrl: '', pay }
}

/** @param {Fields} asked */
function byPortone(asked) {
  const currency = text(asked['currency'])
  const amount = Number(asked['totalAmount'])
  const sandbox = asked['channelKey'] === TEST_CHANNEL
  const country = countryOf(fieldsOf(fieldsOf(asked['bypass'])['paymentwall']))
  const uid = text(fieldsOf(asked['customer'])['customerId'])
  const order = { merchantUid: text(asked['paymentId']), amount, currency, sandbox, uid, ...country }
  return {
    name: text(asked['orderName']),
    amount,
    currency,
    sandbox,
    successUrl: '',
    pay: { ...order, gateway: 'portone' },
  }
}

/** @param {URLSearchParams} asked */
function byAddress(asked) {
  const fields = Object.fromEntries(asked)
  const currency = fields['currencyCode'] ?? ''
  const amount = Math.round(Number(fields['amount']) * 10 ** decimalsOf(currency))
  const sandbox = fields['test_mode'] === '1'
  const merchantUid = fields['ag_external_id'] ?? ''
  const pingbackUrl = fields['pingback_url'] ?? ''
  const order = { merchantUid, amount, currency, sandbox, uid: fields['uid'], ...countryOf(fields) }
  // Elsewhere it is nobody's to be told: the control call would refuse it.
  const pay = { ...order, gateway: 'paymentwall', ...(isOfThisMachine(pingbackUrl) && { pingbackUrl }) }
  const name = fields['ag_name'] || merchantUid
  return { name, amount, currency, sandbox, successUrl: fields['success_url'] ?? '', pay }
}

/** @param {Fields} fields */
const countryOf = (fields) => (fields['country_code'] ? { country: text(fields['country_code']) } : {})

/** @param {string} url */
const isOfThisMachine = (url) =>
  URL.canParse(url) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)

/**
 * @param {unknown} value
 * @returns {string}
 */
const text = (value) => (typeof value === 'string' ? value : '')

/**
 * @param {unknown} value
 * @returns {Fields}
 */
const fieldsOf = (value) => (typeof value === 'object' && value !== null ? { ...value } : {})

/**
 * @param {Opened} opened
 * @param {Ending} ending
 */
async function end({ pay, successUrl }, ending) {
  if (ending === 'closed') return tell(ending, null)
  /** @type {{ impUid: string }} */
  const { impUid } = await call('POST', '/__sim/pay', { ...pay, outcome: ending })
  const back = successUrl.replace('$ref', encodeURIComponent(impUid))
  if (ending === 'paid' && /^https?:/.test(back)) return location.assign(back)
  return tell(ending, impUid)
}

/**
 * @param {Ending} ending
 * @param {string | null} ref
 */
function tell(ending, ref) {
  if (window.parent !== window) return window.parent.postMessage({ ending, ref }, '*')
  say(t(`ended.${ending}`))
  for (const each of buttons()) each.disabled = true
}

const buttons = () => [...document.querySelectorAll('button')]

/** @param {Opened} opened */
function offer(opened) {
  byId('name', HTMLElement).textContent = opened.name
  byId('price', HTMLElement).textContent = printed(opened.amount, opened.currency)
  byId('channel', HTMLElement).hidden = !opened.sandbox
  for (const each of buttons()) each.addEventListener('click', () => void choose(opened, each))
  addEventListener('keydown', ({ key }) => (key === 'Escape' ? tell('closed', null) : undefined))
  buttons()[0]?.focus()
}

/**
 * @param {Opened} opened
 * @param {HTMLButtonElement} chosen
 */
async function choose(opened, chosen) {
  const ending = endingOf(chosen.dataset['ending'])
  if (!ending) return
  for (const each of buttons()) each.disabled = true
  try {
    await end(opened, ending)
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), 'bad')
    for (const each of buttons()) each.disabled = false
  }
}

const opened = openedWith()
if (opened) offer(opened)
else {
  say(t('window.nothing'), 'bad')
  for (const each of buttons()) each.hidden = true
}
