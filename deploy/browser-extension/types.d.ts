// Names for the type check alone; nothing of this is in the extension.

/** Where a text is being written, as `place` in /v1/check. */
interface Place { platform: string; server: string; project: string; change: string }
/** In code points, half-open. */
interface Span { start: number; end: number; label: string }
interface Suggestion { advice: string; wording: string | null }
interface Norm { label: string; title: string; says: string }
/** What `/v1/check` answers about one text. */
interface Result { norm: Norm | null; spans: Span[]; suggestion: Suggestion | null; band: string | null; silence: string | null }
/** A result that speaks: its text, its marked words, and what tells it from another one about the same comment. */
interface Heard { text: string; norm: Norm; words: string[]; suggestion: Suggestion | null; band: string | null; sign: string }

/** What this browser keeps. */
interface Kept {
  address: string;
  token: string;
  key: string;
  notes: boolean;
  sites: Record<string, boolean>;
  repositories: Record<string, boolean>;
  norms: Record<string, string>;
  quietUntil: number;
  problem: string;
}
/** After failures: how many in a row, and until when nothing is asked. */
interface Rest { times: number; until: number }
/** A note about a pending comment, which waits in the inbox. */
interface Note { open: string; place: Place; norm: { label: string } }
/** What waits, and as in `Rest`. */
interface Waiting extends Rest { notes: Note[] }
type Reason = "" | "unpaired" | "quiet" | "site" | "repository";
type Why = (kept: Kept, origin: string, place: Place | null, now: number) => Reason;

/** From a comment box to the background. */
interface Message {
  what: "state" | "check" | "notes" | "feedback" | "quiet" | "leave out";
  place: Place | null;
  text: string;
  about: Heard;
  answer: string;
  norm: Norm;
}
type Heed = (message: Message, sender: chrome.runtime.MessageSender) => Promise<unknown>;
type Silence = (what: Message["what"], rest: Partial<Message>, note: string) => Promise<void>;
type Ask = (what: Message["what"], rest?: Partial<Message>) => Promise<any>;

type Call = (to: { address: string; token: string }, path: string, body?: object, method?: string) => Promise<any>;
type Check = (kept: Kept, text: string, place: Place | null) => Promise<Heard | null | undefined>;
type Read = (text: string, result: Result) => Heard | null;
type Feedback = (kept: Kept, about: Heard, answer: string, place: Place | null) => Promise<void>;
type Pair = (address: string, code: string) => Promise<void>;

type BoxAt = (target: EventTarget | null) => HTMLTextAreaElement | null;
type Below = (box: HTMLTextAreaElement) => Element;
type Survey = (root: ParentNode) => { known: number; strange: number };
type PlaceOf = (location: { hostname: string; pathname: string; search: string }) => Place | null;

interface Acts { use(): void; keep(): void; wrong(): void; notNow(): void }
type Draw = (about: Heard | null, note: any, acts: Acts) => void;
type Card = (about: Heard, acts: Acts) => HTMLElement;

/** What the content of a page says about it. */
interface Page { origin: string; place: Place | null; known: number; strange: number }
type Sentence = (page: Page | null, kept: Kept, reason: Reason) => string;
type LeftOut = (kind: "repositories" | "norms", name: string, title: string) => HTMLElement;
type BringBack = (kind: "repositories" | "norms", name: string) => Promise<string>;
type Then = (work: () => Promise<string>) => (event?: Event) => Promise<void>;

type Find = (id: string) => any;
type Make = (tag: string, props: Record<string, any>, ...children: any[]) => any;
type Button = (name: string, onclick: () => unknown, className?: string) => HTMLButtonElement;
