// The wire: what passes between the merchant and the gateways as it happens, and what is broken,
// played and moved ahead on purpose.
// Must not know what a call means: the simulator's log says what it moved.
import { printed, read } from './money.js'
import { attempt, byId, button, call, element, keepFresh, language, pill, showTemporal, t } from './page.js'
import { FAULT_WORDS, MOVES_IN_KOREAN, SCENARIOS_IN_KOREAN } from './switchWords.js'

/** @typedef {'merchant' | 'iamport' | 'paymentwall' | 'portone' | 'buyer' | 'stranger'} Party */
/**
 * @typedef {object} Entry
 * @property {number} number
 * @property {string} at
 * @property {'in' | 'out'} direction
 * @property {Party} from
 * @property {Party} to
 * @property {string} method
 * @property {string} path
 * @property {number | null} status
 * @property {string | null} body
 * @property {string | null} answer
 * @property {string | null} moved
 */
/** @typedef {{ name: string, says: string, gateway: string | null }} Scenario */
/** @typedef {{ at: string | null, what: string }} Step */
/** @typedef {{ name: string, merchantUid: string, steps: Step[] }} Played */

const MOST_SHOWN = 200
/** What comes round by the clock, whatever anybody does. */
const ROUTINE = /^\/users\/getToken|^\/payments\/status\/|^\/payments\?/
const stream = byId('stream', HTMLOListElement)
const routine = byId('reads', HTMLInputElement)
let seen = 0

keepFresh(
  async () => {
    /** @type {{ log: Entry[] }} */
    const { log } = await call('GET', `/__sim/log?after=${seen}`)
    return log
  },
  (entries) => {
    for (const entry of entries) {
      seen = entry.number
      stream.prepend(lineOf(entry))
    }
    while (stream.children.length > MOST_SHOWN) stream.lastElementChild?.remove()
  },
  700,
)
routine.addEventListener('change', () => stream.classList.toggle('all', routine.checked))

/** @param {Entry} entry */
function lineOf({ number, at, from, to, method, path, status, body, answer, moved }) {
  const made = element('li', { class: ROUTINE.test(path) ? 'entry routine' : 'entry', value: String(number) })
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium', hour12: false }).format(new Date(at))
  const ends = element('span', { class: 'ends' }, party(from), ' → ', party(to))
  const when = element('time', { datetime: at, class: 'muted small' }, clock)
  const [address = ''] = path.split('?')
  made.append(
    element('div', { class: 'head' }, element('span', { class: 'facts' }, when, ends), answered(status)),
    element('code', {}, `${method} ${address}`),
  )
  if (moved !== null) made.append(element('p', { class: 'moved' }, t('wire.moved', { what: movedText(moved) })))
  const said = element('details', { 'data-about': String(number) }, element('summary', {}, t('wire.more')))
  for (const [word, text] of [
    [t('wire.sent'), body ?? path],
    [t('wire.answered'), answer],
  ])
    if (text) said.append(element('p', { class: 'muted small' }, word ?? ''), element('pre', {}, text))
  made.append(said)
  return made
}

/** @param {Party} who */
const party = (who) => element('strong', { class: `party ${who}` }, t(`party.${who}`))

/** @param {number | null} status */
const answered = (status) =>
  status === null ? pill(t('wire.nobody'), 'bad') : pill(String(status), status < 400 ? 'good' : 'bad')

/**
 * With its amounts as people write them.
 * @param {string} moved
 */
function movedText(moved) {
  const text = moved.replaceAll(/(\d+(?:\.\d+)?) ([A-Z]{3})\b/g, (all, amount, currency) => {
    const minor = read(amount, currency) ?? read(String(amount).replace(/\.0+$/, ''), currency)
    return minor === undefined ? all : printed(minor, currency)
  })
  const known = language === 'ko' ? MOVES_IN_KOREAN.find(({ said }) => said.test(text)) : undefined
  return known ? text.replace(known.said, known.ko) : text
}

