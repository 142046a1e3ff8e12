/** The request for the customer lists, ready to sign: by what authority, what is asked for, and how it is kept. */
import { dateInWords, listInWords } from '../../domain/wording.js'
import type { RenderedFile } from './pdf-file.js'
import { authorityRows, openPlanSheet, planFact } from './plan-sheet.js'
import type { ProgramDocument } from './plan-sheet.js'

export interface DataRequest extends ProgramDocument {
  readonly kind: 'data-request'
  /** Where the files are to be put, for example the name of the SFTP inbox; null: the utility's usual way. */
  readonly deliverTo: string | null
  /** Our reference, by which the answer is matched. */
  readonly reference: string
}

export function printDataRequest(order: DataRequest): RenderedFile {
  const { terms } = order
  const { aggregator, utility } = terms
  const act = planFact(terms, 'aggregationAct')
  const rule = planFact(terms, 'listsRule')
  const proof = planFact(terms, 'listsVerification')
  const sheet = openPlanSheet(order, 'Request for customer lists')
  sheet.paragraph(dateInWords(order.date))
  sheet.paragraph(`To: **${utility.name}**, government aggregation`)
  sheet.title('Request for customer lists')
  sheet.facts([
    ['Governmental aggregator', aggregator.name],
    ['Program', terms.title],
    ['Form of the program', 'Opt-out: every eligible account takes part unless its holder declines'],
    ['Law', `${act.value} (${act.cite})`],
    ['Reference', order.reference],
  ])
  sheet.heading('Authority')
  sheet.paragraph(
    `The ${aggregator.name} is authorized to aggregate the electricity load of its residential and small commercial customers. The steps below establish that authority. ${proof.value} (${proof.cite})`,
  )
  sheet.table(
    [
      { heading: 'Step', share: 5 },
      { heading: 'Date', share: 3.2 },
      { heading: 'Source', share: 3.4 },
    ],
    authorityRows(aggregator.authority),
  )
  sheet.heading('What we ask for')
  sheet.paragraph(
    `Under ${rule.value} (${rule.cite}), please send these three lists in electronic form, as of the day you make them, for every account within our corporate limits:`,
  )
  sheet.bullets(
    ['listFixedPrice', 'listOtherSupplier', 'listHourly'].map((key, i) => {
      const list = planFact(terms, key)
      return `**List ${i + 1}:** ${list.value} (${list.cite})`
    }),
  )
  sheet.paragraph(
    `For each account, please give ${listInWords(ACCOUNT_FIELDS)}. For each service point of the account, please give ${listInWords(SERVICE_POINT_FIELDS)}.`,
  )
  sheet.paragraph(
    order.deliverTo === null
      ? 'Please deliver the files by your usual secure transfer.'
      : `Please deliver the files to **${order.deliverTo}**.`,
  )
  sheet.heading('How we keep the lists')
  const handling = planFact(terms, 'listHandling')
  sheet.paragraph(`${handling.value} (${handling.cite})`)
  sheet.heading('Signature')
  sheet.paragraph(
    `I am authorized to make this request for the ${aggregator.name} and confirm that the steps above were taken.`,
  )
  sheet.lines(['Signature', 'Date'])
  sheet.lines([`Name and title (${aggregator.signatory.title})`, 'Telephone or e-mail for questions'])
  return sheet.finish()
}

const ACCOUNT_FIELDS = [
  'account number',
  'name',
  'service address with ZIP+4',
  'mailing address',
  'start of the account',
  'electric-heat, free-service and assistance marks',
  'the end of any bundled hold',
]
const SERVICE_POINT_FIELDS = [
  'its number',
  'rate class',
  'bill group',
  'billing type',
  'use in each of the last twelve months',
]
