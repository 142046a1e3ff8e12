// Messages and stack traces of failures become payloads, so that the codec encrypts them like any other.
// CommonJS, because the SDK loads it by path both in the process and into the workflow sandbox.
const { DefaultFailureConverter } = require('@temporalio/common')

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true })
