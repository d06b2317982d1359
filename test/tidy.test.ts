// Keeps the shape: which folder may import which, and how long files and functions are.
// Must not know: what the code does. A file is as long as its thought; what is longer is named here, and no name stays
// that is no longer needed.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCES = ['src', 'workflows', 'activities']
const LONGEST_FILE = 400
/** Files over 400 lines, and functions over 70 (tidy.oxlintrc.json), each with the reason why it is not cut. */
const LONGER: { readonly files: readonly string[]; readonly functions: readonly string[] } = {
  // Printed from the OpenAPI document.
  files: ['src/client/api.ts'],
  functions: [],
}

/** folder → folders that it may import from. Leaves that everybody may use are named in LEAVES. */
const ARROWS: Record<string, readonly string[]> = {
  domain: [],
  gateways: ['domain'],
  db: ['domain'],
  inbox: ['domain', 'gateways', 'db'],
  temporal: ['domain', 'workflows'],
  outbox: ['domain', 'db', 'temporal'],
  doctor: ['domain', 'db', 'gateways', 'http', 'temporal'],
  http: ['domain', 'db', 'gateways'],
  activities: ['domain', 'inbox', 'outbox', 'gateways', 'db'],
  workflows: ['domain', 'activities'],
  simulator: [],
  client: [],
  ops: ['client'],
  demo: ['main', 'wiring', 'client', 'domain', 'db', 'temporal'],
  commands: ['main', 'wiring', 'doctor', 'domain', 'gateways', 'db', 'inbox', 'outbox', 'temporal', 'ops'],
  main: ['wiring', 'commands', 'domain', 'gateways', 'db', 'temporal', 'http'],
  wiring: [
    'main',
    'doctor',
    'domain',
    'gateways',
    'db',
    'inbox',
    'outbox',
    'http',
    'temporal',
    'activities',
    'simulator',
    'workflows',
  ],
}
const LEAVES = new Set(['src/lock.ts', 'src/loop.ts', 'src/metrics.ts', 'src/settings.ts', 'src/tracing.ts'])
const NO_LEAVES = new Set(['domain', 'workflows', 'simulator', 'ops', 'client'])
/** Whoever tells people something may say it in their language; it imports nothing itself. */
const LANGUAGE = 'src/language.ts'

const files = SOURCES.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') || name.endsWith('.js'))
    .map((name) => join(folder, name)),
)
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** src/inbox/look.ts → inbox; workflows/refund.ts → workflows; src/wiring/program.ts → main. */
function partOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  if (top !== 'src') return top
  return second.endsWith('.ts') ? 'main' : second
}

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean }

function importsOf(file: string): readonly Import[] {
  const pattern = /^(?:import|export)\s+(type\s)?[^'"]*?from '([^']+)'|^import '([^']+)'/gm
  return [...read(file).matchAll(pattern)].map((match) => ({
    from: file,
    to: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }))
}

const target = ({ from, to }: Import): string => relative(ROOT, resolve(ROOT, dirname(from), to))

test('imports between the parts go one way only', () => {
  const local = files.flatMap(importsOf).filter(({ to }) => to.startsWith('.'))
  const wrong = local.filter((each) => {
    const from = partOf(each.from)
    const file = target(each)
    if (LEAVES.has(file)) return NO_LEAVES.has(from)
    if (file === LANGUAGE) return from === 'workflows'
    const to = partOf(file)
    return from !== to && !(ARROWS[from] ?? []).includes(to)
  })
  expect(wrong.map((each) => `${each.from} → ${target(each)}`)).toEqual([])
})

test('the domain imports nothing from outside, and workflows take activities as types only', () => {
  const foreign = files
    .filter((file) => partOf(file) === 'domain')
    .flatMap(importsOf)
    .filter(({ to }) => !to.startsWith('.'))
  expect(foreign.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  const values = files
    .filter((file) => partOf(file) === 'workflows')
    .flatMap(importsOf)
    .filter((each) => partOf(target(each)) === 'activities' && !each.typeOnly)
  expect(values).toEqual([])
})

test('the environment is read by the configuration and at the start only', () => {
  const reading = files.filter((file) => /process\.env/.test(read(file)))
  // download.ts hands a name to a child process whose script reads it there.
  const allowed = [
    'src/main.ts',
    'src/bundle.ts',
    'src/demo/main.ts',
    'src/ops/main.ts',
    'src/temporal/server/download.ts',
  ]
  expect(reading.filter((file) => !allowed.includes(file))).toEqual([])
})

test('every file says in its first two lines what it is and what it must not know', () => {
  const silent = files.filter((file) => {
    const [first = '', second = '', third = ''] = read(file)
      .replace(/^#!.*\n/, '')
      .split('\n')
    return !(first.startsWith('//') && (second.startsWith('//') || third.startsWith('//')))
  })
  expect(silent).toEqual([])
})

test('files and functions are as long as their thought, and those that are longer are named', () => {
  expect(files.filter((file) => read(file).split('\n').length > LONGEST_FILE)).toEqual(LONGER.files)
  expect(longFunctions()).toEqual(LONGER.functions)
})

const report = z.object({
  diagnostics: z.array(
    z.object({
      message: z.string(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.number() }) })),
    }),
  ),
})

