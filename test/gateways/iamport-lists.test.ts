// Several payments at once: what ends a list, what is unreadable in it, what is too large, and that
// half a list is none.
// Must not know: the simulator; each answer here is written by the test itself.
import { describe, expect, test } from 'vitest'
import type { Gateway, ListAsked } from '../../src/domain/gateway.ts'
import { gatewayRef, merchantUid } from '../../src/domain/ids.ts'
import { failureOf, gatewayOn, json, lacking, no, PAYMENT, reset, text, yes, type Step } from './wire.ts'

const FIND = 'GET /payments/findAll/ord-1'
const LIST = 'GET /payments/status/cancelled'
const MANY = 'GET /payments'
const ORDER = merchantUid('ord-1')

const attempt = (imp_uid: string, more: object = {}): object => ({ ...PAYMENT, imp_uid, ...more })
const several = (count: number, from = 1): object[] =>
  Array.from({ length: count }, (_, index) => attempt(`imp_${from + index}`))
const page = (list: unknown, total: number, next: number): Step => yes({ total, previous: 0, next, list })
/** More than is read, in good JSON. */
const tooLarge: Step = page([attempt('imp_1', { custom_data: 'x'.repeat(1024 * 1024) })], 1, 0)
const refs = (listed: readonly { gatewayRef: string | null }[]): (string | null)[] =>
  listed.map(({ gatewayRef }) => gatewayRef)

/**
 * As i'mport pages: a page beyond the data is 400, and what is larger than `limit` at once is too
 * large.
 */
function paged(all: readonly object[], largest = 100): Step {
  return (request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams
    const [nth, limit] = [Number(query.get('page')), Number(query.get('limit'))]
    const list = all.slice((nth - 1) * limit, nth * limit)
    if (limit > largest) return tooLarge(request, response)
    if (list.length === 0) return no(400, -1, 'beyond')(request, response)
    return page(list, all.length, nth * limit < all.length ? nth + 1 : 0)(request, response)
  }
}

