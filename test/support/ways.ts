// Which files of ours a webhook's way leads through, from the server that gets it to the call that wakes its saga: those of which
// V8 counts a call meanwhile.
// Must not know: which they are. What runs beside it by chance is told apart by going the way more than once.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Session, type Profiler } from 'node:inspector'
import { WorkflowClient } from '@temporalio/client'
import { vi } from 'vitest'
import { z } from 'zod'

const RECEIVED = 'http.server.request.start'
const OURS = /\/((?:src|activities|workflows)\/(?!(?:wiring\/)?simulator)[^?]*\.ts)/
const received = z.object({ request: z.object({ url: z.string() }) })

/** `act` has the webhook sent; `saga` is the workflow that it wakes. */
export async function filesOnTheWay(
  webhook: string,
  saga: string,
  act: () => Promise<unknown>,
): Promise<ReadonlySet<string>> {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  // What was called before is counted no more.
  const begin = (message: unknown) => {
    if (received.parse(message).request.url.startsWith(webhook)) session.post('Profiler.takePreciseCoverage')
  }
  subscribe(RECEIVED, begin)
  let woken = (_files: ReadonlySet<string>) => {}
  const files = new Promise<ReadonlySet<string>>((resolve) => (woken = resolve))
  const signal = WorkflowClient.prototype.signalWithStart
  const spy = vi.spyOn(WorkflowClient.prototype, 'signalWithStart').mockImplementation(function (
    this: WorkflowClient,
    ...args
  ) {
    if (args[1].workflowId === saga)
      session.post('Profiler.takePreciseCoverage', (_error, { result }) => woken(new Set(result.flatMap(calledIn))))
    return signal.apply(this, args)
  })
  try {
    await act()
    return await files
  } finally {
    spy.mockRestore()
    unsubscribe(RECEIVED, begin)
    session.disconnect()
  }
}

/** The file, where a function of it was called. */
function calledIn({ url, functions }: Profiler.ScriptCoverage): readonly string[] {
  const file = OURS.exec(url)?.[1]
  // Vite reads each export by a function without a name: of a constant that is no call.
  const called = functions.some(({ functionName, ranges }) => functionName !== '' && (ranges[0]?.count ?? 0) > 0)
  return file !== undefined && called ? [file] : []
}
