import type { CountedCall } from './call-limits.ts';
import type { GatePermit } from './gate.ts';

/** A place that a store has given. */
export interface Place {
  readonly id: number;
  /** When the store was asked, by this process's clock, and when it gave the place, by its own. */
  readonly askedAt: number;
  readonly takenAt: number;
}

/** The permit of one attempt, which can be given back once. */
export class Permit implements GatePermit {
  readonly call: CountedCall;
  readonly place: Place | undefined;
  throttled = false;
  #end: ((permit: Permit, sent: boolean) => void) | undefined;

  constructor(
    call: CountedCall,
    place: Place | undefined,
    end: (permit: Permit, sent: boolean) => void,
  ) {
    this.call = call;
    this.place = place;
    this.#end = end;
  }

  completed(): void {
    this.#close(true);
  }

  cancel(): void {
    this.#close(false);
  }

  #close(sent: boolean): void {
    const end = this.#end;
    this.#end = undefined;
    end?.(this, sent);
  }
}
