/**
 * Looks after the data keys under which each organization's secrets are sealed. A rotation is: renew, seal everything anew, forget.
 * Each verb changes the stored keys under a conditional write; any of them may be repeated.
 */
export interface DataKeyring {
  /** From now on a new key seals; the older ones, still there, are wrapped anew by the key ring's newest key. */
  renew(org: string): Promise<void>;
  /** Whether this text is sealed by the organization's newest key. */
  isNewest(org: string, sealed: string): Promise<boolean>;
  /** Keys beside the newest, and since when the youngest of them seals no more; null = there are none. */
  older(org: string): Promise<{ readonly count: number; readonly retiredAt: string } | null>;
  /** What they sealed opens no more. Keys retired at `retiredBefore` or later stay. Returns how many went. */
  forget(org: string, retiredBefore: string): Promise<number>;
}
