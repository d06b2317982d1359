// Before each test file that has a process after another one: what is of the process, and not of a shop, begins again.
// Must not know: tests.
import { registry } from '../../src/metrics.ts'
import { forgetConfided } from './leftBehind.ts'

forgetConfided()
registry.resetMetrics()