describe('a status list', () => {
  const FROM = new Date('2026-08-06T00:00:00.900Z')
  const TO = new Date('2026-08-06T01:00:00.100Z')
  const asked = (changes: Partial<ListAsked> = {}): ListAsked => ({
    status: 'cancelled',
    from: FROM,
    to: TO,
    page: 1,
    size: 100,
    ...changes,
  })

  test('asks ascending by update within whole seconds around the range, for pages of the size asked', async () => {
    const { gateway, sent } = await gatewayOn({ [LIST]: page([attempt('imp_1')], 201, 3) })
    const listed = await gateway.list(asked({ page: 2, size: 50 }))
    expect(listed).toMatchObject({ more: true, total: 201, unreadable: [] })
    expect(sent('GET')[0]?.line).toBe(
      `${LIST}?from=1785974400&to=1785978001&page=2&limit=50&sorting=updated&include_sandbox=true`,
    )
  })

  test.for([
    ['400', no(400, -1, '요청 파라메터가 올바르지 않습니다.')],
    ['404', no(404, -1, '존재하지 않는 결제정보입니다.')],
    ['400 with code 1', no(400, 1, '-')],
  ] as const)('a page beyond the end that is answered with %s is the end', async ([, step]) => {
    const { gateway, notes } = await gatewayOn({ [LIST]: step })
    const end = { listed: [], unreadable: [], total: null, more: false }
    await expect(gateway.list(asked({ page: 2 }))).resolves.toEqual(end)
    expect(notes).toEqual([])
  })

  test.for([400, 404])('a first page that is answered with %i is an empty list, and noted', async (status) => {
    const { gateway, notes } = await gatewayOn({ [LIST]: no(status, -1, '-') })
    const empty = { listed: [], unreadable: [], total: null, more: false }
    await expect(gateway.list(asked())).resolves.toEqual(empty)
    expect(notes).toEqual(['page'])
  })

  test.for([
    ['HTML', text(404, '<html>'), 'gatewayUnavailable'],
    ["a firewall's JSON", json(404, { message: 'Not Found' }), 'gatewayUnavailable'],
    ["a proxy's JSON with a code", no(404, 404, 'no route'), 'gatewayUnavailable'],
    ['a 403', no(403, -1, '-'), 'gatewayUnavailable'],
    ['a no with HTTP 200', no(200, -1, '-'), 'gatewayUnavailable'],
    ['a reset', reset, 'gatewayUnavailable'],
    ['no list', yes({ total: 3 }), 'gatewayAnswerUnreadable'],
    ['no page', yes(null), 'gatewayAnswerUnreadable'],
    ['a list of nothing where three are counted', page(null, 3, 0), 'gatewayAnswerUnreadable'],
    ['an answer that is too large', tooLarge, 'gatewayAnswerTooLarge'],
  ] as const)('%s is a failure, not an empty page', async ([, step, kind]) => {
    const { gateway } = await gatewayOn({ [LIST]: step })
    for (const page of [1, 2]) expect(await failureOf(gateway.list(asked({ page })))).toMatchObject({ kind })
  })

  test('a list that is null where nothing is counted is empty', async () => {
    const { gateway } = await gatewayOn({ [LIST]: page(null, 0, 0) })
    await expect(gateway.list(asked())).resolves.toMatchObject({ listed: [], total: 0, more: false })
  })

  test.for([
    [{ total: 3, next: 2 }, 1, 3, true],
    [{ total: 3, next: 0 }, 1, 3, false],
    [{ total: '3', next: '2' }, 1, 3, true],
    [{ total: 3 }, 1, 3, true],
    [{ total: 3, next: null }, 1, 3, true],
    [{ total: 3, next: 'soon' }, 1, 3, true],
    [{ total: 3 }, 2, 3, false],
    [{ total: 2 }, 1, 2, false],
    [{}, 1, null, true],
    [{ total: -1 }, 1, null, true],
    [{ total: 2.5, next: {} }, 1, null, true],
  ] as const)('pages of two: %j on page %d is of %s, more: %s', async ([said, page, total, more]) => {
    const { gateway } = await gatewayOn({ [LIST]: yes({ ...said, list: several(2) }) })
    await expect(gateway.list(asked({ page, size: 2 }))).resolves.toMatchObject({ total, more })
  })

  test.for([
    ['that is not full', several(1)],
    ['that is empty', []],
  ] as const)('a page %s, of a list that says neither total nor next, is the last one', async ([, list]) => {
    const { gateway, notes } = await gatewayOn({ [LIST]: yes({ list }) })
    await expect(gateway.list(asked({ size: 2 }))).resolves.toMatchObject({ total: null, more: false })
    expect(notes).toEqual(['page.total', 'page.next'])
  })

  test('an empty page has no next one, whatever it says: or the list would never end', async () => {
    const { gateway } = await gatewayOn({ [LIST]: page([], 900, 7) })
    await expect(gateway.list(asked({ page: 6 }))).resolves.toMatchObject({ total: 900, more: false })
  })

  test('elements that cannot be read are told with what can be read of them, and hide no other', async () => {
    const list = [
      attempt('imp_1'),
      null,
      attempt('imp_3', { currency: '?' }),
      attempt('imp_4', { amount: 'x', pg_provider: 'html5_inicis' }),
      attempt('bad ref', { merchant_uid: 'ord-5' }),
    ]
    const { gateway } = await gatewayOn({ [LIST]: page(list, 5, 0) })
    const { listed, unreadable, total } = await gateway.list(asked())
    expect([refs(listed), total]).toEqual([['imp_1'], 5])
    expect(unreadable.map(({ why: _why, ...said }) => said)).toEqual([
      { gatewayRef: null, merchantUid: null, ours: true },
      { gatewayRef: 'imp_3', merchantUid: 'ord-1', ours: true },
      { gatewayRef: 'imp_4', merchantUid: 'ord-1', ours: false },
      { gatewayRef: null, merchantUid: 'ord-5', ours: true },
    ])
  })

  test('what is said of an unreadable element is the same on whichever place it comes', async () => {
    const bad = attempt('imp_9', { amount: null })
    const lists = [page([bad], 1, 0), page([attempt('imp_1'), bad], 2, 0)]
    const { gateway } = await gatewayOn({ [LIST]: lists })
    const [first, second] = [await gateway.list(asked()), await gateway.list(asked())]
    expect(first.unreadable).toEqual(second.unreadable)
    expect(first.unreadable[0]?.why).toMatch(/response\.list\[\]\.amount/)
  })

  test("another provider's payments are listed as not ours", async () => {
    const list = [
      attempt('imp_1'),
      attempt('imp_2', { pg_provider: 'kakaopay' }),
      lacking(attempt('imp_3'), 'pg_provider'),
    ]
    const { gateway } = await gatewayOn({ [LIST]: page(list, 3, 0) })
    const { listed } = await gateway.list(asked())
    expect(listed.map(({ ours, provider }) => [ours, provider])).toEqual([
      [true, 'paymentwall'],
      [false, 'kakaopay'],
      [true, null],
    ])
  })

  test.for([
    ['more than 90 days', { from: new Date('2026-01-01T00:00:00.500Z'), to: new Date('2026-04-01T00:00:00.500Z') }],
    ['an end before its beginning', { from: TO, to: FROM }],
    ['no time', { from: new Date(Number.NaN) }],
    ['page 0', { page: 0 }],
    ['half a page', { page: 1.5 }],
    ['size 0', { size: 0 }],
    ['more than 100 at once', { size: 101 }],
  ] as const)('%s is never asked for, for a 400 would look like an empty list', async ([, changes]) => {
    const { gateway, sent } = await gatewayOn({ [LIST]: no(400, -1, '-') })
    await expect(gateway.list(asked(changes))).rejects.toThrow(RangeError)
    expect(sent('GET')).toEqual([])
  })

  test('90 days are asked for', async () => {
    const { gateway } = await gatewayOn({ [LIST]: page([], 0, 0) })
    const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-04-01T00:00:00Z') }
    await expect(gateway.list(asked(range))).resolves.toMatchObject({ listed: [], more: false })
  })
})