function longFunctions(): readonly string[] {
  const args = ['oxlint', '--config', 'test/tidy.oxlintrc.json', '--format', 'json', ...SOURCES]
  let output: string
  try {
    output = execFileSync('npx', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    // oxlint ends with 1 where it found something; what it found is on its output all the same.
    output = z.object({ stdout: z.string() }).parse(error).stdout
  }
  const { diagnostics } = report.parse(JSON.parse(output))
  return diagnostics.map(({ filename, labels, message }) => `${filename}:${labels[0]?.span.line ?? 0} ${message}`)
}

/** Its own folder, the settings, the simulator and what plays with it. */
const MAY_NAME_A_GATEWAY = /^src\/(gateways|simulator|demo)\/|^src\/wiring\/simulator\.ts$/

test('no file beyond its folder names a gateway: what differs between them is behind the port', () => {
  const naming = files
    .filter((file) => !MAY_NAME_A_GATEWAY.test(file))
    .filter((file) => /iamport|i'mport|imp_uid|impUid/i.test(withoutComments(read(file))))
  expect(naming).toEqual([])
})

test('no file beyond its folder speaks Paymentwall’s own wire, or imports its gateway', () => {
  // The demo plays a stranger who forges it.
  const may =
    /^src\/(gateways\/paymentwall|simulator)\/|^src\/(gateways\/index|wiring\/simulator|demo\/ways|demo\/forged\/pingbacks)\.ts$/
  const wire =
    /gateways\/paymentwall|\.\/paymentwall\/|paymentwall\/main|PAYMENTWALL_(API|PROJECT_KEY|SECRET|SIGN|STATUS)|goodsid|merchant_refund_id|sign_version/
  expect(files.filter((file) => !may.test(file) && wire.test(withoutComments(read(file))))).toEqual([])
})

const withoutComments = (text: string): string => text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')

const MOST_IN_A_FOLDER = 12
const LONGEST_COMMENT = 100

test(`a folder holds at most ${MOST_IN_A_FOLDER} files, so that a newcomer reads its names at once`, () => {
  const counts = new Map<string, number>()
  for (const file of files.filter((each) => !each.startsWith('src/db/migrations/')))
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  expect([...counts].filter(([, count]) => count > MOST_IN_A_FOLDER)).toEqual([])
})

test('no file needs another that needs it, not even for its types', () => {
  expect(
    circlesOf(
      new Map(
        files.map((file) => [
          file,
          importsOf(file)
            .filter(({ to }) => to.startsWith('.'))
            .map(target),
        ]),
      ),
    ),
  ).toEqual([])
})

test('a circle is found', () => {
  expect(
    circlesOf(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['a']],
        ['d', ['a']],
      ]),
    ),
  ).toEqual([['a', 'b', 'c']])
})

/** Files that reach themselves, each circle once: whatever reaches a file and is reached by it. */
function circlesOf(needs: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const reached = new Map<string, ReadonlySet<string>>()
  for (const file of needs.keys()) {
    const seen = new Set<string>()
    const todo = [...(needs.get(file) ?? [])]
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      todo.push(...(needs.get(next) ?? []))
    }
    reached.set(file, seen)
  }
  const round = [...needs.keys()].filter((file) => reached.get(file)?.has(file))
  const circles = round.map((file) =>
    round.filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file)),
  )
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()]
}

test(`comments have at most ${LONGEST_COMMENT} columns`, () => {
  const long = files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) =>
        /^\s*(\/\/|\*|\/\*)/.test(line) && line.length > LONGEST_COMMENT ? [`${file}:${index + 1}`] : [],
      ),
  )
  expect(long).toEqual([])
})

test('SQL stands in its rooms only: the database, the inbox, the outbox', () => {
  const speaking = files.filter((file) =>
    /\b(selectFrom|insertInto|updateTable|deleteFrom)\(|\bsql[<`]/.test(read(file)),
  )
  expect(speaking.filter((file) => !/^src\/(db|inbox|outbox|demo)\//.test(file))).toEqual([])
})

/** Programs of their own, which share no code with the rest; the client, whose names are the document's; migrations, which are found by their files' names. */
const APART = /^src\/(simulator|demo|client|db\/migrations)\//
/** A workflow is named as its type in Temporal, and answers of the API as what they show. */
const SHARED_NAMES = new Set(['payment', 'refund', 'stray', 'sweep'])

test('a name that is exported has one meaning', () => {
  const exporting = new Map<string, string[]>()
  for (const file of files.filter((each) => !APART.test(each)))
    for (const [, name = ''] of read(file).matchAll(
      /^export (?:async )?(?:function\*?|const|class|type|interface) (\w+)/gm,
    ))
      exporting.set(name, [...(exporting.get(name) ?? []), file])
  const twice = [...exporting].filter(([name, where]) => where.length > 1 && !SHARED_NAMES.has(name))
  expect(twice.map(([name, where]) => `${name}: ${where.join(', ')}`)).toEqual([])
})
