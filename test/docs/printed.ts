// What documents print from the code: tables between <!-- printed: NAME --> and <!-- /printed -->. `npm run docs` writes them.
// Must not know: what stands around a table.
import { relative } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { ERROR_CODES, FAILURES } from '../../src/domain/failures.ts'
import { MONEY_STATES, ORDER_EVENTS, ORDER_MOVES, ORDER_STATES, PAYMENT_MEANINGS } from '../../src/domain/payment.ts'
import {
  REFUND_EVENTS,
  REFUND_MEANINGS,
  REFUND_MOVES,
  REFUND_STATE_NAMES,
  REFUND_STATES,
} from '../../src/domain/refund.ts'
import { ENVIRONMENT } from '../../src/environment.ts'
import { KINDS } from '../../src/gateways/index.ts'
import { VIEWS } from '../../src/ops/commands/views.ts'
import { ROOT } from '../support/readme.ts'

/** Documents that print something. */
export const PRINTED_IN = ['docs/design.md', 'docs/configure.md', 'docs/checkouts.md', 'docs/operate.md'] as const

const code = (text: string): string => `\`${text}\``
const codes = (names: readonly string[]): string => (names.length === 0 ? '–' : names.map(code).join(' '))
const cell = (text: string): string => text.replaceAll('|', '\\|')
const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headings, headings.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

type Moves = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Each event with where it is possible, and where it leads: the same from everywhere. */
function movesOf(moves: Moves, event: string): readonly [from: string, to: string] {
  const possible = Object.entries(moves).flatMap(([from, events]) => {
    const to = events[event]
    return to === undefined ? [] : [{ from, to }]
  })
  return [codes(possible.map(({ from }) => from)), codes([...new Set(possible.map(({ to }) => to))])]
}

const becomes = (moves: Moves, state: string): string => codes([...new Set(Object.values(moves[state] ?? {}))])

const RESERVES = { yes: 'yes', no: 'no', ifTicketMayLive: 'while a ticket may live' } as const
const CLOSED = { yes: 'yes', no: 'no', ifTicketDead: 'once its ticket is dead' } as const

/** Headings of the settings, each before the first setting that stands under it. */
const GROUPS: Readonly<Record<string, string>> = {
  NODE_ENV: 'The API, and people',
  DATA_DIR: 'The database',
  TEMPORAL_ADDRESS: 'Temporal',
  IAMPORT_KEY: "i'mport",
  PAYMENTWALL_PROJECT_KEY: 'Paymentwall itself',
  PORTONE_API_SECRET: 'PortOne V2',
  CHANNEL: 'Orders and refunds',
  SWEEP_EVERY: 'Looks',
  ALERT_WEBHOOK_URL: 'Alerts and notices',
  WORKER_CACHED_REFUNDS: 'Workers',
  SIMULATOR_PORT: 'Development',
}

function settings(): string {
  const first = KINDS.flatMap(({ credentials }) => credentials.slice(0, 1))
  const headless = first.filter((name) => GROUPS[name] === undefined)
  if (headless.length > 0)
    throw new Error(`${headless.join(', ')}: a kind of gateway has a heading of its own in GROUPS`)
  const rows = Object.entries(ENVIRONMENT.shape).map(([name, field]) => {
    if (field.description === undefined) throw new Error(`${name} does not say what it means`)
    const heading = GROUPS[name]
    const head = heading === undefined ? '' : `\n## ${heading}\n\n${table(['name', 'default', 'meaning'], [])}\n`
    return `${head}| ${code(name)} | ${defaultOf(field.def)} | ${cell(field.description)} |`
  })
  return `<!-- prettier-ignore-start -->\n${rows.join('\n').trim()}\n\n<!-- prettier-ignore-end -->`
}

/** As one would write it; a file of ours by its place in the repository. */
function defaultOf(def: { readonly type: string; readonly defaultValue?: unknown }): string {
  if (def.type !== 'prefault' || typeof def.defaultValue !== 'string' || def.defaultValue === '') return '–'
  return code(def.defaultValue.startsWith(ROOT) ? relative(ROOT, def.defaultValue) : def.defaultValue)
}

const TABLES: Readonly<Record<string, () => string>> = {
  order: () =>
    table(
      ['state', 'label', 'shown as', 'what is so', 'may become'],
      Object.entries(ORDER_STATES).map(([state, { en, ko }]) => [
        code(state),
        ko,
        en,
        new Map(Object.entries(PAYMENT_MEANINGS)).get(state) ?? '',
        becomes(ORDER_MOVES, state),
      ]),
    ),
  orderEvents: () =>
    table(
      ['event', 'caused by', 'when', 'possible in', 'leads to'],
      Object.entries(ORDER_EVENTS).map(([event, { by, when }]) => [
        code(event),
        by,
        when,
        ...movesOf(ORDER_MOVES, event),
      ]),
    ),
  money: () =>
    table(
      ['state', 'label', 'shown as', 'what is so'],
      Object.entries(MONEY_STATES).map(([state, { en, ko }]) => [
        code(state),
        ko,
        en,
        new Map(Object.entries(PAYMENT_MEANINGS)).get(state) ?? '',
      ]),
    ),
  refund: () =>
    table(
      ['state', 'label', 'shown as', 'what is so', 'reserves', 'shows 취소처리 대기', 'closed', 'may become'],
      REFUND_STATE_NAMES.map((state) => {
        const { en, ko, reserves, waits, closed } = REFUND_STATES[state]
        const told = [RESERVES[reserves], waits ? 'yes' : 'no', CLOSED[closed]]
        return [code(state), ko, en, REFUND_MEANINGS[state], ...told, becomes(REFUND_MOVES, state)]
      }),
    ),
  refundEvents: () =>
    table(
      ['event', 'caused by', 'when', 'possible in', 'leads to'],
      Object.entries(REFUND_EVENTS).map(([event, { by, when }]) => [
        code(event),
        by.join(', '),
        when,
        ...movesOf(REFUND_MOVES, event),
      ]),
    ),
  codes: () =>
    table(
      ['code', 'HTTP', 'the same request may succeed later by itself'],
      ERROR_CODES.map((name) => {
        const meanings = Object.values(FAILURES).filter((each) => each.code === name)
        const statuses = [...new Set(meanings.map(({ http }) => String(http)))]
        return [code(name), statuses.join(', '), meanings.some(({ retry }) => retry) ? 'yes' : 'no']
      }),
    ),
  views: () =>
    table(
      ['view', 'query'],
      VIEWS.map(({ name, query }) => [name, code(query)]),
    ),
  settings,
}

const PLACE = /<!-- printed: (\w+) -->\n[^]*?<!-- \/printed -->/g

export const placesIn = (text: string): readonly string[] => [...text.matchAll(PLACE)].map(([, name = '']) => name)
export const TABLE_NAMES = Object.keys(TABLES)

/** The document with each of its tables as the code has it now. */
export async function printed(file: string, text: string): Promise<string> {
  const filled = text.replace(PLACE, (_, name: string) => {
    const print = TABLES[name]
    if (!print) throw new Error(`${file} wants a table "${name}", which nothing prints`)
    return `<!-- printed: ${name} -->\n\n${print()}\n\n<!-- /printed -->`
  })
  return format(filled, { ...(await resolveConfig(ROOT + file)), filepath: ROOT + file })
}
