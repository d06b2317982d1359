// One order as its buyer sees it: the states with the labels that the API shows, what waits, and
// where its sagas can be seen.
// Must not know how it changes.
import { printed } from './money.js'
import { element, language, pill, t, time } from './page.js'

/** @typedef {{ en: string, ko: string }} Label */
/**
 * @typedef {object} Payment
 * @property {string} merchantUid
 * @property {string} gateway
 * @property {string} state
 * @property {Label} label
 * @property {boolean} accepted
 * @property {number} amount
 * @property {string} currency
 * @property {string} channel
 * @property {string} name
 * @property {number} paid
 * @property {number} returned
 * @property {number} reserved
 * @property {boolean} waitingForCancellation
 * @property {string} createdAt
 * @property {string | null} temporalUi
 */
/**
 * @typedef {object} Refund
 * @property {string} refundId
 * @property {string} state
 * @property {Label} label
 * @property {boolean} waitingForCancellation
 * @property {number} amount
 * @property {string} currency
 * @property {string} reason
 * @property {string} createdAt
 * @property {string} stateSince
 * @property {string | null} temporalUi
 */
/** @typedef {{ payment: Payment, refunds: Refund[] }} Order */

/** @type {Readonly<Record<string, string>>} */
const TONES = {
  paid: 'good',
  cancelPending: 'wait',
  requested: 'wait',
  ticketOpen: 'wait',
  unknown: 'wait',
  cancelled: 'calm',
  partlyCancelled: 'calm',
  refunded: 'calm',
  settledElsewhere: 'calm',
  declined: 'bad',
  blocked: 'bad',
  refused: 'bad',
  reversed: 'bad',
  quarantined: 'odd',
}

/**
 * The label as the API gives it; beside an English one stands the Korean one, which merchants know.
 * @param {{ state: string, label: Label }} shown
 * @returns {HTMLElement}
 */
function statePill({ state, label }) {
  const shown = pill(label[language], TONES[state] ?? 'grey')
  if (language !== 'ko') shown.append(element('span', { lang: 'ko' }, label.ko))
  return shown
}

/**
 * @param {Order} order
 * @param {...Node} actions
 * @returns {HTMLElement}
 */
export function orderCard({ payment, refunds }, ...actions) {
  const { merchantUid, name, amount, currency, channel, gateway, createdAt, temporalUi } = payment
  const titled = `order-${merchantUid}`
  const head = element(
    'div',
    { class: 'head' },
    element('div', {}, element('h3', { id: titled }, name), element('code', { class: 'muted small' }, merchantUid)),
    element(
      'div',
      { class: 'right' },
      element('strong', { class: 'sum' }, printed(amount, currency)),
      statePill(payment),
    ),
  )
  const facts = element('p', { class: 'facts muted small' }, time(createdAt), gatewayName(gateway))
  if (channel === 'test') facts.append(pill(t('channel.test'), 'wait'))
  facts.append(...sagaLink(temporalUi, t('orders.paymentSaga')))
  const shown = element('article', { class: 'card order', 'aria-labelledby': titled }, head, facts)
  if (refunds.length > 0) shown.append(element('ul', { class: 'refunds' }, ...refunds.map(refundLine)))
  if (actions.length > 0) shown.append(element('p', { class: 'buttons' }, ...actions))
  return shown
}

/** @param {string} gateway */
const gatewayName = (gateway) => {
  const [kind] = gateway.split('/')
  return kind === 'iamport' || kind === 'portone' || kind === 'paymentwall' ? t(`gateway.${kind}`) : gateway
}

/** @param {Refund} refund */
function refundLine(refund) {
  const { amount, currency, reason, stateSince, temporalUi, waitingForCancellation } = refund
  const said = element(
    'span',
    { class: 'said-of' },
    t('orders.refund'),
    ' ',
    element('strong', {}, printed(amount, currency)),
  )
  const facts = element('span', { class: 'facts muted small' }, reason, time(stateSince))
  facts.append(...sagaLink(temporalUi, t('orders.refundSaga')))
  const line = element('li', {}, element('div', { class: 'head' }, said, statePill(refund)), facts)
  if (waitingForCancellation)
    line.append(
      element('p', { class: 'small' }, t('orders.waits'), ' ', element('a', { href: '/desk' }, t('orders.toDesk'))),
    )
  return line
}

/**
 * @param {string | null} address
 * @param {string} text
 * @returns {Node[]}
 */
function sagaLink(address, text) {
  return address === null ? [] : [element('a', { href: address, target: '_blank', rel: 'noopener' }, text)]
}
