// A second process for the test of the folder's lock: opens the folder that it is told, says how that went, and holds it.
// Must not know: the test. It ends when its standard input ends, or when it is killed.
import { openDatabase } from '../../src/db/connect.ts'

const [folder] = process.argv.slice(2)
try {
  await openDatabase({ url: undefined, folder, log: () => {} })
  process.stdout.write('open\n')
  process.stdin.resume()
  process.stdin.on('end', () => process.exit(0))
} catch (error) {
  process.stdout.write(`refused: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
