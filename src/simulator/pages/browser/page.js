// What every page needs: its language, elements made of text, calls to this server, one line that
// says what happened, and a view that keeps itself fresh without losing the focus.
// Must not know what any page shows. What others wrote enters a page as text only.
import { WORDS } from './words.js'

/** @typedef {import('./words.js').Language} Language */
/** @typedef {import('./words.js').Word} Word */

/** @type {Language} */
export const language = document.documentElement.lang === 'ko' ? 'ko' : 'en'

/**
 * A word in the page's language; `{name}` in it stands for a value.
 * @param {Word} word
 * @param {Record<string, string>} [values]
 * @returns {string}
 */
export function t(word, values = {}) {
  return WORDS[word][language].replaceAll(/\{(\w+)\}/g, (all, name) => values[name] ?? all)
}

/**
 * The element of this id, which must be of this kind.
 * @template {Element} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function byId(id, kind) {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`This page has no ${kind.name} ${id}.`)
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} inner
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes, ...inner) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...inner)
  return made
}

/**
 * `about` says which thing of a list it acts on, for those who hear the page.
 * @param {string} text
 * @param {string} about
 * @param {() => unknown} act
 * @param {string} [kind]
 * @returns {HTMLButtonElement}
 */
export function button(text, about, act, kind = 'quiet') {
  const made = element('button', { type: 'button', class: kind, 'data-about': `${text} ${about}` }, text)
  made.ariaLabel = `${text}: ${about}`
  made.addEventListener('click', () => void act())
  return made
}

/**
 * @param {string} text
 * @param {string} tone
 * @returns {HTMLElement}
 */
export function pill(text, tone) {
  return element('span', { class: `pill ${tone}` }, text)
}

/**
 * A call to this server; its refusal is thrown as its sentence.
 * @template [Body=unknown]
 * @param {'GET' | 'POST' | 'PUT'} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<Body>}
 */
export async function call(method, path, body) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, ...sent })
  const said = await answer.json()
  if (!answer.ok) throw new Error(said.error)
  return said
}

/**
 * One line for everybody, also for those who hear it.
 * @param {string} text
 * @param {'good' | 'bad'} [tone]
 */
export function say(text, tone = 'good') {
  const line = byId('said', HTMLElement)
  line.className = `said ${tone}`
  line.textContent = text
}

/**
 * Does something and says how it went.
 * @param {() => Promise<string>} act
 * @returns {Promise<boolean>}
 */
export async function attempt(act) {
  try {
    say(await act())
    return true
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), 'bad')
    return false
  }
}

/**
 * Replaces what a box shows; the focus stays on what is the same as before.
 * @param {HTMLElement} box
 * @param {readonly Node[]} shown
 */
export function show(box, shown) {
  const about = box.contains(document.activeElement) ? document.activeElement?.getAttribute('data-about') : null
  const opened = new Set([...box.querySelectorAll('details[open]')].map((each) => each.getAttribute('data-about')))
  box.replaceChildren(...shown)
  for (const each of box.querySelectorAll('details')) if (opened.has(each.dataset['about'] ?? '')) each.open = true
  if (!about) return
  const same = [...box.querySelectorAll('[data-about]')].find((each) => each.getAttribute('data-about') === about)
  if (same instanceof HTMLElement) same.focus()
}

/**
 * Asks again and again while the page is looked at, and draws what is new. Answers with a way to
 * ask at once.
 * @template Shown
 * @param {() => Promise<Shown>} load
 * @param {(shown: Shown) => void} draw
 * @param {number} [everyMs]
 * @returns {() => Promise<void>}
 */
export function keepFresh(load, draw, everyMs = 1_200) {
  let last = ''
  let broken = false
  const look = async () => {
    try {
      const shown = await load()
      const text = JSON.stringify(shown)
      if (text !== last) draw(shown)
      last = text
      if (broken) say(t('page.again'))
      broken = false
    } catch (error) {
      if (!broken) say(error instanceof Error ? error.message : String(error), 'bad')
      broken = true
    }
  }
  const round = async () => {
    if (!document.hidden) await look()
    setTimeout(() => void round(), everyMs)
  }
  // Once the whole page is read: what it draws with may stand below.
  queueMicrotask(() => void round())
  return look
}

/**
 * @param {string} iso
 * @returns {HTMLTimeElement}
 */
export function time(iso) {
  const shown = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso))
  return element('time', { datetime: iso }, shown)
}

/**
 * The link to the Temporal UI in the header, where there is one.
 * @param {string | null} address
 */
export function showTemporal(address) {
  const link = byId('temporal', HTMLAnchorElement)
  link.hidden = address === null
  if (address !== null) link.href = address
}
