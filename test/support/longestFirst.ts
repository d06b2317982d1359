// The order of the files: those that start the whole program first, so that no worker is left alone with one of them at the end. Those
// that share a process are behind each other, for it goes on only while the next one is of its kind.
// Must not know: how long a file takes. Within each kind vitest's own order stays.
import { readFileSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const STARTS = /\b(shopTest|startShop|programTest|startFleet|inSkippedTime|startNpm|demo)\(/
const startsTheProgram = ({ moduleId }: TestSpecification): boolean => STARTS.test(readFileSync(moduleId, 'utf8'))

const isOf =
  (name: string) =>
  ({ project }: TestSpecification) =>
    project.name === name

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const [alone, shops, sharing] = ['alone', 'shops', 'sharing'].map((name) => sorted.filter(isOf(name)))
    const first = new Set(alone?.filter(startsTheProgram))
    return [...first, ...(shops ?? []), ...(alone?.filter((file) => !first.has(file)) ?? []), ...(sharing ?? [])]
  }
}