keepFresh(
  async () => {
    /** @type {{ words: Record<string, string[]> }} */
    const { words } = await call('GET', '/__sim/faults/words')
    /** @type {Record<string, unknown>} */
    const now = await call('GET', '/__sim/faults')
    return Object.entries(words).map(([name, choices]) => ({ name, choices, chosen: now[name] }))
  },
  (faults) => {
    for (const { name, choices, chosen } of faults) {
      const switches = document.querySelectorAll(`input[name="${name}"]`)
      if (switches.length === 0) byId('faults', HTMLElement).append(faultSwitch(name, choices))
      for (const each of document.querySelectorAll(`input[name="${name}"]`))
        if (each instanceof HTMLInputElement) each.checked = each.value === chosen
    }
  },
  2_500,
)

/**
 * @param {string} name
 * @param {string[]} choices
 */
function faultSwitch(name, choices) {
  const segments = choices.map((choice) => {
    const radio = element('input', { type: 'radio', name, value: choice })
    radio.addEventListener('change', () => void attempt(() => setFault(name, choice)))
    return element('label', {}, radio, faultWord(`${name} ${choice}`))
  })
  return element(
    'fieldset',
    {},
    element('legend', {}, faultWord(name)),
    element('div', { class: 'segments' }, ...segments),
  )
}

/** @param {string} name */
const faultWord = (name) => FAULT_WORDS[name]?.[language] ?? name

/**
 * @param {string} name
 * @param {string} choice
 */
async function setFault(name, choice) {
  await call('PUT', '/__sim/faults', { [name]: choice })
  return t('wire.set', { name: faultWord(name), word: faultWord(`${name} ${choice}`) })
}

/** @param {Scenario[]} scenarios */
function offer(scenarios) {
  byId('scenarios', HTMLElement).replaceChildren(
    ...scenarios.map(({ name, says }) => {
      const what = language === 'ko' ? (SCENARIOS_IN_KOREAN[name] ?? says) : says
      const words = element('span', {}, element('code', {}, name), element('span', { class: 'muted small' }, what))
      return element(
        'div',
        { class: 'scenario' },
        words,
        button(t('wire.play'), name, () => attempt(() => play(name))),
      )
    }),
  )
}

/** @param {string} name */
async function play(name) {
  /** @type {{ played: Played | null }} */
  const { played } = await call('POST', `/__sim/scenarios/${name}`, {})
  if (!played) return t('wire.armed', { name })
  byId('played', HTMLElement).replaceChildren(
    element(
      'ol',
      { class: 'plan small' },
      ...played.steps.map(({ at, what }) =>
        element('li', {}, at === null ? t('wire.whenFiled') : shownTime(at), ': ', what),
      ),
    ),
  )
  return t('wire.playedFor', { name, id: played.merchantUid })
}

/** @param {string} iso */
const shownTime = (iso) =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))

keepFresh(
  async () => {
    /** @type {{ now: string }} */
    const { now } = await call('GET', '/__sim/clock')
    return shownTime(now)
  },
  (now) => void (byId('now', HTMLElement).textContent = now),
  2_500,
)
for (const each of document.querySelectorAll('[data-advance]'))
  each.addEventListener('click', () => void attempt(() => advance(each)))

/** @param {Element} pressed */
async function advance(pressed) {
  await call('POST', '/__sim/clock', { advance: pressed.getAttribute('data-advance') })
  return t('wire.advanced')
}

void attempt(async () => {
  /** @type {{ temporalUi: string | null }} */
  const { temporalUi } = await call('GET', '/__shop')
  showTemporal(temporalUi)
  /** @type {{ scenarios: Scenario[] }} */
  const { scenarios } = await call('GET', '/__sim/scenarios')
  offer(scenarios.filter(({ gateway }) => gateway === null))
  return ''
})
