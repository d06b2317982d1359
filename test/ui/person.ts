// A person at the simulator's pages in a real Chromium: buys, asks for money back, is the desk. Words are found as they are shown, in the language of the page.
// Must not know: what a test promises, nor where pictures go. What a page must never do is noted as it happens.
import { setTimeout as pause } from 'node:timers/promises'
import { chromium, type Browser, type Frame, type Locator, type Page } from 'playwright-core'
import { WORDS, type Language, type Word } from '../../src/simulator/pages/browser/words.js'
import { findChromium } from './browser.ts'

export type Looks = { readonly language?: Language; readonly scheme?: 'light' | 'dark'; readonly width?: number }
export type Ending = 'paid' | 'declined' | 'approvedLate' | 'ready' | 'closed'
export type Cart = {
  readonly good?: string
  readonly currency?: string
  readonly gateway?: string
  readonly channel?: 'live' | 'test'
  readonly ending?: Ending
}
export type Person = ReturnType<typeof personOn>

const LIMIT_MS = 30_000
const HEIGHT = 820
const LOCALES = { en: 'en-US', ko: 'ko-KR' } as const

export function startChromium(path: string): Promise<Browser> {
  // Signals are answered by whoever opens it, so that all parts end in order.
  const deaf = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
  return chromium.launch({ executablePath: findChromium(path), ...deaf })
}

/** A browser that asks for this language, at the simulator's address. */
export async function openPages(browser: Browser, simulator: string, looks: Looks = {}) {
  const { language = 'en', scheme = 'light', width = 1_200 } = looks
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    locale: LOCALES[language],
    colorScheme: scheme,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(LIMIT_MS)
  const complaints = watch(page, simulator)
  return { ...personOn(page, simulator, language), complaints, close: () => context.close() }
}

/** What a browser says of a page that is not right, and every request to anybody else, which is refused. */
function watch(page: Page, simulator: string): string[] {
  const complaints: string[] = []
  page.on('console', (said) => {
    if (said.type() === 'error' || said.type() === 'warning') complaints.push(`console: ${said.text()}`)
  })
  page.on('pageerror', (error) => void complaints.push(`thrown: ${error.message}`))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== simulator) complaints.push(`asked elsewhere: ${request.url()}`)
  })
  return complaints
}

function personOn(page: Page, simulator: string, language: Language) {
  const word = (name: Word): string => WORDS[name][language]
  const named = (name: Word, values: RegExp | string = '') =>
    new RegExp(`^${word(name)}${typeof values === 'string' ? values : values.source}`)
  const card = (id: string, within = 'main'): Locator => page.locator(`${within} article`, { hasText: id })
  const press = (name: Word, id: string, within?: string) =>
    card(id, within)
      .first()
      .getByRole('button', { name: `${word(name)}: ${id}`, exact: true })
      .click()
  const open = async (path: '/' | '/orders' | '/desk' | '/wire') => void (await page.goto(simulator + path))
  const window = page.frameLocator('dialog.window iframe')
  const cart = async ({ good, currency, gateway, channel }: Cart) => {
    for (const value of [good, currency, gateway, channel])
      if (value !== undefined) await page.locator(`input[type=radio][value="${value}"]`).check()
  }
  return {
    page,
    word,
    named,
    card,
    open,
    press,
    /** Opens the payment window for a cart. */
    orders: async (asked: Cart = {}): Promise<void> => {
      await open('/')
      await page.locator('#goods input').first().waitFor()
      await cart(asked)
      await page.getByRole('button', { name: word('shop.buy') }).click()
      // Its buttons stand there before they do anything.
      await window.locator('#price', { hasText: /\d/ }).waitFor()
    },
    window,
    /** Ends the window that is open; the order's id. */
    ends: async (ending: Ending): Promise<string> => {
      await window.locator(`[data-ending="${ending}"]`).click()
      await page.locator('#bought article').waitFor()
      return page.locator('#bought article code').innerText()
    },
    windowFrame: (): Frame => must(page.frames().find((frame) => frame !== page.mainFrame())),
    /** The states that an order and its refunds are shown in, as they turn. */
    isShown: async (id: string, label: string): Promise<void> => {
      await card(id).locator('.pill', { hasText: label }).first().waitFor()
    },
    asksRefund: async (id: string, amount?: string): Promise<void> => {
      await open('/orders')
      await press('orders.ask', id)
      if (amount !== undefined) await page.locator('#amount').fill(amount)
      await page.locator('#ask .main').click()
      await page.locator('#asking').waitFor({ state: 'hidden' })
    },
    fills: async (amount: string): Promise<void> => {
      await page.locator('#amount').fill(amount)
      await page.locator('#ask .main').click()
    },
    said: () => page.locator('#said').innerText(),
    picture: async (file: string): Promise<void> => {
      // Frames and fonts are drawn a moment after they have loaded.
      await pause(500)
      await page.screenshot({ path: file, animations: 'disabled' })
    },
  }
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('there is no payment window')
  return value
}
