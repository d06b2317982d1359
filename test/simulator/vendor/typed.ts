// Answers held against the types of the vendor's own library, by the TypeScript compiler: each is printed as a literal of the type
// that its call has, so that a field that is missing, of another type, or not known there is an error.
// Must not know: how answers are made.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer, Call } from './answers.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Of a good answer, and of an error. The library has no call for deliveries. */
const TYPES: Readonly<Record<Call, readonly [string, string] | null>> = {
  'GET /payments': ['GetPaymentsResponse', 'GetPaymentsError'],
  'GET /payments/{paymentId}': ['Payment', 'GetPaymentError'],
  'GET /payments/{paymentId}/transactions': ['GetPaymentTransactionsResponse', 'GetPaymentTransactionsError'],
  'POST /payments/{paymentId}/pre-register': ['PreRegisterPaymentResponse', 'PreRegisterPaymentError'],
  'POST /payments/{paymentId}/cancel': ['CancelPaymentResponse', 'CancelPaymentError'],
  'POST /paymentwall/delivery/confirm': null,
}
export const isTyped = ({ call }: Answer): boolean => TYPES[call] !== null

/** What the compiler says of each, in the answers' order; undefined where it is content. */
export async function faultsByTypes(answers: readonly Answer[]): Promise<readonly (string | undefined)[]> {
  const cache = join(ROOT, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  // Inside, so that the library is found.
  const folder = mkdtempSync(join(cache, 'vendor-types-'))
  try {
    writeFileSync(join(folder, 'answers.ts'), sourceOf(answers))
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(SETTINGS))
    const said = await compiled(folder)
    const faults = said.flatMap((line) => {
      const [, at, text] = /answers\.ts\((\d+),\d+\): error (.+)$/.exec(line) ?? []
      if (at === undefined && /error TS/.test(line)) throw new Error(line)
      return at === undefined ? [] : [{ at: Number(at), text }]
    })
    return answers.map((_, index) => faults.find(({ at }) => at === index + 2)?.text)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const SETTINGS = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'dom'],
    types: [],
  },
  files: ['answers.ts'],
}

/** One line each, behind the import. */
function sourceOf(answers: readonly Answer[]): string {
  const names = new Set(Object.values(TYPES).flatMap((types) => types ?? []))
  const lines = answers.map(
    (answer, index) => `export const a${index}: ${typeOf(answer)} = ${JSON.stringify(answer.body)}`,
  )
  return [`import type { ${[...names].join(', ')} } from '@portone/server-sdk/payment'`, ...lines].join('\n')
}

function typeOf({ call, status }: Answer): string {
  const types = TYPES[call]
  if (types === null) return 'unknown'
  return status === 200 ? types[0] : `${types[1]}['data']`
}

function compiled(folder: string): Promise<readonly string[]> {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { maxBuffer: 2 ** 24 }, (_, out) =>
      resolve(out.split('\n')),
    )
  })
}
