// What a plugin finds in Gerrit's page, made small: the plugin API as @gerritcodereview/typescript-api types it, the
// endpoint `comment` with its slot, settings and plugin screens, and the two elements whose ways the plugin relies on.
// REST goes to the same origin, as in Gerrit. Query: version (of the page), endpoint=off, text=off (another gr-comment).

const asked = new URLSearchParams(location.search);
const AUTOSAVE_MS = Number(asked.get("autosave") ?? 2000);
const registered = new Map(); // endpoint → [{element, slot} | {hook}]
const listeners = new Map();
const later = () => Promise.resolve();

// --- REST ---

async function send(method, url, payload, errFn) {
  const xsrf = /(?:^|; )XSRF_TOKEN=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const headers = { Accept: "application/json", "X-Gerrit-Auth": xsrf };
  if (payload !== undefined) headers["Content-Type"] = "application/json; charset=utf-8";
  const answer = await fetch(url, { method, headers, body: payload === undefined ? undefined : JSON.stringify(payload) });
  if (!answer.ok && errFn) errFn(answer);
  if (!answer.ok && !errFn) document.dispatchEvent(new CustomEvent("server-error", { detail: { answer } }));
  return answer;
}
const parsed = (text) => (text ? JSON.parse(text.replace(/^\)\]\}'/, "")) : null);
async function ask(method, url, payload) {
  const answer = await send(method, url, payload, () => {});
  const text = await answer.text();
  if (!answer.ok) throw new Error(text || String(answer.status));
  return parsed(text);
}
const restApi = () => ({
  getLoggedIn: async () => Boolean(await account()),
  getVersion: async () => {
    const told = await ask("GET", "/config/server/version");
    return asked.get("version") ?? (told === "(dev)" ? "3.13.5" : told); // the published jars do not know their version
  },
  getConfig: () => ask("GET", "/config/server/info"),
  getAccount: account,
  fetch: send,
  send: (method, url, payload) => ask(method, url, payload),
  get: (url) => ask("GET", url),
  post: (url, payload) => ask("POST", url, payload),
  put: (url, payload) => ask("PUT", url, payload),
  delete: async (url) => {
    const answer = await send("DELETE", url);
    if (answer.status !== 204) throw new Error(await answer.text() || String(answer.status));
    return answer;
  },
});
async function account() {
  const answer = await send("GET", "/accounts/self/detail", undefined, () => {});
  return answer.ok ? parsed(await answer.text()) : undefined;
}

// --- endpoints ---

function register(endpoint, element, options = {}) {
  const hooked = [];
  const entry = { element, slot: options.slot ?? "", hooked };
  registered.set(endpoint, [...(registered.get(endpoint) ?? []), entry]);
  document.dispatchEvent(new CustomEvent("registered", { detail: { endpoint } }));
  return { onAttached: (callback) => { hooked.push(callback); }, onDetached() {}, getAllAttached: () => [] };
}
const plugin = {
  getPluginName: () => "tactful",
  url: () => `${location.origin}/plugins/tactful/`,
  restApi,
  on: (event, callback) => listeners.set(event, [...(listeners.get(event) ?? []), callback]),
  registerCustomComponent: register,
  hook: (endpoint, options) => register(endpoint, undefined, options),
  screen: (name, element) => register(`tactful-screen-${name}`, element),
};
window.Gerrit = { install: (callback) => callback(plugin) };

/** Like gr-attribute-helper: sets the property and tells of it. */
function give(element, name, value) {
  element[name] = value;
  element.dispatchEvent(new CustomEvent(`${name}-changed`, { detail: { value } }));
}
/** Makes what plugins registered for an endpoint: in its slot, or at its end. */
function decorate(place, endpoint, values) {
  const made = [];
  for (const { element, slot, hooked } of registered.get(endpoint) ?? []) {
    const one = document.createElement(element ?? "div");
    one.plugin = plugin;
    for (const [name, value] of Object.entries(values)) give(one, name, value);
    const slotted = slot && place.querySelector(`gr-endpoint-slot[name=${slot}]`);
    if (slotted) slotted.after(one);
    else place.append(one);
    hooked.forEach((callback) => callback(one));
    made.push(one);
  }
  return made;
}

