/** Where replies would go in a rehearsal: invented, on names that the network never resolves. */
import type { PlanTerms } from '../../domain/plan.js'
import type { ProgramSettings } from '../../activities/context.js'

export function invitedReplies(terms: PlanTerms): ProgramSettings['replies'] {
  const place = terms.aggregator.shortName.toLowerCase().replace(/[^a-z]/g, '')
  return {
    url: `https://${place}.example/no`,
    phone: '217-555-0148',
    email: `opt-out@${place}.example`,
    fax: '217-555-0149',
    mailTo: [`${terms.aggregator.name} Electricity Aggregation`, 'Opt-out replies', ...terms.aggregator.addressLines],
  }
}
