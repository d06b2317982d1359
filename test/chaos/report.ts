// What a run was and what it found, as markdown.
// Must not know: where the numbers come from.
import type { Check } from './comparing.ts'
import type { Plan } from './plan.ts'

export type Ran = {
  readonly plan: Plan
  readonly minutes: number
  readonly quietSeconds: number
  readonly faults: ReadonlyMap<string, number>
  readonly counts: Readonly<Record<string, number>>
  /** How the refunds ended. */
  readonly ends: ReadonlyMap<string, number>
  readonly checks: readonly Check[]
}

const SHOWN = 20

export function report({ plan, minutes, quietSeconds, faults, counts, ends, checks }: Ran): string {
  const found = checks.flatMap(({ name, differences }) => differences.map((each) => `- ${name}: ${each}`))
  const kills = [...faults].filter(([name]) => name.startsWith('kill ')).reduce((sum, [, count]) => sum + count, 0)
  return [
    `Seed ${plan.seed}, ${plan.orders} orders, ${minutes.toFixed(1)} minutes of storm, ${quietSeconds.toFixed(0)} s until it was quiet, ${kills} times kill -9.`,
    '',
    ...table(['what', 'how often'], Object.entries(counts)),
    '',
    ...table(['refunds that ended as', 'how many'], byName(ends)),
    '',
    ...table(['fault', 'how often'], byName(faults)),
    '',
    ...table(
      ['check', 'compared', 'differences'],
      checks.map(({ name, compared, differences }) => [name, compared, differences.length]),
    ),
    '',
    found.length === 0 ? 'All books agree.' : `${found.length} differences:`,
    ...found.slice(0, SHOWN),
    ...(found.length > SHOWN ? [`- and ${found.length - SHOWN} more`] : []),
    '',
  ].join('\n')
}

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)

const byName = (counts: ReadonlyMap<string, number>) =>
  [...counts].toSorted(([one], [other]) => one.localeCompare(other))
