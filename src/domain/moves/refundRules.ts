// Reads refund rules from CSV: comma-separated, without quotes, lines that begin with # are
// remarks. Every fault is listed with its line.
// Must not know: files.
import type { RefundRule } from './refundability.ts'

const COLUMNS = 'method,countries,refunds,limitDays,source,date'
const MOST_FAULTS = 20

/** Throws RangeError with every fault, at most twenty. */
export function parseRefundRules(text: string): readonly RefundRule[] {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
  const [head, ...rows] = lines
  if (!head || head.line !== COLUMNS)
    throw new RangeError(`line ${head?.number ?? 1}: the first line must be "${COLUMNS}"`)
  const faults: string[] = []
  const named = new Map<string, number>()
  const rules = rows.map(({ line, number }) => {
    const { rule, faults: found } = readRule(line)
    const twice = (rule.countries.length === 0 ? [''] : rule.countries).flatMap((country) => {
      const key = `${rule.method} ${country}`
      const before = named.get(key)
      named.set(key, number)
      return before === undefined ? [] : [`${key.trim()} is in line ${before} already`]
    })
    faults.push(...[...found, ...twice].map((fault) => `line ${number}: ${fault}`))
    return rule
  })
  if (faults.length === 0) return Object.freeze(rules)
  const more = faults.length > MOST_FAULTS ? `; and ${faults.length - MOST_FAULTS} more` : ''
  throw new RangeError(faults.slice(0, MOST_FAULTS).join('; ') + more)
}

function readRule(line: string): { rule: RefundRule; faults: readonly string[] } {
  const fields = line.split(',').map((field) => field.trim())
  const [method = '', countries = '', refunds = '', limitDays = '', source = '', date = ''] = fields
  const days = limitDays === '' ? null : Number(limitDays)
  const list = countries === '' ? [] : countries.split(/ +/)
  const faults = [
    ...(fields.length === 6 ? [] : [`six fields are needed, "${COLUMNS}"; a field holds no comma and no quotes`]),
    ...(/^[A-Za-z0-9_-]{1,40}$/.test(method) ? [] : ["method is Paymentwall's short name, for example mint"]),
    ...(list.every((code) => /^[A-Z]{2}$/.test(code))
      ? []
      : [`countries are codes like KR with a space between, or empty for everywhere, not "${countries}"`]),
    ...(refunds === 'yes' || refunds === 'no' ? [] : [`refunds is yes or no, not "${refunds}"`]),
    ...(days === null || (Number.isInteger(days) && days > 0 && days <= 3_650)
      ? []
      : [`limitDays is a number of days, or empty, not "${limitDays}"`]),
    ...(source === '' || date === '' ? ['source and date say where it is written and since when'] : []),
  ]
  return { rule: { method, countries: list, refundable: refunds === 'yes', limitDays: days, source, date }, faults }
}
