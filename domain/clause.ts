import type { Clause } from './plan.js'

/** How a clause is named to a person: the citation, and the ruling when the clause can be read in more than one way. */
export function clauseOf(value: Clause): string {
  return value.ruling === undefined ? value.cite : `${value.cite} (ruling ${value.ruling})`
}
