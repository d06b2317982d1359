// The control calls about time: what the clock says, moving it, and what was said meanwhile.
// Must not know what waits for the clock.
import type { Router, RouterContext } from '@koa/router'
import { z } from 'zod'
import type { Simulation } from '../world/simulation.ts'
import { answer, DURATION, validBody } from './control.ts'

const ADVANCE = z.strictObject({ advance: DURATION })
const AFTER = z.coerce.number().int().min(0).default(0)

export function time(simulation: Simulation, router: Router): void {
  const showNow = (context: RouterContext) => answer(context, { now: new Date(simulation.clock.now()).toISOString() })
  router.get('/clock', showNow)
  router.post('/clock', async (context) => {
    const { advance } = await validBody(context, ADVANCE)
    // Before what falls due: killed on the way, the clock never stands before what was written.
    simulation.store.save({ aheadMs: simulation.clock.aheadMs() + advance })
    await simulation.clock.advance(advance)
    showNow(context)
  })
  router.get('/log', (context) => {
    const after = AFTER.safeParse(context.query.after)
    if (!after.success) return context.throw(422, 'after: must be the number of an entry')
    answer(context, { log: simulation.traffic.after(after.data) })
  })
}
