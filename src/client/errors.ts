// What can go wrong with a call, as types: the API's own refusal, no answer, or an answer that
// is not this API's.
// Must not know: which calls there are.
import type { components } from './api.ts'

export type Problem = components['schemas']['Problem']
export type ProblemCode = Problem['code']

/** Of this client; each is one of the three below, or a `NoticeForged`, or a `StateNotReached`. */
export class SagaError extends Error {
  override readonly name: string = 'SagaError'
}

/** The API said no: `code` is of a closed list, the message is its sentence. */
export class SagaProblem extends SagaError {
  override readonly name = 'SagaProblem'
  readonly code: ProblemCode
  readonly status: number
  /** All that it said, facts such as what is left of a balance included. */
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.code = problem.code
    this.status = problem.status
    this.problem = problem
  }
}

/** Nothing was answered, after all tries: whether it was carried out is not known. */
export class SagaUnreachable extends SagaError {
  override readonly name = 'SagaUnreachable'
  readonly why: string
  constructor(origin: string, why: string, cause: unknown) {
    super(`${origin} does not answer (${why})`, { cause })
    this.why = why
  }
}

/** Something else than this API answered, or another version of it. */
export class SagaMisread extends SagaError {
  override readonly name = 'SagaMisread'
}

/**
 * Whether a call was refused with one of these codes: `isProblem(error,
 * 'refundExceedsBalance')`.
 */
export function isProblem(error: unknown, ...codes: readonly ProblemCode[]): error is SagaProblem {
  return error instanceof SagaProblem && (codes.length === 0 || codes.includes(error.code))
}

/** The error of an answer that is no success. */
export async function refusalOf(response: Response): Promise<SagaError> {
  const problem = problemIn(await response.text())
  if (problem) return new SagaProblem(problem)
  return new SagaMisread(`HTTP ${response.status} without a reason of this API: is its address right?`)
}

function problemIn(text: string): Problem | undefined {
  try {
    const said: unknown = JSON.parse(text)
    return isProblemShape(said) ? said : undefined
  } catch {
    return undefined
  }
}

const isProblemShape = (said: unknown): said is Problem =>
  typeof said === 'object' && said !== null && 'code' in said && typeof said.code === 'string' && 'detail' in said
