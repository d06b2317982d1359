// The desk of Paymentwall's people: the tickets that wait, what may be done with each, and the
// payments that a bank or a console takes back.
// Must not know the merchant: what it shows is what is true at the gateways.
import { printed, read, written } from './money.js'
import { attempt, button, byId, call, element, keepFresh, pill, show, showTemporal, t, time } from './page.js'

/** @typedef {import('./page.js').Word} Word */
/**
 * @typedef {object} Ticket
 * @property {string} id
 * @property {string} impUid
 * @property {string} merchantUid
 * @property {number} amount
 * @property {string} currency
 * @property {'open' | 'completed' | 'refused'} state
 * @property {boolean} lost
 * @property {string} openedAt
 * @property {string} reason
 */
/**
 * @typedef {object} Payment
 * @property {string} impUid
 * @property {string} merchantUid
 * @property {'ready' | 'paid' | 'cancelled' | 'failed'} status
 * @property {number} amount
 * @property {number} cancelAmount
 * @property {string} currency
 * @property {boolean} sandbox
 * @property {'iamport' | 'portone' | 'paymentwall'} gateway
 * @property {boolean} underReview
 */
/** @typedef {{ word: Word, path: string, most: number, currency: string, about: string }} Asking */

const MOST_SHOWN = 30
const dialog = byId('asking', HTMLDialogElement)
/** @type {Asking | undefined} */
let asking

const fresh = keepFresh(
  async () => {
    const [{ tickets }, { payments }] = await Promise.all([askTickets(), askPayments()])
    return { tickets, payments: payments.toReversed() }
  },
  ({ tickets, payments }) => {
    const waits = tickets.filter(({ state, lost }) => state === 'open' && !lost)
    const over = tickets.filter((ticket) => !waits.includes(ticket)).toReversed()
    fill(
      'queue',
      waits.map((ticket) => ticketCard(ticket, queueButtons(ticket))),
      'desk.queueEmpty',
    )
    fill(
      'done',
      over.map((ticket) => ticketCard(ticket, lostButtons(ticket))),
      'desk.doneEmpty',
    )
    fill('payments', payments.map(paymentCard), 'desk.paymentsEmpty')
  },
)

/** @returns {Promise<{ tickets: Ticket[] }>} */
const askTickets = () => call('GET', '/__sim/tickets')
/** @returns {Promise<{ payments: Payment[] }>} */
const askPayments = () => call('GET', '/__sim/payments')

/**
 * @param {string} id
 * @param {HTMLElement[]} cards
 * @param {Word} empty
 */
function fill(id, cards, empty) {
  const none = element('p', { class: 'empty' }, t(empty))
  show(byId(id, HTMLElement), cards.length > 0 ? cards.slice(0, MOST_SHOWN) : [none])
}

/**
 * @param {Ticket} ticket
 * @param {HTMLElement[]} buttons
 */
function ticketCard({ id, merchantUid, amount, currency, state, lost, openedAt, reason }, buttons) {
  const shown = lost && state === 'open' ? 'lost' : state
  return card({
    id,
    title: printed(amount, currency),
    named: merchantUid,
    pills: [pill(t(`desk.${shown}`), TONES[shown])],
    facts: [id, t('desk.reason', { reason }), time(openedAt)],
    buttons,
  })
}

/** @typedef {Ticket['state'] | Payment['status'] | 'lost' | 'underReview'} Shown */
/** @type {Readonly<Record<Shown, string>>} */
const TONES = {
  open: 'wait',
  completed: 'calm',
  refused: 'bad',
  lost: 'grey',
  paid: 'good',
  cancelled: 'calm',
  failed: 'bad',
  ready: 'grey',
  underReview: 'wait',
}

/** @param {Ticket} ticket */
function queueButtons({ id, merchantUid, amount, currency }) {
  const path = `/__sim/tickets/${id}/`
  const about = merchantUid
  return [
    button(t('desk.complete'), about, () => act('desk.complete', `${path}complete`), 'quiet chosen'),
    button(t('desk.part'), about, () =>
      ask({ word: 'desk.part', path: `${path}complete`, most: amount, currency, about }),
    ),
    button(t('desk.refuse'), about, () => act('desk.refuse', `${path}refuse`)),
    button(t('desk.lose'), about, () => act('desk.lose', `${path}lose`)),
  ]
}

