// Names for the type check of tactful.js alone; nothing of this is installed.

import type { ChangeInfo as Change, CommentInfo } from "@gerritcodereview/typescript-api/rest-api";
import type { EventType as Happening, PluginApi as Api } from "@gerritcodereview/typescript-api/plugin";
import type { HttpMethod as Method, RestPluginApi } from "@gerritcodereview/typescript-api/rest";
import "@gerritcodereview/typescript-api/gerrit";

declare global {
  type PluginApi = Api;
  type RestApi = RestPluginApi;
  type EventType = Happening;
  type HttpMethod = Method;
  type ChangeInfo = Change;
  type Draft = Partial<CommentInfo>;
  interface ReviewInput { comments?: Record<string, Draft[]>; drafts?: string; message?: string }

  /** In code points, half-open. */
  interface Span { start: number; end: number; label?: string }
  interface Edit { start: number; end: number; text: string }
  interface Suggestion { advice: string; wording: string | null; edits: Edit[] }
  interface Norm { label: string; says: string }

  /** What `/v1/check` answers about one text. */
  interface Result { norm: Norm | null; spans: Span[]; suggestion: Suggestion | null; band?: string | null; silence?: string | null }

  /** A result that speaks: its text, its marked words, and what tells it from another one about the same comment. */
  interface Heard { text: string; norm: Norm; words: string[]; suggestion: Suggestion | null; band?: string | null; sign: string }

  /** What was answered about one comment. */
  interface Answers { quiet: boolean; settled: Set<string> }

  interface Undo { from: string; to: string; says: string }

  /** What a browser keeps for one account. */
  interface Kept {
    token?: string;
    /** for the digests that feedback is told apart by */
    key?: string;
    paused?: boolean;
    gate?: boolean;
    allowed?: boolean;
    drafts?: boolean;
    problem?: string;
    /** the endpoint was looked for in vain */
    missing?: boolean;
  }

  /** What Gerrit sets on an element at the endpoint `comment`. */
  interface Given { comment?: Draft; message?: string; editing?: boolean; isDraft?: boolean }

  /** What is used of Gerrit's own elements; all of it may be absent in another version. */
  interface GrComment extends HTMLElement {
    messageText?: string;
    disableAutoSaving?: boolean;
    updateComplete?: Promise<unknown>;
    edit?(): void;
    autoSave?(): Promise<unknown>;
  }
  interface GrReplyDialog extends HTMLElement { disabled?: boolean; patchsetLevelGrComment?: GrComment }

  type Work = () => unknown;
  type Around = (node: any, name: string) => any;
  type Make = (tag: string, props: Record<string, any>, ...children: any[]) => any;
  type Button = (name: string, onclick: Work, className?: string) => HTMLButtonElement;
  type Call = (path: string, body?: object) => Promise<any>;
  type Texts = (texts: string[]) => Promise<void>;
  type Here = () => { platform: string; server: string; project: string; change: string } | undefined;
  type Read = (text: string, result: Result) => Heard | null;
  type Open = (text: string, given?: Answers) => Heard | null;
  type Count = (about: Heard, answer: string) => Promise<void>;
  type Said = (about: Heard) => unknown[];
  type Gate = (change: ChangeInfo, input: ReviewInput) => Promise<boolean>;
  type Concerns = (change: ChangeInfo, input: ReviewInput) => Promise<Heard[]>;
  type Choose = (found: Heard[]) => Promise<boolean>;
  type Prove = (path: string, body: object) => Promise<any>;
  type Tick = (name: string, says: string, checked: boolean | undefined, work: Work, disabled?: boolean) => HTMLElement[];
  type Put = (message: string) => Promise<string>;
  type Take = (paired: any) => any;
}
