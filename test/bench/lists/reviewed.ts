/** The path of `list review` from the files to the result. */
import { civilDate } from '../../../domain/civil-date.js'
import { type ListReview, reviewList } from '../../../domain/list-review.js'
import { readBoundaryFile } from '../../../persistence/list-files/boundary-file.js'
import { listSourcesIn } from '../../../persistence/list-files/list-source.js'
import { readCustomerList } from '../../../persistence/list-files/read-customer-list.js'
import { conventionsOf, NO_MAPPING } from '../../../persistence/list-mapping.js'
import { recallPlan } from '../../../persistence/plan-cache.js'
import { AS_OF, type ListSettings } from './contest.js'
import type { Found } from './sample-list.js'

export async function reviewed({ folder, boundary }: ListSettings): Promise<ListReview> {
  return reviewList(readCustomerList(await listSourcesIn(folder, NO_MAPPING), NO_MAPPING), {
    terms: await recallPlan('mahomet'),
    boundary: readBoundaryFile(boundary),
    asOf: civilDate(AS_OF),
    conventions: conventionsOf(NO_MAPPING),
  })
}

export function foundBy({ accounts, servicePoints, duplicateRows, problems, eligibility, reasons }: ListReview): Found {
  const counts = { accounts: accounts.length, servicePoints, duplicateRows, problems: problems.length }
  return { ...counts, eligibility, reasons }
}
