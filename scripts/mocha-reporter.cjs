/**
 * Mocha's spec reporter, which also appends the counts of the run to the file named by MOCHA_COUNTS, for .ci/run, and
 * what failed to the one named by MOCHA_FAILURES, so that it can be said once more at the end.
 */
const { appendFileSync } = require('node:fs');
const { inspect } = require('node:util');
const Spec = require('mocha').reporters.Spec;

module.exports = class extends Spec {
  constructor(runner, options) {
    super(runner, options);
    const { MOCHA_COUNTS: counts, MOCHA_FAILURES: failed } = process.env;
    if (counts) {
      runner.once('end', () => {
        const { passes, failures, pending } = this.stats;
        appendFileSync(counts, `${passes} ${failures} ${pending}\n`);
      });
    }
    if (failed) {
      runner.on('fail', (test, error) => {
        appendFileSync(failed, `${test.fullTitle()} (${test.file}):\n${inspect(error)}\n\n`);
      });
    }
  }
};
