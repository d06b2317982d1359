// Whether a lost try at a ticket had come as far as its call: the heartbeat right before it names the key.
// Must not know: rows. Where a row has lost its intent too, this is the only memory of the call.
import { ApplicationFailure, TimeoutFailure, type ActivityFailure } from '@temporalio/common'

export function mayHaveSent({ cause }: ActivityFailure, key: string): boolean {
  if (cause instanceof TimeoutFailure) return names(cause.lastHeartbeatDetails, key)
  return cause instanceof ApplicationFailure && (cause.details ?? []).some((detail) => names(detail, key))
}

const names = (detail: unknown, key: string): boolean =>
  typeof detail === 'object' && detail !== null && 'key' in detail && detail.key === key
