// A query for Prometheus, read by Prometheus's own grammar: its series, its labels, whether it can be read at all.
// Must not know: which series exist.
import { parser } from '@prometheus-io/lezer-promql'

type Node = ReturnType<typeof parser.parse>['topNode']

export type Selected = {
  readonly name: string
  readonly matched: readonly string[]
  /** The function over a time, where the series stands in one: rate, increase. */
  readonly over: string | undefined
  /** What joins its series first: max, sum. */
  readonly joinedBy: string | undefined
}
export type Query = {
  /** What cannot be read, from its place on. */
  readonly faults: readonly string[]
  readonly selected: readonly Selected[]
  /** Each grouping, with the series under it. */
  readonly groupings: readonly { readonly labels: readonly string[]; readonly over: readonly string[] }[]
  /** Labels of the result: those of the outermost grouping. */
  readonly labels: readonly string[]
}

export function readQuery(text: string): Query {
  const { topNode } = parser.parse(text)
  const said = (node: Node) => text.slice(node.from, node.to)
  const labelsIn = (node: Node) => allOf(node, 'LabelName').map(said)
  const namesIn = (node: Node) => allOf(node, 'VectorSelector').map((each) => said(each.getChild('Identifier') ?? each))
  const aggregates = allOf(topNode, 'AggregateExpr')
  const labelsOf = (aggregate: Node) => {
    const grouping = aggregate.getChild('AggregateModifier')?.getChild('GroupingLabels')
    return grouping ? labelsIn(grouping) : []
  }
  return {
    faults: allOf(topNode, '⚠').map((node) => text.slice(node.from)),
    selected: allOf(topNode, 'VectorSelector').map((node) => {
      const matchers = node.getChild('LabelMatchers')
      return {
        name: said(node.getChild('Identifier') ?? node),
        matched: matchers ? labelsIn(matchers) : [],
        over: functionOver(node, said),
        joinedBy: joining(node, said),
      }
    }),
    groupings: aggregates.map((each) => ({ labels: labelsOf(each), over: namesIn(each) })),
    labels: aggregates[0] ? labelsOf(aggregates[0]) : [],
  }
}

function functionOver(selector: Node, said: (node: Node) => string): string | undefined {
  const range = selector.parent
  const call = range?.name === 'MatrixSelector' ? range.parent?.parent : undefined
  const name = call?.getChild('FunctionIdentifier')
  return name ? said(name) : undefined
}

function joining(node: Node, said: (node: Node) => string): string | undefined {
  for (let around = node.parent; around; around = around.parent) {
    const operator = around.name === 'AggregateExpr' ? around.getChild('AggregateOp') : null
    if (operator) return said(operator)
  }
  return undefined
}

function allOf(node: Node, name: string): readonly Node[] {
  const found: Node[] = []
  node.cursor().iterate((each) => {
    if (each.name === name) found.push(each.node)
  })
  return found
}
