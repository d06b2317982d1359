// Hands traces to Temporal and takes them back: in a header of what is started, signalled or asked,
// and of each step.
// Must not know: sagas. Outside of spans no header is added, so histories are as they would be
// without.
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import type { WorkflowClientInterceptor } from '@temporalio/client'
import { defaultPayloadConverter, type Headers } from '@temporalio/common'
import { TRACE_HEADER } from '../../domain/names.ts'
import { spanned, traced, traceIn, traceparent } from '../../tracing.ts'

const withTrace = (headers: Headers): Headers =>
  traceparent() === undefined ? headers : { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(traced()) }

export const tracedCalls: WorkflowClientInterceptor = {
  start: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  signal: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  signalWithStart: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  startUpdateWithStart: (input, next) =>
    next({
      ...input,
      workflowStartHeaders: withTrace(input.workflowStartHeaders),
      updateHeaders: withTrace(input.updateHeaders),
    }),
}

export const tracedSteps: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute: (input, next) => {
      const header = input.headers[TRACE_HEADER]
      const facts = {
        'saga.id': info.workflowExecution?.workflowId ?? '',
        'saga.step': info.activityType,
        'saga.try': info.attempt,
      }
      const from = header ? traceIn(defaultPayloadConverter.fromPayload(header)) : null
      return spanned({ name: `${info.workflowType ?? ''} ${info.activityType}`, kind: 'consumer', facts, from }, () =>
        next(input),
      )
    },
  },
})
