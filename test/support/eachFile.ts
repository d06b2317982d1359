// Before each test file of those that share a process: what the one before has confided is not looked for in what this one leaves behind.
// Must not know: tests.
import { forgetConfided } from './leftBehind.ts'

forgetConfided()
