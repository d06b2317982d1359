// The whole demo as a process: it ends with 0 when everything held, loudly when not, and leaves nothing behind.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LIMIT_MS = 240_000

beforeAll(async () => void (await temporalCliForTests()), MAKING_MS)

type Ended = {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly left: readonly string[]
}

/** `onText` sees all that was printed so far; `left` is what the demo left in its temporary folder. */
function demo(args: readonly string[], onText: (out: string, kill: () => void) => void = () => {}): Promise<Ended> {
  const folder = temporaryFolder()
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/demo/main.ts', ...args], {
    cwd: ROOT,
    // A shell's own settings must not reach the demo's program.
    env: { ...process.env, TMPDIR: folder, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', LOG_LEVEL: 'nonsense' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    onText(out, () => child.kill('SIGINT'))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  return new Promise((resolve) => {
    child.once('close', (code) =>
      resolve({ code, out, err, left: readdirSync(folder).filter((name) => name.includes('demo')) }),
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
    expect(out).toMatch(/Everything held: \d+ facts checked/)
    expect(out).not.toContain('\u001b')
    expect(left).toEqual([])
  },
)

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
  'with --keep it stays until Ctrl-C, says where it is, and leaves nothing behind',
  { timeout: LIMIT_MS },
  async () => {
    let asked = false
    const { code, out, left } = await demo(['--keep'], (text, kill) => {
      if (asked || !/Simulator +http\S+\/__sim\n/.test(text)) return
      asked = true
      kill()
    })
    expect(code).toBe(0)
    expect(out).toMatch(/Temporal UI +http\S+\/namespaces\/default\/workflows/)
    expect(left).toEqual([])
  },
)

test(
  'Ctrl-C in the middle of the story stops it in order and leaves nothing behind',
  { timeout: LIMIT_MS },
  async () => {
    let asked = false
    const { code, out, left } = await demo([], (text, kill) => {
      if (asked || !text.includes('2. A refund')) return
      asked = true
      kill()
    })
    expect(code).toBe(130)
    expect(out).toMatch(/interrupted: stopping, and removing the temporary folder\n$/)
    expect(left).toEqual([])
  },
)
