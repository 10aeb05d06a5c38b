/** Live actors against LEDGER, page by page; and those that went on meanwhile, once LEDGER is read as far as they are. */
import { limits } from '../../../config/limits.ts';
import type { LedgerMessage } from '../../domain/ledger-event.ts';
import { countAccounts, inspect, listAccounts } from '../../client/account-reply.ts';
import type { InspectReply } from '../../client/account-reply.ts';
import type { NatsDoor } from '../../client/nats.ts';
import type { Rebuild } from '../rebuild/rebuild.ts';
import { compareActor } from './compare-actor.ts';
import type { Differences } from './differences.ts';

export class ActorComparison {
  private readonly nats: NatsDoor;
  private readonly rebuild: Rebuild;
  private readonly differences: Differences;
  /** What actors said that were ahead of the rebuild, by account. */
  private readonly ahead = new Map<string, Pick<InspectReply, 'sequence' | 'state_hash'>>();

  constructor(nats: NatsDoor, rebuild: Rebuild, differences: Differences) {
    this.nats = nats;
    this.rebuild = rebuild;
    this.differences = differences;
  }

  /** Asks the actors of these accounts. What they answer, by account. */
  async compare(accounts: readonly string[]): Promise<Map<string, InspectReply>> {
    const actors = new Map<string, InspectReply>();
    for (let i = 0; i < accounts.length; i += limits.verifyInspectionsAtOnce) {
      const some = accounts.slice(i, i + limits.verifyInspectionsAtOnce);
      const replies = await Promise.all(some.map((account) => inspect(this.nats, account)));
      replies.forEach((reply, at) => {
        const account = some[at] ?? '';
        if (reply === null) this.differences.actor(account, 'account', 'open', 'unknown');
        else {
          actors.set(account, reply);
          this.compareOne(account, reply);
        }
      });
    }
    return actors;
  }

  /** LEDGER sequence up to which it must be read for those that are ahead; 0 where none is. */
  get target(): number {
    let target = 0;
    for (const { sequence } of this.ahead.values()) target = Math.max(target, sequence);
    return target;
  }

  /** Whether an actor that is ahead has applied the message already. */
  wants({ account, sequence }: LedgerMessage): boolean {
    return sequence <= (this.ahead.get(account)?.sequence ?? 0);
  }

  /** Each was rebuilt as far as its actor had come when it answered. */
  async compareAhead(): Promise<void> {
    for (const [account, said] of this.ahead) {
      const ledger = this.rebuild.view(account);
      if (ledger === null || ledger.sequence !== said.sequence) {
        this.differences.actor(account, 'sequence', String(ledger?.sequence ?? 0), String(said.sequence));
        continue;
      }
      if (ledger.stateHash === said.state_hash) continue;
      const now = await inspect(this.nats, account);
      if (now !== null && now.sequence === said.sequence) compareActor(ledger, now, this.differences);
      else this.differences.actor(account, 'state hash', ledger.stateHash, said.state_hash);
    }
  }

  /** Accounts that the engine has and LEDGER, read through a sequence, has not. */
  async findUnfounded(through: number): Promise<void> {
    const { accounts } = this.rebuild.book;
    const count = await countAccounts(this.nats);
    if (count <= accounts.count) return;
    for (const { account_id, sequence } of await listAccounts(this.nats, 'id', count)) {
      if (accounts.find(account_id) < 0 && sequence <= through) {
        this.differences.actor(account_id, 'account', 'unknown', 'open');
      }
    }
  }

  private compareOne(account: string, actor: InspectReply): void {
    const ledger = this.rebuild.view(account);
    if (ledger === null) return;
    const { sequence, state_hash } = actor;
    if (sequence > ledger.sequence) this.ahead.set(account, { sequence, state_hash });
    else if (sequence < ledger.sequence) {
      this.differences.actor(account, 'sequence', String(ledger.sequence), String(sequence));
    } else compareActor(ledger, actor, this.differences);
  }
}