describe('the attempts of an order', () => {
  test('are read on all pages, each once, oldest first', async () => {
    const script = {
      [FIND]: [page([attempt('imp_1'), attempt('imp_2')], 3, 2), page([attempt('imp_2'), attempt('imp_3')], 3, 0)],
    }
    const { gateway, sent } = await gatewayOn(script)
    const found = await gateway.lookByOrder(ORDER)
    expect(refs(found)).toEqual(['imp_1', 'imp_2', 'imp_3'])
    expect(found.every(({ payerCountry }) => payerCountry === null)).toBe(true)
    expect(sent(FIND).map(({ line }) => line)).toEqual(
      [1, 2].map((page) => `${FIND}?page=${page}&limit=100&sorting=started&include_sandbox=true`),
    )
  })

  test.for([
    ['a 404', no(404, -1, '존재하지 않는 결제정보입니다.')],
    ['an empty list', page([], 0, 0)],
    ['an empty list that says nothing more', yes({ list: [] })],
  ] as const)('are none where the answer is %s', async ([, step]) => {
    const { gateway } = await gatewayOn({ [FIND]: step })
    await expect(gateway.lookByOrder(ORDER)).resolves.toEqual([])
  })

  test.for([
    ['400', no(400, -1, '-')],
    ['404', no(404, -1, '-')],
    ['an empty page', yes({ list: [] })],
  ] as const)('end where all that are counted were shown, and the next page is %s', async ([, end]) => {
    const { gateway } = await gatewayOn({ [FIND]: [page(several(2), 2, 2), end] })
    expect(refs(await gateway.lookByOrder(ORDER))).toEqual(['imp_1', 'imp_2'])
  })

  test('end behind a full page of a list that neither counts nor promises', async () => {
    const { gateway, sent } = await gatewayOn({ [FIND]: [yes({ list: several(100) }), no(400, -1, '-')] })
    await expect(gateway.lookByOrder(ORDER)).resolves.toHaveLength(100)
    expect(sent(FIND)).toHaveLength(2)
  })

  test('go on by the total where no next page is named', async () => {
    const pages = [yes({ total: 150, list: several(100) }), yes({ total: 150, list: several(50, 101) })]
    const { gateway } = await gatewayOn({ [FIND]: pages })
    await expect(gateway.lookByOrder(ORDER)).resolves.toHaveLength(150)
  })

  test.for([
    [
      'one of ours cannot be read',
      [page([attempt('imp_1'), attempt('imp_2', { amount: '?' })], 2, 0)],
      /list\[1\]\.amount/,
    ],
    ['one that names nobody cannot be read', [page([null], 1, 0)], /list\[0\]/],
    [
      'one that may be ours cannot be read',
      [page([attempt('imp_1', { amount: null, pg_provider: null, merchant_uid: null })], 1, 0)],
      /list\[0\]/,
    ],
    ['fewer are shown than counted', [page(several(2), 3, 0)], /counts 3 attempts of the order, and 2 are shown/],
    ['none are shown of those counted', [page([], 3, 0)], /counts 3 attempts of the order, and 0 are shown/],
    ['a counted page is missing', [page(several(2), 3, 2), no(404, -1, 'gone')], /counts 3 attempts/],
    ['a counted page is beyond the end', [page(several(2), 3, 2), no(400, -1, 'beyond')], /counts 3 attempts/],
    ['a promised page is missing', [yes({ next: 2, list: several(2) }), no(404, -1, 'gone')], /promises a page/],
    ['the last page is no page', [page(several(2), 3, 2), yes(null)], /at response:/],
    ['the pages do not end', [page(several(2), 2, 2)], /more than 10000 attempts/],
  ] as const)('are never half a list: %s', async ([, steps, said]) => {
    const { gateway } = await gatewayOn({ [FIND]: steps })
    const failure = await failureOf(gateway.lookByOrder(ORDER))
    expect(failure).toMatchObject({ kind: 'gatewayAnswerUnreadable', message: expect.stringMatching(said) })
  })

  test.for([
    ['a first page of 400', [no(400, -1, '-')]],
    ['a first page of 403', [no(403, -1, '-')]],
    ["a proxy's 404", [no(404, 404, 'no route')]],
    ['a later page of 403', [page(several(2), 2, 2), no(403, -1, '-')]],
    ["a later page of a proxy's 404", [page(several(2), 2, 2), no(404, 404, '-')]],
    ['a later page that is lost', [page(several(2), 2, 2), reset]],
  ] as const)('are asked for again after %s', async ([, steps]) => {
    const { gateway } = await gatewayOn({ [FIND]: steps })
    expect(await failureOf(gateway.lookByOrder(ORDER))).toMatchObject({ kind: 'gatewayUnavailable' })
  })

  test('are only those that name this order; of others not even readable ones are wanted', async () => {
    const list = [
      attempt('imp_1', { merchant_uid: 'ORD-1' }),
      attempt('imp_2'),
      attempt('imp_3', { merchant_uid: 'ord-2', amount: null }),
      attempt('imp_4', { pg_provider: 'html5_inicis', amount: null }),
      attempt('imp_5', { pg_provider: 'html5_inicis', amount: null, merchant_uid: null }),
    ]
    const { gateway } = await gatewayOn({ [FIND]: page(list, 5, 0) })
    expect(refs(await gateway.lookByOrder(ORDER))).toEqual(['imp_2'])
  })

  test("that another provider took are shown, as not ours: the order's own books say what it means", async () => {
    const { gateway } = await gatewayOn({ [FIND]: page([attempt('imp_1', { pg_provider: 'kakaopay' })], 1, 0) })
    await expect(gateway.lookByOrder(ORDER)).resolves.toMatchObject([{ gatewayRef: 'imp_1', ours: false }])
  })

  test('of card testing, thousands on one order, are all read', async () => {
    const { gateway, sent } = await gatewayOn({ [FIND]: paged(several(5_050)) })
    await expect(gateway.lookByOrder(ORDER)).resolves.toHaveLength(5_050)
    expect(sent(FIND)).toHaveLength(51)
  })

  test.for([50, 30, 12, 1])(
    'that are too large together are asked for in smaller pages, down to %d',
    async (largest) => {
      const { gateway } = await gatewayOn({ [FIND]: paged(several(60), largest) })
      const found = await gateway.lookByOrder(ORDER)
      expect(refs(found)).toEqual(refs(several(60).map((_, index) => ({ gatewayRef: `imp_${index + 1}` }))))
    },
  )

  test('of which a later page is too large go on where they were', async () => {
    const all = several(250)
    let grown = false
    const step: Step = (request, response) => {
      const isSecond = (request.url ?? '').includes('page=2&limit=100')
      grown ||= isSecond
      return isSecond ? tooLarge(request, response) : paged(all, grown ? 50 : 100)(request, response)
    }
    const { gateway, sent } = await gatewayOn({ [FIND]: step })
    await expect(gateway.lookByOrder(ORDER)).resolves.toHaveLength(250)
    expect(sent(FIND).map(({ line }) => /page=\d+&limit=\d+/.exec(line)?.[0])).toEqual([
      'page=1&limit=100',
      'page=2&limit=100',
      'page=3&limit=50',
      'page=4&limit=50',
      'page=5&limit=50',
    ])
  })

  test('of which a single one is too large fail by that name', async () => {
    const { gateway, sent } = await gatewayOn({ [FIND]: tooLarge })
    expect(await failureOf(gateway.lookByOrder(ORDER))).toMatchObject({ kind: 'gatewayAnswerTooLarge' })
    expect(sent(FIND).map(({ line }) => /limit=\d+/.exec(line)?.[0])).toEqual(
      [100, 50, 25, 12, 6, 3, 1].map((size) => `limit=${size}`),
    )
  })
})

