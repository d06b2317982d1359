// npm run ops: the ops command line as a process.
// Must not know: commands; nobody imports this file.
import { runOps } from './commandLine.ts'

process.exitCode = await runOps(process.argv.slice(2), process)
