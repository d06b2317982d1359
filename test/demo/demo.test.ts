// The whole demo as a process: it ends with 0 when everything held, loudly when not, and leaves nothing behind: also where a signal
// reaches npm alone, whose process id is all that a supervisor or a script knows.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { WAYS } from '../../src/demo/ways.ts'
import { below, lives } from '../support/below.ts'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LIMIT_MS = 240_000

beforeAll(async () => void (await temporalCliForTests()), MAKING_MS)

type Ended = {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly left: readonly string[]
  /** All that ran below it when a signal was sent. */
  readonly started: readonly number[]
}

type Demo = {
  readonly npm?: 'npm'
  readonly own?: Readonly<Record<string, string>>
  /** Sees all that was printed so far. */
  readonly onText?: (out: string, end: (signal: NodeJS.Signals) => void) => void
}

/** `left` is what the demo left in its temporary folder, and of its processes where a signal ended it. */
function demo(args: readonly string[], { npm, own = {}, onText = () => {} }: Demo = {}): Promise<Ended> {
  const folder = temporaryFolder()
  const [program, ...command] = npm
    ? ['npm', 'run', '-s', 'demo', '--', ...args]
    : [process.execPath, 'src/run.js', 'src/demo/main.ts', ...args]
  const child = spawn(program, command, {
    cwd: ROOT,
    // A shell's own settings must not reach the demo's program.
    env: {
      ...process.env,
      TMPDIR: folder,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      LOG_LEVEL: 'nonsense',
      ...own,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a process group of its own, so that nothing but the signal that a test sends can end it.
    detached: true,
  })
  let started: readonly number[] = []
  onTestFinished(() => {
    for (const pid of [child.pid ?? 0, ...started].filter(lives)) process.kill(pid, 'SIGKILL')
  })
  let out = ''
  let err = ''
  const end = (signal: NodeJS.Signals) => {
    started = below(child.pid ?? 0).map(({ pid }) => pid)
    child.kill(signal)
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    onText(out, end)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  return new Promise((resolve) => {
    child.once('close', (code) =>
      resolve({
        code,
        out,
        err,
        left: readdirSync(folder).filter((name) => name.includes('demo')),
        started,
      }),
    )
  })
}

test(
  'the demo plays to its end, prints what happened and what it cost, and leaves nothing behind',
  { timeout: LIMIT_MS },
  async () => {
    const { code, out, err, left } = await demo([])
    expect(err).toBe('')
    expect(code).toBe(0)
    for (const label of ['결제대기', '결제완료', '취소접수', '취소처리 대기', '취소요청 확인중', '취소완료'])
      expect(out).toContain(label)
    expect(out).toContain('code 0, but still paid: a ticket was filed, nothing is refunded yet')
    expect(out).toMatch(/payment:order-1 +cancelled 취소완료 +\d+ +\d+ +\d+\n/)
    expect(out).toMatch(/refund:refund-2 +refunded 취소완료 +\d+ +\d+ +\d+\n/)
    expect(out).toMatch(/20 forged webhooks +nothing moved +0 +0 +\d+\n/)
    expect(out, 'the direct gateway too').toMatch(/payment:order-5 +cancelled 취소완료 +\d+ +\d+ +0\n/)
    expect(out).toMatch(/refund:refund-3 +refunded 취소완료 +\d+ +\d+ +1\n/)
    expect(out, 'V2 too').toMatch(/payment:order-6 +cancelled 취소완료 +\d+ +\d+ +\d+\n/)
    expect(out).toMatch(/refund:refund-4 +refunded 취소완료 +\d+ +\d+ +\d+\n/)
    expect(out).toMatch(/Everything held: \d+ facts checked/)
    expect(out).not.toContain('\u001b')
    expect(left).toEqual([])
  },
)

test('all of it is played at Paymentwall itself where GATEWAY says so', { timeout: LIMIT_MS }, async () => {
  const { code, out, err, left } = await demo([], { own: { GATEWAY: 'paymentwall/main' } })
  expect(err).toBe('')
  expect(code).toBe(0)
  for (const label of ['결제대기', '결제완료', '취소접수', '취소처리 대기', '취소요청 확인중', '취소완료'])
    expect(out).toContain(label)
  expect(out).toContain('result 1, but still paid: a ticket was filed, nothing is refunded yet')
  // What cannot happen there is named, each with its why.
  const flat = out.replaceAll(/\s+/g, ' ')
  expect(WAYS['paymentwall/main'].cannot.length).toBeGreaterThan(0)
  for (const cannot of WAYS['paymentwall/main'].cannot) expect(flat).toContain(`(cannot happen here: ${cannot})`)
  for (const title of ['1. A payment', '2. A refund', '3. The answer', '4. Forged pingbacks'])
    expect(out).toContain(title)
  expect(out).not.toContain('webhook: ')
  expect(out).toMatch(/payment:order-1 +cancelled 취소완료 +\d+ +\d+ +0\n/)
  expect(out).toMatch(/refund:refund-2 +refunded 취소완료 +\d+ +\d+ +1\n/)
  expect(out).toMatch(/18 forged pingbacks, 2 copies +nothing moved +0 +0 +0\n/)
  expect(out).toMatch(/Everything held: \d+ facts checked/)
  expect(left).toEqual([])
})

/** Once, when it has printed this. */
function after(printed: RegExp, signal: NodeJS.Signals): NonNullable<Demo['onText']> {
  let asked = false
  return (out, end) => {
    if (asked || !printed.test(out)) return
    asked = true
    end(signal)
  }
}

/** The program; the shell around the server, the server, and what watches over it. */
async function allEnd(started: readonly number[]): Promise<void> {
  expect(started.length).toBeGreaterThanOrEqual(4)
  await expect.poll(() => started.filter(lives), { timeout: LIMIT_MS }).toEqual([])
}

// One story for both: how a demo ends knows nothing of the gateway that it was played at.
test(
  'all of it is played through V2 where GATEWAY says so; with --keep it stays until Ctrl-C, here at npm alone, says where it is, and leaves nothing behind',
  { timeout: LIMIT_MS },
  async () => {
    const { code, out, err, left, started } = await demo(['--keep'], {
      npm: 'npm',
      own: { GATEWAY: 'portone/main' },
      onText: after(/Simulator +http\S+\/__sim\n/, 'SIGINT'),
    })
    expect(out).toMatch(/Temporal UI +http\S+\/namespaces\/default\/workflows/)
    expect(err).toBe('')
    expect(code).toBe(0)
    for (const label of ['결제대기', '결제완료', '취소접수', '취소처리 대기', '취소요청 확인중', '취소완료'])
      expect(out).toContain(label)
    const flat = out.replaceAll(/\s+/g, ' ')
    expect(flat).toContain('REQUESTED, but still PAID: a ticket was filed, nothing is refunded yet')
    expect(WAYS['portone/main'].cannot.length).toBeGreaterThan(0)
    for (const cannot of WAYS['portone/main'].cannot) expect(flat).toContain(`(cannot happen here: ${cannot})`)
    for (const title of ['1. A payment', '2. A refund', '3. The answer', '4. Forged webhooks'])
      expect(out).toContain(title)
    expect(flat).toMatch(
      /looks, before it would send anything: the refund ticketOpen 취소처리 대기 gateway shows its request/,
    )
    expect(out).toMatch(/payment:order-1 +cancelled 취소완료 +\d+ +\d+ +\d+\n/)
    expect(out).toMatch(/refund:refund-2 +refunded 취소완료 +\d+ +\d+ +\d+\n/)
    expect(out).toMatch(/20 forged webhooks +nothing moved +0 +0 +0\n/)
    expect(out).toMatch(/Everything held: \d+ facts checked/)
    expect(left).toEqual([])
    await allEnd(started)
  },
)

test('a gateway that it cannot be played at is refused, with those that it can', async () => {
  const { code, err } = await demo([], { own: { GATEWAY: 'nobody/main' } })
  expect(code).toBe(1)
  expect(err).toContain(
    "value 'nobody/main' from env 'GATEWAY' is invalid. Allowed choices are iamport/main, portone/main, paymentwall/main.",
  )
})

test(
  'a demo in which a step does not hold says what was expected and what came, and ends with 1',
  { timeout: LIMIT_MS },
  async () => {
    const { code, out, err, left } = await demo(['--first-cancel', 'refuse'])
    expect(code).toBe(1)
    expect(err).toMatch(/^\nFAILED in part 2, /)
    expect(err).toMatch(/state +expected "ticketOpen", came "refused"/)
    expect(err).toMatch(/label +expected "취소처리 대기", came "취소거절"/)
    expect(out).not.toContain('Everything held')
    expect(left).toEqual([])
  },
)

test(
  'SIGTERM to npm alone in the middle of the story stops it in order and leaves nothing behind',
  { timeout: LIMIT_MS },
  async () => {
    const { code, out, left, started } = await demo([], { npm: 'npm', onText: after(/2\. A refund/, 'SIGTERM') })
    expect(code).toBe(130)
    expect(out).toMatch(/interrupted: stopping, and removing the temporary folder\n$/)
    expect(left).toEqual([])
    await allEnd(started)
  },
)
