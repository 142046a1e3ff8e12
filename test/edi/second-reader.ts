/** node-x12 in its strict mode: somebody else's reading of what we write. */
import { X12Parser } from 'node-x12'

export function secondReading(file: string) {
  const interchange = new X12Parser(true).parse(file)
  if (!('functionalGroups' in interchange)) throw new Error('more than one interchange')
  return {
    header: interchange.header.elements.map(({ value }) => value),
    transactions: interchange.functionalGroups.flatMap((group) =>
      group.transactions.map((transaction) => ({
        set: transaction.header.valueOf(1),
        control: transaction.header.valueOf(2),
        segments: transaction.segments.map((segment) => [segment.tag, ...segment.elements.map(({ value }) => value)]),
      })),
    ),
  }
}
