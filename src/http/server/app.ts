// The HTTP API as one Koa application: the route table behind access, and every answer and error in
// one form.
// Must not know: what a route does. Listening and stopping are the composition root's.
import { Router } from '@koa/router'
import Koa, { type Context } from 'koa'
import { Failure } from '../../domain/failures.ts'
import { metrics } from '../../metrics.ts'
import { spanned, traceIn } from '../../tracing.ts'
import { routes } from '../resources/api.ts'
import { makeAccess, type Access } from './access.ts'
import { CallerGone } from './body.ts'
import type { HttpDeps } from './deps.ts'
import { problemOf } from './errors.ts'
import type { Answer, Call, Route } from './route.ts'

const RETRY_AFTER_SECONDS = 5

/** With no proxy of ours in front, X-Forwarded-For is what a stranger wrote, and is not read. */
export function createApp(deps: HttpDeps): Koa {
  const app = new Koa({ proxy: deps.trustedProxies > 0, maxIpsCount: deps.trustedProxies })
  const router = new Router({ sensitive: true, strict: true })
  const access = makeAccess(deps.keys)
  for (const route of routes) {
    router[route.method](route.path.replace(/\{(\w+)\}/g, ':$1'), async (ctx) => {
      await answer(ctx, deps, route.path, () => serve(deps, access, route, ctx, ctx.params))
    })
  }
  app.on('error', (error: unknown, ctx?: Context) => {
    // Of whoever did not even finish asking there is nothing to say: it was counted.
    if (ctx?.req.complete === false) return
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    deps.log.warn({ said }, 'an answer could not be sent')
  })
  app.use(async (ctx, next) => {
    ctx.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    await next()
  })
  app.use(router.routes())
  app.use((ctx) => {
    const methods = new Set(router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods))
    if (methods.size > 0) ctx.set('allow', [...methods].join(', '))
    return answer(ctx, deps, 'none', () => Promise.reject(methods.size > 0 ? noSuchMethod() : noSuchCall()))
  })
  return app
}

async function serve(
  deps: HttpDeps,
  access: Access,
  route: Route,
  ctx: Context,
  params: Readonly<Record<string, string>>,
): Promise<Answer> {
  const person = route.roles === 'open' ? null : access(ctx.req, route.roles)
  const gone = new AbortController()
  // Each answer closes; what nobody waits for is not worth an error's making.
  ctx.res.once('close', () => {
    if (!ctx.res.writableFinished) gone.abort()
  })
  const call: Call = { person, request: ctx.req, remoteAddress: ctx.ip, gone: gone.signal }
  const run = () => route.run(deps, { params, query: ctx.query }, call)
  // What only reads causes nothing.
  if (route.method === 'get' && route.causes !== true) return run()
  const name = `${route.method.toUpperCase()} ${route.path}`
  // A stranger's word joins no trace of ours.
  const from = person === null ? null : traceIn(ctx.req.headers)
  return spanned({ name, kind: 'server', facts: { 'http.route': route.path }, from }, async (note) => {
    const answer = await run()
    note({ 'http.response.status_code': answer.status })
    return answer
  })
}

async function answer(ctx: Context, deps: HttpDeps, route: string, work: () => Promise<Answer>): Promise<void> {
  try {
    const { status, body, type, headers } = await work()
    send(ctx, status, type ?? 'application/json', typeof body === 'string' ? body : JSON.stringify(body), headers)
  } catch (error) {
    if (error instanceof CallerGone) {
      metrics.callersGone.inc({ route })
      ctx.respond = false
      return
    }
    const problem = problemOf(error, { method: ctx.method, route }, deps.log)
    const { retryAfterSeconds: wished, status } = problem
    const seconds = typeof wished === 'number' ? wished : RETRY_AFTER_SECONDS
    send(ctx, status, 'application/problem+json', JSON.stringify(problem), {
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(status >= 500 ? { 'retry-after': String(seconds) } : {}),
      ...(status === 413 ? { connection: 'close' } : {}),
    })
  }
}

function send(ctx: Context, status: number, type: string, body: string, headers: Answer['headers'] = {}): void {
  ctx.status = status
  ctx.set(headers)
  ctx.type = type
  ctx.body = body
}

const noSuchMethod = (): Failure =>
  new Failure('methodNotAllowed', 'This call is made by another method; see Allow, or /openapi.json. Nothing was done.')
const noSuchCall = (): Failure =>
  new Failure('notFound', 'There is no such call here; the calls are listed at /openapi.json. Nothing was done.')
