// The simulator's pages in a real Chromium, over the whole program with API keys: every flow, on Postgres in both languages, on the
// embedded database in one of them, for what a page shows is nothing that a database knows.
// Must not know: how a page is read. Without a Chromium nothing of it runs, and the names say so.
import axe from 'axe-core'
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { ALL_OR_HALF, halfOf } from '../support/database.ts'
import { exchange, shopTest } from '../support/shop.ts'
import { findChromium } from './browser.ts'
import { openPages, startChromium, type Looks } from './person.ts'

const PATH = process.env['PATH'] ?? ''
const missing = whyNoChromium()
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`

function whyNoChromium(): string | undefined {
  try {
    findChromium(PATH)
    return undefined
  } catch (error) {
    if (error instanceof Error) return error.message
    throw error
  }
}

const KEY = 'hunter2-hunter2-hunter2'
const ACCOUNTS = ['iamport/main', 'portone/main', 'paymentwall/main']

describe.skipIf(missing !== undefined)(`the pages${skipped}`, () => {
  const test = shopTest({ API_KEYS: `shop:checkout:${KEY}`, PARTIAL_REFUNDS: 'yes' })
  let browser: Browser
  const opened: { complaints: string[]; close(): Promise<void> }[] = []
  beforeAll(async () => {
    browser = await startChromium(PATH)
  })
  afterAll(() => browser.close())
  afterEach(async () => {
    const people = opened.splice(0)
    await Promise.all(people.map((person) => person.close()))
    expect(people.flatMap(({ complaints }) => complaints)).toEqual([])
  })
  const person = async (simulator: string, looks: Looks = {}) => {
    const made = await openPages(browser, simulator, looks)
    opened.push(made)
    return made
  }

  describe.each(['en', 'ko'] as const)(`in %s, ${ALL_OR_HALF}`, (language) => {
    const first = language === 'en' ? 0 : 1
    const second = first + 1
    test.for(halfOf(ACCOUNTS, first))(
      '%s: bought, refunded, worked by the desk, 취소완료',
      async (gateway, { shop }) => {
        const ann = await person(shop.simulator, { language })
        await ann.orders({ gateway, currency: 'USD' })
        expect(await ann.window.locator('#price').innerText()).toContain('$14.90')
        const id = await ann.ends('paid')
        await ann.isShown(id, language === 'ko' ? '결제완료' : 'paid')
        await ann.asksRefund(id)
        await ann.isShown(id, '취소처리 대기')
        await ann.open('/desk')
        await ann.press('desk.complete', id, '#queue')
        await ann.card(id, '#done').waitFor()
        await ann.open('/orders')
        await ann.isShown(id, '취소완료')
        const sagas = await ann
          .card(id)
          .getByRole('link', { name: /↗$/ })
          .evaluateAll((links) => links.map(String))
        expect(sagas).toEqual([
          expect.stringContaining(`/workflows/payment%3A${id}`),
          expect.stringMatching(/refund%3Aref-/),
        ])
      },
    )

    test.for(halfOf([language], second))(
      'a part of it goes back, the rest is refused in silence, lost, and found',
      async (_, { shop }) => {
        const ann = await person(shop.simulator, { language })
        await ann.orders({ currency: 'EUR', good: 'season' })
        const id = await ann.ends('paid')
        await ann.isShown(id, language === 'ko' ? '결제완료' : 'paid')
        await ann.asksRefund(id, '12.90')
        await ann.isShown(id, '취소처리 대기')
        await ann.open('/desk')
        await ann.press('desk.part', id, '#queue')
        await ann.fills('2.90')
        await ann.card(id, '#done').waitFor()
        expect(await ann.card(id, '#payments').innerText()).toContain('€2.90')
        await ann.asksRefund(id, '10')
        await ann.open('/desk')
        await ann.press('desk.refuse', id, '#queue')
        await ann.card(id, '#queue').waitFor({ state: 'detached' })
        await ann.asksRefund(id, '7')
        await ann.open('/desk')
        await ann.press('desk.lose', id, '#queue')
        await ann.press('desk.find', id, '#done')
        await ann.card(id, '#payments').getByText('€9.90').waitFor()
      },
    )

    test.for(halfOf([language], first))('the window says no, is reviewed, left and closed', async (_, { shop }) => {
      const ann = await person(shop.simulator, { language })
      for (const ending of ['declined', 'ready', 'closed'] as const) {
        await ann.orders()
        await ann.ends(ending)
        await expect.poll(ann.said).toBe(ann.word(`ended.${ending}`))
      }
      await ann.orders()
      const id = await ann.ends('approvedLate')
      await ann.open('/desk')
      await ann.press('desk.approve', id, '#payments')
      await ann.open('/orders')
      await ann.isShown(id, language === 'ko' ? '결제완료' : 'paid')
    })

    test.for(halfOf([language], second))('a bank takes its money back, and the order says so', async (_, { shop }) => {
      const ann = await person(shop.simulator, { language })
      await ann.orders({ currency: 'KRW' })
      const id = await ann.ends('paid')
      await ann.isShown(id, language === 'ko' ? '결제완료' : 'paid')
      await ann.open('/desk')
      await ann.press('desk.chargeback', id, '#payments')
      await ann.fills('19,000')
      await ann.card(id, '#payments').getByText('₩19,000').last().waitFor()
      await ann.open('/orders')
      await ann.isShown(id, '취소완료')
    })

    test.for(halfOf([language], first))(
      'on the wire it is seen, a fault is switched, a scenario played and the clock moved',
      async (_, { shop }) => {
        const ann = await person(shop.simulator, { language })
        await ann.open('/wire')
        await ann.page.locator('input[name=webhooks][value=drop]').check()
        await expect
          .poll(() => exchange(shop.simulator, 'GET', '/__sim/faults'))
          .toMatchObject({ body: { webhooks: 'drop' } })
        await ann.page.locator('input[name=webhooks][value=deliver]').check()
        await ann.orders({ currency: 'KRW' })
        const id = await ann.ends('closed')
        await ann.open('/wire')
        // For the last order that nobody has paid: this one.
        await ann.page.getByRole('button', { name: `${ann.word('wire.play')}: late-approval` }).click()
        await expect.poll(ann.said).toContain('late-approval')
        await ann.open('/desk')
        await ann
          .card(id, '#payments')
          .locator('.pill', { hasText: ann.word('desk.underReview') })
          .waitFor()
        await ann.open('/wire')
        await ann.page.locator('.entry .moved').first().waitFor()
        await ann.page.getByRole('button', { name: ann.word('wire.week') }).click()
        await expect.poll(ann.said).toBe(ann.word('wire.advanced'))
        await ann.page.locator('.entry .moved', { hasText: '₩19,000' }).first().waitFor()
      },
    )
  })

  test('test orders are paid in the test channel, and live ones are not', async ({ shop }) => {
    const ann = await person(shop.simulator)
    for (const gateway of ACCOUNTS) {
      await ann.orders({ gateway, channel: 'test' })
      await ann.window.locator('#channel').waitFor()
      const id = await ann.ends('paid')
      await ann.open('/desk')
      await ann.card(id, '#payments').getByText(ann.word('channel.test')).waitFor()
    }
    await ann.orders()
    expect(await ann.window.locator('#channel').isHidden()).toBe(true)
  })

  test('the language is the browser’s until it is switched, and then that one', async ({ shop }) => {
    const mina = await person(shop.simulator, { language: 'ko' })
    const shown = () => mina.page.locator('html').getAttribute('lang')
    await mina.open('/')
    expect(await shown()).toBe('ko')
    await mina.page.getByRole('link', { name: 'English' }).click()
    await expect.poll(shown).toBe('en')
    await mina.open('/orders')
    expect(await shown()).toBe('en')
  })

  test('all of a purchase by the keyboard alone', async ({ shop }) => {
    const { page, open, window, isShown } = await person(shop.simulator)
    await open('/')
    await page.locator('#goods input').first().waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(page.url()).toContain('#main')
    for (
      let presses = 0;
      presses < 20 && !(await page.locator('#buy').evaluate((it) => it.matches(':focus')));
      presses += 1
    )
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await window.locator('[data-ending=paid]:focus').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('dialog.window').waitFor({ state: 'detached' })
    await page.locator('#buy:focus').waitFor()
    await page.keyboard.press('Enter')
    await window.locator('[data-ending=paid]:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.locator('#bought .pill', { hasText: 'paid' }).waitFor()
    await isShown(await page.locator('#bought article code').innerText(), 'paid')
  })

  test.for([
    { scheme: 'light', width: 1_200, language: 'en' },
    { scheme: 'dark', width: 1_200, language: 'ko' },
    { scheme: 'light', width: 360, language: 'ko' },
  ] as const)('nothing serious for axe, and nothing beyond the edge: %o', async (looks, { shop }) => {
    const ann = await person(shop.simulator, looks)
    await ann.orders()
    await clean(ann.windowFrame())
    const id = await ann.ends('paid')
    await clean(ann.page)
    await ann.isShown(id, looks.language === 'ko' ? '결제완료' : 'paid')
    await ann.asksRefund(id, '1')
    await ann.isShown(id, '취소처리 대기')
    await clean(ann.page)
    await ann.press('orders.ask', id)
    await clean(ann.page)
    for (const path of ['/desk', '/wire'] as const) {
      await ann.open(path)
      await ann.page
        .locator(path === '/desk' ? '#queue article' : '.entry')
        .first()
        .waitFor()
      await clean(ann.page)
    }
  })
})

const GRAVE = ['serious', 'critical']

/** Throws what axe finds, by rule and place; a page that is wider than its window is found, too. */
async function clean(page: Page | Frame): Promise<void> {
  await page.evaluate(axe.source)
  const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
    'axe.run().then(({ violations }) => violations)',
  )
  const grave = found.filter(({ impact }) => GRAVE.includes(impact))
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
  const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  expect(beyond).toBeLessThanOrEqual(0)
}