// --- gr-comment ---

class GrComment extends HTMLElement {
  #text = "";
  #editing = false;
  #timer = 0;
  #decorations = [];
  #given = {};
  comment = { unresolved: true };
  change = 0;
  permanentEditingMode = false;
  disableAutoSaving = false;
  saves = 0;

  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = `
      <style>
        :host { padding: 8px; }
        textarea { box-sizing: border-box; width: 100%; min-height: 5em; font: inherit; color: inherit; padding: 8px;
          background: var(--background-color-primary); border: 1px solid var(--border-color); border-radius: 4px; }
        .actions { display: flex; gap: 8px; justify-content: flex-end; }
        .actions button { font: inherit; border: 0; background: none; color: var(--link-color); padding: 6px; }
        .message { white-space: pre-wrap; margin: 0; }
        [hidden] { display: none; }
      </style>
      <gr-endpoint-decorator name="comment"><div id="container"><div class="body">
        <textarea aria-label="Comment"></textarea><p class="message"></p>
        <gr-endpoint-slot name="above-actions"></gr-endpoint-slot>
        <div class="actions"><button class="edit">Edit</button><button class="save">Save</button></div>
      </div></div></gr-endpoint-decorator>`;
    this.textarea = root.querySelector("textarea");
    this.textarea.addEventListener("input", () => { this.#text = this.textarea.value; this.#typed(); });
    root.querySelector(".edit").onclick = () => this.edit();
    root.querySelector(".save").onclick = () => this.save();
    if (asked.get("endpoint") !== "off") this.#decorations = decorate(root.querySelector(".body"), "comment", this.#values());
    if (this.permanentEditingMode || !this.comment.id) this.edit();
    this.#render();
  }
  #values() {
    const { comment } = this;
    return { comment, editing: this.#editing, message: this.#text, isDraft: !comment.author };
  }
  #typed() {
    this.updateComplete = later().then(() => this.#render());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.autoSave(), AUTOSAVE_MS);
  }
  #render() {
    if (this.textarea.value !== this.#text) this.textarea.value = this.#text;
    this.textarea.hidden = !this.#editing;
    const shown = this.shadowRoot.querySelector(".message");
    shown.hidden = this.#editing;
    shown.textContent = this.comment.message ?? "";
    this.shadowRoot.querySelector(".edit").hidden = this.#editing;
    this.shadowRoot.querySelector(".save").hidden = !this.#editing;
    const last = this.#given;
    this.#given = this.#values();
    for (const one of this.#decorations) {
      for (const [name, value] of Object.entries(this.#given)) if (last[name] !== value) give(one, name, value);
    }
  }
  focus() { this.textarea?.focus(); }
  edit() {
    if (this.#editing) return;
    this.#editing = true;
    this.#text = this.comment.message ?? "";
    this.updateComplete = later().then(() => this.#render());
    this.dispatchEvent(new CustomEvent("comment-editing-changed", { bubbles: true, composed: true, detail: { editing: true } }));
  }
  async autoSave() {
    if (!this.#editing || this.disableAutoSaving || !this.#changed()) return;
    await this.#put();
  }
  async save() {
    if (!this.permanentEditingMode) this.#editing = false;
    if (this.#changed()) await this.#put();
    this.#render();
  }
  #changed() { return this.#text.trimEnd() !== "" && this.#text.trimEnd() !== this.comment.message; }
  async #put() {
    const { id } = this.comment;
    const url = `/changes/${this.change}/revisions/current/drafts${id ? `/${id}` : ""}`;
    this.comment = await ask("PUT", url, { ...this.comment, message: this.#text.trimEnd() });
    this.saves += 1;
    this.#render();
  }
  convertToCommentInputAndOrDiscard() {
    return this.#changed() ? { ...this.comment, message: this.#text.trimEnd() } : undefined;
  }
}
const messageText = {
  get() { return this.textarea.value; },
  set(text) { this.textarea.value = text; this.textarea.dispatchEvent(new Event("input")); },
};
if (asked.get("text") !== "off") Object.defineProperty(GrComment.prototype, "messageText", messageText);
customElements.define("gr-comment", GrComment);

// --- gr-reply-dialog: what 3.14 does at send ---

class GrReplyDialog extends HTMLElement {
  disabled = false;
  change = 0;
  sent = 0;

  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = `<style>button { font: inherit; padding: 6px 14px; }</style><h2>Reply</h2><button id="send">Send</button>`;
    const comment = document.createElement("gr-comment");
    Object.assign(comment, { change: this.change, permanentEditingMode: true, comment: { path: "/PATCHSET_LEVEL", unresolved: true } });
    root.querySelector("h2").after(comment);
    this.patchsetLevelGrComment = comment;
    root.querySelector("#send").onclick = () => this.send();
  }
  async send() {
    if (this.disabled) return;
    const input = { drafts: "PUBLISH_ALL_REVISIONS" };
    this.disabled = true;
    const box = this.patchsetLevelGrComment;
    box.disableAutoSaving = true;
    const comment = box.convertToCommentInputAndOrDiscard();
    if (comment) input.comments = { [comment.path]: [comment] };
    let okay = true;
    for (const callback of listeners.get("before-reply-sent") ?? []) {
      okay = (await callback({ _number: this.change }, input)) && okay;
    }
    if (!okay) return;
    await ask("POST", `/changes/${this.change}/revisions/current/review`, input).finally(() => {
      this.disabled = false;
      box.disableAutoSaving = false;
    });
    this.sent += 1;
    document.body.dataset.sent = String(this.sent);
  }
}
customElements.define("gr-reply-dialog", GrReplyDialog);

// --- the pages ---

const main = document.querySelector("main");
async function changePage(number) {
  main.innerHTML = `<h1>Change ${number}</h1>`;
  const drafts = Object.entries(await ask("GET", `/changes/${number}/drafts`) ?? {});
  const there = drafts.flatMap(([path, found]) => found.map((one) => ({ path, ...one }))).filter(({ path }) => path !== "/PATCHSET_LEVEL");
  for (const comment of [...there, { path: "lib.py", line: 3, unresolved: true }, { path: "lib.py", line: 7, unresolved: true }]) {
    const line = document.createElement("pre");
    line.textContent = `${comment.line}  line ${comment.line}`;
    main.append(line, Object.assign(document.createElement("gr-comment"), { change: number, comment }));
  }
  const reply = Object.assign(document.createElement("button"), { textContent: "Reply", id: "reply" });
  reply.onclick = () => {
    const dialog = Object.assign(document.createElement("dialog"), { className: "reply" });
    dialog.append(Object.assign(document.createElement("gr-reply-dialog"), { change: number }));
    document.body.append(dialog);
    dialog.showModal();
  };
  main.append(reply);
}
function settingsPage() {
  main.innerHTML = `<h1>User settings</h1><nav aria-label="Settings"></nav><div id="end"></div>`;
  decorate(main.querySelector("nav"), "settings-menu-item", {});
  decorate(main.querySelector("#end"), "settings-screen", {});
}
function screenPage(name) {
  main.innerHTML = "";
  decorate(main, `tactful-screen-${name}`, { token: name });
}
if (asked.get("theme") === "dark") document.documentElement.classList.add("darkTheme");
const script = document.createElement("script");
script.src = "/plugins/tactful/static/tactful.js";
script.onload = () => {
  const change = /\/\+\/(\d+)/.exec(location.pathname);
  if (change) changePage(Number(change[1]));
  else if (location.pathname.startsWith("/settings")) settingsPage();
  else screenPage(location.pathname.split("/").pop());
};
document.body.append(script);
