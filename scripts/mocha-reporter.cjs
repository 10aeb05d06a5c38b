/** Mocha's spec reporter, which also appends the counts of the run to the file named by MOCHA_COUNTS, for .ci/run. */
const { appendFileSync } = require('node:fs');
const Spec = require('mocha').reporters.Spec;

module.exports = class extends Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.MOCHA_COUNTS;
    if (!file) return;
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      appendFileSync(file, `${passes} ${failures} ${pending}\n`);
    });
  }
};
