// One call to the Temporal server under a deadline, with the refusals that have an answer here told
// apart from failures.
// Must not know: what is asked.
import { isGrpcServiceError, type Connection } from '@temporalio/client'

const RPC_MS = 10_000
/** The gRPC status codes that have an answer here; every other one is thrown. */
export const STATUS = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  UNIMPLEMENTED: 12,
} as const

export type TemporalAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: number; readonly said: string }

/** The tolerated refusals are an answer, every other failure is thrown. */
export async function ask<T>(
  connection: Connection,
  tolerated: readonly number[],
  call: () => Promise<T>,
): Promise<TemporalAnswer<T>> {
  try {
    return { ok: true, value: await connection.withDeadline(Date.now() + RPC_MS, call) }
  } catch (error) {
    if (isGrpcServiceError(error) && tolerated.includes(error.code)) {
      return { ok: false, code: error.code, said: error.details }
    }
    throw error
  }
}
