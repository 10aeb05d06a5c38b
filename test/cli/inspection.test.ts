/** What `inspect` says of an account beside its figures. */
import assert from 'node:assert/strict';
import { inspection } from '../../src/cli/inspect.ts';
import type { InspectReply } from '../../src/client/account-reply.ts';
import type { AccountView } from '../../src/domain/account-view.ts';
import { accountMessage } from '../../streams/codec/account-view.ts';
import { sampleView } from '../streams/support/sample-view.ts';

const page = (fields: Partial<AccountView>): string => {
  const reply = JSON.parse(JSON.stringify(accountMessage(sampleView(fields)))) as InspectReply;
  return inspection(reply, reply.timestamp, {});
};

describe('an account as a page of text', () => {
  it('says that its history was corrected and its nav waits for the rebase', () => {
    const said =
      /\n\nHistory was corrected: NAV, peak and drawdown stand still until the rebase [^\n]+\.\n\n/;
    assert.match(page({ rebasePending: true }), said);
    assert.doesNotMatch(page({ rebasePending: false }), /rebase/);
  });
});
