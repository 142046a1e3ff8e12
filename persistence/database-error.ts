/**
 * Takes out of a database error what may name a person or an account: the row in `detail` and `where`, the bound
 * values, and the value quoted by a data exception (SQLSTATE class 22). Code, table and constraint stay.
 */
export function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  for (const field of ['detail', 'where', 'params', 'query', 'internalQuery']) {
    if (field in error) Reflect.deleteProperty(error, field)
  }
  if (error.code.startsWith('22')) {
    const told = error.message
    error.message = told.replace(/".*"/s, '(a value)')
    if (error.stack !== undefined) error.stack = error.stack.replace(told, error.message)
  }
  return error
}
