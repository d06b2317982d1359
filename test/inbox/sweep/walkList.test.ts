// Walking a list that moves while it is read: windows with fixed ends, each read whole and counted
// against its total.
// Must not know: databases, hints.
import { expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failures.ts'
import { walkList, type WholeWindow, type Window } from '../../../src/inbox/sweep/walkList.ts'
import { DAY, HOUR, later, MINUTE } from '../../support/books.ts'
import { listing, paidAt, unreadableAt, type Element, type Listing } from './listing.ts'

const NOON = '2026-03-02T12:00:00.000Z'
const hour: Window = { from: new Date(NOON), to: new Date(later(HOUR, NOON)) }
const many = (count: number, everyMs: number, first = 0): Element[] =>
  Array.from({ length: count }, (_, index) => paidAt(first + index, { at: later(index * everyMs, NOON) }))

async function walked(list: Listing, range: Window = hour): Promise<{ windows: WholeWindow[]; seen: Set<string> }> {
  const seen = new Set<string>()
  const windows: WholeWindow[] = []
  const walk = walkList(range, 89 * 24 * HOUR, async (asked) => {
    const page = await list.gateway.list({ status: 'paid', ...asked })
    for (const { gatewayRef } of page.listed) seen.add(gatewayRef)
    return page
  })
  for await (const whole of walk) windows.push(whole)
  return { windows, seen }
}
const all = (elements: readonly Element[]) =>
  new Set(elements.flatMap(({ says }) => ('evidence' in says ? [says.evidence.gatewayRef as string] : [])))
const nameless = (windows: readonly WholeWindow[]) => windows.reduce((sum, window) => sum + window.nameless, 0)

test('a payment that was updated late is listed, though all others of its hour were updated before', async () => {
  const list = listing(many(250, 10_000))
  const [early] = list.holds.splice(20, 1)
  list.holds.push({ ...paidAt(20, { at: later(200_000, NOON) }), updated: (early?.at ?? 0) + 40 * MINUTE })

  const { seen } = await walked(list)

  expect(seen).toEqual(all(list.holds))
  expect(list.asked.map(({ page }) => page)).toEqual([1, 2, 3])
})

test('the ends of a window stay while its pages are read, and no window begins where another was not read whole', async () => {
  const list = listing(many(2_400, 1_500))
  const { windows, seen } = await walked(list)

  expect(seen).toEqual(all(list.holds))
  expect(windows[0]?.from).toEqual(hour.from)
  expect(windows.at(-1)?.to).toEqual(hour.to)
  for (const [index, { from }] of windows.slice(1).entries()) expect(from).toEqual(windows[index]?.to)
  for (const { from, to } of windows) {
    const pages = list.asked.filter((asked) => +asked.from === +from && +asked.to === +to)
    expect(pages.length).toBeGreaterThan(0)
    expect(pages.length).toBeLessThanOrEqual(10)
  }
})

test('a payment that leaves the list between two pages hides no other: the window is read again', async () => {
  const list = listing(many(250, 10_000))
  const before = [...list.holds]
  // It was cancelled meanwhile: those behind it move to a page that was read.
  list.before = () => void (list.asked.length === 1 && list.holds.splice(5, 1))

  const { seen } = await walked(list)

  expect(seen).toEqual(all(before))
  expect(list.asked.map(({ page }) => page)).toEqual([1, 2, 3, 1, 2, 3])
})

test('a window whose pages never hold still is read in halves, until each is one page', async () => {
  const list = listing(many(300, 10_000))
  const before = [...list.holds]
  list.before = ({ page }) => void (page === 2 && list.holds.shift())
  const { windows, seen } = await walked(list)
  expect(windows.length).toBeGreaterThan(1)
  expect(seen).toEqual(all(before))
})

test('a page that is beyond the end by now is no failure of the list', async () => {
  const list = listing(many(101, 10_000))
  list.before = ({ page, size }) => {
    if (list.asked.length === 1) list.holds.splice(5, 1)
    if ((page - 1) * size >= list.holds.length) throw new Failure('gatewayRefused', 'HTTP 400')
  }
  const { seen } = await walked(list)
  expect(seen).toEqual(all(many(101, 10_000)))
})

test('the total says where the list ends, whatever its last page says of a next one', async () => {
  const list = listing(many(150, 10_000))
  list.answer = (page) => ({ ...page, more: false })
  expect((await walked(list)).seen.size).toBe(150)
  expect(list.asked).toHaveLength(2)
})

test('without a total the pages say it', async () => {
  const list = listing(many(150, 10_000))
  list.totals = false
  expect((await walked(list)).seen.size).toBe(150)
  expect(list.asked).toHaveLength(2)
})

test('an empty list is read with one question', async () => {
  const list = listing()
  const { windows } = await walked(list)
  expect(windows).toEqual([{ ...hour, nameless: 0 }])
  expect(list.asked).toHaveLength(1)
})

test('a crowd of one second is read by pages, however many there are', async () => {
  const crowd = Array.from({ length: 1_230 }, (_, index) => paidAt(index, { at: later(MINUTE, NOON) }))
  const list = listing([...crowd, ...many(20, MINUTE, 5_000)])
  expect((await walked(list)).seen).toEqual(all(list.holds))
  expect(list.asked.length).toBeLessThan(80)
})

test('a quiet year costs few questions, none of them wider than the gateway takes', async () => {
  const list = listing([paidAt(1, { at: later(2 * DAY, NOON) }), paidAt(2, { at: later(190 * DAY, NOON) })])
  const { seen } = await walked(list, { from: new Date(NOON), to: new Date(later(365 * DAY, NOON)) })
  expect(seen.size).toBe(2)
  expect(list.asked.length).toBeLessThan(15)
  for (const { from, to } of list.asked) expect(to.getTime() - from.getTime()).toBeLessThanOrEqual(90 * DAY)
})

test('where an answer is too large, smaller pages are read, and nothing between them is skipped', async () => {
  const list = listing(many(230, 10_000))
  list.holds[137] = paidAt(137, { at: later(1_370_000, NOON), size: 'large' })

  const { windows, seen } = await walked(list)

  expect(seen).toEqual(all(list.holds))
  expect(nameless(windows)).toBe(0)
  expect(new Set(list.asked.map(({ size }) => size))).toEqual(new Set([100, 50, 25, 5, 1]))
  expect(list.asked.length).toBeLessThan(20)
})

test('one payment that is too large by itself is counted, and all others are listed', async () => {
  const list = listing(many(230, 10_000))
  list.holds[0] = paidAt(0, { at: NOON, size: 'tooLarge' })
  list.holds[229] = paidAt(229, { at: later(2_290_000, NOON), size: 'tooLarge' })
  const { windows, seen } = await walked(list)
  expect(seen.size).toBe(228)
  expect(nameless(windows)).toBe(2)
})

test('a list whose every answer is too large is given up before it has cost a thousand questions', async () => {
  const list = listing(many(900, 1_000).map((each) => ({ ...each, size: 'tooLarge' as const })))
  await expect(walked(list)).rejects.toMatchObject({ kind: 'gatewayAnswerTooLarge' })
  expect(list.asked.length).toBeLessThan(50)
})

test('what a list counts and does not show is read again, and then told as unreadable', async () => {
  const list = listing(many(20, MINUTE))
  list.answer = (page) => ({ ...page, total: (page.total ?? 0) + 2 })
  const { windows, seen } = await walked(list)
  expect(seen.size).toBe(20)
  expect(windows).toEqual([{ ...hour, nameless: 2 }])
  expect(list.asked).toHaveLength(3)
})

test('only what may be ours and says nothing of itself is nameless', async () => {
  const list = listing([
    unreadableAt(NOON),
    unreadableAt(NOON, { ours: false }),
    unreadableAt(NOON, { merchantUid: 'order-9' }),
    ...many(3, MINUTE),
  ])
  const { windows } = await walked(list)
  expect(nameless(windows)).toBe(1)
  expect(list.asked).toHaveLength(1)
})

test('a list that promises more and shows nothing has failed', async () => {
  const list = listing()
  list.answer = () => ({ listed: [], unreadable: [], total: null, more: true })
  await expect(walked(list)).rejects.toMatchObject({ kind: 'gatewayAnswerUnreadable' })
  expect(list.asked).toHaveLength(1)
})
