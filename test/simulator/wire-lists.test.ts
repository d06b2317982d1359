// The switches that decide what lists, order looks and the batch show, and how a page is written.
// Must not know what a payment object looks like inside.
import { expect, test } from 'vitest'
import { eventually, startTogether } from './support.ts'

test.each([
  ['400', 400],
  ['404', 404],
])('emptyPages %s: a list without payments and a page beyond the end answer so', async (emptyPages, status) => {
  const { pay, ask, desk } = await startTogether()
  await pay()
  await desk('PUT', 'faults', { wire: { emptyPages } })
  const no = { status, body: { code: -1, message: expect.any(String), response: null } }
  expect(await ask('GET', '/payments/status/cancelled')).toMatchObject(no)
  expect(await ask('GET', '/payments/status/paid?page=2')).toMatchObject(no)
  expect(await ask('GET', '/payments/status/paid')).toMatchObject({ status: 200 })
})

test('emptyPages list, the default: a page without payments', async () => {
  const { pay, look } = await startTogether()
  await pay()
  expect(await look('/payments/status/paid?page=2')).toMatchObject({ total: 1, next: 0, list: [] })
})

test.each(['next', 'total'])('%s missing: pages say nothing of it', async (name) => {
  const { pay, look, desk } = await startTogether()
  await pay()
  await desk('PUT', 'faults', { wire: { [name]: 'missing' } })
  for (const path of ['/payments/status/paid', '/payments/findAll/order-1']) {
    const page = await look(path)
    expect(page).toMatchObject({ previous: 0, list: [{}] })
    expect(page).not.toHaveProperty(name)
  }
})

test('unseenLooks: told at once, unseen for so many reads, and for lists until then', async () => {
  const { merchant, pay, ask, look, desk } = await startTogether()
  await desk('PUT', 'faults', { wire: { unseenLooks: 2 } })
  const impUid = await pay()
  await eventually(() => merchant.heard.length).toBe(1)
  const others = [`/payments/findAll/order-1`, '/payments/find/order-1', `/payments?imp_uid[]=${impUid}`]
  for (const path of [...others, `/payments/${impUid}`, `/payments/${impUid}`]) {
    expect(await ask('GET', path), path).toMatchObject({ status: 404 })
    if (path !== `/payments/${impUid}`) expect(await look('/payments/status/paid')).toMatchObject({ total: 0 })
  }
  for (const path of [...others, `/payments/${impUid}`]) expect(await ask('GET', path)).toMatchObject({ status: 200 })
  expect(await look('/payments/status/paid')).toMatchObject({ total: 1 })
})

test('testPayments singleOnly: the test channel is shown by its imp_uid alone', async () => {
  const { pay, ask, look, desk } = await startTogether()
  const impUid = await pay({ sandbox: true })
  await desk('PUT', 'faults', { wire: { testPayments: 'singleOnly' } })
  const query = 'include_sandbox=true'
  for (const path of [`/payments/findAll/order-1?${query}`, `/payments?imp_uid[]=${impUid}&${query}`]) {
    expect(await ask('GET', path)).toMatchObject({ status: 404 })
  }
  expect(await look(`/payments/status/paid?${query}`)).toMatchObject({ total: 0 })
  expect(await ask('GET', `/payments/${impUid}?${query}`)).toMatchObject({ status: 200 })
})

test('backDated: windows go by the shown time, the order of updates by the real one', async () => {
  const { pay, look, desk } = await startTogether()
  const first = await pay({ merchantUid: 'first' })
  const second = await pay({ merchantUid: 'second' })
  await desk('PUT', `payments/${second}/wire`, { backDated: 7200 })
  const now = Math.floor(Date.now() / 1000)
  const list = (query: string) => look(`/payments/status/paid?${query}`)
  expect(await list(`from=${now - 3600}`)).toMatchObject({ list: [{ imp_uid: first }] })
  expect(await list(`from=${now - 10_800}&to=${now - 3600}`)).toMatchObject({ list: [{ imp_uid: second }] })
  expect(await list('sorting=updated')).toMatchObject({ list: [{ imp_uid: first }, { imp_uid: second }] })
  expect(await list('sorting=paid')).toMatchObject({ list: [{ imp_uid: second }, { imp_uid: first }] })
})
