// The bench's gateway answers ours as i'mport would, repeats what is not taken; and the peers' packages stay apart.
// Must not know: rates.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { gatewayName, gatewayRef, merchantUid, refundId } from '../../src/domain/ids.ts'
import { createIamportGateway } from '../../src/gateways/iamport/client.ts'
import { arrivals } from './arrivals.ts'
import { startGateway } from './gateway.ts'

/** A door that first refuses. */
async function startDoor() {
  const heard: unknown[] = []
  const server = createServer((request, response) => {
    void (async () => {
      let text = ''
      for await (const chunk of request) text += String(chunk)
      heard.push(JSON.parse(text))
      response.writeHead(heard.length === 1 ? 503 : 200).end()
    })()
  })
  onTestFinished(() => void server.close())
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(z.object({ port: z.number() }).parse(server.address()).port)),
  )
  return { url: `http://127.0.0.1:${port}`, heard }
}

test('ours reads what the bench’s gateway says of an order from its registration to its refund', async () => {
  const gateway = await startGateway()
  onTestFinished(gateway.stop)
  const door = await startDoor()
  const name = gatewayName('iamport/main')
  const missing: string[] = []
  const onMissing = (field: string) => void missing.push(field)
  const ours = createIamportGateway({ name, apiUrl: gateway.url, key: 'bench', secret: 'bench', onMissing })
  const money = { amount: 1_990, currency: 'USD' } as const
  const ref = gatewayRef('imp_o-1')

  const order = { merchantUid: merchantUid('o-1'), channel: 'live', ...money } as const
  expect(await ours.register(order)).toEqual({ kind: 'registered' })
  await gateway.prepared.all(['o-1'])
  const calls = gateway.calls()
  expect(await ours.look(ref)).toBeUndefined()
  expect(gateway.calls()).toBe(calls + 1)
  await gateway.pay('o-1', door.url)
  expect(await ours.look(ref)).toMatchObject({ merchantUid: 'o-1', status: 'paid', ours: true, returned: 0, ...money })

  const asked = {
    gatewayRef: ref,
    merchantUid: order.merchantUid,
    refundId: refundId('r-1'),
    money,
    checksum: 1_990,
    authorisedBy: 'submit',
  }
  const sending = { reason: '#r-1 too small', timeoutMs: 5_000, mayStillSend: () => true }
  expect(await ours.cancel({ ...asked, ...sending })).toMatchObject({ kind: 'answered', evidence: { status: 'paid' } })
  await gateway.filed.all(['o-1'])
  await gateway.complete('o-1', door.url)
  const entries = [{ amount: 1_990, reason: '#r-1 too small', cancellationId: 'c-o-1' }]
  expect(await ours.look(ref)).toMatchObject({ status: 'cancelled', returned: 1_990, entries })
  // The refused one came again.
  const words = { imp_uid: 'imp_o-1', merchant_uid: 'o-1' }
  const said = ['paid', 'paid', 'cancelled'].map((status) => ({ ...words, status }))
  expect(door.heard).toEqual(said)
  expect(missing).toEqual([])
})

test('what arrives is waited for, and counts once', async () => {
  const rows = arrivals('the row')
  rows.note('a')
  const first = rows.at('a')
  const both = rows.all(['a', 'b'])
  rows.note('b')
  rows.note('a')
  await both
  expect(rows.at('a')).toBe(first)
  expect(() => rows.at('c')).toThrow('the row of c has not come')
})

const json = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))
const packaged = z.object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.object({}).optional() })
const locked = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), resolved: z.string().optional() })),
})

test('the peers are pinned, by a lock without addresses, and the program needs none of them', () => {
  const { dependencies } = packaged.parse(json('test/bench/peers/package.json'))
  const { packages } = locked.parse(json('test/bench/peers/package-lock.json'))
  const pins = Object.entries(dependencies)
  expect(pins.length).toBeGreaterThan(0)
  for (const [name, version] of pins) expect(packages[`node_modules/${name}`]?.version).toBe(version)
  expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([])
  const own = locked.parse(json('package-lock.json')).packages
  expect(pins.filter(([name]) => `node_modules/${name}` in own)).toEqual([])
})
