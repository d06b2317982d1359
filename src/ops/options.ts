// How options of commands are read, and how they are asked for in an address.
// Must not know: which commands there are. The API judges the rest, and says what to write instead.
import { InvalidArgumentError } from 'commander'

/** 30m, 72h, 7d. */
export function duration(text: string): string {
  if (/^\d{1,6}[smhd]$/.test(text)) return text
  throw new InvalidArgumentError('write a number and s, m, h or d, for example 72h')
}

export const countOption =
  (most: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
    if (value >= 1 && value <= most) return value
    throw new InvalidArgumentError(`write a number from 1 to ${most}`)
  }

/** A day is its first moment in UTC; a time is taken as it stands. */
export function timeOption(text: string): string {
  const at = Date.parse(
    /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : '',
  )
  if (Number.isNaN(at)) throw new InvalidArgumentError('write 2026-11-01, or 2026-11-01T09:00:00+09:00')
  return new Date(at).toISOString()
}

export function queryOf(fields: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}

/** An id as a step of an address. */
export const step = (id: string): string => encodeURIComponent(id)
