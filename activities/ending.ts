// Questions to a gateway that end with the activity that asks them, or when their time is over.
// Must not know: what is asked. A stopped worker must not wait for a gateway that hangs; another
// one asks again.
import { Context } from '@temporalio/activity'
import { Failure } from '../src/domain/failures.ts'
import type { Gateway } from '../src/domain/gateway.ts'
import { endingWith } from '../src/gateways/ending.ts'
import type { ActivityDeps } from './deps.ts'

/**
 * Of the activity that runs now: aborted when its worker stops, or when Temporal has given it up.
 */
export const cancellation = (): AbortSignal => Context.current().cancellationSignal

/**
 * A question that was cut off throws the SDK's own failure, which is no word of the gateway:
 * nothing is booked of it.
 */
export const endingWithActivity = (deps: ActivityDeps): ActivityDeps =>
  over(deps, (gateway) => endingWith(gateway, cancellation))

/**
 * For a question that a stop does not end: it has so long, and then counts as one that got no
 * answer.
 */
export function answeredWithin(deps: ActivityDeps, ms: number): ActivityDeps {
  const controller = new AbortController()
  const late = () => controller.abort(new Failure('gatewayUnavailable', `the gateway did not answer within ${ms} ms`))
  setTimeout(late, ms).unref()
  return over(deps, (gateway) => endingWith(gateway, () => controller.signal))
}

function over(deps: ActivityDeps, wrap: (gateway: Gateway) => Gateway): ActivityDeps {
  return { ...deps, gateways: new Map([...deps.gateways].map(([name, gateway]) => [name, wrap(gateway)])) }
}