describe('many at once', () => {
  const ids = (count: number) => several(count).map((_, index) => gatewayRef(`imp_${index + 1}`))
  const found = async (gateway: Gateway, count: number) => refs(await gateway.lookMany(ids(count)))

  test.for([200, 207])('with HTTP %i are those that are shown', async (status) => {
    const { gateway, sent } = await gatewayOn({
      [MANY]: json(status, { code: 0, message: null, response: several(2) }),
    })
    await expect(found(gateway, 3)).resolves.toEqual(['imp_1', 'imp_2'])
    const query = new URL(sent(MANY)[0]?.line.slice('GET '.length) ?? '', 'http://x').searchParams
    expect([query.getAll('imp_uid[]'), query.get('include_sandbox')]).toEqual([['imp_1', 'imp_2', 'imp_3'], 'true'])
  })

  test('with HTTP 207 and another code than 0 are those that are shown all the same', async () => {
    const step = json(207, { code: 1, message: 'some are missing', response: several(1) })
    const { gateway } = await gatewayOn({ [MANY]: step })
    await expect(found(gateway, 2)).resolves.toEqual(['imp_1'])
  })

  test('are none where none is known, and nobody is asked for none', async () => {
    const { gateway, sent } = await gatewayOn({ [MANY]: no(404, -1, '-') })
    await expect(found(gateway, 2)).resolves.toEqual([])
    await expect(gateway.lookMany([])).resolves.toEqual([])
    expect(sent(MANY)).toHaveLength(1)
  })

  test('leave out what cannot be read and what was not asked for', async () => {
    const response = [attempt('imp_1'), null, attempt('imp_2', { amount: '?' }), attempt('imp_9'), attempt('imp_3')]
    const { gateway } = await gatewayOn({ [MANY]: yes(response) })
    await expect(found(gateway, 3)).resolves.toEqual(['imp_1', 'imp_3'])
  })

  test('are 100 at most', async () => {
    const { gateway, sent } = await gatewayOn({ [MANY]: yes(several(100)) })
    await expect(found(gateway, 100)).resolves.toHaveLength(100)
    await expect(gateway.lookMany(ids(101))).rejects.toThrow(RangeError)
    expect(sent(MANY)).toHaveLength(1)
  })

  test('that are too large together are asked for in halves', async () => {
    const step: Step = (request, response) => {
      const asked = new URL(request.url ?? '', 'http://x').searchParams.getAll('imp_uid[]')
      return (asked.length > 2 ? tooLarge : yes(asked.map((id) => attempt(id))))(request, response)
    }
    const { gateway } = await gatewayOn({ [MANY]: step })
    await expect(found(gateway, 7)).resolves.toEqual(ids(7))
  })

  test.for([
    ['HTTP 500', json(500, {}), 'gatewayUnavailable'],
    ['a 403 with JSON', no(403, 403, 'blocked'), 'gatewayUnavailable'],
    ["a proxy's 404", no(404, 404, 'no route'), 'gatewayUnavailable'],
    ['no list', yes(null), 'gatewayAnswerUnreadable'],
    ['a page', yes({ list: several(1) }), 'gatewayAnswerUnreadable'],
    ['one that is too large', tooLarge, 'gatewayAnswerTooLarge'],
  ] as const)('fail after %s', async ([, step, kind]) => {
    const { gateway } = await gatewayOn({ [MANY]: step })
    expect(await failureOf(gateway.lookMany(ids(1)))).toMatchObject({ kind })
  })

  test('a strange id stays in its place', async () => {
    const { gateway, sent } = await gatewayOn({ [MANY]: yes([]) })
    await gateway.lookMany([gatewayRef('a&b=c#d')])
    expect(sent(MANY)[0]?.line).toBe('GET /payments?imp_uid%5B%5D=a%26b%3Dc%23d&include_sandbox=true')
  })
})
