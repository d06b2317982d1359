// The order of the files: those that start the whole program first, so that no worker is left alone with one of them at the end.
// Must not know: how long a file takes. Within both kinds vitest's own order stays.
import { readFileSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const STARTS = /\b(shopTest|startShop|programTest|startFleet|inSkippedTime|startNpm|demo)\(/
const startsTheProgram = ({ moduleId }: TestSpecification): boolean => STARTS.test(readFileSync(moduleId, 'utf8'))

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const first = new Set(sorted.filter(startsTheProgram))
    return [...first, ...sorted.filter((file) => !first.has(file))]
  }
}