/** @param {Ticket} ticket */
function lostButtons({ id, merchantUid, state }) {
  const find = () => act('desk.find', `/__sim/tickets/${id}/complete`)
  return state === 'open' ? [button(t('desk.find'), merchantUid, find)] : []
}

/** @param {Payment} payment */
function paymentCard(payment) {
  const { impUid, merchantUid, status, amount, cancelAmount, currency, sandbox, gateway, underReview } = payment
  const state = underReview ? 'underReview' : status
  const pills = [pill(t(`desk.${state}`), TONES[state])]
  if (sandbox) pills.unshift(pill(t('channel.test'), 'wait'))
  /** @type {(string | Node)[]} */
  const facts = [t(`gateway.${gateway}`), impUid]
  if (cancelAmount > 0) facts.push(t('desk.returned', { amount: printed(cancelAmount, currency) }))
  return card({
    id: impUid,
    title: printed(amount, currency),
    named: merchantUid,
    pills,
    facts,
    buttons: paymentButtons(payment),
  })
}

/** @param {Payment} payment */
function paymentButtons({ impUid, merchantUid, status, amount, cancelAmount, currency, underReview }) {
  const path = `/__sim/payments/${impUid}/`
  const about = merchantUid
  if (underReview || status === 'ready')
    return [button(t('desk.approve'), about, () => act('desk.approve', `${path}approve`))]
  if (status === 'failed') return []
  const most = amount - cancelAmount
  /** @param {'chargeback' | 'consoleCancel'} way */
  const taking = (way) => {
    const word = /** @type {const} */ (`desk.${way}`)
    return button(t(word), about, () => ask({ word, path: path + way, most, currency, about }))
  }
  const back = () => act('desk.reverse', `${path}reverse`)
  return [
    ...(most > 0 ? [taking('chargeback'), taking('consoleCancel')] : []),
    ...(cancelAmount > 0 ? [button(t('desk.reverse'), about, back)] : []),
  ]
}

/**
 * @param {object} shown
 * @param {string} shown.id
 * @param {string} shown.title
 * @param {string} shown.named
 * @param {HTMLElement[]} shown.pills
 * @param {(string | Node)[]} shown.facts
 * @param {HTMLElement[]} shown.buttons
 */
function card({ id, title, named, pills, facts, buttons }) {
  const titled = `card-${id}`
  const heading = element('h3', { id: titled }, title, ' ', element('code', { class: 'muted small' }, named))
  const made = element(
    'article',
    { class: 'card', 'aria-labelledby': titled },
    element('div', { class: 'head' }, heading, element('div', { class: 'right' }, ...pills)),
    element('p', { class: 'facts muted small' }, ...facts.map((fact) => element('span', {}, fact))),
  )
  if (buttons.length > 0) made.append(element('p', { class: 'buttons' }, ...buttons))
  return made
}

/**
 * @param {Word} word
 * @param {string} path
 * @param {object} [body]
 */
function act(word, path, body = {}) {
  return attempt(async () => {
    await call('POST', path, body)
    await fresh()
    return t('desk.did', { what: t(word) })
  })
}

/** @param {Asking} asked */
function ask(asked) {
  asking = asked
  const { word, most, currency, about } = asked
  byId('asking-title', HTMLElement).textContent = t(word)
  byId('asking-about', HTMLElement).textContent = `${about}, ${t('desk.left', { amount: printed(most, currency) })}`
  byId('do-it', HTMLElement).textContent = t(word)
  byId('amount', HTMLInputElement).value = written(most, currency)
  dialog.showModal()
}

byId('never-mind', HTMLButtonElement).addEventListener('click', () => dialog.close())
byId('ask', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  dialog.close()
  if (!asking) return
  const { word, path, currency } = asking
  const amount = read(byId('amount', HTMLInputElement).value, currency)
  if (amount) void act(word, path, { amount })
  else void attempt(() => Promise.reject(new Error(t('amount.none', { currency }))))
})

void attempt(async () => {
  /** @type {{ temporalUi: string | null }} */
  const { temporalUi } = await call('GET', '/__shop')
  showTemporal(temporalUi)
  return ''
})
