// Turns whatever was thrown into an answer: problem+json with a code of the closed list and a
// sentence.
// Must not know: routes. What is not a Failure is told to nobody: the answer carries an id, the log
// the rest.
import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { sqlState } from '../../db/connect.ts'
import { Failure, FAILURES, type ErrorCode } from '../../domain/failures.ts'
import { doesNotFit, type FieldFault } from '../../domain/form.ts'
import type { HttpLog } from './deps.ts'

export type Problem = {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  readonly [fact: string]: unknown
}

/**
 * Where it happened, for the log: never the address as sent, which carries what the caller wrote.
 */
type Where = { readonly method: string; readonly route: string }

export function problemOf(error: unknown, where: Where, log: HttpLog): Problem {
  const failure = error instanceof Failure ? error : isUnavailable(error) ? databaseAway() : undefined
  if (!failure) return unexpected(error, where, log)
  const { code, http: status } = FAILURES[failure.kind]
  if (status >= 500)
    log.warn({ ...where, kind: failure.kind, said: saidBy(error) }, 'a request could not be served now')
  const own = { type: 'about:blank', title: titleOf(code), status, code, detail: failure.message } as const
  return { ...failure.details, ...own }
}

/** "refundExceedsBalance" → "Refund exceeds balance". */
export function titleOf(code: ErrorCode): string {
  const words = code.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The only answer whose status is not in the table of failures: nobody foresaw it. */
function unexpected(error: unknown, where: Where, log: HttpLog): Problem {
  const id = randomUUID()
  const stack = error instanceof Error ? error.stack : undefined
  log.error({ ...where, id, said: saidBy(error), sqlState: sqlState(error), stack }, 'a request failed unexpectedly')
  return {
    type: 'about:blank',
    title: 'Unexpected error',
    status: 500,
    code: 'temporarilyUnavailable',
    detail: `Something went wrong here that nobody foresaw. Ask again with the same ids, which is safe; if it stays, look for ${id} in the log.`,
    id,
  }
}

function databaseAway(): Failure {
  const sentence =
    'The database cannot be reached or is too busy: nothing was recorded, or only its answer was lost. Ask again with the same ids, which is safe.'
  return new Failure('temporarilyUnavailable', sentence)
}

const AWAY_CODES = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']
/**
 * Connection, resources, operator, object in use, rollback, system; and a row that others kept
 * inserting at once.
 */
const AWAY_SQL_STATES = /^(08|40|53|57|58)|^(55P03|25006|23505)$/
/** What the drivers say without any code. */
const AWAY_WORDS =
  /connection terminated|timeout exceeded when trying to connect|driver has already been destroyed|pglite is clos|cannot use a pool after/i

/** Matched by code, never by class: the two drivers do not share any. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  const state = sqlState(error)
  if (state !== undefined) return AWAY_SQL_STATES.test(state)
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string' && AWAY_CODES.includes(error.code)) return true
  return AWAY_WORDS.test(error.message)
}

const saidBy = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))

type Fault = FieldFault & { readonly in: 'path' | 'query' | 'body' }

/** Faults name fields and rules, never values: a value may be a buyer's. */
export function faultsOf(place: Fault['in'], { issues }: z.ZodError): readonly Fault[] {
  return issues.flatMap((issue): Fault[] => {
    const path = issue.path.map(String)
    if (issue.code !== 'unrecognized_keys') return [{ in: place, path: path.join('.'), message: issue.message }]
    return issue.keys.map((key) => ({
      in: place,
      path: [...path, key.slice(0, 80)].join('.'),
      message: 'is not a field of this request',
    }))
  })
}

/** All faults at once. */
export const invalidRequest = (faults: readonly Fault[]): Failure => doesNotFit(faults)
