// THE route table: every call, who may make it, what it takes, what it answers and which refusals
// it knows. OpenAPI is printed from it.
// Must not know: how anything is done.
import { z } from 'zod'
import { openApiOf } from '../document/openapi.ts'
import { route, at, type Route } from '../server/route.ts'
import { accountRoutes } from './accounts.ts'
import { doctorRoutes } from './doctor.ts'
import { filingRoutes } from './filing.ts'
import { healthRoutes } from './health/health.ts'
import { noticeRoutes } from './notices.ts'
import { opsRoutes } from './ops/opsRoutes.ts'
import { paymentRoutes } from './payments/payments.ts'
import { peopleRoutes } from './people/people.ts'
import { proofRoutes } from './people/proofs.ts'
import { refundRoutes } from './refunds.ts'
import { strayRoutes } from './strays.ts'
import { sweepRoutes } from './sweeps.ts'
import { webhookRoutes } from './webhooks/webhooks.ts'

export const routes: readonly Route[] = [
  ...paymentRoutes,
  ...refundRoutes,
  ...peopleRoutes,
  ...opsRoutes,
  ...strayRoutes,
  ...noticeRoutes,
  ...accountRoutes,
  ...filingRoutes,
  ...doctorRoutes,
  ...proofRoutes,
  ...sweepRoutes,
  ...webhookRoutes,
  ...healthRoutes,
  route({
    ...at('get', '/openapi.json', 'open'),
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({}) } },
    errors: [],
    handle: () => ({ status: 200, body: openApi() }),
  }),
]

let printed: ReturnType<typeof openApiOf> | undefined
const openApi = () => (printed ??= openApiOf(routes))
